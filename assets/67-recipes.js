// The tree of a recipe: a part that has parts is closed and opened by a click, by Enter, and by the arrow keys.
(function () {
  const closed = new Set();
  const wayOf = (id) => id.slice(0, id.lastIndexOf("@"));
  const hidden = (id) => [...closed].some((way) => wayOf(id).startsWith(`${way}/`));

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    recipePart: (params) => {
      const mark = !params.data.parts ? "   " : closed.has(wayOf(params.data.id)) ? "▸ " : "▾ ";
      return `${mark}${params.value} ${params.data.name}`;
    },
  });

  function toggle(cell, open) {
    const wrap = cell.closest("[id$='--tree']");
    const api = wrap ? window.dash_ag_grid.getApi(wrap.id) : null;
    const row = cell.closest(".ag-row");
    const node = api && row ? api.getRowNode(row.getAttribute("row-id")) : null;
    if (!node || !node.data.parts) {
      return false;
    }
    const way = wayOf(node.data.id);
    if (open === undefined ? closed.has(way) : open) {
      closed.delete(way);
    } else {
      closed.add(way);
    }
    api.setGridOption("isExternalFilterPresent", () => closed.size > 0);
    api.setGridOption("doesExternalFilterPass", (other) => !hidden(other.data.id));
    api.onFilterChanged();
    api.refreshCells({ columns: ["component"], force: true });
    return true;
  }

  const cellOf = (event) => event.target.closest && event.target.closest("[id$='recipes--tree'] .ag-cell[col-id='component']");

  document.addEventListener("click", function (event) {
    const cell = cellOf(event);
    if (cell) {
      toggle(cell);
    }
  });
  document.addEventListener("keydown", function (event) {
    const wanted = { ArrowRight: true, ArrowLeft: false, Enter: undefined };
    const cell = event.key in wanted ? cellOf(event) : null;
    if (cell && toggle(cell, wanted[event.key])) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
})();
