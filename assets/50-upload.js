// Turns <div data-upload="/path" data-open="/page?batch="> into a drop zone that streams a file to the server.
// Not through Dash's own upload: that sends whole files as base64 inside JSON.
(function () {
  function csrfToken() {
    const found = document.cookie.match(/(?:^|; )_csrf_token=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function build(zone) {
    zone.dataset.ready = "yes";
    const input = document.createElement("input");
    input.type = "file";
    input.id = "upload-file";
    input.className = "form-control";
    input.accept = ".csv,.tsv,.txt,.xlsx,.gz,.zip";
    const label = document.createElement("label");
    label.htmlFor = input.id;
    label.textContent = zone.dataset.label;
    const status = document.createElement("p");
    status.className = "note";
    status.setAttribute("role", "status");
    zone.append(label, input, status);
    input.addEventListener("change", () => input.files.length && send(zone, input.files[0], status));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer.files.length) {
        send(zone, event.dataTransfer.files[0], status);
      }
    });
  }

  function send(zone, file, status) {
    const request = new XMLHttpRequest();
    const joint = zone.dataset.upload.includes("?") ? "&" : "?";
    request.open("POST", zone.dataset.upload + joint + "name=" + encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        status.textContent = file.name + ": " + Math.round((100 * event.loaded) / event.total) + " %";
      }
    });
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = {};
      }
      if (request.status === 200 && answer.id) {
        window.location.assign(zone.dataset.open + encodeURIComponent(answer.id));
        return;
      }
      status.textContent = answer.error || "The file could not be sent.";
      status.className = "upload-error";
    });
    request.addEventListener("error", () => {
      status.textContent = "The connection was lost. Nothing was imported; try again.";
      status.className = "upload-error";
    });
    status.className = "note";
    status.textContent = file.name;
    request.send(file);
  }

  new MutationObserver(() => {
    document.querySelectorAll("[data-upload]:not([data-ready])").forEach(build);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
