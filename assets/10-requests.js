// What the server refuses or cannot answer is told to the reader here, once for all callbacks.
(function () {
  const original = window.fetch;
  let waiting = false;

  function notice(text) {
    let box = document.getElementById("request-notice");
    if (!box) {
      box = document.createElement("div");
      box.id = "request-notice";
      box.setAttribute("role", "alert");
      document.body.appendChild(box);
    }
    box.textContent = text;
    return box;
  }

  function clear() {
    const box = document.getElementById("request-notice");
    if (box) {
      box.remove();
    }
  }

  async function waitUntilReady() {
    if (waiting) {
      return;
    }
    waiting = true;
    notice("Tandem can't reach its database. Nothing is lost; this page goes on by itself as soon as it is back.");
    for (;;) {
      await new Promise((done) => setTimeout(done, 2000));
      try {
        const answer = await original("/health/ready");
        const state = await answer.json();
        if (state.database) {
          window.location.reload();
          return;
        }
      } catch {
        // Still away: ask again.
      }
    }
  }

  async function tell(answer) {
    const body = await answer.clone().json().catch(() => ({}));
    const box = notice(body.error || "This was refused.");
    setTimeout(() => box.isConnected && box.remove(), 8000);
  }

  window.fetch = async function (resource, options) {
    let answer;
    try {
      answer = await original(resource, options);
    } catch (error) {
      if (String(resource).includes("_dash-")) {
        waitUntilReady();
      }
      throw error;
    }
    if (String(resource).includes("_dash-")) {
      if (answer.status === 401) {
        window.location.assign("/login?next=" + encodeURIComponent(window.location.pathname + window.location.search));
      } else if (answer.status === 503) {
        waitUntilReady();
      } else if (answer.status >= 400) {
        tell(answer);
      } else if (!waiting) {
        clear();
      }
    }
    return answer;
  };
})();
