"""Words for edits of the demand plan: whose, what, where, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.i18n import EMPTY, _, number, percent, signed

MARKS = {"closer": "●", "further": "◆", "same": "○"}


def stream_name(stream: str) -> str:
    """Whose word it is."""
    names = {
        "planner": _("Planner"),
        "sales": _("Sales"),
        "marketing": _("Marketing"),
        "customer": _("Customer"),
        "finance": _("Finance"),
    }
    return names.get(stream, stream)


def mode_name(mode: str) -> str:
    """What was done."""
    names = {
        "set": _("Set to"),
        "share": _("Changed by"),
        "add": _("Changed by"),
        "last_year": _("Copied last year"),
        "hold": _("Held"),
        "clear": _("Cleared"),
        "undo": _("Took an edit back"),
    }
    return names.get(mode, mode)


def source_name(source: str) -> str:
    """How it came into the plan."""
    names = {
        "grid": _("Typed into the grid"),
        "paste": _("Pasted"),
        "undo": _("Undo"),
        "import": _("Import"),
        "consensus": _("Consensus"),
        "life_cycle": _("Product life cycle"),
        "partner": _("Forecast of a partner"),
    }
    return names.get(source, source)


def state_name(state: str) -> str:
    """Whether it still holds, by mark and word."""
    names = {
        "holding": _("● holds"),
        "expired": _("▲ expired"),
        "undone": _("○ taken back"),
        "over": _("○ months over"),
    }
    return names.get(state, state)


def state_tone(state: str) -> str:
    return {"holding": "good", "expired": "warn"}.get(state, "quiet")


def months_text(first: date | None, last: date | None) -> str:
    """From which month to which."""
    if first is None or last is None:
        return EMPTY
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} … {last:%Y-%m}"


def change_text(mode: str, value: float | None) -> str:
    """The figure that was typed."""
    if value is None:
        return "" if mode in ("set", "share", "add") else mode_name(mode)
    if mode == "share":
        return ("+" if value > 0 else "") + percent(value)
    return signed(value) if mode == "add" else number(value)


def score_text(row: Mapping[str, Any]) -> str:
    """How many cells came closer to what was sold."""
    if not row["judged"]:
        return ""
    mark = MARKS["closer"] if row["gain"] > 0 else MARKS["further"]
    return _("%(mark)s better %(closer)s of %(judged)s", mark=mark, closer=row["closer"], judged=row["judged"])


def verdict_text(verdict: str) -> str:
    """What came of one cell."""
    words = {"closer": _("closer"), "further": _("further away"), "same": _("same")}
    return f"{MARKS[verdict]} {words[verdict]}" if verdict in words else ""
