"""What a stocking policy is expected to give, and what more or less service of an item would cost."""

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, require_columns
from analytics.inventory_policy import ServiceMeasure, item_policies
from analytics.lead_time_demand import gamma_shortage
from analytics.service import fill_rate

_LEVELS = ("safety_stock", "reorder_point", "order_quantity")
_DEMAND = ("distribution", "lead_time_demand", "lead_time_demand_sd", "undershoot")


def expected_fill_rate(policies: pd.DataFrame) -> FloatArray:
    """Share of demand met from stock under a policy, by the distribution the policy was made with.

    Inputs: policies: result of item_policies; its levels may be others than those computed.
    Returns: fraction 0..1 per row; NaN for an item without demand or without policy.
    Raises: AnalyticsError when a column is missing.
    Source: Silver, Pyke & Thomas, ch. 6: 1 - ESC/Q; where demand is skewed the gamma shortage over what a cycle orders,
        lot and undershoot, so that a policy made for a fill rate gives it back.
    """
    require_columns(policies, *_LEVELS, *_DEMAND)
    point, lot = policies["reorder_point"].to_numpy(dtype=float), policies["order_quantity"].to_numpy(dtype=float)
    mean, sd = policies["lead_time_demand"], policies["lead_time_demand_sd"]
    normal = fill_rate(point, order_quantity=lot, lead_time_demand=mean, lead_time_demand_sd=sd)
    jump = policies["undershoot"].to_numpy(dtype=float)
    ordered = np.where(lot > 0, lot + jump, np.nan)
    skewed = np.clip(1 - gamma_shortage(point, mean=mean + jump, sd=sd) / ordered, 0.0, 1.0)
    return np.where(policies["distribution"] == "gamma", skewed, normal)


def service_curve(
    items: pd.DataFrame, *, targets: FloatArray, service_measure: ServiceMeasure = "cycle"
) -> pd.DataFrame:
    """What service of one item costs: its policy for each of many targets, all else as it is.

    Inputs: items: one row of the contract of item_policies; targets: fractions, rising; service_measure: what they
        mean.
    Returns: the result of item_policies, a row a target, with expected_fill_rate.
    Raises: AnalyticsError when there is not exactly one item, or as item_policies.
    Source: Silver, Pyke & Thomas, ch. 6 (exchange curves), of a single item.
    """
    if len(items) != 1:
        raise AnalyticsError(f"a curve is of one item, not of {len(items)}")
    repeated = items.loc[items.index.repeat(len(targets))].reset_index(drop=True).assign(service_level=targets)
    policies = item_policies(repeated, service_measure=service_measure)
    return policies.assign(expected_fill_rate=expected_fill_rate(policies))
