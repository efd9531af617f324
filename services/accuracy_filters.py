"""What the accuracy of forecasts is asked for: the choices there are, and a browser's wishes checked against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from analytics.forecasting.panel import Frequency
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import forecast_accuracy as rows
from data.queries import sales
from services.forecast_periods import FREQUENCIES, first_open_period, period_of, shifted
from services.form_values import calendar_day
from services.stored_figure import stored_figures

LIVED, TESTED, HISTORY = "lived", "tested", "history"
VIEWS = (LIVED, TESTED, HISTORY)
ATTRIBUTES = ("category", "family", "product", "location", "item")
BY = (*ATTRIBUTES, "demand_class", "method", "lag", "period")
LISTED_BY = {LIVED: BY, TESTED: BY[:-2], HISTORY: ("method", "demand_class")}
LEVELS = ("item", "product", "location", "family", "category", "total")
WEIGHTS = ("quantity", "money")
DEEPEST_LAG: dict[Frequency, int] = {"month": 6, "week": 13}
USUAL_PERIODS: dict[Frequency, int] = {"month": 12, "week": 26}
MOST_PERIODS: dict[Frequency, int] = {"month": 24, "week": 53}


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: what it forecast first, how far, and whether it is a statistical baseline."""

    id: int
    first_period: date
    horizon: int
    approved: bool


@dataclass(frozen=True, slots=True)
class AccuracyFilters:
    """What to judge. ``view``: forecasts against what came, one run at earlier dates, or all runs; ``level``: what is
    added up before an error is taken; ``by``: what the figures are listed by; ``weight``: quantities or money;
    ``run``: 0 stands for the newest forecast there is.
    """

    view: str
    frequency: Frequency
    by: str
    level: str = "item"
    weight: str = "quantity"
    demand_class: str = ""
    method: str = ""
    lag: int = 1
    start: date | None = None
    end: date | None = None
    run: int = 0

    @property
    def equal(self) -> dict[str, str]:
        """The columns that must have one value."""
        wanted = {"demand_class": self.demand_class, "method": self.method}
        return {name: value for name, value in wanted.items() if value}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the triangle: a period as it was forecast at a lag."""

    period: date
    lag: int


@dataclass(frozen=True, slots=True)
class AccuracyChoices:
    """Of the finished runs of a frequency, the newest first: the whole periods that any of them forecast."""

    runs: list[Run]
    periods: list[date]

    @property
    def approved(self) -> Run | None:
        """The approved run that was made last."""
        return next((run for run in self.runs if run.approved), None)


def accuracy_filters(viewer: Viewer, query: Mapping[str, object]) -> AccuracyFilters:
    """What a browser asked for; what it did not say is the usual.

    Inputs: a viewer with forecast.read; fields of AccuracyFilters as texts, absent or empty where nothing was said.
    Returns: AccuracyFilters; start and end stay None while no forecast period is over.
    Raises: NotAllowed; InvalidInput for what is no such choice, or more periods than are shown at once.
    Source: screens.md 7, 22.
    """
    require(viewer, Permission.FORECAST_READ)
    view = _one_of(VIEWS, query.get("view"))
    frequency = _one_of(FREQUENCIES, query.get("frequency"))
    with session_scope(viewer) as session:
        choices = accuracy_choices(session, frequency)
    start, end = _periods(query.get("start"), query.get("end"), choices, frequency)
    run = _whole(query.get("run"), default=0, name=_("Run"))
    return AccuracyFilters(
        view=view,
        frequency=frequency,
        by=_one_of(LISTED_BY[view], query.get("by")),
        level=_one_of(LEVELS, query.get("level")),
        weight=_one_of(WEIGHTS, query.get("weight")),
        demand_class=str(query.get("demand_class") or ""),
        method=str(query.get("method") or ""),
        lag=min(max(_whole(query.get("lag"), default=1, name=_("Lag")), 1), DEEPEST_LAG[frequency]),
        start=start,
        end=end,
        # A run of months is no choice among weeks; the form still names it when the frequency was changed.
        run=run if any(run == known.id for known in choices.runs) else 0,
    )


def accuracy_cell(period: object, lag: object, filters: AccuracyFilters) -> Cell | None:
    """The cell of the triangle that a browser asked for.

    Inputs: its period and lag as texts, each may be empty; filters.
    Returns: Cell; None when nothing was asked for or there is no such cell.
    Raises: InvalidInput for what is no date.
    Source: none; ours.
    """
    text = str(lag or "")
    if not period or not (text.isascii() and text.isdigit()) or filters.view != LIVED:
        return None
    first = period_of(calendar_day(period, name=_("Period")), frequency=filters.frequency)
    return Cell(first, int(text)) if 1 <= int(text[:4]) <= DEEPEST_LAG[filters.frequency] else None


def choices_of(viewer: Viewer, frequency: Frequency) -> AccuracyChoices:
    """What there is to choose from.

    Inputs: a viewer with forecast.read; frequency.
    Returns: AccuracyChoices.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        return accuracy_choices(session, frequency)


