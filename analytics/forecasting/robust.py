"""Levels, seasons and scales that a few wild values cannot move; all series at once, NaN where nothing is known."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray
from analytics.inputs import FloatArray

# Median and mean absolute deviation of the normal distribution to its standard deviation.
_MEDIAN_TO_SIGMA = 1.4826
_MEAN_TO_SIGMA = 1.2533
# Deviations count up to so many standard deviations.
_WINSOR = 3.0
_FEWEST_IN_WINDOW = 4
_TREND_NEIGHBOURS = 3
# A median of few cycles leans on each of them more than a mean does.
_FREEDOM_OF_MEDIANS = 1.7


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Additive effects, periods x series, and how many free parameters they cost every series."""

    effects: FloatArray
    freedom: FloatArray


def median_known(values: FloatArray, *, axis: int) -> FloatArray:
    """Median of the entries that are not NaN.

    Inputs: values: any shape; axis: the axis to take it over.
    Returns: array without that axis, NaN where nothing is known.
    Raises: nothing.
    Source: definition; unlike numpy.nanmedian it is silent where nothing is known, and fast on short axes.
    """
    if not values.shape[axis]:
        return np.full(np.delete(values.shape, axis), np.nan)
    ordered = np.sort(values, axis=axis)
    count = (~np.isnan(ordered)).sum(axis=axis, keepdims=True)
    lower = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=axis)
    upper = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[axis] - 1), axis=axis)
    return np.asarray(np.where(count % 2, lower, (lower + upper) / 2).squeeze(axis))


def lengths(values: FloatArray) -> IntArray:
    """Periods from the first known one of every series to the end.

    Inputs: values: periods x series.
    Returns: one per series, 0 where nothing is known.
    Raises: nothing.
    Source: definition.
    """
    return np.asarray(np.maximum.accumulate(~np.isnan(values), axis=0).sum(axis=0))


def running_median(values: FloatArray, *, neighbours: int) -> FloatArray:
    """Median of every row and so many rows on either side.

    Inputs: values: periods x series; neighbours: >= 0.
    Returns: array like values; the median of the series where less than four values of a window are known.
    Raises: nothing.
    Source: Tukey 1977, "Exploratory Data Analysis", chapter 7: it follows steps and passes over spikes.
    """
    padded = np.pad(values, ((neighbours, neighbours), (0, 0)), constant_values=np.nan)
    windows = sliding_window_view(padded, 2 * neighbours + 1, axis=0)
    enough = (~np.isnan(windows)).sum(axis=-1) >= min(_FEWEST_IN_WINDOW, 2 * neighbours + 1)
    return np.where(enough, median_known(windows, axis=-1), median_known(values, axis=0))


def window_sums(values: FloatArray, *, before: int, after: int) -> FloatArray:
    """Sum of the rows from `before` rows earlier up to, and without, `after` rows later.

    Inputs: values: periods x series without NaN; before, after: >= 0, or negative to leave out the nearest rows.
    Returns: array like values; windows end where the values do.
    Raises: nothing.
    Source: definition, by differences of running totals.
    """
    totals = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    row = np.arange(len(values))
    first, end = (np.clip(row + shift, 0, len(values)) for shift in (-before, after))
    return np.asarray(totals[end] - totals[first])


def scale(residuals: FloatArray) -> FloatArray:
    """Standard deviation of every column, as if its largest residuals were no larger than usual.

    Inputs: residuals: rows x series, around zero.
    Returns: one per series, 0 where nothing is known or nothing differs from zero.
    Raises: nothing.
    Source: Huber 1964, winsorised by the median absolute deviation; where many residuals are exactly zero by that of
        the others, or by the mean one.
    """
    sizes = np.abs(residuals)
    median, others = (median_known(part, axis=0) for part in (sizes, np.where(sizes > 0, sizes, np.nan)))
    mean = _MEAN_TO_SIGMA * mean_known(sizes, axis=0)
    limit = _WINSOR * np.fmax(_MEDIAN_TO_SIGMA * median, np.fmin(_MEDIAN_TO_SIGMA * others, mean))
    return np.asarray(np.sqrt(np.nan_to_num(mean_known(np.minimum(sizes, limit) ** 2, axis=0))))


def seasonal_effects(values: FloatArray, *, season_periods: int) -> Season:
    """What every phase of the season adds, as far as it stands out from chance.

    Inputs: values: periods x series; season_periods: m, 1 = no season.
    Returns: Season; no effects for series with less than two full seasons, and what two of them do not agree on is
        none.
    Raises: nothing.
    Source: classical decomposition (Hyndman & Athanasopoulos, FPP3, section 3.4) with medians for means; shrinkage
        as in Miller & Williams 2003, by the positive part of 1 - 1/F.
    """
    able = lengths(values) >= 2 * season_periods
    if season_periods < 2 or not able.any():
        return Season(np.zeros_like(values), np.zeros(values.shape[1]))
    known = ~np.isnan(values)
    # The mean of a season of medians: one wild value would move the trend of a whole season.
    medians = np.where(known, running_median(values, neighbours=_TREND_NEIGHBOURS), np.nan)
    deviations = values - _centred_mean(medians, season_periods)
    effects = _phase_medians(deviations, season_periods)
    count = known.sum(axis=0)
    noise = scale(deviations - effects) ** 2 * count / np.maximum(count - season_periods, 1)
    signal = np.where(known, effects**2, 0.0).sum(axis=0) / season_periods
    kept = np.where(able & (signal > 0), np.clip(1 - noise / np.where(signal > 0, signal, 1.0), 0.0, 1.0), 0.0)
    return Season(effects * kept, _FREEDOM_OF_MEDIANS * kept * (season_periods - 1))


def _centred_mean(values: FloatArray, season: int) -> FloatArray:
    """Mean over one season around every period; at both ends that of the nearest period with a whole one."""
    known = ~np.isnan(values)
    half = season // 2
    demand, count = (
        # The 2 x m mean: with an even season the window lies half a period to one side, then to the other.
        window_sums(part, before=half, after=season - half)
        + window_sums(part, before=season - half - 1, after=half + 1)
        for part in (np.where(known, values, 0.0), known.astype(np.float64))
    )
    first, last = len(values) - lengths(values), len(values) - half - 1
    nearest = np.clip(np.arange(len(values))[:, None], np.minimum(first + half, last), last)
    return np.asarray(np.take_along_axis(demand / np.maximum(count, 1.0), nearest, axis=0))


def _phase_medians(deviations: FloatArray, season: int) -> FloatArray:
    """Median of each phase around zero; of two values the smaller if they agree in sign, else none."""
    cycles = -(-len(deviations) // season)
    lead = np.full((cycles * season - len(deviations), deviations.shape[1]), np.nan)
    phases = np.concatenate([lead, deviations]).reshape(cycles, season, -1)
    count = (~np.isnan(phases)).sum(axis=0)
    agreed = median_known(np.concatenate([phases, np.zeros((1, *phases.shape[1:]))]), axis=0)
    medians = np.where(count > 2, np.nan_to_num(median_known(phases, axis=0)), np.where(count == 2, agreed, 0.0))
    return np.asarray(np.tile(medians - medians.mean(axis=0), (cycles, 1))[len(lead) :])
