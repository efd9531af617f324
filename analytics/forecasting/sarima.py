"""Seasonal ARIMA of the airline form, for months."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.forecasting.per_series import fit_each
from analytics.forecasting.statespace import ArmaForm, fit_arma
from analytics.inputs import FloatArray

_MONTHS = 12
_AIRLINE = ArmaForm(ar=0, ma=1, seasonal_ma=1, season=_MONTHS, start=(-0.5, -0.7), iterations=8)


@dataclass(frozen=True, slots=True)
class Sarima:
    """SARIMA(0,1,1)(0,1,1) with a season of twelve, on logs where positive: level and season both drift."""

    name: str = "sarima"
    minimum_periods: int = 3 * _MONTHS

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """The airline model of every monthly series; all NaN for weeks, whose season is too long a lag.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; failures per column.
        Raises: nothing.
        Source: Box & Jenkins 1970, series G.
        """
        if panel.season_periods != _MONTHS:
            nothing = np.full((horizon_periods, len(panel.ids)), np.nan)
            return Paths(np.full_like(panel.values, np.nan), nothing)
        return fit_each(panel, horizon_periods=horizon_periods, minimum_periods=self.minimum_periods, fit=_fit)


def _fit(history: FloatArray, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The season is left to the model: effects are put back before and taken off after."""
    inner, outer = effects[: len(history)], effects[len(history) :]
    series = history + inner
    yearly = series[_MONTHS:] - series[:-_MONTHS]
    changes, ahead = fit_arma(np.diff(yearly), form=_AIRLINE, horizon_periods=len(outer))
    fitted = np.full(len(series), np.nan)
    fitted[_MONTHS + 1 :] = series[1:-_MONTHS] + yearly[:-1] + changes
    return fitted - inner, _seasons_added(series, yearly[-1] + np.cumsum(ahead)) - outer


def _seasons_added(series: FloatArray, yearly_changes: FloatArray) -> FloatArray:
    path = np.concatenate([series[-_MONTHS:], np.empty(len(yearly_changes))])
    for step, change in enumerate(yearly_changes):
        path[_MONTHS + step] = path[step] + change
    return path[_MONTHS:]
