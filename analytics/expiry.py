"""Stock that will expire before it can be sold.

Lots (expiry_risk), one row per lot; any index, kept as it is:
    the key columns                  which item and place a lot belongs to
    quantity                         units, missing = none
    expiry_date                      missing = never expires
    mean_daily_demand                units a day of the item, the same on all its lots
    unit_cost                        money
"""

from datetime import date

import numpy as np
import pandas as pd

from analytics.inputs import column, require_columns


def expiry_risk(
    lots: pd.DataFrame, *, by: list[str], as_of: date, unsellable_days_before_expiry: int = 0
) -> pd.DataFrame:
    """Part of every lot that first-expired-first-out selling will not reach in time.

    Inputs: lots: contract above; by: key columns of an item; as_of: data date, its demand still to come;
        unsellable_days_before_expiry: shelf life that customers want left, days. The expiry day sells nothing.
    Returns: frame on the same index: days_left (sellable days, negative = past, inf = never expires), expired,
        quantity_at_risk (units), value_at_risk (money).
    Raises: AnalyticsError when a column is missing.
    Source: FEFO: what n lots have sold at most by the n-th expiry is the least of all their stock and demand until
        each earlier expiry plus the stock after it, a running minimum.
    """
    require_columns(lots, *by, "quantity", "expiry_date", "mean_daily_demand", "unit_cost")
    ordered = lots[by].assign(
        quantity=np.maximum(column(lots, "quantity", default=0.0), 0.0),
        days_left=_sellable_days(lots["expiry_date"], as_of, unsellable_days_before_expiry),
        demand=column(lots, "mean_daily_demand"),
    )
    ordered.index = pd.RangeIndex(len(ordered))
    ordered = ordered.sort_values("days_left", kind="stable")
    ordered["at_risk"] = _unsold(ordered, by)
    result = ordered.sort_index().set_index(lots.index)[["days_left", "at_risk"]]
    result = result.rename(columns={"at_risk": "quantity_at_risk"})
    result.insert(1, "expired", result["days_left"] <= 0)
    result["value_at_risk"] = result["quantity_at_risk"] * column(lots, "unit_cost")
    return result


def _sellable_days(expiry: "pd.Series[pd.Timestamp]", as_of: date, unsellable_days: int) -> "pd.Series[float]":
    days = (pd.to_datetime(expiry).dt.normalize() - pd.Timestamp(as_of)).dt.days.astype("float64")
    return (days - unsellable_days).fillna(np.inf)


def _unsold(ordered: pd.DataFrame, by: list[str]) -> "pd.Series[float]":
    keys = [ordered[name] for name in by]
    stock = ordered["quantity"].groupby(keys, dropna=False).cumsum()
    sellable = (ordered["demand"] * ordered["days_left"].clip(lower=0)).where(np.isfinite(ordered["days_left"]), np.inf)
    overhang = (stock - sellable).clip(lower=0).groupby(keys, dropna=False).cummax()
    before = overhang.groupby(keys, dropna=False).shift(fill_value=0.0)
    return overhang - before
