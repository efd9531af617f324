"""What in a history is not demand as usual: outliers, lasting shifts of level, and periods sold out.

Nothing is changed here unasked: findings are proposed with what they would become, `corrected` applies those that
were accepted. Quantities are compared as square roots, on which the noise of counts and of skewed demand is about the
same at every level; in a series where zeros are usual only the sizes of its demands are compared.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.forecasting.level_shifts import level_shifts
from analytics.forecasting.panel import IntArray
from analytics.forecasting.robust import (
    lengths,
    median_known,
    running_median,
    scale,
    seasonal_effects,
    window_sums,
)
from analytics.inputs import FloatArray, require_columns

BoolArray = NDArray[np.bool_]

OUTLIER, LEVEL_SHIFT = "outlier", "level_shift"
COLUMNS = ("series", "row", "kind", "observed", "corrected", "strength")
OUTLIER_LIMIT = 3.6
SHIFT_LIMIT = 3.4

# Series are worked on in bundles that fit into the cache.
_BUNDLE = 500
# The level of a period is the median of it and of so many on either side.
_NEIGHBOURS = 3
_SHORTEST_PERIODS = 8
# With more zeros than this they say nothing about sizes.
_USUAL_ZEROS = 0.3
# The least noise believed in, as a share of the level (of its root: twice that of the quantity).
_LEAST_NOISE = 0.025
# Demand is known from the time with stock in so many periods on either side,
_STOCK_NEIGHBOURS = 6
# and its season from periods with stock for at least this part.
_MOSTLY_IN_STOCK = 0.5
_LARGEST_SEASON = 10.0
# A season costs at most three quarters of what is known.
_LARGEST_CORRECTION = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Roots of a bundle: what is compared (NaN elsewhere), season and level; one entry per series: the parameters
    these cost, and whether there are two seasons or none.
    """

    roots: FloatArray
    season: FloatArray
    level: FloatArray
    freedom: FloatArray
    season_known: BoolArray


def find_outliers(
    values: FloatArray,
    *,
    season_periods: int,
    expected: FloatArray | None = None,
    protected: BoolArray | None = None,
    outlier_limit: float = OUTLIER_LIMIT,
    shift_limit: float = SHIFT_LIMIT,
) -> pd.DataFrame:
    """Periods that do not fit the rest of their series, and what they would be if they did.

    Inputs: values: periods x series, quantity per period, NaN where unknown; season_periods: m, 1 = no season;
        expected: periods x series, what a model with drivers expected, instead of the season and level of the series
        itself (outliers only); protected: periods x series or x 1, True in promotions and feasts, which are neither
        flagged nor learnt from; outlier_limit: deviation in standard deviations; shift_limit: distance of levels in
        standard errors.
    Returns: frame sorted by series and row, positions in values; kind "outlier": observed is the quantity, corrected
        what was expected; kind "level_shift": row is the first period of the new level, observed the level before,
        corrected the level since; strength is what exceeded the limit. Less than eight periods are not judged, and
        in less than two seasons a shift is not told from the season.
    Raises: AnalyticsError when values is not two-dimensional, season_periods < 1 or a shape does not fit.
    Source: running medians, Tukey 1977, "Exploratory Data Analysis", chapter 7; robust deviations, Hampel 1974;
        level shifts, Tsay 1988.
    """
    if values.ndim != 2 or season_periods < 1:
        raise AnalyticsError("cleaning needs periods x series and a season of at least one period")
    model = _fitting(np.nan if expected is None else expected, values)
    learnt = np.where(_fitting(False if protected is None else protected, values), np.nan, values)
    found: list[pd.DataFrame] = []
    for start in range(0, values.shape[1] if len(values) else 0, _BUNDLE):
        bundle = slice(start, start + _BUNDLE)
        fit = _fit(learnt[:, bundle], season_periods)
        for frame in (_outliers(learnt[:, bundle], fit, model[:, bundle], outlier_limit), _shifts(fit, shift_limit)):
            found.append(frame.assign(series=frame["series"] + start))
    frame = pd.concat(found) if found else pd.DataFrame(columns=list(COLUMNS))
    return frame.sort_values(["series", "row", "kind"], ignore_index=True)


