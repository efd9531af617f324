"""One series of a forecast run: history, forecast, what it is made of, and why it is as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.forecasting.panel import Panel
from analytics.forecasting.seasonal_naive import SeasonalNaive
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_annotations
from data.queries import forecast_series as rows
from services import forecast_flags, series_history
from services.forecast_flags import Flag
from services.forecast_reasons import SEASONAL_NAIVE, SMALLEST_WEIGHT, method_name, reasons
from services.forecasts import RunView, found_run
from services.form_values import row_id
from services.series_history import Path

COMPONENTS = ("level", "trend", "season", "event", "price")


@dataclass(frozen=True, slots=True)
class Errors:
    """Of one method at the earlier dates; None where undefined."""

    wmape: float | None
    bias: float | None
    mase: float | None
    rmsse: float | None


@dataclass(frozen=True, slots=True)
class ForecastPeriod:
    """One period ahead; ``naive`` is the same period a season before, ``other`` what another run said of it."""

    period: date
    q10: float
    q50: float
    q90: float
    naive: float | None
    other: float | None


@dataclass(frozen=True, slots=True)
class OtherRun:
    """The run whose forecast is shown beside this one."""

    run_id: int
    approved: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A method that was tried: its share in the forecast, errors, and WMAPE by how many periods were held out.

    None where it is not known; ``origins`` is empty for runs of before it was kept.
    """

    key: str
    name: str
    chosen: bool
    benchmark: bool
    weight: float | None
    score: float | None
    wmape: float | None
    bias: float | None
    mase: float | None
    origins: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Split:
    """The forecast in parts that add up to it: figures by part, one a period ahead; ``total`` is their sum."""

    run: RunView
    uom: str
    values: Mapping[str, Sequence[float]]
    total: Sequence[float]
    forecast: Sequence[float]

    @property
    def periods(self) -> list[date]:
        return series_history.periods_from(self.run.first_period, self.run.horizon, self.run)


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding in the history: what was sold in its period, and whether a planner agreed."""

    period: date
    sold: float
    status: str


@dataclass(frozen=True, slots=True)
class SeriesDetail:
    """One series. ``history`` goes to the last whole period there is today, ``cleaned`` has accepted corrections in
    it and is empty without any; ``value`` is None where the product has no price or the run did not know it."""

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
    value: float | None
    history: Path
    cleaned: Path
    fitted: list[tuple[date, float | None]]
    forecast: list[ForecastPeriod]
    other_run: OtherRun | None
    flags: list[Flag]
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class SeriesReasons:
    """Why the series is forecast as it is."""

    errors: Errors
    naive_errors: Errors
    coverage: float | None
    tracking_signal: float | None
    sentences: list[str]
    candidates: list[Candidate]
    origins: list[int]


def series_detail(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> SeriesDetail:
    """History and forecast of one series of a finished run.

    Inputs: a viewer with forecast.read; run, product and location as a browser sent them.
    Returns: SeriesDetail.
    Raises: NotAllowed; NotFound when the run has no such series or no results.
    Source: screens.md 5.
    """
    require(viewer, Permission.FORECAST_READ)
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        stored = found_series(session, run, **item)
        values = rows.values(session, run_id=run.id, **item)
        panel = series_history.history(session, run, **item)
        noticed = demand_annotations.annotations_of_series(session, **item, frequency=run.frequency)
        other = rows.other_forecast(
            session, run_id=run.id, frequency=run.frequency, **item, first=run.first_period, last=run.last_period
        )
        past = series_history.path(panel)
        flags = forecast_flags.flags(session, run, **item, since=past[0][0] if past else run.first_period)
    said, sold = {row.period: row.q50 for row in other}, dict(past)
    naive = _seasonal_naive(panel, run)
    return SeriesDetail(
        run=run,
        **item,
        code=stored.code,
        name=stored.name,
        uom=stored.uom,
        location=stored.location,
        location_name=stored.location_name,
        method=stored.method,
        demand_class=stored.demand_class,
        volume=stored.volume,
        value=stored.value or None,
        history=past,
        cleaned=_cleaned(panel, noticed),
        fitted=_fitted(stored, run),
        forecast=[
            ForecastPeriod(**row._asdict(), naive=before, other=said.get(row.period))
            for row, before in zip(values, naive, strict=True)
        ],
        other_run=OtherRun(other[0].run_id, other[0].approved_at is not None) if other else None,
        flags=flags,
        marks=[Mark(row.period, sold[row.period], row.status) for row in noticed if row.period in sold],
    )


def series_reasons(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> SeriesReasons:
    """What was tried on one series of a finished run, how it did, and why the forecast is as it is.

    Inputs: as series_detail.
    Returns: SeriesReasons.
    Raises: as series_detail.
    Source: screens.md 11.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        stored = found_series(session, run, product_id=row_id(product_id), location_id=row_id(location_id))
    candidates = [_candidate(found, stored) for found in stored.why["candidates"]]
    return SeriesReasons(
        errors=Errors(stored.wmape, stored.bias, stored.mase, stored.rmsse),
        naive_errors=Errors(stored.naive_wmape, stored.naive_bias, stored.naive_mase, stored.naive_rmsse),
        coverage=stored.coverage,
        tracking_signal=stored.tracking_signal,
        sentences=reasons(stored, frequency=run.frequency, horizon=run.horizon),
        candidates=candidates,
        origins=sorted({held_out for found in candidates for held_out in found.origins}),
    )


