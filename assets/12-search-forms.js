// A row of filters is a plain form whose fields end up in the address. Going there needs no new page load.
document.addEventListener("submit", function (event) {
  const form = event.target;
  if (form.getAttribute("role") !== "search" || form.method !== "get") {
    return;
  }
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value) {
      query.set(name, value);
    }
  }
  const address = form.action.split("?")[0] + (query.size ? "?" + query : "");
  window.history.pushState({}, "", address);
  // What Dash's own links do to tell its router.
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
});
