"""What promotions, feasts and prices do to demand: how many times as much sells, with an interval."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.feasts import FEAST_WINDOWS
from analytics.forecasting.holiday_dates import RAMADAN
from analytics.forecasting.panel import IntArray
from analytics.forecasting.random_coefficients import Coefficients, Model, random_coefficients
from analytics.inputs import FloatArray

COLUMNS = (
    *("unique_id", "driver", "effect", "low", "high"),
    *("group", "group_effect", "group_low", "group_high"),
)
# Families of drivers that are shares of a period's days. Within a family no two fall on the same day, or (promotion
# and discount) both are about the same days; in either case their uplifts add up over the period.
DAY_SHARES = (
    ("promotion", "discount", "after_promotion"),
    *((name,) for name in ("family_promotion", "price_cut", "closure", "school_holiday", RAMADAN)),
    *(
        tuple(window.name for window in FEAST_WINDOWS if window.feast == feast)
        for feast in dict.fromkeys(window.feast for window in FEAST_WINDOWS)
    ),
)

_NORMAL_90 = 1.2815515655446004  # an interval of 80 %
_LEVEL_DAYS = 182  # between the bends of a series' level
_HARMONICS = 4
_DAYS_PER_YEAR = 365.25
# What is expected of logs before any data is seen: sizes of the season and of a driver's effect (at the value it
# typically has), and how far series of a group differ in them.
_SEASON_SD, _SEASON_SPREAD = 0.3, 0.05
_EFFECT_SD, _EFFECT_SPREAD = 1.0, 0.1
_ROUNDS = 3
# A period's factor is not taken to be below this: a log would run away in periods without any sale.
_LEAST_FACTOR = 0.05
_NO_EFFECT = 1e-6


def event_effects(
    log_demand: FloatArray,
    *,
    ids: Sequence[str],
    groups: Sequence[str],
    periods: pd.DatetimeIndex,
    drivers: Drivers,
    day_shares: Sequence[Sequence[str]] = DAY_SHARES,
) -> pd.DataFrame:
    """Effect of every driver on every series, shrunk to that of its group.

    Inputs: log_demand: periods x series, natural logs, NaN where unknown or nothing was sold; ids and groups (such as
        the category): one per series; periods: their first days; drivers: of the same series, 0 where nothing
        happens, from the first of the periods on (later ones are not looked at; where one is unknown, the period
        tells nothing); day_shares: families of drivers x that are shares of a period's days, whose factors f act as
        1 + sum of x (f - 1). Any other driver acts as f to the power of x.
    Returns: frame, a row per series and driver that its group has seen: unique_id, driver, effect (how many times as
        much sells at driver value 1), low, high (80 % interval), group, group_effect, group_low, group_high. A series
        whose own history tells nothing has the effect of its group. An interval that holds 1 shows no effect.
    Raises: AnalyticsError when the shapes do not fit.
    Source: log-linear promotion response: Blattberg & Neslin 1990, Sales Promotion; level and season taken out of
        demand and drivers alike: Frisch & Waugh 1933; shrinkage across series as in Rossi, Allenby & McCulloch 2005,
        Bayesian Statistics and Marketing, chapter 5. The uplift of discount at 1, less 1, is its elasticity.
    """
    _check_shapes(log_demand, ids=ids, groups=groups, periods=periods, drivers=drivers)
    known = Drivers(drivers.names, drivers.values[:, : len(periods)])
    response = np.where(np.isnan(known.values).any(axis=0), np.nan, log_demand)
    labels = np.asarray(groups, dtype=str)
    frames = []
    for group in np.unique(labels) if len(periods) else ():
        mine = np.flatnonzero(labels == group)
        seen = _seen(known, response, mine)
        frame = _group_effects(response[:, mine], [ids[series] for series in mine.tolist()], periods, seen, day_shares)
        frames.append(frame.assign(group=str(group)))
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)] if frames else pd.DataFrame(columns=list(COLUMNS))


def related_promotions(promotion: FloatArray, groups: Sequence[str], *, sales: ArrayLike | None = None) -> FloatArray:
    """The share of a family's OTHER items' sales that is on promotion: what cannibalises an item, or draws it along.

    Inputs: promotion: periods x items, 0 (none) to 1 (the whole period); groups: family of every item; sales: usual
        sales per item, so that big items count for more; alike when None.
    Returns: periods x items, a driver to be called family_promotion; 0 for an item that is alone in its family.
    Raises: AnalyticsError when the lengths differ or usual sales are negative or not known.
    Source: van Heerde, Leeflang & Wittink 2004, Decomposing the sales promotion bump with store data (own-item and
        cross-item effects).
    """
    items = promotion.shape[1]
    weights = np.ones(items) if sales is None else np.asarray(sales, dtype=np.float64)
    if len(groups) != items or weights.shape != (items,):
        raise AnalyticsError(f"{items} items, but {len(groups)} families and {weights.size} usual sales")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise AnalyticsError("usual sales must be known and not negative")
    families, family = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    member = np.asarray(family[:, None] == np.arange(len(families)), dtype=np.float64)
    others = ((promotion * weights) @ member)[:, family] - promotion * weights
    total = (weights @ member)[family] - weights
    share = np.divide(others, total, out=np.zeros_like(others), where=np.broadcast_to(total > 0, others.shape))
    return np.asarray(np.maximum(share, 0.0))


def _check_shapes(
    log_demand: FloatArray, *, ids: Sequence[str], groups: Sequence[str], periods: pd.DatetimeIndex, drivers: Drivers
) -> None:
    if log_demand.shape != (len(periods), len(ids)) or len(groups) != len(ids):
        raise AnalyticsError(
            f"demand is {log_demand.shape}, expected {len(periods)} periods x {len(ids)} series of {len(groups)} groups"
        )
    count, length, series = drivers.values.shape
    if (count, series) != (len(drivers.names), len(ids)) or length < len(periods):
        raise AnalyticsError(
            f"drivers are {drivers.values.shape}, expected {len(drivers.names)} x {len(periods)} or more x {len(ids)}"
        )


def _seen(drivers: Drivers, response: FloatArray, series: IntArray) -> Drivers:
    """Those that were at work on some of the series while their demand was known."""
    values = np.nan_to_num(drivers.values[..., series])
    seen = np.flatnonzero((values * ~np.isnan(response[:, series])).any(axis=(1, 2)))
    return Drivers(tuple(drivers.names[driver] for driver in seen.tolist()), values[seen])


def _group_effects(
    response: FloatArray,
    ids: Sequence[str],
    periods: pd.DatetimeIndex,
    drivers: Drivers,
    day_shares: Sequence[Sequence[str]],
) -> pd.DataFrame:
    size = _typical_size(drivers.values)
    family = np.array([_family(name, day_shares) for name in drivers.names], dtype=np.int64)
    found = _coefficients(response, periods, drivers.values / size[:, None, None], family)
    factor = partial(_factor_at_one, size=size, averaged=family >= 0)
    reach, group_reach = _NORMAL_90 * found.own_sd, _NORMAL_90 * found.mean_sd
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.asarray(ids, dtype=object), len(size)),
            "driver": np.tile(np.asarray(drivers.names, dtype=object), len(ids)),
            "effect": factor(found.own).ravel(),
            "low": factor(found.own - reach).ravel(),
            "high": factor(found.own + reach).ravel(),
            "group_effect": np.tile(factor(found.mean), len(ids)),
            "group_low": np.tile(factor(found.mean - group_reach), len(ids)),
            "group_high": np.tile(factor(found.mean + group_reach), len(ids)),
        }
    )


def _family(name: str, day_shares: Sequence[Sequence[str]]) -> int:
    return next((number for number, family in enumerate(day_shares) if name in family), -1)


def _coefficients(
    response: FloatArray, periods: pd.DatetimeIndex, drivers: FloatArray, family: IntArray
) -> Coefficients:
    """Log effects of drivers at their typical size. What days share is put on the scale of logs, in some rounds."""
    season = _season(periods)
    waves = np.broadcast_to(season[..., None], (*season.shape, response.shape[1]))
    scaled, together = drivers, np.zeros(())
    for _ in range(_ROUNDS if (family >= 0).any() else 1):
        model = Model(
            response=response - together,
            baseline=_level(periods),
            shared=np.concatenate([waves, scaled]),
            mean_sd=np.repeat([_SEASON_SD, _EFFECT_SD], [len(season), len(drivers)]),
            spread_sd=np.repeat([_SEASON_SPREAD, _EFFECT_SPREAD], [len(season), len(drivers)]),
        )
        found = random_coefficients(model).after(len(season))
        scaled, together = _averaged_over_days(drivers, found.mean, family)
    return found


def _level(periods: pd.DatetimeIndex) -> FloatArray:
    """Hats half a year apart: a line that may bend there. Periods x hats."""
    days = _days(periods)
    bends = max(1, round(days[-1] / _LEVEL_DAYS))
    tops = np.linspace(0, max(days[-1], 1.0), bends + 1)
    return np.asarray(np.maximum(0.0, 1 - np.abs(days[:, None] - tops) / tops[1]))


def _season(periods: pd.DatetimeIndex) -> FloatArray:
    """Waves of the year, the quicker the smaller, and of days the weekday: terms x periods."""
    angle = 2 * np.pi * periods.day_of_year.to_numpy() / _DAYS_PER_YEAR
    waves = [wave(harmonic * angle) / harmonic for harmonic in range(1, _HARMONICS + 1) for wave in (np.cos, np.sin)]
    if not (np.diff(_days(periods)) == 1).all():
        return np.array(waves)
    weekday = periods.day_of_week.to_numpy()
    return np.array([*waves, *((weekday == day) - (weekday == 6).astype(np.float64) for day in range(6))])


def _days(periods: pd.DatetimeIndex) -> FloatArray:
    return np.asarray((periods - periods[0]).days.to_numpy(), dtype=np.float64)


def _typical_size(drivers: FloatArray) -> FloatArray:
    """Root mean square of a driver where it is not zero."""
    count = (drivers != 0).sum(axis=(1, 2))
    return np.asarray(np.sqrt((drivers**2).sum(axis=(1, 2)) / count))


def _factor_at_one(log: FloatArray, *, size: FloatArray, averaged: NDArray[np.bool_]) -> FloatArray:
    """The factor at driver value 1, from its log at the typical size; the last axis is that of drivers."""
    return np.where(averaged, np.maximum(1 + np.expm1(log) / size, 0.0), np.exp(log / size))


def _averaged_over_days(drivers: FloatArray, effect: FloatArray, family: IntArray) -> tuple[FloatArray, FloatArray]:
    """What log effects are to be multiplied with, and what the drivers of a family make together beyond that.

    A factor f on a share of the days is 1 + share (f - 1) on the period: log of that / log f of the log effect.
    """
    scaled, together = drivers.copy(), np.zeros(drivers.shape[1:])
    for members in (np.flatnonzero(family == number) for number in range(family.max(initial=-1) + 1)):
        # Towards no effect the ratio tends to the share itself.
        log = np.where(np.abs(effect[members]) < _NO_EFFECT, _NO_EFFECT, effect[members])[:, None, None]
        rise = drivers[members] * np.expm1(log)
        alone = _log_factor(rise)
        scaled[members] = alone / log
        together += _log_factor(rise.sum(axis=0)) - alone.sum(axis=0)
    return scaled, together


def _log_factor(rise: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(1 + rise, _LEAST_FACTOR)))
