"""Policies of one item tried on the same sampled futures, day by day.

What differs between them is then the policy and not the luck of the draw: the days asked for are the same, and so are
the lead times as long as their mean and spread are.
"""

import numpy as np
import pandas as pd

from analytics.demand_paths import demand_paths, outlook
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, require_columns
from analytics.policy_simulation import SimulatedService, drawn_lead_times, replayed_policy, simulated_service

DAYS, REPLICATIONS = 182, 200
_MOST_WARM_UP_DAYS = 182
_WEEK_DAYS = 7
# Stock that sells in half of its life does not get old.
_FRESH_SHARE = 0.5
_NEEDED = ("reorder_point", "order_up_to", "mean_daily_demand", "daily_demand_sd", "lead_time_days", "review_days")


def simulated_policies(
    history: FloatArray, *, policies: pd.DataFrame, shelf_life_days: float = np.nan, seed: int
) -> SimulatedService:
    """Service, stock, orders and waste of one item under several policies.

    Inputs: history: units asked for a day, the last the newest; policies: result of item_policies, a row a policy of
        the item, the first the one whose demand is expected; shelf_life_days: of a unit from its arrival, NaN = no end;
        seed: of the draws.
    Returns: SimulatedService, an entry a policy; half a year after a warm-up, what is asked for and not there waits.
    Raises: AnalyticsError when a column is missing, there is no policy or no day of history.
    Source: analytics.policy_simulation on the futures of analytics.demand_paths, in blocks of a week.
    """
    require_columns(policies, *_NEEDED)
    if not len(policies) or not len(history):
        raise AnalyticsError("a simulation needs a policy and a day of history")
    review = np.maximum(np.ceil(column(policies, "review_days", default=1.0)), 1.0)
    lead, spread = column(policies, "lead_time_days"), column(policies, "lead_time_sd_days", default=0.0)
    window = float((lead + review).max())
    warm_up = int(min(np.ceil(2 * window), _MOST_WARM_UP_DAYS))
    demand = _demand(history, policies.iloc[:1], days=warm_up + DAYS, window=float(lead[0] + review[0]), seed=seed)
    times = [
        drawn_lead_times([days], sd_periods=[sd], shape=(len(demand), REPLICATIONS), seed=seed)
        for days, sd in zip(lead, spread, strict=True)
    ]
    level = policies["order_up_to"].to_numpy(dtype=float)
    daily = column(policies, "mean_daily_demand")
    ageing = level > _FRESH_SHARE * daily * shelf_life_days
    policy = replayed_policy(
        policies["reorder_point"],
        order_up_to=level,
        moq=column(policies, "moq"),
        multiple=column(policies, "order_multiple"),
        review_periods=review,
        shelf_life_periods=np.where(ageing, np.maximum(shelf_life_days, 1.0), np.nan),
    )
    return simulated_service(
        np.repeat(demand, len(policies), axis=1),
        policy=policy,
        lead_time_periods=np.concatenate(times, axis=1),
        start_stock=level[:, None],
        warm_up_periods=warm_up,
    )


def _demand(history: FloatArray, policy: pd.DataFrame, *, days: int, window: float, seed: int) -> FloatArray:
    """Days x 1 x replications: the item's own days, at the level and as uncertain as the forecast."""
    known = outlook(
        np.asarray(history, dtype=float)[:, None],
        expected=column(policy, "mean_daily_demand"),
        window_sd=column(policy, "daily_demand_sd") * np.sqrt(window),
        window_periods=np.array([max(round(window), 1)]),
    )
    return demand_paths(known, periods=days, replications=REPLICATIONS, seed=seed, block_periods=_WEEK_DAYS)
