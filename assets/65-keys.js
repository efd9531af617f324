// A button that names its key (aria-keyshortcuts) is pressed with it, unless somebody is typing.
document.addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) {
    return;
  }
  for (const button of document.querySelectorAll("button[aria-keyshortcuts]")) {
    if (button.getAttribute("aria-keyshortcuts") === event.key && !button.disabled && button.offsetParent) {
      event.preventDefault();
      button.click();
      return;
    }
  }
});
