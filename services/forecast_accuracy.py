"""Forecast accuracy as a planner looks at it: two honest sources, kept apart.

Lived accuracy sets stored forecasts against the demand that then came; tested accuracy is what the methods of one run
would have said at earlier dates. Both are listed by anything, beside seasonal naive and the approved run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.lived_accuracy import SIGNAL_LIMIT
from core.i18n import day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import forecast_accuracy as rows
from services.accuracy_filters import LIVED, AccuracyChoices, AccuracyFilters, Cell, accuracy_choices
from services.accuracy_lived import (
    ITEM,
    SUBJECTS,
    Lived,
    lived,
    lived_pairs,
    lived_table,
    sold_without_forecast,
)
from services.accuracy_tables import AccuracyPage, in_words, labelled, page_of, period_name, plain, with_shares
from services.accuracy_tested import baseline_of, runs_table, tested_run, tested_table
from services.listed_rows import PAGE_ROWS
from services.stored_figure import stored_figures

DRIFT_ROWS = 200
CELL = ["period", "lag"]
# Columns of a table that tell its groups; others go by one of their own name.
KEYS = {"product": ["product_id"], "location": ["location_id"], "item": ITEM}


@dataclass(frozen=True, slots=True)
class Overview:
    """FIGURES in all; of lived accuracy also by period, and by period and lag.

    ``sold_without_forecast``: series and periods with demand that no run had forecast; ``run`` and ``baseline`` are
    what was judged at earlier dates and what it is compared with, 0 where there is none.
    """

    total: dict[str, Any]
    by_period: list[dict[str, Any]]
    triangle: list[dict[str, Any]]
    sold_without_forecast: int
    run: int
    baseline: int


def overview(viewer: Viewer, filters: AccuracyFilters) -> Overview | None:
    """The headline figures, kept until the data change.

    Inputs: a viewer with forecast.read; filters.
    Returns: Overview; None where nothing can be judged.
    Raises: NotAllowed.
    Source: glossary, forecast quality; screens.md 7.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        choices = accuracy_choices(session, filters.frequency)
        found = stored_figures(
            session,
            viewer,
            "forecast accuracy",
            Overview,
            subjects=SUBJECTS,
            args={**asdict(filters), "by": "", "approved": _approvals(choices)},
            compute=lambda: _overview(session, viewer, filters, choices),
        )
    return found[0] if found else None


def accuracy_table(
    viewer: Viewer,
    filters: AccuracyFilters,
    *,
    sort: Sequence[tuple[str, bool]] = (),
    first: int = 0,
    limit: int = PAGE_ROWS,
) -> AccuracyPage:
    """The figures by what the filters say: where most money is missed first, periods and lags in their order.

    Inputs: a viewer with forecast.read; filters; sort: (column, descending), unknown ones are passed over; which rows.
    Returns: AccuracyPage; rows hold NAMES as far as they apply, FIGURES, and the ids of products and locations.
    Raises: NotAllowed.
    Source: glossary, forecast quality.
    """
    found = _table(viewer, filters, by=filters.by, cell=None)
    return page_of(found, by=filters.by, sort=sort, first=first, limit=limit)


def series_table(
    viewer: Viewer,
    filters: AccuracyFilters,
    *,
    cell: Cell | None = None,
    sort: Sequence[tuple[str, bool]] = (),
    first: int = 0,
    limit: int = PAGE_ROWS,
) -> AccuracyPage:
    """Every product at every location, those first that miss the most money.

    Inputs: as accuracy_table; cell: only one period at one lag of lived accuracy.
    Returns: AccuracyPage; rows hold NAMES, FIGURES and SHARES of the money missed in all, product_id, location_id and
        run_id, the newest run behind them.
    Raises: NotAllowed.
    Source: screens.md 1: by what is at stake, never alphabetically.
    """
    return page_of(_table(viewer, filters, by="item", cell=cell), by="item", sort=sort, first=first, limit=limit)


def drifting_series(
    viewer: Viewer, filters: AccuracyFilters, *, view: str, first: int = 0, limit: int = DRIFT_ROWS
) -> AccuracyPage:
    """Series whose tracking signal is beyond the limit, those first that miss the most money.

    Inputs: a viewer with forecast.read; filters; view: of lived or of tested accuracy; which rows.
    Returns: AccuracyPage; rows as of series_table.
    Raises: NotAllowed.
    Source: Brown 1962; issue 3, drift.
    """
    found = _table(viewer, replace(filters, view=view), by="item", cell=None)
    beyond = found[found["tracking_signal"].abs() > SIGNAL_LIMIT] if len(found) else found
    return page_of(beyond, by="item", first=first, limit=limit)


