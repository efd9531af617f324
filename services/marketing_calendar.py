"""The marketing calendar: events of some months in lanes, with what speaks against them; and one event with all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.event_sales import AFTER_DAYS
from core.clock import today
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import planning_events as rows
from services.event_clashes import clashes
from services.event_results import result_of
from services.form_values import row_id
from services.planning_events import EventFilters, event

MONTHS = 3
MOST_BARS = 60
MOST_YEARS = 20
LANES = ("brand", "channel")
STATUSES = ("draft", "proposed", "approved", "rejected", "cancelled")


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What is shown: MONTHS from ``month`` on (its first day), lanes by brand or channel, and what it is narrowed to;
    empty narrows nothing."""

    month: date
    by: str = "brand"
    brand: str = ""
    channel: str = ""
    status: str = ""
    search: str = ""

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return (pd.Timestamp(self.month) + pd.DateOffset(months=MONTHS)).date() - timedelta(days=1)

    def moved(self, months: int) -> CalendarView:
        """The same some months later, or earlier."""
        return replace(self, month=(pd.Timestamp(self.month) + pd.DateOffset(months=months)).date())


@dataclass(frozen=True, slots=True)
class Bar:
    """An event in its lane: ``row`` counts from 0 so that no two in a row overlap."""

    event: dict[str, Any]
    row: int
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Lane:
    """A brand or a channel with its events."""

    name: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Board:
    """Lanes by name, how many events are shown and how many fit the filters."""

    view: CalendarView
    lanes: list[Lane]
    shown: int
    total: int


def calendar_view(given: Mapping[str, Any]) -> CalendarView:
    """What an address asks for.

    Inputs: given: texts by name; what is none is passed over.
    Returns: CalendarView, of this month where none is named.
    Raises: nothing.
    Source: none; ours.
    """
    texts = {name: str(given.get(name) or "")[:80] for name in ("brand", "channel", "status", "search")}
    by = given.get("by")
    return CalendarView(
        month=_month(given.get("month")),
        by=by if isinstance(by, str) and by in LANES else LANES[0],
        **texts | {"status": texts["status"] if texts["status"] in STATUSES else ""},
    )


def board(viewer: Viewer, view: CalendarView) -> Board:
    """The events of some months.

    Inputs: a viewer with plan.read and forecast.read, what to show.
    Returns: Board; at most MOST_BARS events: those to be decided before those that are not over, then the rest by day.
        Cancelled ones only when they are asked for.
    Raises: NotAllowed.
    Source: screens.md 25.
    """
    require(viewer, Permission.PLAN_READ)
    require(viewer, Permission.FORECAST_READ)
    filters = EventFilters(
        since=view.month,
        until=view.last,
        status=view.status,
        brand=view.brand,
        channel=view.channel,
        search=view.search,
    )
    with session_scope(viewer) as session:
        found, total = rows.board(session, asdict(filters), as_of=today(), limit=MOST_BARS)
        warned = clashes(session, viewer, since=view.month, until=view.last)
    lanes: dict[str, list[dict[str, Any]]] = {}
    for row in sorted((row._asdict() for row in found), key=lambda row: (row["starts_on"], row["code"])):
        lanes.setdefault(lane_name(row, view.by), []).append(row)
    return Board(view, [Lane(name, _bars(lanes[name], warned)) for name in sorted(lanes)], len(found), total)


def lane_name(row: Mapping[str, Any], by: str) -> str:
    """The lane of an event.

    Inputs: row: as of planning_events.events; by: brand or channel.
    Returns: the only brand or channel, or that it is for several or all.
    Raises: nothing.
    Source: none; ours.
    """
    if by == "channel":
        return row["channel_name"] or (", ".join(row["channels"]) if row["channels"] else _("All channels"))
    if row["product"]:
        return row["product_brand"] or _("Without a brand")
    if len(row["brands"]) == 1:
        return row["brands"][0] or _("Without a brand")
    return row["brand"] or (_("Several brands") if row["brands"] else row["category"] or _("All brands"))


def detail(viewer: Viewer, event_id: object) -> dict[str, Any]:
    """One event with all that is known of it.

    Inputs: a viewer with plan.read and forecast.read; the event.
    Returns: as of planning_events.event, and warnings (sentences), result (of services.event_results.result_of) and
        over (whether it and the days after it are past).
    Raises: NotAllowed; NotFound.
    Source: screens.md 25.
    """
    require(viewer, Permission.PLAN_READ)
    found = event(viewer, event_id)
    with session_scope(viewer) as session:
        warned = clashes(session, viewer, since=found["starts_on"], until=found["ends_on"])
        result = result_of(session, viewer, row_id(event_id))
    over = found["ends_on"] + timedelta(days=AFTER_DAYS) < today()
    return {**found, "warnings": warned.get(found["id"], []), "result": result, "over": over}


def choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What the filters and the form choose from.

    Inputs: a viewer with plan.read.
    Returns: (value, text) by name: location, channel, category, family, brand.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        groups = {name: [(value, value) for value in found] for name, found in rows.groups(session).items()}
        return {**groups, **rows.places(session)}


def _month(value: object) -> date:
    try:
        found = date.fromisoformat(f"{str(value)[:7]}-01")
    except ValueError:
        found = today().replace(day=1)
    return found if abs(found.year - today().year) <= MOST_YEARS else today().replace(day=1)


def _bars(events: list[dict[str, Any]], warned: Mapping[int, list[str]]) -> list[Bar]:
    """Each event in the first row that is free by then."""
    ends: list[date] = []
    bars = []
    for found in events:
        row = next((place for place, end in enumerate(ends) if end < found["starts_on"]), len(ends))
        ends[row : row + 1] = [found["ends_on"]]
        bars.append(Bar(found, row, warned.get(found["id"], [])))
    return bars
