// A block from a spreadsheet, pasted into commits or comments: each line goes to the next item.
(function () {
  function focused(event) {
    const element = event.target.closest ? event.target.closest(".commit-grid") : null;
    const typing = event.target.closest && event.target.closest("input, textarea");
    const api = element && !typing && window.dash_ag_grid ? window.dash_ag_grid.getApi(element.id) : null;
    const cell = api && api.getFocusedCell();
    const node = cell && api.getDisplayedRowAtIndex(cell.rowIndex);
    return node && cell.column.isCellEditable(node) ? { api: api, cell: cell, node: node } : null;
  }

  document.addEventListener("paste", function (event) {
    const at = focused(event);
    if (!at) {
      return;
    }
    event.preventDefault();
    const text = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "");
    const lines = text.split("\n").map((line) => line.split("\t"));
    const columns = at.api.getAllDisplayedColumns().filter((column) => column.getColId() !== "line");
    const first = columns.indexOf(at.cell.column);
    let index = at.cell.rowIndex;
    for (const line of lines) {
      let node = at.api.getDisplayedRowAtIndex(index);
      while (node && node.data.measure !== at.node.data.measure) {
        index += 1;
        node = at.api.getDisplayedRowAtIndex(index);
      }
      if (!node) {
        break;
      }
      line.forEach((value, place) => {
        const column = columns[first + place];
        if (column) {
          node.setDataValue(column, value.trim());
        }
      });
      index += 1;
    }
  });
})();
