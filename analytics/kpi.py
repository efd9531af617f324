"""Headline figures: inventory value, days of supply, turns, revenue against the same days of last year.

Arrays hold one entry per item or period; money in one currency, days are calendar days.
Daily revenue (same_days_last_year), any number of rows per day: day, revenue (missing = none).
Stock (inventory_value), one row per item and location: on_hand (units), unit_cost (money).
"""

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.inputs import FloatArray, column, floats, require_columns


@dataclass(frozen=True, slots=True)
class InventoryValue:
    """Value at cost, and how many rows with stock could not be valued because they have no cost."""

    value: float
    rows_without_cost: int


@dataclass(frozen=True, slots=True)
class SameDays:
    """Revenue of the month to date and of the same days of the year before; change is a fraction."""

    revenue: float
    revenue_last_year: float
    change: float
    start: date
    end: date
    start_last_year: date
    end_last_year: date


def days_of_supply(inventory: ArrayLike, *, usage_per_day: ArrayLike) -> FloatArray:
    """Days the inventory lasts: DIO in money with cost of goods sold a day, cover in units with demand a day.

    Inputs: inventory: money at cost or units; usage_per_day: the same measure a day (annual COGS / 365).
    Returns: days; inf for inventory without usage, NaN without both, with an input missing or usage below 0.
    Raises: AnalyticsError when the lengths differ.
    Source: SCOR AM.1.2, inventory days of supply.
    """
    stock, usage = floats(inventory, usage_per_day)
    idle = np.where((usage == 0) & (stock > 0), np.inf, np.nan)
    with np.errstate(over="ignore"):  # a forecast that has decayed to almost nothing lasts for ever
        days = stock / np.where(usage > 0, usage, np.nan)
    return np.where(usage > 0, days, idle)


def inventory_turns(annual_cost_of_goods_sold: ArrayLike, *, average_inventory: ArrayLike) -> FloatArray:
    """How often the inventory is sold in a year, both at cost: never revenue over stock.

    Inputs: annual_cost_of_goods_sold: money a year; average_inventory: money at cost.
    Returns: turns a year; NaN where the inventory is not positive or an input is missing.
    Raises: AnalyticsError when the lengths differ.
    Source: SCOR; Heizer & Render, ch. 11.
    """
    cost, inventory = floats(annual_cost_of_goods_sold, average_inventory)
    return cost / np.where(inventory > 0, inventory, np.nan)


def inventory_value(stock: pd.DataFrame) -> InventoryValue:
    """Inventory at cost; a negative on-hand is a booking error and does not reduce the value of the rest.

    Inputs: stock: contract above.
    Returns: InventoryValue; value 0 for an empty frame.
    Raises: AnalyticsError when a column is missing.
    Source: glossary: figures never net out between sites.
    """
    require_columns(stock, "on_hand", "unit_cost")
    on_hand = np.maximum(column(stock, "on_hand", default=0.0), 0.0)
    values = on_hand * column(stock, "unit_cost")
    return InventoryValue(float(np.nansum(values)), int(np.isnan(values[on_hand > 0]).sum()))


def same_days_last_year(daily: pd.DataFrame, *, as_of: date) -> SameDays:
    """Month-to-date revenue against the same days of the month a year before, never a part against a full month.

    Inputs: daily: contract above; as_of: last day to count. Where the data end earlier in that month, both sides
        end there. A 29 February is compared with the 28 days of the year before.
    Returns: SameDays; a revenue is NaN when its days have no data, last year's also when the data begin only after
        its first day; change is NaN when either is NaN or last year's is not positive.
    Raises: AnalyticsError when a column is missing.
    Source: glossary, a part month is never compared with a full one.
    """
    require_columns(daily, "day", "revenue")
    revenue = pd.Series(
        column(daily, "revenue", default=0.0), index=pd.DatetimeIndex(pd.to_datetime(daily["day"])).normalize()
    )
    start = as_of.replace(day=1)
    end = _last_day_with_data(revenue, start, as_of)
    start_before, end_before = year_before(start), year_before(end)
    covered = not revenue.empty and revenue.index.min() <= pd.Timestamp(start_before)
    now = _total(revenue, start, end)
    before = _total(revenue, start_before, end_before) if covered else float("nan")
    change = float(growth(now, before=before)[0])
    return SameDays(now, before, change, start, end, start_before, end_before)


def year_before(day: date) -> date:
    """The same calendar day of the year before.

    Inputs: day.
    Returns: the day; 28 February for a 29 February.
    Raises: ValueError before the year 2.
    Source: house definition of the same days last year.
    """
    last_day = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last_day))


def growth(now: ArrayLike, *, before: ArrayLike) -> FloatArray:
    """Change against an earlier amount, as a fraction.

    Inputs: now, before: amounts of the same measure.
    Returns: now / before - 1; NaN where one is missing or before is not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: house definition: there is no growth from nothing.
    """
    now_, before_ = floats(now, before)
    return now_ / np.where(before_ > 0, before_, np.nan) - 1


def _last_day_with_data(revenue: "pd.Series[float]", start: date, as_of: date) -> date:
    known = revenue.index[(revenue.index >= pd.Timestamp(start)) & (revenue.index <= pd.Timestamp(as_of))]
    return as_of if known.empty else as_of.replace(day=int(pd.DatetimeIndex(known).day.max()))


def _total(revenue: "pd.Series[float]", start: date, end: date) -> float:
    """Sum of the days, NaN when none of them has data."""
    days = (revenue.index >= pd.Timestamp(start)) & (revenue.index <= pd.Timestamp(end))
    return float(revenue[days].sum()) if days.any() else float("nan")
