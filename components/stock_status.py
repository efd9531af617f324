"""How the state of an item's stock is shown: by mark, word and colour."""

from __future__ import annotations

from core.i18n import _

TONES = {
    "stocked_out": "bad",
    "at_risk": "bad",
    "excess": "warn",
    "over_ordered": "warn",
    "no_policy": "quiet",
    "healthy": "good",
}
MARKS = {"bad": "◆", "warn": "▲", "quiet": "○", "good": "●"}


def status_name(status: str) -> str:
    """The word for a status of analytics.inventory_position."""
    return {
        "stocked_out": _("Stocked out"),
        "at_risk": _("At risk"),
        "excess": _("Excess"),
        "over_ordered": _("Over-ordered"),
        "no_policy": _("No policy"),
        "healthy": _("Healthy"),
    }[status]


def status_text(status: str) -> str:
    """Mark and word, for a cell of a grid."""
    return f"{MARKS[TONES[status]]} {status_name(status)}"
