"""Stocking policies that keep their promise: tried on the last part of the history before they are given out.

Policies are worked out as of an earlier date and replayed on the demand that came since. Where items got less than the
policies promised, the level of demand is less certain than the forecast's errors say, and by as much is it drawn wider.
Items of regular and of sporadic demand are judged apart; each item counts the same.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.demand_class import ERRATIC, SMOOTH, demand_classes
from analytics.demand_paths import LEAST_LEVEL_VARIANCE, outlook
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray, column
from analytics.policy_replay import Kind, replayed, review_periods
from analytics.sampled_policy import sampled_policies
from analytics.window_forecast import WindowForecast, window_forecast

_LEVEL_VARIANCES = (LEAST_LEVEL_VARIANCE, 0.1, 0.3, 0.5, 0.8)
_TRIED_ITEMS = 384
_LEAST_HISTORY_PERIODS = 12
_LEAST_HELD_OUT_PERIODS = 12
_WINDOWS_HELD_OUT = 4
# What the forecast's errors say counts as much as the evidence of so many items.
_PRIOR_ITEMS = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """What was known at the earlier date, and the demand around it: before it to get under way, then to be judged."""

    panel: Panel
    items: pd.DataFrame
    forecast: WindowForecast
    demand: FloatArray
    warm_up_periods: int


def calibrated_policies(panel: Panel, *, items: pd.DataFrame, periods_per_year: float, seed: int = 0) -> pd.DataFrame:
    """Policy of every item, as uncertain as a replay of the last part of the history shows.

    Inputs: panel: demand per period, >= 0; items: contract of sampled_policy, in the panel's order; periods_per_year:
        of the panel; seed: of everything drawn.
    Returns: frame, contract of sampled_policy.
    Raises: AnalyticsError as sampled_policies.
    Source: calibration on held-out demand, as conformal prediction, Vovk et al. 2005, asks of a forecast.
    """
    forecast = window_forecast(panel, window_periods=_windows(items))
    variance = outlook(
        panel.values, expected=forecast.expected, window_sd=forecast.sd, window_periods=forecast.periods
    ).level_variance
    trial = _trial(panel, items, seed)
    if trial is not None:
        judged = [_tried(trial, level, periods_per_year, seed) for level in _LEVEL_VARIANCES]
        regular = _is_regular(demand_classes(panel.values).labels)
        learned = [_learned(judged, regular=kind, prior=variance) for kind in (False, True)]
        variance = np.where(regular, learned[True], learned[False])
    return sampled_policies(
        panel.values,
        items=items,
        forecast=forecast,
        periods_per_year=periods_per_year,
        level_variance=variance,
        seed=seed,
    )


def _windows(items: pd.DataFrame) -> FloatArray:
    return column(items, "lead_time_mean", default=0.0) + review_periods(items)


def _trial(panel: Panel, items: pd.DataFrame, seed: int) -> _Trial | None:
    """Items that were known long enough at the earlier date, not more than are needed; None when there are none."""
    periods = len(panel.periods)
    window = int(np.ceil(np.median(_windows(items)))) if len(items) else 1
    held_out = min(max(_WINDOWS_HELD_OUT * window, _LEAST_HELD_OUT_PERIODS), periods // 4)
    usable = np.flatnonzero(panel.lengths() - held_out >= _LEAST_HISTORY_PERIODS)
    if held_out < 1 or not usable.size:
        return None
    chosen = usable
    if usable.size > _TRIED_ITEMS:
        chosen = np.sort(np.random.default_rng(seed).choice(usable, _TRIED_ITEMS, replace=False))
    known = panel.columns(chosen).before(held_out_periods=held_out)
    # What expires tells of the shelf life, not of demand.
    part = items.iloc[chosen].reset_index(drop=True).assign(shelf_life=np.nan)
    warm_up = min(len(known.periods), 2 * window)
    demand = np.nan_to_num(panel.values[-(held_out + warm_up) :, chosen])[:, :, None]
    return _Trial(known, part, window_forecast(known, window_periods=_windows(part)), demand, warm_up)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Of the items that were asked for: which have regular demand, and their fill rate less the promised one."""

    regular: NDArray[np.bool_]
    surplus: FloatArray


def _tried(trial: _Trial, level_variance: float, periods_per_year: float, seed: int) -> _Judged:
    policies = sampled_policies(
        trial.panel.values,
        items=trial.items,
        forecast=trial.forecast,
        periods_per_year=periods_per_year,
        level_variance=np.full(len(trial.items), level_variance),
        seed=seed,
    )
    came = replayed(policies, items=trial.items, demand=trial.demand, warm_up_periods=trial.warm_up_periods, seed=seed)
    asked = (came.demand[:, 0] > 0) & (policies["policy"] != Kind.NONE).to_numpy()
    surplus = came.fill_rate.mean - policies["expected_fill_rate"].to_numpy()
    return _Judged(_is_regular(policies["demand_class"])[asked], surplus[asked])


def _learned(judged: list[_Judged], *, regular: bool, prior: FloatArray) -> FloatArray:
    """The level variance at which items got what was promised, drawn to the prior where few items tell."""
    count = int((judged[0].regular == regular).sum())
    if not count:
        return prior
    surplus = np.array([one.surplus[one.regular == regular].mean() for one in judged])
    found = np.interp(0.0, np.maximum.accumulate(surplus), _LEVEL_VARIANCES)
    return np.asarray((count * found + _PRIOR_ITEMS * prior) / (count + _PRIOR_ITEMS))


def _is_regular(labels: ArrayLike) -> NDArray[np.bool_]:
    return np.isin(labels, (SMOOTH, ERRATIC))
