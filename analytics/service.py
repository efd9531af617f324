"""Service: delivered on time and in full, service levels that stock gives, lead times of suppliers.

Order lines (otif_lines, otif), one row per order line:
    ordered_quantity, delivered_quantity (all deliveries together, missing = nothing yet),
    first_confirmed_date (the first promise, never a later one), delivered_date (of the last delivery).
Receipts (lead_time_statistics), one row per receipt of a purchase line: the grouping columns,
    order_date, receipt_date.
Rates are fractions; lead-time demand and its standard deviation are in units, arrays one entry per item.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from analytics.inputs import FloatArray, column, floats, not_negative, require_columns
from analytics.normal_loss import normal_loss

_ROUNDING = 1e-9
# Standard deviations; any further is certainty, and must stay a finite number.
_FAR = 1e300


@dataclass(frozen=True, slots=True)
class Otif:
    """Shares of the lines due; a line without a confirmed date or an ordered quantity cannot be measured."""

    rate: float
    on_time_rate: float
    in_full_rate: float
    lines_due: int
    lines_not_measurable: int


def otif_lines(
    lines: pd.DataFrame, *, as_of: date, quantity_tolerance: float = 0.0, late_tolerance_days: int = 0
) -> pd.DataFrame:
    """Judge every order line: is it due, on time, in full, both.

    Inputs: lines: contract above; as_of: last day of the data; quantity_tolerance: fraction that may be short;
        late_tolerance_days: days that may be late.
    Returns: frame on the same index: measurable, due, on_time, in_full, otif (bool), days_late (days after the
        first confirmed date, negative = early; for an open line the days so far).
    Raises: AnalyticsError when a column is missing.
    Source: SCOR RL.1.1, binary per line; first confirmed date as in the glossary.
    """
    require_columns(lines, "ordered_quantity", "delivered_quantity", "first_confirmed_date", "delivered_date")
    ordered = column(lines, "ordered_quantity")
    delivered = column(lines, "delivered_quantity", default=0.0)
    confirmed, arrived = _days(lines["first_confirmed_date"]), _days(lines["delivered_date"])
    today = pd.Timestamp(as_of)
    last_good_day = confirmed + pd.Timedelta(days=late_tolerance_days)
    result = pd.DataFrame(index=lines.index)
    result["measurable"] = confirmed.notna() & (ordered > 0)
    result["due"] = result["measurable"] & (last_good_day <= today)
    result["on_time"] = arrived <= last_good_day
    result["in_full"] = delivered >= ordered * (1 - quantity_tolerance - _ROUNDING)
    result["otif"] = result["on_time"] & result["in_full"]
    result["days_late"] = (arrived.fillna(today) - confirmed).dt.days.astype("float64")
    return result


def otif(lines: pd.DataFrame, *, as_of: date, quantity_tolerance: float = 0.0, late_tolerance_days: int = 0) -> Otif:
    """Share of the lines due that came on time and in full; never the product of the two averages.

    Inputs: as otif_lines.
    Returns: Otif; its rates are NaN when no line is due.
    Raises: AnalyticsError when a column is missing.
    Source: SCOR RL.1.1.
    """
    judged = otif_lines(
        lines, as_of=as_of, quantity_tolerance=quantity_tolerance, late_tolerance_days=late_tolerance_days
    )
    due = judged[judged["due"]]
    return Otif(
        rate=float(due["otif"].mean()),
        on_time_rate=float(due["on_time"].mean()),
        in_full_rate=float(due["in_full"].mean()),
        lines_due=len(due),
        lines_not_measurable=int((~judged["measurable"]).sum()),
    )


def cycle_service_level(
    reorder_point: ArrayLike, *, lead_time_demand: ArrayLike, lead_time_demand_sd: ArrayLike
) -> FloatArray:
    """Probability that a replenishment cycle passes without a stock-out (Type 1, alpha), normal demand.

    Inputs: reorder_point, lead_time_demand (mean), lead_time_demand_sd: units, per item.
    Returns: probability 0..1; NaN where an input is missing or the standard deviation is negative.
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 6; Chopra & Meindl, ch. 11.
    """
    surplus, sd = _surplus_and_sd(reorder_point, lead_time_demand, lead_time_demand_sd)
    certain = np.where(np.isnan(surplus), np.nan, np.where(surplus >= 0, 1.0, 0.0))
    return np.where(sd == 0, certain, special.ndtr(_standardised(surplus, sd)))


def expected_shortage(
    reorder_point: ArrayLike, *, lead_time_demand: ArrayLike, lead_time_demand_sd: ArrayLike
) -> FloatArray:
    """Units expected short per replenishment cycle (ESC), normal demand.

    Inputs: reorder_point, lead_time_demand (mean), lead_time_demand_sd: units, per item.
    Returns: units >= 0; NaN where an input is missing or the standard deviation is negative.
    Raises: AnalyticsError when the lengths differ.
    Source: Chopra & Meindl, ch. 11.
    """
    surplus, sd = _surplus_and_sd(reorder_point, lead_time_demand, lead_time_demand_sd)
    return np.where(sd == 0, np.maximum(-surplus, 0.0), sd * normal_loss(_standardised(surplus, sd)))


def fill_rate(
    reorder_point: ArrayLike,
    *,
    order_quantity: ArrayLike,
    lead_time_demand: ArrayLike,
    lead_time_demand_sd: ArrayLike,
) -> FloatArray:
    """Share of demand met from stock (Type 2, beta), normal demand, one order per cycle.

    Inputs: reorder_point, order_quantity, lead_time_demand (mean), lead_time_demand_sd: units, per item.
    Returns: fraction 0..1; NaN where an input is missing or the order quantity is not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Chopra & Meindl, ch. 11: 1 - ESC/Q.
    """
    short = expected_shortage(reorder_point, lead_time_demand=lead_time_demand, lead_time_demand_sd=lead_time_demand_sd)
    short, quantity = floats(short, order_quantity)
    return np.clip(1 - short / np.where(quantity > 0, quantity, np.nan), 0.0, 1.0)


def ready_rate(
    reorder_point: ArrayLike,
    *,
    order_quantity: ArrayLike,
    lead_time_demand: ArrayLike,
    lead_time_demand_sd: ArrayLike,
) -> FloatArray:
    """Share of the time with stock on hand (Type 3), normal demand, shortages wait.

    Inputs: reorder_point, order_quantity, lead_time_demand (mean), lead_time_demand_sd: units, per item.
    Returns: fraction 0..1; NaN where an input is missing or the order quantity is not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 6: the position is anywhere between r and r + Q, 1 - [ESC(r) - ESC(r + Q)]/Q.
    """
    level, quantity = floats(reorder_point, order_quantity)
    demand = {"lead_time_demand": lead_time_demand, "lead_time_demand_sd": lead_time_demand_sd}
    short = expected_shortage(level, **demand) - expected_shortage(level + quantity, **demand)
    short, quantity = floats(short, quantity)
    return np.clip(1 - short / np.where(quantity > 0, quantity, np.nan), 0.0, 1.0)


def lead_time_statistics(receipts: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Lead times from order to receipt for every group.

    Inputs: receipts: contract above; by: grouping columns, for instance supplier and product.
    Returns: frame indexed by the groups: receipts (count used), mean_days, sd_days (sample, NaN for one receipt),
        p50_days, p90_days, left_out (rows without both dates, or received before ordered).
    Raises: AnalyticsError when a column is missing or no grouping is given.
    Source: Heizer & Render, ch. 12; percentiles by linear interpolation.
    """
    require_columns(receipts, *by, "order_date", "receipt_date")
    days = (_days(receipts["receipt_date"]) - _days(receipts["order_date"])).dt.days.astype("float64")
    keyed = receipts[by].assign(days=days.where(days >= 0))
    groups = keyed.groupby(by, sort=True, observed=True)["days"]
    result = pd.DataFrame({"receipts": groups.count(), "mean_days": groups.mean(), "sd_days": groups.std()})
    result["p50_days"] = groups.quantile(0.5)
    result["p90_days"] = groups.quantile(0.9)
    result["left_out"] = groups.size() - result["receipts"]
    return result


def _days(dates: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(dates).dt.normalize()


def _surplus_and_sd(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> tuple[FloatArray, FloatArray]:
    level_, mean_, sd_ = floats(level, mean, sd)
    (sd_,) = not_negative(sd_)
    return level_ - mean_, sd_


def _standardised(surplus: FloatArray, sd: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return np.clip(surplus / np.where(sd > 0, sd, np.nan), -_FAR, _FAR)
