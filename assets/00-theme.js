// Light or dark before the first paint: the reader's choice, or what the system prefers.
(function () {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    const chosen = localStorage.getItem("tandem-theme");
    root.dataset.bsTheme = chosen || (system.matches ? "dark" : "light");
    window.dispatchEvent(new Event("tandem:theme"));
  }

  apply();
  system.addEventListener("change", apply);

  document.addEventListener("click", function (event) {
    const control = event.target.closest("[data-action]");
    if (control && control.dataset.action === "toggle-theme") {
      localStorage.setItem("tandem-theme", root.dataset.bsTheme === "dark" ? "light" : "dark");
      apply();
    }
    if (control && control.dataset.action === "toggle-navigation") {
      document.body.classList.toggle("navigation-open");
    } else if (event.target.closest(".sidebar a")) {
      document.body.classList.remove("navigation-open");
    }
    // A menu closes when the reader clicks elsewhere or follows one of its links.
    document.querySelectorAll("details.user-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target) || event.target.closest("a")) {
        menu.removeAttribute("open");
      }
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      document.body.classList.remove("navigation-open");
      document.querySelectorAll("details.user-menu[open]").forEach((menu) => menu.removeAttribute("open"));
    }
  });
})();
