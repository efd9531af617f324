"""Regression of many alike series at once: every series has coefficients of its own, drawn around those of its group.

The data decide how alike the series are: where they agree, a series with little history of its own takes the group's
coefficient; where they differ, it keeps its own.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.inputs import FloatArray

_ITERATIONS = 15
# Weight of the prior in series: of the spread between series, of the noise within one.
_PRIOR_SERIES = 2.0
_PRIOR_PERIODS = 5.0
# Keeps the normal matrix regular where a series does not reach a part of its own baseline, and noise above zero.
_TINY = 1e-6
_CHUNK_SERIES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What a response is regressed on.

    response: periods x series, NaN where unknown. baseline: periods x terms, every series has these to itself.
    shared: terms x periods x series, coefficients alike in the group. mean_sd and spread_sd: one per shared term,
    how large the group's coefficient may be, and how far apart those of its series are expected to be.
    """

    response: FloatArray
    baseline: FloatArray
    shared: FloatArray
    mean_sd: FloatArray
    spread_sd: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Of the shared terms: mean and mean_sd of the group (terms), own and own_sd of the series (series x terms)."""

    mean: FloatArray
    mean_sd: FloatArray
    own: FloatArray
    own_sd: FloatArray

    def after(self, first: int) -> "Coefficients":
        """Those of the terms from this position on."""
        return Coefficients(self.mean[first:], self.mean_sd[first:], self.own[:, first:], self.own_sd[:, first:])


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Sums of squares and products per series, the baseline already taken out of them; periods: what is left free."""

    gram: FloatArray
    cross: FloatArray
    square: FloatArray
    periods: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Posterior:
    mean: FloatArray
    mean_covariance: FloatArray
    own: FloatArray
    own_covariance: FloatArray
    precision: FloatArray  # of the spread between series, per term
    noise: FloatArray  # variance, per series


def random_coefficients(model: Model) -> Coefficients:
    """Coefficients of a group and of each of its series, with errors that allow for shocks that all series share.

    Inputs: model: see Model; its drivers known wherever its response is.
    Returns: Coefficients. A group's coefficient is drawn towards zero by 1 - 1/z^2, all the way where its error is
        larger than itself, so that chance is not taken for an effect.
    Raises: nothing.
    Source: Swamy 1970, Efficient inference in a random coefficient regression model; spread and noise by EM, Laird &
        Ware 1982, Random-effects models for longitudinal data; common shocks, Driscoll & Kraay 1998; shrinkage by the
        positive-part rule of James & Stein 1961.
    """
    moments = _moments(model)
    posterior = _expectation_maximisation(moments, model)
    error = np.sqrt(np.diag(posterior.mean_covariance))
    mean_sd = np.sqrt(error**2 + _common_variance(model, posterior))
    mean = _without_chance(posterior.mean, mean_sd)
    pull = posterior.own_covariance * posterior.precision
    own = posterior.own + (pull @ (mean - posterior.mean)[:, None])[..., 0]
    covariance = posterior.mean_covariance * np.outer(mean_sd / error, mean_sd / error)
    return Coefficients(mean, mean_sd, own, np.sqrt(_total_variance(posterior.own_covariance, pull, covariance)))


def _without_chance(mean: FloatArray, sd: FloatArray) -> FloatArray:
    ratio = np.divide(sd, mean, out=np.full(len(mean), np.inf), where=mean != 0)
    return np.asarray(mean * np.maximum(1 - ratio**2, 0.0))


def _without_baseline(model: Model, columns: slice) -> FloatArray:
    """Shared terms and, last, the response, less what the baseline explains of them: series x terms x periods."""
    response = model.response[:, columns]
    known = ~np.isnan(response)
    baseline = known[:, None] * model.baseline[..., None]
    data = np.concatenate([model.shared[..., columns], np.where(known, response, 0.0)[None]]) * known
    baseline, data = baseline.transpose(2, 1, 0), data.transpose(2, 0, 1)
    gram = baseline @ baseline.transpose(0, 2, 1) + _TINY * np.eye(baseline.shape[1])
    weights = np.linalg.solve(gram, baseline @ data.transpose(0, 2, 1))
    return np.asarray(data - weights.transpose(0, 2, 1) @ baseline)


def _chunks(series: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK_SERIES) for start in range(0, series, _CHUNK_SERIES))


