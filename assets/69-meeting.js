// A meeting is led with the keyboard: arrows go through the agenda, d writes a decision, Escape leaves it or the meeting.
(function () {
  let since = 0;
  let shown = null;

  function typing(target) {
    return target.closest("select, textarea, input:not([type=radio])");
  }

  function step(meeting, by) {
    const items = [...meeting.querySelectorAll(".meeting-agenda input")];
    const at = items.findIndex((item) => item.checked);
    const next = items[Math.min(Math.max(at + by, 0), items.length - 1)];
    if (next && !next.checked) {
      next.click();
    }
  }

  document.addEventListener("keydown", function (event) {
    const meeting = document.querySelector(".meeting");
    if (!meeting || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      if (typing(event.target)) {
        event.target.blur();
      } else {
        meeting.querySelector(".meeting-leave").click();
      }
      return;
    }
    if (typing(event.target)) {
      return;
    }
    const moves = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      step(meeting, moves[event.key]);
    } else if (event.key === "d") {
      const box = meeting.querySelector(".meeting-box input");
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
  });

  // How long the item has been on the screen.
  setInterval(function () {
    const timer = document.querySelector(".meeting-timer");
    if (!timer) {
      return;
    }
    const chosen = document.querySelector(".meeting-agenda input:checked");
    const item = chosen ? chosen.id || chosen.value : "";
    if (item !== shown) {
      shown = item;
      since = Date.now();
    }
    const seconds = Math.floor((Date.now() - since) / 1000);
    timer.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }, 1000);
})();
