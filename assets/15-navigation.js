// Areas of the navigation that the reader has closed stay closed on the next page load.
(function () {
  const KEY = "tandem-closed-areas";
  const closed = new Set((localStorage.getItem(KEY) || "").split(",").filter(Boolean));

  document.addEventListener("toggle", function (event) {
    const area = event.target.dataset && event.target.dataset.area;
    if (!area) return;
    closed[event.target.open ? "delete" : "add"](area);
    localStorage.setItem(KEY, [...closed].join(","));
  }, true);

  // Dash draws the frame after the page is loaded.
  const drawn = new MutationObserver(function () {
    const areas = document.querySelectorAll("details.nav-area");
    if (!areas.length) return;
    drawn.disconnect();
    areas.forEach(function (area) {
      area.open = !closed.has(area.dataset.area) || Boolean(area.querySelector(".nav-link.active"));
    });
  });
  drawn.observe(document.documentElement, { childList: true, subtree: true });
})();
