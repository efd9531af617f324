// The marketing calendar: a bar is opened by a click, moved by mouse or arrow keys, a new event begun by a double click.
(function () {
  const DAYS_OF_WEEK = 7;
  const PAUSE = 450;
  let waiting = null;
  let acts = 0;

  function tell(bar, act) {
    const board = bar.closest(".calendar-board");
    acts += 1;
    window.dash_clientside.set_props(board.dataset.store, { data: Object.assign({ act: acts }, act) });
  }

  function dayWidth(bar) {
    const track = bar.closest(".lane-track");
    return track.getBoundingClientRect().width / Number(track.dataset.days);
  }

  function shift(bar, days) {
    bar.dataset.shift = days;
    bar.style.transform = days ? "translateX(" + days * dayWidth(bar) + "px)" : "";
  }

  function reset(board, but) {
    for (const bar of board.querySelectorAll(".event-bar[data-shift]")) {
      if (bar !== but) {
        shift(bar, 0);
      }
    }
  }

  function moved(bar) {
    const days = Number(bar.dataset.shift || 0);
    tell(bar, { kind: days ? "move" : "open", event: Number(bar.dataset.event), days: days });
  }

  document.addEventListener("pointerdown", function (event) {
    const bar = event.target.closest(".event-bar[data-movable]");
    if (!bar || event.button !== 0 || getComputedStyle(bar.parentElement).display !== "grid") {
      return;
    }
    const from = event.clientX;
    const before = Number(bar.dataset.shift || 0);
    const width = dayWidth(bar);
    let dragged = false;
    function drag(move) {
      const days = before + Math.round((move.clientX - from) / width);
      dragged = dragged || Math.abs(move.clientX - from) > 4;
      if (dragged) {
        reset(bar.closest(".calendar-board"), bar);
        shift(bar, days);
      }
    }
    function drop() {
      document.removeEventListener("pointermove", drag);
      document.removeEventListener("pointerup", drop);
      document.removeEventListener("pointercancel", drop);
      if (dragged) {
        bar.dataset.dragged = "yes";
        moved(bar);
        window.setTimeout(() => delete bar.dataset.dragged, 0);
      }
    }
    document.addEventListener("pointermove", drag);
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", drop);
  });

  document.addEventListener("click", function (event) {
    const bar = event.target.closest(".event-bar");
    if (bar && !bar.dataset.dragged) {
      reset(bar.closest(".calendar-board"), null);
      tell(bar, { kind: "open", event: Number(bar.dataset.event), days: 0 });
    }
    const closing = event.target.closest(".event-detail .detail-close");
    if (closing) {
      document.querySelectorAll(".calendar-board").forEach((board) => reset(board, null));
    }
  });

  document.addEventListener("keydown", function (event) {
    const bar = event.target.closest && event.target.closest(".event-bar[data-movable]");
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -DAYS_OF_WEEK, PageDown: DAYS_OF_WEEK };
    if (!bar || event.ctrlKey || event.altKey || event.metaKey || !(event.key in steps || event.key === "Escape")) {
      return;
    }
    event.preventDefault();
    const arrow = event.key.startsWith("Arrow");
    const step = (steps[event.key] || 0) * (event.shiftKey && arrow ? DAYS_OF_WEEK : 1);
    reset(bar.closest(".calendar-board"), bar);
    shift(bar, event.key === "Escape" ? 0 : Number(bar.dataset.shift || 0) + step);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => moved(bar), PAUSE);
  });

  document.addEventListener("dblclick", function (event) {
    const track = event.target.closest(".calendar-board .lane-track[data-lane]");
    if (!track || event.target.closest(".event-bar")) {
      return;
    }
    const box = track.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * Number(track.dataset.days));
    const first = new Date(track.dataset.first + "T00:00:00Z");
    first.setUTCDate(first.getUTCDate() + place);
    tell(track, { kind: "new", lane: track.dataset.lane, day: first.toISOString().slice(0, 10) });
  });
})();
