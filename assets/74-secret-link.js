// The secret of a one-time link stands after the #: put it into the form, and out of the address and the history.
(function () {
  const field = document.getElementById("link");
  const form = field && field.closest(".secret-link");
  if (!form || location.hash.length < 2) {
    return;
  }
  field.value = location.hash.slice(1);
  form.hidden = true;
  history.replaceState(null, "", location.pathname);
})();