def corrected(values: FloatArray, *, accepted: pd.DataFrame) -> FloatArray:
    """The history with the accepted findings applied.

    Inputs: values: periods x series; accepted: rows of find_outliers, or of a planner, in its columns (but strength).
    Returns: array like values: outliers replaced; before a shift everything scaled by the ratio of the levels, so
        that season and pattern stay.
    Raises: AnalyticsError for missing columns, an unknown kind, a position outside values or a level not above 0.
    Source: house convention.
    """
    require_columns(accepted, *COLUMNS[:-1])
    _require_applicable(values, accepted)
    result = values.astype(np.float64)
    outliers, shifts = (accepted[accepted["kind"] == kind] for kind in (OUTLIER, LEVEL_SHIFT))
    result[_positions(outliers)] = outliers["corrected"].to_numpy(dtype=np.float64)
    ratios = np.ones((len(values) + 1, values.shape[1]))
    levels = shifts[["observed", "corrected"]].to_numpy(dtype=np.float64)
    np.multiply.at(ratios, _positions(shifts), levels[:, 1] / levels[:, 0])
    # A period is scaled by every shift that comes after it.
    return np.asarray(result * np.cumprod(ratios[:0:-1], axis=0)[::-1])


def uncensored(values: FloatArray, *, stock_out_share: FloatArray, season_periods: int = 1) -> FloatArray:
    """Demand as it would have been with stock all the time.

    Inputs: values: periods x series, quantity sold per period, NaN where unknown; stock_out_share: same shape, share
        of the period without stock, 0 to 1; season_periods: m, 1 = no season.
    Returns: array like values: to what was sold the share is added of what the neighbouring periods, in proportion to
        their time with stock, and the season let expect; never below what was sold. Unchanged where no time with
        stock is known.
    Raises: AnalyticsError when shapes differ or a share is not between 0 and 1.
    Source: expected-value imputation of censored demand, Wecker 1978; Lau & Lau 1996, by the time with stock.
    """
    if values.ndim != 2 or values.shape != stock_out_share.shape:
        raise AnalyticsError(f"values are {values.shape}, stock-out shares {stock_out_share.shape}")
    if not ((stock_out_share >= 0) & (stock_out_share <= 1)).all():
        raise AnalyticsError("a stock-out share must be between 0 and 1")
    in_stock = 1 - stock_out_share
    by_time = values / np.where(in_stock >= _MOSTLY_IN_STOCK, in_stock, np.nan)
    season = _seasonal_factors(by_time, season_periods)
    known = ~np.isnan(values)
    sold = np.where(known, np.maximum(values, 0.0), 0.0)
    stocked = np.where(known, season * in_stock, 0.0)
    near, near_time = (
        window_sums(part, before=_STOCK_NEIGHBOURS, after=_STOCK_NEIGHBOURS + 1) for part in (sold, stocked)
    )
    # Less than one period with stock around says less than the whole history does.
    rate = np.where(near_time >= 1, _ratio(near, near_time), _ratio(sold.sum(axis=0), stocked.sum(axis=0)))
    return np.asarray(values + stock_out_share * season * rate)


def _fitting(part: ArrayLike, values: FloatArray) -> NDArray[Any]:
    try:
        return np.broadcast_to(np.asarray(part), values.shape)
    except ValueError as error:
        raise AnalyticsError(f"values are {values.shape}, what belongs to them is {np.shape(part)}") from error


def _root(values: FloatArray) -> FloatArray:
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))


def _square(roots: FloatArray) -> FloatArray:
    return np.asarray(np.sign(roots) * roots**2)


def _fit(values: FloatArray, season_periods: int) -> _Fit:
    zero = values == 0
    sporadic = zero.sum(axis=0) > _USUAL_ZEROS * (~np.isnan(values)).sum(axis=0)
    roots = np.where(zero & sporadic, np.nan, _root(values))
    season = seasonal_effects(roots, season_periods=season_periods)
    level = running_median(roots - season.effects, neighbours=_NEIGHBOURS)
    season_known = (season_periods == 1) | (lengths(values) >= 2 * season_periods)
    return _Fit(roots, season.effects, level, season.freedom, season_known)


