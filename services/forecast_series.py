"""The results of a forecast run: its series ranked, one of them with history and reasons, how good it is in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.seasonal_naive import SeasonalNaive
from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand, sales
from data.queries import forecast_series as rows
from services.forecast_periods import first_open_period, history_start
from services.forecast_reasons import method_name, reasons
from services.forecasts import RunView, found_run
from services.form_values import row_id
from services.stored_figure import stored_figures

PAGE_ROWS = 500
DEEPEST_ROW = 1_000_000
# Large series with large errors: where better forecasts pay most.
WORST_FIRST = (("error_volume", True),)


@dataclass(frozen=True, slots=True)
class SeriesFilters:
    """What a list of series is narrowed to; an empty text narrows nothing."""

    search: str = ""
    method: str = ""
    demand_class: str = ""

    def equal(self) -> dict[str, str]:
        """The columns that must have one value."""
        wanted = {"method": self.method, "demand_class": self.demand_class}
        return {name: value for name, value in wanted.items() if value}


EVERYTHING = SeriesFilters()


@dataclass(frozen=True, slots=True)
class RunAccuracy:
    """Errors at earlier dates, weighted with volume, beside those of seasonal naive on the same series.

    None where no series could be judged. ``better``: series whose method beats seasonal naive.
    """

    series: int
    judged: int
    better: int
    wmape: float | None
    bias: float | None
    naive_wmape: float | None
    naive_bias: float | None
    by_method: dict[str, int]
    by_class: dict[str, int]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Some series of a run and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class Errors:
    """Of one method at the earlier dates; None where undefined."""

    wmape: float | None
    bias: float | None
    mase: float | None


@dataclass(frozen=True, slots=True)
class ForecastPeriod:
    """One period ahead; ``naive`` is the same period a season before."""

    period: date
    q10: float
    q50: float
    q90: float
    naive: float | None


@dataclass(frozen=True, slots=True)
class SeriesDetail:
    """One series: (period, quantity) of its whole history to date, of the fitted path, and what is ahead."""

    run: RunView
    product_id: int
    location_id: int
    code: str
    name: str
    uom: str
    location: str
    location_name: str
    method: str
    demand_class: str
    volume: float
    history: list[tuple[date, float]]
    fitted: list[tuple[date, float | None]]
    forecast: list[ForecastPeriod]
    errors: Errors
    naive_errors: Errors
    reasons: list[str]
    candidates: list[dict[str, Any]]


def series(
    viewer: Viewer,
    run_id: object,
    *,
    filters: SeriesFilters = EVERYTHING,
    sort: Sequence[tuple[str, bool]] = (),
    first: int = 0,
    limit: int = 100,
) -> SeriesPage:
    """Series of a finished run: those first where the most is missed, unless another order is asked for.

    Inputs: a viewer with forecast.read; the run; filters; sort: (column, descending), unknown columns are passed over;
        which rows.
    Returns: SeriesPage; empty for a run without results.
    Raises: NotAllowed; NotFound.
    Source: screens.md 1: by what is at stake, never alphabetically.
    """
    require(viewer, Permission.FORECAST_READ)
    search, equal = filters.search.strip(), filters.equal()
    known = [(name, descending) for name, descending in sort if name in rows.COLUMNS]
    with session_scope(viewer) as session:
        found = found_run(session, run_id)
        if found.state != "done":
            return SeriesPage([], 0)
        page = rows.series_page(
            session,
            found.id,
            search=search,
            equal=equal,
            sort=known or WORST_FIRST,
            offset=min(max(first, 0), DEEPEST_ROW),
            limit=min(max(limit, 1), PAGE_ROWS),
        )
        total = (
            rows.series_total(session, found.id, search=search, equal=equal) if search or equal else found.series_count
        )
    return SeriesPage([row._asdict() | {"method": method_name(row.method)} for row in page], total)


def series_detail(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> SeriesDetail:
    """One series of a finished run, with all that a planner needs to believe it or not.

    Inputs: a viewer with forecast.read; run, product and location as a browser sent them.
    Returns: SeriesDetail; the history goes to the last whole period of today's data.
    Raises: NotAllowed; NotFound when the run has no such series or no results.
    Source: screens.md 5, 11.
    """
    require(viewer, Permission.FORECAST_READ)
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        found = rows.one_series(session, run_id=run.id, **item) if run.state == "done" else None
        if found is None:
            raise NotFound(_("This forecast has no such series."))
        values = rows.values(session, run_id=run.id, **item)
        panel = _history(session, run, **item)
    naive = _seasonal_naive(panel, run)
    return SeriesDetail(
        run=run,
        **item,
        code=found.code,
        name=found.name,
        uom=found.uom,
        location=found.location,
        location_name=found.location_name,
        method=found.method,
        demand_class=found.demand_class,
        volume=found.volume,
        history=_path(panel),
        fitted=_fitted(found, run),
        forecast=[ForecastPeriod(**row._asdict(), naive=past) for row, past in zip(values, naive, strict=True)],
        errors=Errors(found.wmape, found.bias, found.mase),
        naive_errors=Errors(found.naive_wmape, found.naive_bias, found.naive_mase),
        reasons=reasons(found, frequency=run.frequency, horizon=run.horizon),
        candidates=[
            candidate | {"method": method_name(candidate["method"]), "chosen": candidate["method"] == found.method}
            for candidate in found.why["candidates"]
        ],
    )


def run_accuracy(viewer: Viewer, run_id: object) -> RunAccuracy:
    """How good the methods of a finished run were at earlier dates, and what was chosen how often.

    Inputs: a viewer with forecast.read; the run.
    Returns: RunAccuracy.
    Raises: NotAllowed; NotFound, also for a run without results.
    Source: glossary, forecast-accuracy, forecast-bias, seasonal-naive.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        found = found_run(session, run_id)
        if found.state != "done":
            raise NotFound(_("This forecast has no results."))
        return stored_figures(
            session,
            viewer,
            "forecast run accuracy",
            RunAccuracy,
            subjects=("forecast",),
            args={"run": found.id},
            compute=lambda: [_accuracy(session, found.id)],
        )[0]


