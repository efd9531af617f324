// The definitions come after the page, so the browser can't find the one in the address by itself.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  help: {
    seek: function () {
      const name = decodeURIComponent(window.location.hash.slice(1));
      const found = name && document.getElementById(name);
      if (found) {
        document.querySelectorAll(".definition.sought").forEach((other) => other.classList.remove("sought"));
        found.classList.add("sought");
        found.scrollIntoView({ block: "center" });
      }
      return name;
    },
  },
});
