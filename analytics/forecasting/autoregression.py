"""Ridge autoregression on the changes of the adjusted series, all series in one batched solve."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.adjustment import Season, adjusted
from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

_RIDGE_PERIODS = 4.0
_LARGEST_STEP = 1.0
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Autoregression:
    """Every change as a shrunken sum of the changes before it."""

    name: str = "autoregression"
    lags: int = 6
    season: Season = "usual"
    minimum_periods: int = 16

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Changes forecast one after the other and added up.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Box & Jenkins 1970 (ARIMA(p,1,0)); Hoerl & Kennard 1970 for the ridge.
        """
        left = adjusted(panel, horizon_periods=horizon_periods, season=self.season)
        changes = np.diff(left.values, axis=0)
        if len(changes) < 2 * self.lags:
            shape = (horizon_periods, len(panel.ids))
            return Paths(np.full_like(panel.values, np.nan), np.full(shape, np.nan))
        weights, fitted = _fit(changes, self.lags)
        mean = left.values[-1] + np.cumsum(_ahead(changes, weights, horizon_periods), axis=0)
        before = np.full((self.lags + 1, len(panel.ids)), np.nan)
        paths = left.restore(np.concatenate([before, left.values[self.lags : -1] + fitted]), mean)
        return without_short(Paths(*paths), panel, minimum_periods=max(self.minimum_periods, 2 * self.lags + 2))


def _fit(changes: FloatArray, lags: int) -> tuple[FloatArray, FloatArray]:
    """Weights, series x lags, the latest change first; and the changes they expect in history."""
    known = ~np.isnan(changes[:-lags])
    response = np.where(known, changes[lags:], 0.0)
    earlier = [changes[lags - lag : len(changes) - lag] for lag in range(1, lags + 1)]
    terms = np.stack([np.where(known, term, 0.0) for term in earlier], axis=-1)
    by_series = terms.transpose(1, 2, 0)
    gram = by_series @ by_series.transpose(0, 2, 1)
    cross = (by_series @ response.T[..., None])[..., 0]
    variance = (response**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    gram += (_RIDGE_PERIODS * variance + _TINY)[:, None, None] * np.eye(lags)
    weights = np.linalg.solve(gram, cross[..., None])[..., 0]
    fitted = np.where(known, (terms * weights).sum(axis=-1), np.nan)
    return weights, fitted


def _ahead(changes: FloatArray, weights: FloatArray, horizon_periods: int) -> FloatArray:
    lags = weights.shape[1]
    recent = list(np.nan_to_num(changes[-lags:]))
    for _step in range(horizon_periods):
        change = sum(weights[:, lag] * recent[-1 - lag] for lag in range(lags))
        # An unstable fit may not run away.
        recent.append(np.clip(np.asarray(change), -_LARGEST_STEP, _LARGEST_STEP))
    return np.stack(recent[lags:]) if horizon_periods else np.empty((0, len(weights)))