def _accuracy(session: Session, run_id: int) -> RunAccuracy:
    return RunAccuracy(
        **rows.totals(session, run_id)._asdict(),
        by_method=rows.counts_by(session, run_id, "method"),
        by_class=rows.counts_by(session, run_id, "demand_class"),
    )


def _history(session: Session, run: RunView, product_id: int, location_id: int) -> Panel | None:
    """Whole periods, gaps as zero, from the first that the run could use to the last there is today."""
    first, last = sales.first_day(session), sales.last_day(session, until=today())
    if first is None or last is None:
        return None
    before = first_open_period(last, frequency=run.frequency)
    sums = demand.period_sums(
        session,
        products=[product_id],
        location_id=location_id,
        frequency=run.frequency,
        since=history_start(first, first_period=run.first_period, frequency=run.frequency),
        before=before,
    )
    return None if sums.empty else _panel(sums, run, before)


def _panel(sums: pd.DataFrame, run: RunView, before: date) -> Panel:
    frame = sums.rename(columns={"period": "ds", "quantity": "y"}).assign(unique_id="series")
    return to_panel(frame, frequency=run.frequency, end=before - timedelta(days=1))


def _path(panel: Panel | None) -> list[tuple[date, float]]:
    if panel is None:
        return []
    known = ~np.isnan(panel.values[:, 0])
    return list(zip(panel.periods.date[known].tolist(), panel.values[known, 0].tolist(), strict=True))


def _seasonal_naive(panel: Panel | None, run: RunView) -> list[float | None]:
    """What repeating the last season would have said at the date of the run."""
    later = 0 if panel is None else int((panel.periods.date >= run.first_period).sum())
    if panel is None or later >= len(panel.periods):
        return [None] * run.horizon
    paths = SeasonalNaive().forecast(panel.before(held_out_periods=later), horizon_periods=run.horizon)
    return [float(value) for value in paths.mean[:, 0]]


def _fitted(found: Any, run: RunView) -> list[tuple[date, float | None]]:
    if found.fitted_from is None:
        return []
    freq = "MS" if run.frequency == "month" else "W-MON"
    periods = pd.date_range(found.fitted_from, periods=len(found.fitted), freq=freq)
    return list(zip(periods.date.tolist(), found.fitted, strict=True))