def _moments(model: Model) -> _Moments:
    parts = []
    for columns in _chunks(model.response.shape[1]):
        data = _without_baseline(model, columns)
        parts.append(data @ data.transpose(0, 2, 1))
    product = np.concatenate(parts)
    known = (~np.isnan(model.response)).sum(axis=0)
    return _Moments(
        gram=product[:, :-1, :-1],
        cross=product[:, :-1, -1],
        square=np.maximum(product[:, -1, -1], 0.0),
        periods=np.maximum(known - model.baseline.shape[1], 0).astype(np.float64),
    )


def _expectation_maximisation(moments: _Moments, model: Model) -> _Posterior:
    series = len(moments.square)
    spread = model.spread_sd**2
    noise = _noise(moments, moments.square / 2)
    for _ in range(_ITERATIONS):
        posterior = _posterior(moments, model, spread, noise)
        variance = _own_variance(posterior)
        distance = ((posterior.own - posterior.mean) ** 2 + variance).sum(axis=0)
        spread = (distance + _PRIOR_SERIES * model.spread_sd**2) / (series + _PRIOR_SERIES)
        noise = _noise(moments, _residual_square(moments, posterior))
    return posterior


def _posterior(moments: _Moments, model: Model, spread: FloatArray, noise: FloatArray) -> _Posterior:
    """Of group and series, given how far the series spread and how noisy each of them is."""
    precision = 1 / spread
    covariance = _inverse(moments.gram / noise[:, None, None] + np.diag(precision))
    evidence = (covariance @ (moments.cross / noise[:, None])[..., None])[..., 0]
    # The sum over series of gram - gram @ covariance @ gram, without the differences of large numbers.
    information = len(noise) * np.diag(precision) - precision[:, None] * covariance.sum(axis=0) * precision
    mean_covariance = _inverse(information + np.diag(1 / model.mean_sd**2))
    mean = mean_covariance @ (precision * evidence.sum(axis=0))
    own = evidence + (covariance @ (precision * mean)[:, None])[..., 0]
    return _Posterior(mean, mean_covariance, own, covariance, precision, noise)


def _inverse(matrices: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.inv(matrices), dtype=np.float64)


def _own_variance(posterior: _Posterior) -> FloatArray:
    pull = posterior.own_covariance * posterior.precision
    return _total_variance(posterior.own_covariance, pull, posterior.mean_covariance)


def _total_variance(own_covariance: FloatArray, pull: FloatArray, mean_covariance: FloatArray) -> FloatArray:
    """Of the series' coefficients, that of the mean they are pulled to included: series x terms."""
    known = np.diagonal(own_covariance, axis1=1, axis2=2)
    return np.asarray(known + ((pull @ mean_covariance) * pull).sum(axis=2))


def _residual_square(moments: _Moments, posterior: _Posterior) -> FloatArray:
    """Expected sum of squares that the coefficients leave unexplained, per series."""
    explained = (posterior.own * moments.cross).sum(axis=1)
    fitted = ((moments.gram @ posterior.own[..., None])[..., 0] * posterior.own).sum(axis=1)
    unsure = (moments.gram * posterior.own_covariance).sum(axis=(1, 2))
    return np.asarray(np.maximum(moments.square - 2 * explained + fitted, 0.0) + unsure)


def _noise(moments: _Moments, square: FloatArray) -> FloatArray:
    """Variance per series, drawn to the typical one where a series has few periods."""
    typical = float(square.sum()) / max(float(moments.periods.sum()), 1.0)
    return np.maximum((square + _PRIOR_PERIODS * typical) / (moments.periods + _PRIOR_PERIODS), _TINY)


def _common_variance(model: Model, posterior: _Posterior) -> FloatArray:
    """What shocks that series share add to the variance of the group's coefficients, per term.

    The influence of a period on a coefficient is summed over the series before it is squared; what the squares of the
    series on their own give is taken off, because that is in the variance already.
    """
    periods, series = model.response.shape
    influence, alone = np.zeros((len(posterior.mean), periods)), np.zeros(len(posterior.mean))
    for columns in _chunks(series):
        data = _without_baseline(model, columns)
        residual = data[:, -1:] - posterior.own[columns, None, :] @ data[:, :-1]
        own = posterior.mean_covariance @ (data[:, :-1] * residual / posterior.noise[columns, None, None])
        influence += own.sum(axis=0)
        alone += _long_run_variance(own).sum(axis=0)
    return np.maximum(_long_run_variance(influence) - alone, 0.0)


def _long_run_variance(influence: FloatArray) -> FloatArray:
    """Of a sum over periods (the last axis) of which neighbours may depend on each other: sums of blocks, squared."""
    periods = influence.shape[-1]
    blocks = np.add.reduceat(influence, np.arange(0, periods, math.ceil(periods ** (1 / 3))), axis=-1)
    return np.asarray((blocks**2).sum(axis=-1))
