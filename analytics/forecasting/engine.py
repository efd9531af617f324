"""From a panel of demand to quantile forecasts with their reasons: judge, weigh, forecast, widen."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.forecasting.adjustment import LONGEST_INDEXED_SEASON
from analytics.forecasting.blocks import Block, BlockForecast, blocks, forecast_block
from analytics.forecasting.classes import is_daily
from analytics.forecasting.closures import closed_periods, opened
from analytics.forecasting.design import design_matrix
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.evidence import choices_frame, method_labels
from analytics.forecasting.panel import Panel
from analytics.forecasting.request import Mode, Request
from analytics.forecasting.result import (
    CHOICES,
    ForecastResult,
    ahead_frame,
    failures_frame,
    fitted_frame,
    quantile_name,
)
from analytics.forecasting.rolling_origin import Failure
from analytics.forecasting.silence import improbable_silence
from analytics.forecasting.work import Report
from analytics.inputs import FloatArray

# Older demand says little about the next season and costs time.
_SEASONS_USED = 10
_LONG_SEASONS_USED = 4
_DAYS_USED = 1_500


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a run may look at: demand, drivers of the same series, groups of look-alikes by id."""

    panel: Panel
    drivers: Drivers | None
    groups: dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """mean is horizon x series, quantiles is probabilities x horizon x series, methods one text per series."""

    mean: FloatArray
    quantiles: FloatArray
    methods: NDArray[np.object_]


def forecast_panel(
    panel: Panel,
    *,
    horizon_periods: int,
    drivers: Drivers | None = None,
    mode: Mode = "fast",
    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9),
    origins: int = 3,
    methods: tuple[str, ...] | None = None,
    groups: Mapping[str, str] | None = None,
    seed: int = 0,
    report: Report | None = None,
) -> ForecastResult:
    """Forecast every series with a combination of the methods that did well for it at earlier dates.

    Inputs: panel: demand per period; horizon_periods: steps ahead, at least 1; drivers: known for history and horizon;
        mode: full adds the global model; quantiles: probabilities, ascending; origins: rolling origins at most;
        methods: names to choose from, None = all; groups: of look-alikes by id, for new items; seed: of samples;
        report: called with (done, total) in series after every block, may raise to cancel.
    Returns: ForecastResult with a forecast for every series.
    Raises: AnalyticsError for a request that makes no sense; what report raises.
    Source: combination by rolling-origin error, Bates & Granger 1969, Tashman 2000; the parts name their own.
    """
    request = Request(horizon_periods, quantiles, mode, origins, methods, seed)
    known = Known(panel, drivers, dict(groups or {}))
    found = list(_forecast_blocks(known, request, None, report))
    return _result(panel, found, request)


def forecast_figures(
    panel: Panel,
    *,
    request: Request,
    drivers: Drivers | None = None,
    executor: Executor | None = None,
    report: Report | None = None,
) -> Figures:
    """Forecasts without their reasons, over several processes if wanted.

    Inputs: panel, drivers, report: as forecast_panel; request: what is asked; executor: of processes, None = here.
    Returns: Figures.
    Raises: what report raises.
    Source: as forecast_panel.
    """
    shape = (request.horizon_periods, len(panel.ids))
    mean, around = np.empty(shape), np.empty((len(request.probabilities), *shape))
    methods = np.empty(len(panel.ids), dtype=object)
    known = Known(panel, drivers, {})
    for found in _forecast_blocks(known, replace(request, evidence=False), executor, report):
        columns = found.columns
        mean[:, columns], around[:, :, columns] = found.mean, found.quantiles
        methods[columns] = method_labels(found.names, found.share)
    return Figures(mean, around, methods)


def _forecast_blocks(
    known: Known, request: Request, executor: Executor | None, report: Report | None
) -> Iterator[BlockForecast]:
    done, total = 0, len(known.panel.ids)
    if report is not None:
        report(0, total)
    # The matrices are tiny: more threads only wait for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        todo = _blocks(known, request) if total else iter(())
        run = partial(forecast_block, request=request)
        for found in map(run, todo) if executor is None else executor.map(run, todo):
            done += len(found.columns)
            if report is not None:
                report(done, total)
            yield found


def _blocks(known: Known, request: Request) -> Iterator[Block]:
    panel, drivers = known.panel, known.drivers
    used = panel.recent(periods=_periods_used(panel))
    rows = len(used.periods)
    closed = np.zeros((rows + request.horizon_periods, len(panel.ids)), dtype=bool)
    recent = None if drivers is None else Drivers(drivers.names, drivers.values[:, len(panel.periods) - rows :])
    if recent is not None:
        closed = closed_periods(used, recent)
    unknown = closed.copy()
    unknown[:rows] |= improbable_silence(used.values)
    filled = opened(used.filled(), closed=unknown)
    if recent is not None:
        filled = replace(filled, design=design_matrix(recent, periods=rows))
    observed = np.where(unknown[:rows], np.nan, used.values)
    yield from blocks(filled, observed=observed, closed=closed, groups=known.groups, request=request)


def _periods_used(panel: Panel) -> int:
    if is_daily(panel):
        return max(_DAYS_USED, _LONG_SEASONS_USED * panel.season_periods)
    long = panel.season_periods > LONGEST_INDEXED_SEASON
    return max(panel.season_periods, LONGEST_INDEXED_SEASON // 2) * (_LONG_SEASONS_USED if long else _SEASONS_USED)


def _result(panel: Panel, found: list[BlockForecast], request: Request) -> ForecastResult:
    horizon, series, names = request.horizon_periods, len(panel.ids), request.probabilities
    mean = np.empty((horizon, series))
    around, total = np.empty((len(names), horizon, series)), np.empty((len(names), horizon, series))
    fitted = np.full(panel.values.shape, np.nan)
    parts = {name: np.empty((horizon, series)) for name in ("level", "trend", "season", "event")}
    choices: list[pd.DataFrame] = []
    failures: list[Failure] = []
    for columns, part, reasons in ((part.columns, part, part.reasons) for part in found if part.reasons is not None):
        mean[:, columns], around[:, :, columns], total[:, :, columns] = part.mean, part.quantiles, reasons.cumulative
        fitted[len(fitted) - len(reasons.fitted) :, columns] = reasons.fitted
        for name, values in parts.items():
            values[:, columns] = getattr(reasons.components, name)
        choices.append(choices_frame(reasons.panel, reasons.evidence).assign(position=columns))
        failures += reasons.failures
    return ForecastResult(
        values=ahead_frame(panel, {"mean": mean, **_named(around, names)}),
        cumulative=ahead_frame(panel, {"mean": np.cumsum(mean, axis=0), **_named(total, names)}),
        fitted=fitted_frame(panel, fitted=fitted),
        components=ahead_frame(panel, parts),
        choices=_choices(choices),
        failures=failures_frame(failures),
    )


def _choices(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=CHOICES)
    return pd.concat(parts).sort_values("position").drop(columns="position").reset_index(drop=True)


def _named(values: FloatArray, probabilities: tuple[float, ...]) -> dict[str, FloatArray]:
    return {quantile_name(chance): path for chance, path in zip(probabilities, values, strict=True)}
