"""How old stock is, and which of it is slow or obsolete.

Lots (stock_ageing), one row per lot; any index: the key columns, quantity (units, missing = none), received_date
    (missing = age unknown), unit_cost (money).
Stock (slow_and_obsolete), one row per item and location; any index, kept as it is: on_hand (units, missing = none),
    unit_cost (money), mean_daily_demand (units a day, what is expected), days_since_demand (missing = never any),
    discontinued (bool); and, where known, slow_cover_days, obsolete_days (the item's own limits).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, require_columns
from analytics.kpi import days_of_supply

ACTIVE, SLOW, OBSOLETE = "active", "slow", "obsolete"
DEFAULT_AGES_DAYS = (30, 60, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Slob:
    """Value at cost of all stock, of its slow and of its obsolete part; share is (slow + obsolete) / value."""

    value: float
    slow_value: float
    obsolete_value: float
    share: float


def stock_ageing(
    lots: pd.DataFrame, *, by: list[str], as_of: date, limits_days: tuple[int, ...] = DEFAULT_AGES_DAYS
) -> pd.DataFrame:
    """Stock by age since receipt.

    Inputs: lots: contract above; by: key columns, empty for all stock together; as_of: data date; limits_days: last day
        of each age band, rising; one more band holds what is older.
    Returns: frame, one row per key and band that has stock: the keys, from_days, to_days (NaN = no end; both NaN = age
        unknown), quantity, value. A receipt after the data date counts as today's.
    Raises: AnalyticsError when a column is missing or the limits do not rise.
    Source: Silver, Pyke & Thomas, ch. 9 (slow-moving stock); practice of stock ageing reports.
    """
    require_columns(lots, *by, "quantity", "received_date", "unit_cost")
    limits = np.asarray(limits_days, dtype=np.float64)
    if limits.size == 0 or limits[0] < 0 or not (np.diff(limits) > 0).all():
        raise AnalyticsError("age limits must rise from 0")
    quantity = np.maximum(column(lots, "quantity", default=0.0), 0.0)
    age = (pd.Timestamp(as_of) - pd.to_datetime(lots["received_date"]).dt.normalize()).dt.days.to_numpy(np.float64)
    band = np.where(np.isnan(age), limits.size + 1, np.searchsorted(limits, np.maximum(age, 0.0)))
    starts, ends = np.append(np.append(0.0, limits + 1), np.nan), np.append(limits, [np.nan, np.nan])
    aged = lots[by].assign(band=band, quantity=quantity, value=quantity * column(lots, "unit_cost"))
    result = aged[quantity > 0].groupby([*by, "band"], sort=True, observed=True)[["quantity", "value"]].sum()
    result = result.reset_index()
    result.insert(len(by), "from_days", starts[result["band"]])
    result.insert(len(by) + 1, "to_days", ends[result["band"]])
    return result.drop(columns="band")


def slow_and_obsolete(
    stock: pd.DataFrame, *, slow_cover_days: float = 365.0, obsolete_days: float = 365.0
) -> pd.DataFrame:
    """Which stock is obsolete (no demand for so long, or discontinued) and which slow (lasts so long).

    Inputs: stock: contract above; slow_cover_days: longer cover is slow; obsolete_days: so many days without demand are
        obsolete; both where the item has no limit of its own.
    Returns: frame on the same index: cover_days (inf without expected demand), movement (active, slow, obsolete), value
        (money, NaN without a cost). Obsolete goes before slow.
    Raises: AnalyticsError when a column is missing or a limit is not positive.
    Source: glossary, SLOB.
    """
    require_columns(stock, "on_hand", "unit_cost", "mean_daily_demand", "days_since_demand", "discontinued")
    if not (slow_cover_days > 0 and obsolete_days > 0):
        raise AnalyticsError("limits must be positive")
    on_hand = np.maximum(column(stock, "on_hand", default=0.0), 0.0)
    slow_from = column(stock, "slow_cover_days", default=slow_cover_days)
    obsolete_from = column(stock, "obsolete_days", default=obsolete_days)
    cover = days_of_supply(on_hand, usage_per_day=column(stock, "mean_daily_demand", default=0.0))
    silent = column(stock, "days_since_demand", default=np.inf) >= obsolete_from
    obsolete = silent | stock["discontinued"].fillna(False).to_numpy(dtype=bool)
    result = pd.DataFrame({"cover_days": cover}, index=stock.index)
    result["movement"] = np.select([obsolete, cover > slow_from], [OBSOLETE, SLOW], default=ACTIVE)
    result["value"] = on_hand * column(stock, "unit_cost")
    return result


def slob(judged: pd.DataFrame) -> Slob:
    """Share of the stock's value that is slow or obsolete.

    Inputs: judged: result of slow_and_obsolete.
    Returns: Slob; its share is NaN without any value. Rows without a cost do not count.
    Raises: AnalyticsError when a column is missing.
    Source: glossary, SLOB %.
    """
    require_columns(judged, "movement", "value")
    value = column(judged, "value", default=0.0)
    slow, obsolete = (_sum(value, judged["movement"] == part) for part in (SLOW, OBSOLETE))
    total = float(value.sum())
    return Slob(total, slow, obsolete, (slow + obsolete) / total if total > 0 else float("nan"))


def _sum(value: FloatArray, part: "pd.Series[bool]") -> float:
    return float(value[part.to_numpy(dtype=bool)].sum())
