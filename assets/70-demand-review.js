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
    reviewGroup: (params) => (params.data ? params.data.line : ""),
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
      const row = params.data || {};
      const count = (of) => (row[of] ? row[of][params.colDef.field] : 0);
      const told = [
        count("over") ? `${count("over")} of ${row.leaves} series with a figure of their own` : "",
        count("held") ? `${count("held")} held` : "",
        count("remarks") ? `${count("remarks")} comments (Ctrl-M)` : "",
      ].filter(Boolean);
      return told.length ? told.join(", ") : null;
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
      // What was written stands in the grid at once.
      echo: function (told, gridId) {
        const api = told ? apiOf(gridId) : null;
        for (const row of api ? told.rows : []) {
          const node = api.getRowNode(row.id);
          if (node) {
            node.setData(row);
          }
        }
        return keep();
      },
      // On a phone the grid opens at the month of today; the history is to the left.
      begin: function (response, gridId) {
        const api = response && window.innerWidth < 860 && begun !== window.location.pathname + gridId ? apiOf(gridId) : null;
        const now = api && api.getColumns().find((column) => column.getColDef().headerClass === "review-now");
        if (now) {
          begun = window.location.pathname + gridId;
          api.ensureColumnVisible(now, "start");
        }
        return keep();
      },
      cancel: function (clicks, gridId) {
        const api = clicks ? apiOf(gridId) : null;
        if (api) {
          api.refreshInfiniteCache();
        }
        return clicks ? null : keep();
      },
      // Whoever types needs no mouse: the reason is asked for where the cursor is, the grid gets it back.
      focus: function (hidden, fieldId) {
        const field = document.getElementById(fieldId);
        if (!hidden && field) {
          setTimeout(() => field.focus(), 0);
        } else if (lastCell && apiOf(gridName)) {
          apiOf(gridName).setFocusedCell(lastCell.rowIndex, lastCell.column);
        }
        return keep();
      },
      remark: function (asked, closed, gridId) {
        const by = window.dash_clientside.callback_context.triggered[0];
        if (!by || !by.value || by.prop_id.includes("remark-close")) {
          return null;
        }
        const api = apiOf(gridId);
        const cell = api && (api.getFocusedCell() || lastCell);
        const node = cell && api.getDisplayedRowAtIndex(cell.rowIndex);
        const month = cell && cell.column.getColId();
        return { key: node && node.data ? node.data.key : null, month: month && month.startsWith("m2") ? month : null, asked: asked };
      },
      mention: function (person, body) {
        return person ? [`${body || ""}${body && !body.endsWith(" ") ? " " : ""}@${person} `, null] : [keep(), keep()];
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

  const gridName = "planner-demand-review--rows";
  const storeOf = (name) => gridName.replace("--rows", `--${name}`);
  let lastCell = null;
  let begun = "";

  // The cell of the grid that has the focus, unless somebody is typing in it.
  function focused(event) {
    const cell = event.target.closest && !event.target.closest("input, textarea") ? event.target.closest(".ag-cell") : null;
    const api = cell && cell.closest(`[id='${gridName}']`) ? apiOf(gridName) : null;
    const place = api && api.getFocusedCell();
    const node = place && !place.rowPinned ? api.getDisplayedRowAtIndex(place.rowIndex) : null;
    return node && node.data ? { api: api, place: place, node: node, field: place.column.getColId() } : null;
  }

  document.addEventListener("focusin", function (event) {
    const at = focused(event);
    if (at) {
      lastCell = at.place;
    }
  });

  // The months from the one with the focus on.
  function monthsFrom(at) {
    const fields = at.api.getAllDisplayedColumns().map((column) => column.getColId()).filter((field) => field.startsWith("m2"));
    return fields.slice(Math.max(fields.indexOf(at.field), 0));
  }

  function pasteBlock(at, lines) {
    const fields = monthsFrom(at);
    const cells = [];
    let line = 0;
    for (let index = at.place.rowIndex; line < lines.length; index += 1) {
      const node = at.api.getDisplayedRowAtIndex(index);
      if (!node || !node.data) {
        break;
      }
      if (node.data.measure !== at.node.data.measure) {
        continue;
      }
      lines[line].forEach((text, place) => {
        cells.push({ key: node.data.key, month: fields[place] || "", quantity: text, row: line + 1 });
      });
      line += 1;
    }
    for (; line < lines.length; line += 1) {
      lines[line].forEach((text) => cells.push({ key: "", month: "", quantity: text, row: line + 1 }));
    }
    window.dash_clientside.set_props(storeOf("pasted"), { data: { measure: at.node.data.measure, pasted: cells, at: Date.now() } });
  }

  document.addEventListener("paste", function (event) {
    const at = focused(event);
    if (!at || !at.field.startsWith("m2")) {
      return;
    }
    event.preventDefault();
    const lines = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    if (lines.length > 1 || lines[0].length > 1) {
      pasteBlock(at, lines);
    } else if (at.place.column.isCellEditable(at.node)) {
      at.node.setDataValue(at.field, lines[0][0], "paste");
    }
  });

  // A row is copied from the cell with the focus on, as a spreadsheet takes it.
  document.addEventListener("copy", function (event) {
    const at = focused(event);
    if (at && at.field.startsWith("m2") && !String(window.getSelection())) {
      event.preventDefault();
      const values = monthsFrom(at).map((field) => at.node.data[field]);
      event.clipboardData.setData("text/plain", values.map((value) => (value === null || value === undefined ? "" : value)).join("\t"));
    }
  });

  document.addEventListener("keydown", function (event) {
    const panel = document.getElementById(storeOf("panel"));
    if (!panel) {
      return;
    }
    if (event.key === "Escape") {
      const open = [["panel", "cancel"], ["remark-panel", "remark-close"]].find(([name]) => !document.getElementById(storeOf(name)).hidden);
      if (open) {
        document.getElementById(storeOf(open[1])).click();
      }
      return;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest("input, textarea, select")) {
      return;
    }
    const button = { z: event.shiftKey ? "redo" : "undo", y: "redo", m: "remark" }[event.key.toLowerCase()];
    const at = event.key.toLowerCase() === "r" ? focused(event) : null;
    if (button) {
      event.preventDefault();
      document.getElementById(storeOf(button)).click();
    } else if (at && at.field.startsWith("m2") && at.place.column.isCellEditable(at.node)) {
      event.preventDefault();
      const value = at.node.data[at.field];
      window.dash_clientside.set_props(storeOf("fill"), {
        data: { id: at.node.data.id, months: monthsFrom(at).slice(1), value: value === undefined ? null : value, at: Date.now() },
      });
    }
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
