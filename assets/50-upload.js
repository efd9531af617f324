// Turns <div data-upload="/path" data-open="/page?batch=" data-texts='{…}'> into a drop zone that streams files to the
// server, one after the other. Not through Dash's own upload: that sends whole files as base64 inside JSON.
// A single file opens its page; of several each gets a line with a link.
(function () {
  let under_way = 0;

  function csrfToken() {
    const found = document.cookie.match(/(?:^|; )_csrf_token=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function build(zone) {
    zone.dataset.ready = "yes";
    const texts = JSON.parse(zone.dataset.texts);
    const input = element("input", {
      type: "file",
      id: "upload-file",
      className: "form-control",
      accept: zone.dataset.accept,
      multiple: zone.dataset.several === "yes",
    });
    const label = element("label", { htmlFor: input.id, textContent: texts.label });
    const list = element("ul", { className: "uploads" });
    list.setAttribute("role", "status");
    zone.append(label, input, list);
    const take = (files) => {
      if (under_way === 0 && files.length) {
        sendAll(zone, texts, list, input, zone.dataset.several === "yes" ? [...files] : [files[0]]);
      }
    };
    input.addEventListener("change", () => take(input.files));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      take(event.dataTransfer.files);
    });
  }

  async function sendAll(zone, texts, list, input, files) {
    list.replaceChildren();
    input.disabled = true;
    const lines = files.map((file) => lineOf(list, file, texts));
    under_way = files.length;
    for (const [place, file] of files.entries()) {
      const id = lines[place].cancelled ? null : await send(zone, texts, file, lines[place]);
      under_way -= 1;
      if (id !== null && files.length === 1) {
        window.location.assign(zone.dataset.open + encodeURIComponent(id));
        return;
      }
    }
    input.disabled = false;
    input.value = "";
  }

  function lineOf(list, file, texts) {
    const state = element("span", { className: "note", textContent: texts.waiting });
    const cancel = element("button", { type: "button", className: "btn btn-outline-secondary btn-sm" });
    cancel.textContent = texts.cancel;
    const bar = element("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    const item = element("li", {}, element("b", { textContent: file.name }), bar, state, cancel);
    list.append(item);
    const line = { item, bar, state, cancel, cancelled: false, request: null };
    cancel.addEventListener("click", () => {
      line.cancelled = true;
      if (line.request) {
        line.request.abort();
      } else {
        end(line, texts.cancelled);
      }
    });
    return line;
  }

  function end(line, text, kind = "note") {
    line.bar.remove();
    line.cancel.remove();
    line.state.textContent = text;
    line.state.className = kind;
  }

  // The id of what was opened for the file, or null.
  function send(zone, texts, file, line) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      line.request = request;
      const joint = zone.dataset.upload.includes("?") ? "&" : "?";
      request.open("POST", zone.dataset.upload + joint + "name=" + encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-CSRFToken", csrfToken());
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) {
          line.bar.value = event.loaded / event.total;
          const percent = Math.round((100 * event.loaded) / event.total);
          line.state.textContent = percent < 100 ? texts.sending.replace("{percent}", percent) : texts.looking;
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
          end(line, answer.told || "");
          const href = zone.dataset.open + encodeURIComponent(answer.id);
          line.item.append(element("a", { href, textContent: texts.open, className: "btn btn-primary btn-sm" }));
          done(answer.id);
        } else {
          end(line, answer.error || texts.failed, "upload-error");
          done(null);
        }
      });
      request.addEventListener("error", () => {
        end(line, texts.lost, "upload-error");
        done(null);
      });
      request.addEventListener("abort", () => {
        end(line, texts.cancelled);
        done(null);
      });
      request.send(file);
    });
  }

  // What is half sent would be lost with the page.
  window.addEventListener("beforeunload", (event) => {
    if (under_way > 0) {
      event.preventDefault();
    }
  });

  new MutationObserver(() => {
    document.querySelectorAll("[data-upload]:not([data-ready])").forEach(build);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
