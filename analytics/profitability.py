"""What items earn on the money that stands in their stock.

Items (item_profitability), one row per item; any index, kept as it is: revenue, cost_of_goods_sold (money of a year),
    average_inventory (money at cost), and, where known, order_cost_per_year (money).
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, floats, require_columns
from analytics.kpi import inventory_turns


def gmroi(gross_margin: ArrayLike, *, average_inventory: ArrayLike) -> FloatArray:
    """Gross margin return on inventory investment.

    Inputs: gross_margin: money a year; average_inventory: money at cost.
    Returns: money a year per money in stock, as a multiple (3.25, not 325); NaN where the inventory is not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: glossary, GMROI.
    """
    margin, inventory = floats(gross_margin, average_inventory)
    return margin / np.where(inventory > 0, inventory, np.nan)


def item_profitability(items: pd.DataFrame, *, holding_rate_per_year: float) -> pd.DataFrame:
    """Margin of every item, what its stock costs, and what is left.

    Inputs: items: contract above; holding_rate_per_year: cost of holding, fraction of the value of the stock.
    Returns: frame on the same index: gross_margin, margin_rate (of revenue), gmroi, turns, holding_cost, contribution
        (gross margin less holding and ordering), rank (1 = highest contribution; NaN where it is unknown).
    Raises: AnalyticsError when a column is missing or the rate is negative.
    Source: glossary, GMROI and turns; SCOR; contribution after the cost of stock: Silver, Pyke & Thomas, ch. 2.
    """
    require_columns(items, "revenue", "cost_of_goods_sold", "average_inventory")
    if not holding_rate_per_year >= 0:
        raise AnalyticsError("the holding rate must be a fraction from 0")
    revenue, cost, inventory = (column(items, name) for name in ("revenue", "cost_of_goods_sold", "average_inventory"))
    result = pd.DataFrame({"gross_margin": revenue - cost}, index=items.index)
    result["margin_rate"] = result["gross_margin"] / np.where(revenue > 0, revenue, np.nan)
    result["gmroi"] = gmroi(result["gross_margin"], average_inventory=inventory)
    result["turns"] = inventory_turns(cost, average_inventory=inventory)
    result["holding_cost"] = holding_rate_per_year * inventory
    ordering = column(items, "order_cost_per_year", default=0.0)
    result["contribution"] = result["gross_margin"] - result["holding_cost"] - ordering
    result["rank"] = result["contribution"].rank(ascending=False, method="first")
    return result
