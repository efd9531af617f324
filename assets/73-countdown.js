// Counts down what is held for a while: <p data-until="2026-11-22T10:00:00+00:00" data-left="… %s …" data-over="…">.
(function () {
  function renew() {
    for (const shown of document.querySelectorAll("[data-until]")) {
      const left = Math.floor((Date.parse(shown.dataset.until) - Date.now()) / 60000);
      shown.textContent = left < 0 ? shown.dataset.over : shown.dataset.left.replace("%s", String(left));
      shown.classList.toggle("countdown-soon", left < 10);
    }
  }
  setInterval(renew, 5000);
})();
