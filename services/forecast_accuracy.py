"""Forecast accuracy as a planner looks at it: two honest sources, kept apart.

Lived accuracy sets stored forecasts against the demand that then came; tested accuracy is what the methods of one run
would have said at earlier dates. Both are listed by anything, beside seasonal naive and the approved run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.lived_accuracy import MEASURES, SIGNAL_LIMIT
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import forecast_accuracy as rows
from services.accuracy_filters import DEEPEST_LAG, LIVED, AccuracyChoices, AccuracyFilters, accuracy_choices
from services.accuracy_lived import ITEM, SUBJECTS, lived_pairs, lived_table, narrowed
from services.accuracy_tested import baseline_of, runs_table, tested_run, tested_table
from services.forecast_periods import period_of
from services.forecast_reasons import method_name
from services.form_values import calendar_day
from services.plain_rows import plain_rows
from services.stored_figure import stored_figures

PAGE_ROWS = 500
DRIFT_ROWS = 200
COUNTS = ("series", "pairs", "approved_pairs", "demand", "missed_money")
RIVALS = tuple(
    f"{prefix}_{measure}"
    for measure in MEASURES
    for prefix in ("naive", "vs_naive", "approved", "vs_approved")
    if not (measure == "coverage" and "naive" in prefix)  # seasonal naive has no band
)
FIGURES = (*COUNTS, *MEASURES, *RIVALS)
NAMES = ("label", "name", "location", "method", "demand_class")
SHARES = ("share", "cumulative_share")
SORTABLE = {*NAMES, *FIGURES, *SHARES}
_WORDS: dict[str, Callable[[str], str]] = {"method": method_name, "demand_class": str.capitalize}
# Columns of a table that tell its groups; others go by one of their own name.
KEYS = {"product": ["product_id"], "location": ["location_id"], "item": ITEM}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the triangle: a period as it was forecast at a lag."""

    period: date
    lag: int


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


@dataclass(frozen=True, slots=True)
class AccuracyPage:
    """Some rows of a list and how many it has in all."""

    rows: list[dict[str, Any]]
    total: int


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
    return _page(found, filters.by, sort=sort, first=first, limit=limit)


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
    return _page(_table(viewer, filters, by="item", cell=cell), "item", sort=sort, first=first, limit=limit)


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
    return _page(beyond, "item", first=first, limit=limit)


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
    return _in_words(found, filters.by)


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


def period_name(period: date, frequency: str) -> str:
    """A month or week as lists show it.

    Inputs: its first day; frequency.
    Returns: "2026-05", or the Monday of the week.
    Raises: nothing.
    Source: none; ours.
    """
    return f"{period:%Y-%m}" if frequency == "month" else day(period)


def _overview(session: Session, viewer: Viewer, filters: AccuracyFilters, choices: AccuracyChoices) -> list[Overview]:
    if filters.view != LIVED:
        return _tested_overview(session, filters, choices)
    everything = lived_pairs(session, viewer, filters, choices)
    pairs = _chosen(everything, filters, filters.lag)
    if pairs.empty:
        return []
    all_lags = _chosen(everything, filters, None)
    return [
        Overview(
            total=_plain(lived_table(pairs, filters, by=[]))[0],
            by_period=_plain(_labelled(session, lived_table(pairs, filters, by=["period"]), "period", filters)),
            triangle=_plain(
                _labelled(session, lived_table(all_lags, filters, by=["period", "lag"]), "period", filters)
            ),
            sold_without_forecast=int((everything["lag"] == 0).sum()),
            run=filters.run,
            baseline=0,
        )
    ]


def _tested_overview(session: Session, filters: AccuracyFilters, choices: AccuracyChoices) -> list[Overview]:
    run = tested_run(filters, choices)
    if run is None:
        return []
    total = _plain(tested_table(session, filters, choices, by=[]).drop(columns="tracking_signal"))[0]
    baseline = baseline_of(run, choices)
    return [Overview(total, [], [], 0, run.id, baseline.id if baseline else 0)] if total["pairs"] else []


def _run_history(session: Session, filters: AccuracyFilters, choices: AccuracyChoices) -> list[dict[str, Any]]:
    found = runs_table(session, filters, choices)
    first = {run.id: run.first_period for run in choices.runs}
    found["first_period"] = [day(first[run]) for run in found["run_id"]]
    found["run"] = [f"{period_name(first[run], filters.frequency)} #{run}" for run in found["run_id"]]
    return _plain(_labelled(session, found, filters.by, filters))


