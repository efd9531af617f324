// The network of an item and its table show the same node: pointing at one marks it in the other.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  supplyPath: {
    pointed: function (hovered, clicked) {
      const asked = window.dash_clientside.callback_context.triggered[0];
      const point = asked && asked.value && asked.value.points && asked.value.points[0];
      return point && point.customdata ? { ids: [point.customdata[0]] } : window.dash_clientside.no_update;
    },
    marked: function (selected, figure) {
      if (!figure || !figure.data) {
        return window.dash_clientside.no_update;
      }
      const rows = Array.isArray(selected) ? selected.map((row) => row.id) : (selected || {}).ids || [];
      const data = figure.data.map((trace) => {
        if (!trace.customdata) {
          return trace;
        }
        const near = [];
        trace.customdata.forEach((ids, at) => {
          if (ids.includes(rows[0])) {
            near.push(at);
          }
        });
        return Object.assign({}, trace, { selectedpoints: rows.length ? near : null });
      });
      return Object.assign({}, figure, { data: data });
    },
  },
});
