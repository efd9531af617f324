"""ARIMA with the season as a regressor instead of a lag: the form that also suits weeks and short histories."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.forecasting.per_series import fit_each
from analytics.forecasting.statespace import ArmaForm, fit_arma
from analytics.inputs import FloatArray

_DRIFTING = ArmaForm(ar=0, ma=1, seasonal_ma=0, season=0, start=(-0.4,), iterations=12)
_REVERTING = ArmaForm(ar=1, ma=1, seasonal_ma=0, season=0, start=(0.7, -0.3), iterations=12)
# Above this correlation of neighbours, differencing lowers the variance.
_PERSISTENT = 0.5


@dataclass(frozen=True, slots=True)
class Sarimax:
    """ARIMA(0,1,1) where neighbours are alike, ARMA(1,1) around a mean where they are not."""

    name: str = "sarimax"
    minimum_periods: int = 10

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Short-memory errors around the seasonal effects (indices for months, harmonics for weeks).

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; failures per column.
        Raises: nothing.
        Source: regression with ARIMA errors, Hyndman & Athanasopoulos, FPP3, chapter 10.
        """
        return fit_each(panel, horizon_periods=horizon_periods, minimum_periods=self.minimum_periods, fit=_fit)


def _fit(history: FloatArray, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
    horizon_periods = len(effects) - len(history)
    if _persistence(history) > _PERSISTENT:
        changes, ahead = fit_arma(np.diff(history), form=_DRIFTING, horizon_periods=horizon_periods)
        return np.concatenate([[np.nan], history[:-1] + changes]), history[-1] + np.cumsum(ahead)
    centre = history.mean()
    around, ahead = fit_arma(history - centre, form=_REVERTING, horizon_periods=horizon_periods)
    return centre + around, centre + ahead


def _persistence(history: FloatArray) -> float:
    centred = history - history.mean()
    return float(centred[1:] @ centred[:-1] / (centred @ centred))
