// A grid that fetches its rows by itself is told to fetch them anew when something has changed on the server.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  grids: {
    renew: function (change, gridId) {
      const api = change ? window.dash_ag_grid.getApi(gridId) : null;
      if (api) {
        api.purgeInfiniteCache();
      }
      return window.dash_clientside.no_update;
    },
  },
});

// A list is taken along as its grid shows it: what somebody sorted or filtered there goes into the address.
document.addEventListener("click", function (event) {
  const link = event.target.closest("a[data-grid]");
  const api = link && window.dash_ag_grid ? window.dash_ag_grid.getApi(link.dataset.grid) : null;
  if (!api) {
    return;
  }
  const sorted = api
    .getColumnState()
    .filter((column) => column.sort)
    .sort((one, other) => one.sortIndex - other.sortIndex)
    .map((column) => `${column.colId}:${column.sort}`);
  const filters = api.getFilterModel();
  const address = new URL(link.href);
  address.searchParams.delete("sort");
  address.searchParams.delete("where");
  if (sorted.length) {
    address.searchParams.set("sort", sorted.join(","));
  }
  if (Object.keys(filters).length) {
    address.searchParams.set("where", JSON.stringify(filters));
  }
  link.href = address.href;
}, true);

// A cell that opens something by a click opens it by Enter too.
document.addEventListener("keydown", function (event) {
  if (event.key === "Enter" && event.target.matches(".ag-cell.load")) {
    event.target.click();
  }
});
