// A worklist is worked through with the keyboard: j and k move, x selects, Enter or a click opens.
(function () {
  function go(href) {
    if (href && href.startsWith("/") && !href.startsWith("//")) {
      window.location.assign(href);
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    worklist: {
      open: function (clicked, gridId) {
        const api = clicked && clicked.colId === "what" ? window.dash_ag_grid.getApi(gridId) : null;
        const row = api ? api.getRowNode(clicked.rowId) : null;
        if (row) {
          go(row.data.href);
        }
        return window.dash_clientside.no_update;
      },
    },
  });

  function move(api, step) {
    const focused = api.getFocusedCell();
    const column = api.getColumn("what");
    const row = Math.max(0, Math.min(api.getDisplayedRowCount() - 1, focused ? focused.rowIndex + step : 0));
    api.ensureIndexVisible(row);
    api.setFocusedCell(row, column);
  }

  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, select, textarea");
    const place = document.querySelector(".worklist [id]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !place) {
      return;
    }
    const api = window.dash_ag_grid ? window.dash_ag_grid.getApi(place.id) : null;
    const focused = api ? api.getFocusedCell() : null;
    if (api && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      move(api, event.key === "j" ? 1 : -1);
    } else if (focused && event.key === "x") {
      const node = api.getDisplayedRowAtIndex(focused.rowIndex);
      node.setSelected(!node.isSelected());
    }
  });
})();
