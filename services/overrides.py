"""The ledger of what people changed in the demand plan, and whether they were right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecast_value_added import SAME
from core.clock import today
from core.errors import NotFound
from core.i18n import EMPTY, _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import overrides as rows
from data.queries import sales
from services.demand_plan import STREAMS
from services.forecast_periods import first_open_period
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS, Sort

HOLDING, EXPIRED, UNDONE, OVER = "holding", "expired", "undone", "over"
SCORED = "scored"
STATES = (HOLDING, EXPIRED, UNDONE, SCORED)
"""What the list can be narrowed to; an edit that is over is one of the scored ones."""
COLUMNS = (
    *("id", "created_at", "person", "stream", "scope", "first_month", "last_month", "mode", "value", "cells"),
    *("before_total", "after_total", "reason", "source", "expires_on", "state", "judged", "closer", "further"),
    *("before_error", "after_error", "gain", "gain_money"),
)
_SCORE = ("judged", "closer", "further", "before_error", "after_error", "before_money", "after_money")


@dataclass(frozen=True, slots=True)
class OverrideFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``person`` is the id of an account."""

    stream: str = ""
    person: str = ""
    state: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How edits did in the months that are over: cells judged, how many came closer to what was sold than the plan
    before them and how many went further away, and the absolute errors before and after, units and RM."""

    judged: int = 0
    closer: int = 0
    further: int = 0
    before_error: float = 0.0
    after_error: float = 0.0
    before_money: float = 0.0
    after_money: float = 0.0

    @property
    def same(self) -> int:
        return self.judged - self.closer - self.further

    @property
    def gain(self) -> float:
        """Units of error that the edits took away; below 0 they added some."""
        return self.before_error - self.after_error

    @property
    def gain_money(self) -> float:
        return self.before_money - self.after_money


@dataclass(frozen=True, slots=True)
class OverridePage:
    """Some edits, how many match, the score of all that match, and how many of them have expired too early."""

    rows: list[dict[str, Any]]
    total: int
    score: Score
    expired: int


@dataclass(frozen=True, slots=True)
class CellPage:
    """Some cells of an edit and how many it has."""

    rows: list[dict[str, Any]]
    total: int


def overrides(
    viewer: Viewer, filters: OverrideFilters, *, start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()
) -> OverridePage:
    """A page of the ledger, the newest edit first unless sorted otherwise.

    Inputs: a viewer with plan.read, filters, first row and the one after the last, columns to sort by with whether
        descending.
    Returns: OverridePage; rows hold COLUMNS and undone_at, undoes; gain is None before a month is over.
    Raises: NotAllowed.
    Source: screens.md 4; formulas.md 3.1, FVA.
    """
    require(viewer, Permission.PLAN_READ)
    first = max(start, 0)
    order = [(name, descending) for name, descending in sort if name in rows.SORTED_BY]
    with session_scope(viewer) as session:
        before = first_open_month(session)
        wanted = _wanted(filters, before)
        limit = min(max(end - first, 0), PAGE_ROWS)
        found = rows.edits(session, wanted, order=order, start=first, limit=limit)
        scores = _scores(session, viewer, before)
        months = rows.months(session, [row.id for row in found])
        own = rows.matching(session, wanted)
        expired = rows.count(session, {**wanted, "state": EXPIRED})
    total = found[0].total if found else (len(own) if first else 0)
    listed = [_row(row._asdict(), months.get(row.id), scores) for row in found]
    return OverridePage(listed, total, _summed(scores.reindex(scores.index.intersection(own))), expired)


def override(viewer: Viewer, edit_id: object) -> dict[str, Any]:
    """One edit.

    Inputs: a viewer with plan.read; its id as a browser sent it.
    Returns: as a row of overrides.
    Raises: NotAllowed; NotFound.
    Source: screens.md 4.
    """
    require(viewer, Permission.PLAN_READ)
    wanted = row_id(edit_id)
    with session_scope(viewer) as session:
        found = rows.edit(session, wanted)
        if found is None:
            raise NotFound(_("There is no such edit of the demand plan."))
        scores = _scores(session, viewer, first_open_month(session))
        months = rows.months(session, [wanted])
    return _row(found._asdict(), months.get(wanted), scores)


def cells(viewer: Viewer, edit_id: object, *, start: int = 0, end: int = PAGE_ROWS) -> CellPage:
    """What an edit did to each product, location, channel and month.

    Inputs: a viewer with plan.read; the id of the edit as a browser sent it; first row and the one after the last.
    Returns: CellPage; rows with code, name, location, channel, period, before and after (of the stream, None where it
        had or has no figure), consensus (the plan before), actual (None until the month is over) and verdict: closer,
        further, same or empty.
    Raises: NotAllowed.
    Source: screens.md 4.
    """
    require(viewer, Permission.PLAN_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found = rows.cells(
            session,
            row_id(edit_id),
            before=first_open_month(session),
            start=first,
            limit=min(max(end - first, 0), PAGE_ROWS),
        )
    return CellPage([_with_verdict(row._asdict()) for row in found], found[0].total if found else 0)


def people(viewer: Viewer) -> list[tuple[str, str]]:
    """Who edited the demand plan.

    Inputs: a viewer with plan.read.
    Returns: id and name, by name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [(str(row.id), row.name) for row in rows.people(session)]


