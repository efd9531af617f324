"""Exponential smoothing in state space form (ETS), fitted by statsmodels series by series."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel, ETSResults

from analytics.forecasting.adjustment import LONGEST_INDEXED_SEASON
from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.forecasting.per_series import fit_each
from analytics.inputs import FloatArray

_WARM_UP_PERIODS = 10
_ITERATIONS = 60


@dataclass(frozen=True, slots=True)
class ExponentialSmoothing:
    """ETS(A,N,·) or ETS(A,Ad,·) on logs where positive; the season of months evolves with the level."""

    name: str = "ets"
    minimum_periods: int = 8

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Level, damped trend where AICc asks for one, season where two cycles are known.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; failures per column.
        Raises: nothing.
        Source: Hyndman, Koehler, Ord & Snyder 2008, "Forecasting with exponential smoothing".
        """
        fit = partial(_fit, season=panel.season_periods)
        return fit_each(panel, horizon_periods=horizon_periods, minimum_periods=self.minimum_periods, fit=fit)


def _fit(history: FloatArray, effects: FloatArray, *, season: int) -> tuple[FloatArray, FloatArray]:
    inner, outer = effects[: len(history)], effects[len(history) :]
    start = _line(history[:_WARM_UP_PERIODS])
    if season > LONGEST_INDEXED_SEASON or not inner.any():
        best = _best_form(history, start, season=None)
        return np.asarray(best.fittedvalues), np.asarray(best.forecast(len(outer)))
    best = _best_form(history + inner, start, season=inner[:season])
    return np.asarray(best.fittedvalues) - inner, np.asarray(best.forecast(len(outer))) - outer


def _line(history: FloatArray) -> tuple[float, float]:
    """Level before the first period and slope."""
    slope, level = np.polyfit(np.arange(1, len(history) + 1), history, 1)
    return float(level), float(slope)


def _best_form(history: FloatArray, start: tuple[float, float], *, season: FloatArray | None) -> ETSResults:
    forms = [_result(history, start, season, damped=damped) for damped in (False, True)]
    return min(forms, key=_aicc)


def _result(history: FloatArray, start: tuple[float, float], season: FloatArray | None, *, damped: bool) -> ETSResults:
    level, slope = start
    model = ETSModel(
        history,
        error="add",
        trend="add" if damped else None,
        damped_trend=damped,
        seasonal=None if season is None else "add",
        seasonal_periods=None if season is None else len(season),
        initialization_method="known",
        initial_level=level,
        initial_trend=slope if damped else None,
        initial_seasonal=season,
    )
    return model.fit(disp=False, maxiter=_ITERATIONS)


def _aicc(result: ETSResults) -> float:
    """With start values and variance counted; the season is the same in all forms compared."""
    parameters = len(result.params) + (3 if result.model.damped_trend else 2)
    spare = max(result.nobs - parameters - 1, 1)
    return float(-2 * result.llf + 2 * parameters * (1 + (parameters + 1) / spare))