def _noise(deviations: FloatArray, roots: FloatArray, freedom: ArrayLike) -> FloatArray:
    """Usual deviation of every series; infinite where there is too little to judge by."""
    count = (~np.isnan(roots)).sum(axis=0)
    spare = np.maximum(count - freedom, count / _LARGEST_CORRECTION)
    usual = np.nan_to_num(median_known(np.abs(roots), axis=0))
    noise = np.maximum(scale(deviations) * np.sqrt(count / np.maximum(spare, 1)), _LEAST_NOISE * usual)
    return np.where((count >= _SHORTEST_PERIODS) & (noise > 0), noise, np.inf)


def _outliers(values: FloatArray, fit: _Fit, model: FloatArray, limit: float) -> pd.DataFrame:
    given = ~np.isnan(model)
    returns = (fit.roots < 0).any(axis=0)
    expected = np.where(given, _root(model), np.maximum(fit.season + fit.level, np.where(returns, -np.inf, 0.0)))
    deviations = fit.roots - expected
    freedom = np.where(given.any(axis=0), 0.0, fit.freedom)
    strength = np.abs(np.nan_to_num(deviations)) / _noise(deviations, fit.roots, freedom)
    return _findings(OUTLIER, np.nonzero(strength > limit), values, _square(expected), strength)


def _shifts(fit: _Fit, limit: float) -> pd.DataFrame:
    adjusted = fit.roots - fit.season
    noise = _noise(adjusted - fit.level, fit.roots, fit.freedom)
    tame = np.where(np.abs(adjusted - fit.level) > OUTLIER_LIMIT * noise, fit.level, adjusted)
    middle = median_known(tame, axis=0)
    shifts = level_shifts((tame - middle) / noise, limit=limit)
    unit = np.where(np.isfinite(noise), noise, 0.0)
    before, after = _square(middle + unit * shifts.before), _square(middle + unit * shifts.after)
    # From or to nothing is a beginning or an end.
    proposed = shifts.begins & fit.season_known & (before > 0) & (after > 0)
    return _findings(LEVEL_SHIFT, np.nonzero(proposed), before, after, np.abs(shifts.strength))


def _findings(kind: str, position: tuple[IntArray, ...], *measured: FloatArray) -> pd.DataFrame:
    row, series = position
    columns = (series, row, kind, *(part[position] for part in measured))
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _positions(findings: pd.DataFrame) -> tuple[IntArray, ...]:
    return tuple(findings[name].to_numpy(dtype=np.int64) for name in ("row", "series"))


def _require_applicable(values: FloatArray, accepted: pd.DataFrame) -> None:
    unknown = sorted(set(accepted["kind"]) - {OUTLIER, LEVEL_SHIFT})
    if unknown:
        raise AnalyticsError(f"unknown kinds of findings: {', '.join(map(str, unknown))}")
    for name, length in (("row", len(values)), ("series", values.shape[1])):
        outside = accepted.loc[~accepted[name].between(0, length - 1), name]
        if len(outside):
            raise AnalyticsError(f"{name} {outside.iloc[0]} is not among the {length} there are")
    shifts = accepted.loc[accepted["kind"] == LEVEL_SHIFT, ["observed", "corrected"]]
    if not (shifts > 0).all(axis=None):
        raise AnalyticsError("the levels before and after a shift must be above 0")


def _seasonal_factors(values: FloatArray, season_periods: int) -> FloatArray:
    roots = _root(values)
    effects = seasonal_effects(roots, season_periods=season_periods).effects
    level = np.nan_to_num(median_known(roots - effects, axis=0))
    factors = np.clip(1 + effects / np.where(level > 0, level, np.inf), 0.0, None) ** 2
    return np.clip(factors, 1 / _LARGEST_SEASON, _LARGEST_SEASON)


def _ratio(sold: FloatArray, stocked: FloatArray) -> FloatArray:
    return np.asarray(np.divide(sold, stocked, out=np.zeros_like(sold), where=stocked > 0))
