"""Policies as sampled_policy hands them out, replayed on demand."""

from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.demand_at_risk import IntArray
from analytics.inputs import FloatArray, column, require_columns
from analytics.policy_simulation import (
    SimulatedService,
    Unmet,
    drawn_lead_times,
    replayed_policy,
    simulated_service,
)


class Kind(StrEnum):
    """How an item is replenished."""

    MIN_MAX = "min_max"
    BASE_STOCK = "base_stock"
    FIXED_LOT = "fixed_lot"
    NEWSVENDOR = "newsvendor"
    NONE = "none"


def review_periods(items: pd.DataFrame) -> IntArray:
    """Whole periods between two reviews; a part of a period waits for its end.

    Inputs: items: contract of sampled_policy.
    Returns: periods, at least 1.
    Raises: AnalyticsError when the column is missing.
    Source: house convention.
    """
    require_columns(items, "review_period")
    return np.maximum(np.ceil(column(items, "review_period", default=1.0) - 1e-9), 1.0).astype(np.int64)


def replayed(
    policies: pd.DataFrame,
    *,
    items: pd.DataFrame,
    demand: FloatArray,
    unmet: Unmet = "backordered",
    warm_up_periods: int = 0,
    seed: int = 0,
) -> SimulatedService:
    """What policies would have given on demand.

    Inputs: policies, items: contracts of sampled_policy; demand: periods x items x replications, units;
        unmet, warm_up_periods: as simulated_service; seed: of the lead times.
    Returns: SimulatedService. Each item starts with the stock it orders up to.
    Raises: AnalyticsError as simulated_service.
    Source: analytics.policy_simulation.
    """
    level = policies["order_up_to"].to_numpy()
    fixed = policies["policy"].isin((Kind.FIXED_LOT, Kind.NEWSVENDOR)).to_numpy()
    policy = replayed_policy(
        policies["reorder_point"],
        order_up_to=level,
        order_quantity=np.where(fixed, policies["order_quantity"], np.nan),
        moq=column(items, "moq"),
        multiple=column(items, "lot_multiple"),
        review_periods=review_periods(items),
        shelf_life_periods=column(items, "shelf_life"),
    )
    times = drawn_lead_times(
        column(items, "lead_time_mean", default=0.0),
        sd_periods=column(items, "lead_time_sd", default=0.0),
        shape=(len(demand), demand.shape[2]),
        seed=seed,
    )
    return simulated_service(
        demand,
        policy=policy,
        lead_time_periods=times,
        start_stock=level[:, None],
        unmet=unmet,
        warm_up_periods=warm_up_periods,
    )