def methods_and_classes(viewer: Viewer, frequency: Frequency) -> tuple[list[str], list[str]]:
    """What the finished runs chose, and what they called the demand.

    Inputs: a viewer with forecast.read; frequency.
    Returns: keys of methods, and demand classes; both in order.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        found = stored_figures(
            session,
            viewer,
            "forecast methods and classes",
            tuple,
            subjects=("forecast",),
            args={"frequency": frequency},
            compute=lambda: rows.methods_and_classes(session, frequency),
        )
    return sorted({method for method, _kind in found}), sorted({kind for _method, kind in found})


def accuracy_choices(session: Session, frequency: Frequency) -> AccuracyChoices:
    """The same in an open session.

    Inputs: an open session; frequency.
    Returns: AccuracyChoices.
    Raises: nothing of its own.
    Source: none; ours.
    """
    runs = [_run(row) for row in reversed(rows.finished_runs(session, frequency))]
    last = sales.last_day(session, until=today())
    if last is None:
        return AccuracyChoices(runs, [])
    still_open = first_open_period(last, frequency=frequency)
    forecast = {
        shifted(run.first_period, step, frequency=frequency)
        for run in runs
        for step in range(min(run.horizon, DEEPEST_LAG[frequency]))
    }
    return AccuracyChoices(runs, sorted(period for period in forecast if period < still_open))


def _run(row: Any) -> Run:
    return Run(row.id, row.first_period, row.horizon, row.approved_at is not None)


def _periods(
    start: object, end: object, choices: AccuracyChoices, frequency: Frequency
) -> tuple[date | None, date | None]:
    """First and last period, within what there is."""
    if not choices.periods:
        return None, None
    known = choices.periods
    last = period_of(calendar_day(end, name=_("To")), frequency=frequency) if end else known[-1]
    usual = [period for period in known if period <= last][-USUAL_PERIODS[frequency] :] or known[:1]
    first = period_of(calendar_day(start, name=_("From")), frequency=frequency) if start else usual[0]
    if not first <= last:
        raise InvalidInput(_("From %(start)s to %(end)s is no period.", start=day(first), end=day(last)))
    if shifted(first, MOST_PERIODS[frequency], frequency=frequency) <= last:
        units = _("months") if frequency == "month" else _("weeks")
        raise InvalidInput(_("Choose at most %(count)s %(units)s.", count=MOST_PERIODS[frequency], units=units))
    return first, last


def _one_of(choices: tuple[Any, ...], value: object) -> Any:
    """The value if it is one of the choices; the first of them when nothing was said."""
    if value in (None, ""):
        return choices[0]
    if value not in choices:
        raise InvalidInput(
            _(
                "“%(value)s” is not among the choices: %(choices)s.",
                value=str(value)[:80],
                choices=", ".join(choice for choice in choices if choice),
            )
        )
    return value


def _whole(value: object, *, default: int, name: str) -> int:
    text = str(value or "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput(_("%(name)s: enter a whole number.", name=name))
    return int(text)
