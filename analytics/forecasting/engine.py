"""From a panel of demand to quantile forecasts with their reasons: judge, choose, forecast, widen."""

from collections.abc import Sequence

import numpy as np

from analytics.errors import AnalyticsError
from analytics.forecasting import selection
from analytics.forecasting.choices import Evidence, choices_frame
from analytics.forecasting.contract import Forecaster
from analytics.forecasting.croston import Croston, sba
from analytics.forecasting.exponential_smoothing import ExponentialSmoothing
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.quantiles import bands
from analytics.forecasting.result import ForecastResult, failures_frame, fitted_frame, values_frame
from analytics.forecasting.rolling_origin import Backtest
from analytics.forecasting.sarima import Sarima
from analytics.forecasting.sarimax import Sarimax
from analytics.forecasting.seasonal_adjustment import LONGEST_INDEXED_SEASON
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.forecasting.simple_smoothing import SimpleSmoothing
from analytics.forecasting.stages import judge, plan_run, project
from analytics.forecasting.theta import Theta
from analytics.forecasting.work import Progress, Report
from analytics.inputs import FloatArray

# Older demand says little about the next season and costs time.
_SEASONS_USED = 8
_LONG_SEASONS_USED = 4


def default_methods() -> tuple[Forecaster, ...]:
    """Every method there is; each series tries those of its demand class.

    Inputs: none.
    Returns: methods, the benchmark first.
    Raises: nothing.
    Source: house convention.
    """
    smoothing = (SimpleSmoothing(), Theta(), Croston(), sba(), ExponentialSmoothing())
    return (SeasonalNaive(), *smoothing, Sarimax(), Sarima())


def forecast_panel(
    panel: Panel,
    *,
    horizon_periods: int,
    methods: Sequence[Forecaster] | None = None,
    origins: int = 3,
    report: Report | None = None,
) -> ForecastResult:
    """Forecast every series with the method that did best for it at earlier dates.

    Inputs: panel: demand per period; horizon_periods: steps ahead, at least 1; methods: candidates (the
        benchmark is added if it is not among them), None = default_methods(); origins: rolling origins at
        most; report: called with (done, total) in series after every chunk, may raise to cancel.
    Returns: ForecastResult with a forecast for every series.
    Raises: AnalyticsError for a horizon below 1 or a negative number of origins; what report raises.
    Source: selection by rolling-origin error, Tashman 2000; the parts name their own.
    """
    if horizon_periods < 1 or origins < 0:
        raise AnalyticsError("a forecast needs a horizon of at least one period and no negative origins")
    recent = panel.recent(periods=_periods_used(panel.season_periods))
    offered = _with_benchmark(default_methods() if methods is None else methods)
    run = plan_run(recent, methods=offered, horizon_periods=horizon_periods, origins=origins)
    progress = Progress(report, series=len(panel.ids), units=run.units())
    backtest = judge(run, progress=progress)
    errors = selection.origin_errors(backtest.actual, backtest.forecast)
    scores = selection.scores(errors, labels=run.labels, asked=run.asked)
    order = selection.ranking(scores, methods=run.names)
    projection = project(run, order, progress=progress)
    residuals = _residuals(backtest, projection.chosen)
    lower, upper = bands(projection.mean, residuals=residuals, history=recent.values, labels=run.labels)
    evidence = Evidence(run.labels, backtest, run.known_periods(), scores, order, projection.chosen)
    return ForecastResult(
        values=values_frame(panel, lower=lower, mean=projection.mean, upper=upper),
        fitted=fitted_frame(panel, fitted=_below(projection.fitted, periods=len(panel.periods))),
        choices=choices_frame(recent, evidence, benchmark=selection.BENCHMARK),
        failures=failures_frame([*backtest.failures, *projection.failures]),
    )


def _periods_used(season_periods: int) -> int:
    long = season_periods > LONGEST_INDEXED_SEASON
    return season_periods * (_LONG_SEASONS_USED if long else _SEASONS_USED)


def _with_benchmark(methods: Sequence[Forecaster]) -> list[Forecaster]:
    named = any(method.name == selection.BENCHMARK for method in methods)
    return list(methods) if named else [SeasonalNaive(), *methods]


def _residuals(backtest: Backtest, chosen: IntArray) -> FloatArray:
    """Actual minus forecast of the chosen method: origins x steps x series."""
    series = np.arange(len(chosen))
    return backtest.actual - np.moveaxis(backtest.forecast[chosen, :, :, series], 0, -1)


def _below(fitted: FloatArray, *, periods: int) -> FloatArray:
    missing = periods - len(fitted)
    return np.concatenate([np.full((missing, fitted.shape[1]), np.nan), fitted])