def scope_text(scope: object) -> str:
    """At which level and of which members an edit was made.

    Inputs: scope: as it is stored, members by level.
    Returns: the members in words; “everything” when there are none.
    Raises: nothing.
    Source: models.demand_plan.DemandEdit.
    """
    if not isinstance(scope, Mapping):
        return EMPTY
    places = {level: place for place, level in enumerate(_LEVELS)}
    levels = sorted(scope, key=lambda level: (places.get(level, len(places)), level))
    told = [_members(scope[level]) for level in levels]
    return " · ".join(text for text in told if text) or _("everything")


def first_open_month(session: Session) -> date:
    """The first month of which not all sales are known: plans of earlier months can be judged.

    Inputs: an open session.
    Returns: the first day of a month, at most the month of today; that of today while nothing was sold.
    Raises: nothing of its own.
    Source: ours; a part month would look like a miss.
    """
    month = today().replace(day=1)
    last = sales.last_day(session, until=today())
    return month if last is None else min(month, first_open_period(last, frequency="month"))


def _wanted(filters: OverrideFilters, before: date) -> dict[str, Any]:
    search = filters.search.strip()
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    known = filters.person.isascii() and filters.person.isdigit() and len(filters.person) <= len(str(2**62))
    return {
        "stream": filters.stream if filters.stream in STREAMS else "",
        "person": int(filters.person) if known else 0,
        "state": filters.state if filters.state in STATES else "",
        "search": search,
        "pattern": f"%{escaped}%",
        "today": today(),
        "month": today().replace(day=1),
        "before": before,
    }


def _scores(session: Session, viewer: Viewer, before: date) -> pd.DataFrame:
    """Score by edit. Edits made since the first open month have no month that is over, so newer ones change nothing."""
    newest = rows.newest(session, before=before)
    return shared_frame(
        session,
        viewer,
        "override_scores",
        subjects=("demand", "products"),
        args=(before, newest),
        compute=lambda: rows.scores(session, before=before, same=SAME).set_index("edit_id"),
    )


def _row(row: dict[str, Any], months: tuple[date, date] | None, scores: pd.DataFrame) -> dict[str, Any]:
    first, last = months or (None, None)
    own = _summed(scores.loc[[row["id"]]]) if row["id"] in scores.index else Score()
    known = own.judged > 0
    return {
        **row,
        "scope": scope_text(row["scope"]),
        "first_month": first,
        "last_month": last,
        "state": _state(row, last),
        "judged": own.judged,
        "closer": own.closer,
        "further": own.further,
        "before_error": own.before_error if known else None,
        "after_error": own.after_error if known else None,
        "gain": own.gain if known else None,
        "gain_money": own.gain_money if known else None,
    }


def _summed(scores: pd.DataFrame) -> Score:
    sums = scores[list(_SCORE)].sum()
    judged, closer, further = (int(sums[name]) for name in _SCORE[:3])
    return Score(judged, closer, further, *(float(sums[name]) for name in _SCORE[3:]))


def _state(row: dict[str, Any], last: date | None) -> str:
    if row["undone_at"] is not None:
        return UNDONE
    if last is None or last < today().replace(day=1):
        return OVER
    return EXPIRED if row["expires_on"] is not None and row["expires_on"] < today() else HOLDING


def _with_verdict(row: dict[str, Any]) -> dict[str, Any]:
    if row["actual"] is None or row["after"] is None:
        return {**row, "verdict": ""}
    before, after = abs(row["consensus"] - row["actual"]), abs(row["after"] - row["actual"])
    verdict = "closer" if after < before - SAME else "further" if after > before + SAME else "same"
    return {**row, "verdict": verdict}


_LEVELS = ("level", "brand", "category", "family", "product", "region", "location", "channel", "customer")


def _members(value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(text for text in map(_members, value) if text)
    return ""
