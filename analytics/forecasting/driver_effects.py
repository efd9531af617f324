"""What planned drivers (price, promotion, feasts) do to demand: own effects of every series, drawn to those of all.

The response and the drivers are both looked at around their own moving averages, so that a level that drifts, or a
driver that only drifts with it, explains nothing.
"""

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray

_TINY = 1e-9
_LEAST_SPREAD = 1e-4
_LEAST_NOISE_SHARE = 0.1


def driver_effects(values: FloatArray, *, design: FloatArray, window_periods: int) -> FloatArray:
    """Effect of the drivers on every period of history and horizon.

    Inputs: values: periods x series, scaled and without their season, NaN where unknown; design: terms x
        (periods + horizon) x series; window_periods: length of the moving average that stands for the level.
    Returns: (periods + horizon) x series, on the scale of values.
    Raises: nothing.
    Source: hierarchical regression by moments, Swamy 1970; shrinkage of promotion effects across items as in
        Trapero, Kourentzes & Fildes 2015.
    """
    coefficients = driver_coefficients(values, design=design[:, : len(values)], window_periods=window_periods)
    return np.asarray(np.einsum("nk,ktn->tn", coefficients, design))


def driver_coefficients(values: FloatArray, *, design: FloatArray, window_periods: int) -> FloatArray:
    """Coefficients of every series.

    Inputs: values, window_periods: as driver_effects; design: terms x periods x series.
    Returns: series x terms.
    Raises: nothing.
    Source: as driver_effects.
    """
    known = ~np.isnan(values)
    response = np.where(known, values - _moving_mean(values, window_periods), 0.0)
    terms = np.stack([_around_mean(term, known, window_periods) for term in design], axis=-1)
    gram = np.einsum("tnk,tnl->nkl", terms, terms, optimize=True)
    cross = np.einsum("tnk,tn->nk", terms, response, optimize=True)
    common = _common(gram, cross, mean_known(np.where(known, response**2, np.nan), axis=0))
    left = cross - np.einsum("nkl,l->nk", gram, common)
    rest = response - terms @ common
    noise = np.nan_to_num(mean_known(np.where(known, rest**2, np.nan), axis=0))
    penalty = noise[:, None] / _spread_between(gram, left, noise)
    own = np.linalg.solve(
        gram + penalty[:, :, None] * np.eye(len(common)) + _TINY * np.eye(len(common)), left[..., None]
    )
    return np.asarray(common + own[..., 0])


def _common(gram: FloatArray, cross: FloatArray, variance: FloatArray) -> FloatArray:
    """One coefficient per term for all series, each weighted by how little noise it has, small ones shrunk to zero."""
    typical = np.median(variance[variance > 0]) if (variance > 0).any() else 1.0
    weight = 1 / np.maximum(np.nan_to_num(variance), _LEAST_NOISE_SHARE * typical)
    total = np.einsum("nkl,n->kl", gram, weight)
    inverse = np.linalg.inv(total + _TINY * max(float(np.trace(total)), 1.0) * np.eye(len(total)))
    common = inverse @ np.einsum("nk,n->k", cross, weight)
    sure = 1 - np.diag(inverse) / np.maximum(common**2, _TINY**2)
    return np.asarray(common * np.clip(sure, 0.0, 1.0))


def _spread_between(gram: FloatArray, left: FloatArray, noise: FloatArray) -> FloatArray:
    """Variance of the coefficient between series, per term, from what the common one leaves unexplained."""
    information = np.einsum("nkk->nk", gram)
    informed = information > _TINY
    sampling = noise[:, None] / np.where(informed, information, 1.0)
    apart = np.where(informed, (left / np.where(informed, information, 1.0)) ** 2 - sampling, 0.0)
    weight = np.where(informed, 1 / (sampling + _LEAST_SPREAD), 0.0)
    spread = (weight * apart).sum(axis=0) / np.maximum(weight.sum(axis=0), _TINY)
    return np.asarray(np.maximum(spread, _LEAST_SPREAD))


def _around_mean(term: FloatArray, known: NDArray[np.bool_], window: int) -> FloatArray:
    return np.where(known, term - _moving_mean(np.where(known, term, np.nan), window), 0.0)


def _moving_mean(values: FloatArray, window: int) -> FloatArray:
    """Centred mean of what is known in the window, shorter at both ends."""
    known = ~np.isnan(values)
    zero = np.zeros((1, values.shape[1]))
    sums = np.concatenate([zero, np.cumsum(np.where(known, values, 0.0), axis=0)])
    count = np.concatenate([zero, np.cumsum(known, axis=0)])
    rows = np.arange(len(values))
    low, high = np.maximum(rows - window // 2, 0), np.minimum(rows + window // 2 + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / np.maximum(count[high] - count[low], 1))
