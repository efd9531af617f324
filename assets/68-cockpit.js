// The cockpit of an item: a slider and the figure typed beside it hold the same value.
(function () {
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    cockpit: {
      same: function (slid, typed) {
        const keep = window.dash_clientside.no_update;
        const context = window.dash_clientside.callback_context;
        const moved = context.triggered[0] && context.triggered[0].prop_id;
        const slider = context.inputs_list[0];
        if (moved === slider.id + "." + slider.property) {
          return [keep, Number(slid) === typed ? keep : Number(slid)];
        }
        return [typed === null || typed === undefined || Number(slid) === typed ? keep : typed, keep];
      },
    },
  });
})();