def series_parts(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> Split | None:
    """Level, trend, season, events and price of one series of a finished run; they add up to its forecast.

    Inputs: as series_detail.
    Returns: Split by COMPONENTS; None for a run of before they were kept.
    Raises: as series_detail.
    Source: Hyndman & Athanasopoulos, FPP3, section 3.2 (time series components).
    """
    require(viewer, Permission.FORECAST_READ)
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        stored = found_series(session, run, **item)
        ahead = rows.values(session, run_id=run.id, **item)
    values = {name: stored.components[name] for name in COMPONENTS if name in stored.components}
    return _split(run, stored, values, ahead)


def channel_split(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> Split | None:
    """The forecast of one series of a finished run by channel; the channels add up to the forecast.

    Inputs: as series_detail.
    Returns: Split by name of the channel; None when the run was not split.
    Raises: as series_detail.
    Source: issue 3: product × location × channel add up at every level.
    """
    require(viewer, Permission.FORECAST_READ)
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        stored = found_series(session, run, **item)
        ahead = rows.values(session, run_id=run.id, **item)
        found = rows.channel_values(session, run_id=run.id, **item)
    by_channel: dict[str, dict[date, float]] = {}
    for row in found:
        by_channel.setdefault(row.channel, {})[row.period] = row.q50
    values = {name: [path.get(row.period, 0.0) for row in ahead] for name, path in by_channel.items()}
    return _split(run, stored, values, ahead)


def found_series(session: Any, run: RunView, *, product_id: int, location_id: int) -> Any:
    """All that is stored of one series of a finished run.

    Inputs: an open session; the run; the series.
    Returns: the row.
    Raises: NotFound.
    Source: none; ours.
    """
    found = (
        rows.one_series(session, run_id=run.id, product_id=product_id, location_id=location_id)
        if run.state == "done"
        else None
    )
    if found is None:
        raise NotFound(_("This forecast has no such series."))
    return found


def _split(run: RunView, stored: Any, values: Mapping[str, Sequence[float]], ahead: Sequence[Any]) -> Split | None:
    if not values:
        return None
    return Split(run, stored.uom, values, np.sum(list(values.values()), axis=0).tolist(), [row.q50 for row in ahead])


def _cleaned(panel: Panel | None, noticed: Sequence[Any]) -> Path:
    """Empty where nothing is corrected."""
    found = panel and series_history.cleaned(panel, noticed)
    return [] if found is panel else series_history.path(found)


def _seasonal_naive(panel: Panel | None, run: RunView) -> list[float | None]:
    """What repeating the last season would have said at the date of the run."""
    known = series_history.known_to(panel, run)
    if known is None:
        return [None] * run.horizon
    return [float(value) for value in SeasonalNaive().forecast(known, horizon_periods=run.horizon).mean[:, 0]]


def _fitted(stored: Any, run: RunView) -> list[tuple[date, float | None]]:
    if stored.fitted_from is None:
        return []
    periods = series_history.periods_from(stored.fitted_from, len(stored.fitted), run)
    return list(zip(periods, stored.fitted, strict=True))


def _candidate(found: Mapping[str, Any], stored: Any) -> Candidate:
    """Older runs kept the number of origins where newer ones keep each of them."""
    origins = found.get("origins")
    by_origin = {one["held_out"]: one["wmape"] for one in origins} if isinstance(origins, list) else {}
    return Candidate(
        key=found["method"],
        name=method_name(found["method"]),
        chosen=(found.get("weight") or 0.0) >= SMALLEST_WEIGHT or found["method"] == stored.method,
        benchmark=found["method"] == SEASONAL_NAIVE,
        weight=found.get("weight"),
        **{name: found.get(name) for name in ("score", "wmape", "bias", "mase")},
        origins=by_origin,
    )