def _table(viewer: Viewer, filters: AccuracyFilters, *, by: str, cell: Cell | None) -> pd.DataFrame:
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        choices = accuracy_choices(session, filters.frequency)
        # Looked up first: what it is made of must not be computed while the table is.
        pairs = lived_pairs(session, viewer, filters, choices) if filters.view == LIVED else None
        return shared_frame(
            session,
            viewer,
            "accuracy table",
            subjects=SUBJECTS,
            args=(filters, by, cell, _approvals(choices)),
            compute=lambda: _computed(session, filters, choices, pairs=pairs, by=by, cell=cell),
        )


def _computed(
    session: Session,
    filters: AccuracyFilters,
    choices: AccuracyChoices,
    *,
    pairs: pd.DataFrame | None,
    by: str,
    cell: Cell | None,
) -> pd.DataFrame:
    keys = KEYS.get(by, [by])
    if pairs is None:
        of_series = ["method", "demand_class"] if keys == ITEM else []
        found = tested_table(session, filters, choices, by=[*keys, *of_series])
        run = tested_run(filters, choices)
        found = found.assign(run_id=run.id if run else 0)
    else:
        found = _lived(pairs, filters, keys, cell)
    if found.empty:
        return found
    return _labelled(session, _with_shares(found), by, filters)


def _lived(pairs: pd.DataFrame, filters: AccuracyFilters, keys: list[str], cell: Cell | None) -> pd.DataFrame:
    lag = cell.lag if cell else filters.lag
    chosen = _chosen(pairs, filters, None if "lag" in keys else lag)
    if cell and not chosen.empty:
        chosen = chosen[chosen["period"] == pd.Timestamp(cell.period)]
    if chosen.empty:
        return chosen
    found = lived_table(chosen, filters, by=keys)
    if keys != ITEM:
        return found
    latest = chosen.drop_duplicates(ITEM, keep="last")[[*ITEM, "run_id", "method", "demand_class"]]
    return found.merge(latest.astype({"run_id": "int64"}), on=ITEM)


def _chosen(pairs: pd.DataFrame, filters: AccuracyFilters, lag: int | None) -> pd.DataFrame:
    return pairs if pairs.empty else narrowed(pairs, filters, lag=lag)


def _with_shares(found: pd.DataFrame) -> pd.DataFrame:
    """Shares of the money missed, added up in the order of the rows."""
    money = found["missed_money"].fillna(0.0)
    total = money.sum()
    return found.assign(share=money / total, cumulative_share=money.cumsum() / total) if total > 0 else found


def _labelled(session: Session, found: pd.DataFrame, by: str, filters: AccuracyFilters) -> pd.DataFrame:
    """The rows with what they are called, in no language: kept rows are read by everybody."""
    if by in ("item", "product"):
        found = found.merge(rows.products(session)[["product_id", "code", "name"]], on="product_id")
        found = found.rename(columns={"code": "label"})
    if by in ("item", "location"):
        found = found.merge(rows.locations(session), on="location_id")
    if by == "location":
        return found.rename(columns={"location": "label", "location_name": "name"})
    if "label" in found:
        return found
    if by == "period":
        return found.assign(label=[period_name(period, filters.frequency) for period in found["period"]])
    return found.assign(label=found[by].astype(str))


def _in_words(found: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """The rows with methods and classes as a person calls them."""
    said = [row | {name: word(row[name]) for name, word in _WORDS.items() if row.get(name)} for row in found]
    return [row | {"label": row[by] or _("All series")} for row in said] if by in _WORDS else said


def _page(
    found: pd.DataFrame, by: str, *, sort: Sequence[tuple[str, bool]] = (), first: int = 0, limit: int
) -> AccuracyPage:
    known = [(name, descending) for name, descending in sort if name in SORTABLE and name in found]
    if known:
        names = [name for name, _descending in known]
        found = found.sort_values(
            names, ascending=[not descending for _name, descending in known], na_position="last", kind="stable"
        )
    start = max(first, 0)
    shown = found.iloc[start : start + min(max(limit, 1), PAGE_ROWS)]
    return AccuracyPage(_in_words(_plain(shown), by), len(found))


def _plain(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON; a period as its first day."""
    shown = found.assign(period=found["period"].dt.strftime("%Y-%m-%d")) if "period" in found else found
    return plain_rows(shown)


def _approvals(choices: AccuracyChoices) -> tuple[int, ...]:
    return tuple(run.id for run in choices.runs if run.approved)
