// The demand review: trees that narrow each other, and a grid of months that can be typed into.
(function () {
  const keep = () => window.dash_clientside.no_update;
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
  const below = { all: "category", category: "family", family: "product", brand: "product", product: "leaf", region: "location", location: "product", channel: "product" };
  const apiOf = (id) => (window.dash_ag_grid ? window.dash_ag_grid.getApi(id) : null);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function figure(value) {
    if (value === null || value === undefined) {
      return "";
    }
    if (typeof value !== "number") {
      return String(value);
    }
    const format = Math.abs(value) < 10 && !Number.isInteger(value) ? fine : whole;
    return format.format(value).replace("-", "−");
  }

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    reviewFigure: (params) => figure(params.value),
    reviewGroup: (params) => (params.data && params.data.head ? params.value : ""),
    reviewNode: (params) => {
      const row = params.data;
      if (row.more) {
        return `… ${whole.format(row.more)} more: search for them`;
      }
      return `${row.opens ? (row.open ? "▾ " : "▸ ") : "   "}${row.name}`;
    },
    reviewTyped: (params) => (params.newValue === "" + params.oldValue ? params.oldValue : params.newValue),
    reviewMeasureTip: (params) => params.data && params.data.measure_name,
    reviewTip: (params) => {
      const said = params.data && params.data.over && params.data.over[params.colDef.field];
      return said ? `${said} of ${params.data.leaves} series below have a figure of their own` : null;
    },
  });

  // A level that is chosen can't be what the rows stand for: they stand for the next one below.
  function narrowed(view, scope) {
    const next = Object.assign({}, view, scope);
    while (next.by !== "leaf" && next.by !== "all" && next[next.by]) {
      next.by = below[next.by];
    }
    if (next.by === "all" && Object.values(scope).some(Boolean)) {
      next.by = next.product ? "leaf" : next.family ? "product" : next.category ? "family" : "category";
    }
    return next;
  }

  function toggled(tree, id, open) {
    const opened = (tree.opened || []).filter((other) => other !== id);
    return Object.assign({}, tree, { opened: open ? opened.concat(id) : opened });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    review: {
      ask: function (by, shown, rows, span, view) {
        const next = Object.assign({}, view, { by: by, shown: shown, rows: rows, span: span });
        return same(next, view) ? keep() : next;
      },
      seek: function (search, value, tree) {
        const next = Object.assign({}, tree, { search: search || "", value: value });
        return same(next, tree) ? keep() : next;
      },
      // A click on a name in a tree chooses it and opens what is below; a second click closes it.
      choose: function (product, place, channel, cell, view, tree) {
        const triggered = window.dash_clientside.callback_context.triggered[0];
        const clicked = triggered && triggered.value;
        const gridId = triggered && triggered.prop_id.split(".")[0];
        const api = clicked ? apiOf(gridId) : null;
        const node = api ? api.getRowNode(clicked.rowId) : null;
        if (!node || !node.data) {
          return [keep(), keep(), keep()];
        }
        const row = node.data;
        if (gridId.endsWith("--rows")) {
          if (clicked.colId !== "group" || !row.head || !row.key || view.by === "leaf" || view.by === "all") {
            return [keep(), keep(), keep()];
          }
          const next = narrowed(view, { [view.by]: row.key });
          return [next, keep(), next.by];
        }
        if (!row.scope) {
          return [keep(), keep(), keep()];
        }
        const opens = row.opens && (row.chosen ? !row.open : true);
        const nextTree = row.opens && opens !== row.open ? toggled(tree, row.id, opens) : keep();
        if (row.chosen) {
          return [keep(), nextTree, keep()];
        }
        const next = narrowed(view, row.scope);
        return [next, nextTree, next.by === view.by ? keep() : next.by];
      },
      toggle: (key, tree) => (key ? toggled(tree, key.id, key.open) : keep()),
      // The rows that are always visible are put in; the others are read anew, or again when only figures changed.
      renew: function (totals, gridId) {
        const api = totals ? apiOf(gridId) : null;
        if (api) {
          api.setGridOption("pinnedTopRowData", totals.rows);
          if (same(totals.view, window.tandemReviewView)) {
            api.refreshInfiniteCache();
          } else {
            api.purgeInfiniteCache();
          }
          window.tandemReviewView = totals.view;
        }
        return keep();
      },
    },
  });

  // In a tree the arrow keys open and close, as in every tree.
  document.addEventListener("keydown", function (event) {
    const open = { ArrowRight: true, ArrowLeft: false }[event.key];
    const cell = open === undefined || !event.target.closest ? null : event.target.closest(".review-trees .ag-cell[col-id='name']");
    const wrap = cell && cell.closest("[id$='-tree']");
    const api = wrap && apiOf(wrap.id);
    const node = api && api.getRowNode(cell.closest(".ag-row").getAttribute("row-id"));
    if (node && node.data.opens && node.data.open !== open) {
      event.preventDefault();
      event.stopPropagation();
      window.dash_clientside.set_props(wrap.id.replace(/--.*/, "--tree-key"), { data: { id: node.data.id, open: open } });
    }
  }, true);
})();