def run_history(viewer: Viewer, filters: AccuracyFilters) -> list[dict[str, Any]]:
    """How the newest runs did at earlier dates, by method or demand class, in the order they were made.

    Inputs: a viewer with forecast.read; filters, of which frequency, by, method, demand_class and weight count.
    Returns: rows with run_id, run (its name), first_period, label, share (of the run's series) and FIGURES; of each run
        first all series together.
    Raises: NotAllowed.
    Source: issue 3: model-performance history.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        choices = accuracy_choices(session, filters.frequency)
        found = stored_figures(
            session,
            viewer,
            "forecast run history",
            dict,
            subjects=("forecast", "products"),
            args={"frequency": filters.frequency, "by": filters.by, "weight": filters.weight, **filters.equal},
            compute=lambda: _run_history(session, filters, choices),
        )
    return in_words(found, by=filters.by)


def _overview(session: Session, viewer: Viewer, filters: AccuracyFilters, choices: AccuracyChoices) -> list[Overview]:
    if filters.view != LIVED:
        return _tested_overview(session, filters, choices)
    found = lived(session, viewer, filters, choices)
    if found is None:
        return []
    all_lags = lived_pairs(found, filters, rows.products(session), lag=None)
    pairs = all_lags[all_lags["lag"] == filters.lag]
    if pairs.empty:
        return []
    named = {"by": "period", "frequency": filters.frequency}
    by_period, triangle = (lived_table(of, filters, by=by) for of, by in ((pairs, ["period"]), (all_lags, CELL)))
    return [
        Overview(
            total=plain(lived_table(pairs, filters, by=[]))[0],
            by_period=plain(labelled(session, by_period, **named)),
            triangle=plain(labelled(session, triangle, **named)),
            sold_without_forecast=sold_without_forecast(found, filters),
            run=filters.run,
            baseline=0,
        )
    ]


def _tested_overview(session: Session, filters: AccuracyFilters, choices: AccuracyChoices) -> list[Overview]:
    run = tested_run(filters, choices)
    if run is None:
        return []
    total = plain(tested_table(session, filters, choices, by=[]).drop(columns="tracking_signal"))[0]
    baseline = baseline_of(run, choices)
    return [Overview(total, [], [], 0, run.id, baseline.id if baseline else 0)] if total["pairs"] else []


def _run_history(session: Session, filters: AccuracyFilters, choices: AccuracyChoices) -> list[dict[str, Any]]:
    found = runs_table(session, filters, choices)
    first = {run.id: run.first_period for run in choices.runs}
    found["first_period"] = [day(first[run]) for run in found["run_id"]]
    found["run"] = [f"{period_name(first[run], filters.frequency)} #{run}" for run in found["run_id"]]
    return plain(labelled(session, found, by=filters.by, frequency=filters.frequency))


def _table(viewer: Viewer, filters: AccuracyFilters, *, by: str, cell: Cell | None) -> pd.DataFrame:
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        choices = accuracy_choices(session, filters.frequency)
        # Looked up first: what it is made of must not be computed while the table is.
        found = lived(session, viewer, filters, choices) if filters.view == LIVED else None
        compute = (
            partial(_lived_table, session, found) if filters.view == LIVED else partial(_tested_table, session, choices)
        )
        return shared_frame(
            session,
            viewer,
            "accuracy table",
            subjects=SUBJECTS,
            args=(filters, by, cell, _approvals(choices)),
            compute=lambda: _listed(session, compute(filters, KEYS.get(by, [by]), cell), by, filters),
        )


def _listed(session: Session, table: pd.DataFrame, by: str, filters: AccuracyFilters) -> pd.DataFrame:
    if table.empty:
        return table
    return labelled(session, with_shares(table), by=by, frequency=filters.frequency)


def _lived_table(
    session: Session, found: Lived | None, filters: AccuracyFilters, keys: list[str], cell: Cell | None
) -> pd.DataFrame:
    if found is None:
        return pd.DataFrame()
    lag = cell.lag if cell else filters.lag
    pairs = lived_pairs(found, filters, rows.products(session), lag=None if "lag" in keys else lag)
    if cell:
        pairs = pairs[pairs["period"] == pd.Timestamp(cell.period)]
    if pairs.empty:
        return pairs
    table = lived_table(pairs, filters, by=keys)
    if keys != ITEM:
        return table
    latest = pairs.sort_values("run_id", kind="stable").drop_duplicates(ITEM, keep="last")
    return table.merge(latest[[*ITEM, "run_id", "method", "demand_class"]], on=ITEM)


def _tested_table(
    session: Session, choices: AccuracyChoices, filters: AccuracyFilters, keys: list[str], _cell: Cell | None
) -> pd.DataFrame:
    of_series = ["method", "demand_class"] if keys == ITEM else []
    run = tested_run(filters, choices)
    return tested_table(session, filters, choices, by=[*keys, *of_series]).assign(run_id=run.id if run else 0)


def _approvals(choices: AccuracyChoices) -> tuple[int, ...]:
    return tuple(run.id for run in choices.runs if run.approved)
