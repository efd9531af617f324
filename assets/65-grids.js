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
