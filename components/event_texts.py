"""What kinds, mechanics and states of events are called, and how they are marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.i18n import EMPTY, _, day, money, percent, signed

STATUS_TONES = {"draft": "quiet", "proposed": "warn", "approved": "good", "rejected": "bad", "cancelled": "quiet"}
MARKS = {"draft": "○", "proposed": "▲", "approved": "●", "rejected": "◆", "cancelled": "✕"}


def kind_name(kind: str) -> str:
    """What a kind of event is called."""
    return {
        "promotion": _("Promotion"),
        "price": _("Price change"),
        "school_holiday": _("School holiday"),
        "closure": _("Closure"),
        "other": _("Other"),
    }.get(kind, kind)


def mechanic_name(mechanic: str) -> str:
    """What a mechanic is called."""
    return {
        "discount": _("Discount"),
        "bogo": _("Buy one, get one"),
        "bundle": _("Bundle"),
        "display": _("Display"),
        "sampling": _("Sampling"),
        "price": _("Price"),
        "other": _("Other"),
    }.get(mechanic, mechanic)


def status_name(status: str) -> str:
    """What a state is called."""
    return {
        "draft": _("Draft"),
        "proposed": _("Proposed"),
        "approved": _("Approved"),
        "rejected": _("Rejected"),
        "cancelled": _("Cancelled"),
    }.get(status, status)


def share_text(share: float | None) -> str:
    """An uplift with its sign."""
    return EMPTY if share is None else _("%(share)s %%", share=signed(share * 100))


def bar_text(event: Mapping[str, Any], warnings: list[str]) -> str:
    """An event in one line: mark, name, discount, uplift, budget, days, and that something speaks against it."""
    parts = [
        event["name"],
        percent(event["discount"], decimals=0) if event["discount"] else "",
        share_text(event["expected_uplift"]) if event["expected_uplift"] is not None else "",
        money(event["budget"]) if event["budget"] else "",
        _("%(first)s to %(last)s", first=day(event["starts_on"]), last=day(event["ends_on"])),
    ]
    mark = MARKS.get(event["status"], "○") + (" ⚠" if warnings else "")
    return f"{mark} {' · '.join(part for part in parts if part)}"
