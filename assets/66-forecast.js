// The explorer of forecasts: a tab asks for its content when it is opened, and anew when another series is chosen.
(function () {
  const keys = ["product_id", "location_id"];
  const same = (one, other, names) => Boolean(one && other) && names.every((name) => one[name] === other[name]);

  function address(item, tab, run, filters) {
    const query = new URLSearchParams({ run: run, product: item.product_id, location: item.location_id });
    for (const [name, value] of Object.entries(filters || {})) {
      if (value) {
        query.set(name, value);
      }
    }
    if (tab !== "forecast") {
      query.set("tab", tab);
    }
    return "?" + query;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    forecast: {
      choose: function (selected, item) {
        const row = selected && selected.length === 1 ? selected[0] : null;
        if (!row || !row.product_id || same(row, item, keys)) {
          return window.dash_clientside.no_update;
        }
        return { product_id: row.product_id, location_id: row.location_id };
      },
      // The forecast itself stands above all tabs. What is asked for already is not asked for again.
      open: function (item, tab, changed, run, filters, asked, names) {
        const keep = window.dash_clientside.no_update;
        const hidden = names.map((name) => name.index !== tab);
        if (!item) {
          return [names.map(() => keep), hidden, keep];
        }
        const wanted = { run: run, product_id: item.product_id, location_id: item.location_id, changed: changed || 0 };
        const questions = names.map((name, place) => {
          const shown = name.index === "forecast" || name.index === tab;
          return shown && !same(asked[place], wanted, ["run", "changed", ...keys]) ? wanted : keep;
        });
        return [questions, hidden, address(item, tab, run, filters)];
      },
    },
  });
})();
