"""The meeting of a step of the S&OP cycle: what its agenda has, line by line, and the figures behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import meeting as rows
from services.cycle_lock import EXECUTIVE, STEPS

LAST, FIGURES, RANGE, GAP, DEMAND, SUPPLY, CAPACITY, SCENARIOS, RISKS, ASKED = STANDARD = (
    *("last", "figures", "range", "gap", "demand", "supply", "capacity", "scenarios", "risks", "asked"),
)
OWN = "own"
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the agenda: ``key`` is one of STANDARD, or OWN with a number for a line of the step's agenda."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A cycle with the step that meets; ``items`` are its agenda."""

    cycle_id: int
    month: date
    step: str
    items: tuple[Item, ...]


def meeting(viewer: Viewer, *, month: object = "", step: object = "") -> Meeting | None:
    """What a meeting goes through.

    Inputs: a viewer with plan.read; the month of the cycle as 2026-11, the newest one for anything else; one of STEPS,
        the executive one for anything else.
    Returns: Meeting: the lines of the step's agenda first, then the standard items; None before the first cycle.
    Raises: NotAllowed.
    Source: screens.md 15.
    """
    require(viewer, Permission.PLAN_READ)
    wanted = step if isinstance(step, str) and step in STEPS else EXECUTIVE
    with session_scope(viewer) as session:
        cycles = rows.cycles(session, wanted)
    named = [row for row in cycles if f"{row.month:%Y-%m}" == month] or cycles[:1]
    if not named:
        return None
    return Meeting(named[0].id, named[0].month, wanted, (*_own(named[0]), *_standard()))


def _own(found: Any) -> list[Item]:
    lines = [line.strip(" -*\t") for line in (found.agenda or "").splitlines()]
    return [Item(f"{OWN}{at}", line) for at, line in enumerate(filter(None, lines)) if at < MOST_LINES]


def _standard() -> list[Item]:
    names = {
        LAST: _("Last decisions"),
        FIGURES: _("Key figures"),
        RANGE: _("The range"),
        GAP: _("Gap to AOP"),
        DEMAND: _("Demand"),
        SUPPLY: _("Supply"),
        CAPACITY: _("Capacity"),
        SCENARIOS: _("Scenarios"),
        RISKS: _("Risks and opportunities"),
        ASKED: _("Decisions asked"),
    }
    return [Item(key, names[key]) for key in STANDARD]
