// A grid of months that takes a block pasted from a spreadsheet and fills to the right; the server judges what it gets.
(function () {
  // The cell with the focus, unless somebody is typing in it.
  function focused(event) {
    const target = event.target;
    const cell = target.closest && !target.closest("input, textarea") ? target.closest(".paste-grid .ag-cell") : null;
    const wrap = cell && cell.closest("[id$='--rows']");
    const api = wrap && window.dash_ag_grid ? window.dash_ag_grid.getApi(wrap.id) : null;
    const place = api && api.getFocusedCell();
    const field = place && place.column.getColId();
    return field && field.startsWith("m2") ? { api, wrap, place, field } : null;
  }

  function monthsFrom(at) {
    const fields = at.api.getAllDisplayedColumns().map((column) => column.getColId()).filter((field) => field.startsWith("m2"));
    return fields.slice(Math.max(fields.indexOf(at.field), 0));
  }

  function send(at, cells) {
    const store = at.wrap.id.replace("--rows", "--pasted");
    if (document.getElementById(at.wrap.id) && cells.length) {
      window.dash_clientside.set_props(store, { data: { cells: cells, at: Date.now() } });
    }
  }

  const cellOf = (node, field, quantity, row) => ({
    item: node ? node.data.id : null,
    month: field ? field.slice(1) : "",
    quantity: quantity,
    row: row,
    ...(node && field ? { before: node.data[field] === undefined ? null : node.data[field] } : {}),
  });

  document.addEventListener("paste", function (event) {
    const at = focused(event);
    if (!at || !at.place.column.isCellEditable(at.api.getDisplayedRowAtIndex(at.place.rowIndex))) {
      return;
    }
    event.preventDefault();
    const lines = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const fields = monthsFrom(at);
    send(at, lines.flatMap((texts, line) => {
      const node = at.api.getDisplayedRowAtIndex(at.place.rowIndex + line);
      return texts.map((text, place) => cellOf(node, fields[place], text, line + 1));
    }));
  });

  document.addEventListener("copy", function (event) {
    const at = focused(event);
    if (at && !String(window.getSelection())) {
      event.preventDefault();
      const data = at.api.getDisplayedRowAtIndex(at.place.rowIndex).data;
      event.clipboardData.setData("text/plain", monthsFrom(at).map((field) => data[field] ?? "").join("\t"));
    }
  });

  document.addEventListener("keydown", function (event) {
    const fills = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "r";
    const at = fills ? focused(event) : null;
    const node = at && at.api.getDisplayedRowAtIndex(at.place.rowIndex);
    if (node && at.place.column.isCellEditable(node)) {
      event.preventDefault();
      send(at, monthsFrom(at).slice(1).map((field) => cellOf(node, field, node.data[at.field] ?? null, 1)));
    }
  });
})();
