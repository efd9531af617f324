"""Safety stocks chosen together: the best for a budget, the least money for a service, what the next money brings.

Items, one row per item and location; any index, kept as it is:
    annual_demand               units a year
    order_quantity              units per order
    lead_time_demand_sd         units
    unit_cost                   money
  and, where known (column may be absent, NaN = not known):
    shortage_cost_per_unit      money lost per unit short; unit_cost where missing
An item with a missing or unusable input gets NaN and does not count. Demand over the lead time is normal.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, floats, require_columns
from analytics.normal_loss import normal_loss

_REQUIRED = ("annual_demand", "order_quantity", "lead_time_demand_sd", "unit_cost")
_HALVINGS = 100
# No item is given more than eight standard deviations: what is left of a budget then is not needed.
_LEAST_CHANCE = float(special.ndtr(-8.0))


@dataclass(frozen=True, slots=True, eq=False)
class StockBudget:
    """The choice for all items, and per item: safety_factor, safety_stock (units), money, short_per_year (units),
    fill_rate, cycle_service (chance that a cycle passes without a shortage).

    money, short_value_per_year (units short at their shortage cost) and fill_rate (share of the year's demand so
    valued that is met from stock) are totals. marginal_return is the shortage cost a year that one more unit of money
    would save, the same for every item that has stock: the price of the budget. NaN for stocks that somebody chose.
    """

    items: pd.DataFrame
    money: float
    short_value_per_year: float
    fill_rate: float
    marginal_return: float


def best_stock_for_budget(items: pd.DataFrame, *, budget: float) -> StockBudget:
    """Safety stocks that lose the least in shortages for the money.

    Inputs: items: contract above; budget: money in safety stock, at cost.
    Returns: StockBudget; money stays below the budget when no item has use for more.
    Raises: AnalyticsError when a column is missing or the budget is negative.
    Source: Silver, Pyke & Thomas, ch. 6 (allocation of a given total safety stock): chance of a shortage
        = marginal return × unit cost / (shortage cost × orders a year), factors not below 0.
    """
    if not budget >= 0:
        raise AnalyticsError("the budget must be an amount from 0")
    facts = _facts(items)
    _too_dear, affordable = _return_bracket(facts, lambda factors: facts.money(factors) > budget)
    return _best(items.index, facts, affordable)


def least_money_for_fill_rate(items: pd.DataFrame, *, fill_rate: float) -> StockBudget:
    """Safety stocks that reach a fill rate over all items with the least money.

    Inputs: items: contract above; fill_rate: share of the year's demand at shortage cost, 0 < rate < 1.
    Returns: StockBudget; its fill rate is higher where orders alone exceed the target.
    Raises: AnalyticsError when a column is missing or the rate is out of range.
    Source: Silver, Pyke & Thomas, ch. 6, the same stocks as for a budget, by another total.
    """
    if not 0 < fill_rate < 1:
        raise AnalyticsError("the fill rate must lie between 0 and 1")
    facts = _facts(items)
    enough, _too_little = _return_bracket(facts, lambda factors: facts.fill_rate(factors) >= fill_rate)
    return _best(items.index, facts, enough)


def outcome_of_stock(items: pd.DataFrame, *, safety_stock: ArrayLike) -> StockBudget:
    """What safety stocks cost and give that somebody chose, such as those of today.

    Inputs: items: contract above; safety_stock: units per item, below zero counts as none, missing as not known.
    Returns: StockBudget by the same formulas as the best stocks.
    Raises: AnalyticsError when a column is missing or the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 6 (expected shortages of a cycle).
    """
    facts = _facts(items)
    stock, cost = floats(safety_stock, facts.cost)
    held = np.where(np.isnan(cost), np.nan, np.maximum(stock, 0.0))
    varying = facts.spread > 0
    factors = np.divide(held, facts.spread, out=np.zeros_like(held), where=varying)
    return _outcome(items.index, facts, np.where(np.isnan(held), np.nan, factors), held, float("nan"))


def service_exchange_curve(items: pd.DataFrame, *, points: int = 50) -> pd.DataFrame:
    """What service costs, from no safety stock to all that is of use.

    Inputs: items: contract above; points: rows wanted, at least 2.
    Returns: frame by rising money: marginal_return, money, fill_rate, short_value_per_year.
    Raises: AnalyticsError when a column is missing or there are fewer than two points.
    Source: Silver, Pyke & Thomas, ch. 6 (exchange curves).
    """
    if points < 2:
        raise AnalyticsError("a curve needs two points")
    facts = _facts(items)
    # Evenly spread over what the most worthwhile item is covered with: standard deviations, not money.
    returns = facts.highest_return() * special.ndtr(-np.linspace(0, 4, points)) * 2
    rows = []
    for marginal_return in returns:
        factors = facts.factors(float(marginal_return))
        short = facts.short_value(factors)
        rows.append((float(marginal_return), facts.money(factors), facts.fill_rate_of(short), short))
    return pd.DataFrame(rows, columns=["marginal_return", "money", "fill_rate", "short_value_per_year"])


def ranked_investments(
    items: pd.DataFrame, *, safety_stock: ArrayLike, step_quantity: ArrayLike = 1.0, steps: int = 1
) -> pd.DataFrame:
    """Where the next money in stock brings the most: the next steps of every item, best first.

    Inputs: items: contract above; safety_stock: units, today's, per item; step_quantity: units bought at a time, per
        item; steps: how many of them to rank, per item.
    Returns: frame, one row per item and step: item (its index), step (1 = next), quantity, money, saved_per_year
        (shortage cost), return_on_money (saved a year per money), total_money and total_saved_per_year down to the
        row. A later step of an item never ranks before an earlier one.
    Raises: AnalyticsError when a column is missing, lengths differ or there is no step.
    Source: marginal analysis, Fox 1966; expected shortages are convex in the stock, so the list by return is optimal at
        each of its cuts.
    """
    if steps < 1:
        raise AnalyticsError("at least one step must be ranked")
    facts = _facts(items)
    stock, step, _ = floats(safety_stock, step_quantity, facts.cost)
    step = np.where(step > 0, step, np.nan)
    varying = np.where(facts.spread > 0, facts.spread, np.nan)
    levels = stock + step * np.arange(steps + 1)[:, None]
    short = np.array([facts.value * facts.short(level / varying) for level in levels])
    saved = -np.diff(short, axis=0)
    money = np.broadcast_to(step * facts.cost, saved.shape)
    frame = pd.DataFrame(
        {
            "item": np.tile(items.index.to_numpy(), steps),
            "step": np.repeat(np.arange(1, steps + 1), len(items)),
            "quantity": np.broadcast_to(step, saved.shape).ravel(),
            "money": money.ravel(),
            "saved_per_year": saved.ravel(),
            "return_on_money": (saved / money).ravel(),
        }
    ).dropna(subset="return_on_money")
    # Far in the tail rounding may invert two steps of an item: the earlier stands first.
    ranked = frame.sort_values(["return_on_money", "step"], ascending=[False, True], kind="stable", ignore_index=True)
    ranked["total_money"] = ranked["money"].cumsum()
    ranked["total_saved_per_year"] = ranked["saved_per_year"].cumsum()
    return ranked


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    demand: FloatArray
    lot: FloatArray
    spread: FloatArray
    cost: FloatArray
    value: FloatArray

    def factors(self, marginal_return: float) -> FloatArray:
        """Chance of a shortage in a cycle at which the item's next money returns just so much."""
        chance = marginal_return * self.cost * self.lot / (self.value * self.demand)
        return np.asarray(-special.ndtri(np.clip(chance, _LEAST_CHANCE, 0.5)))

    def short(self, factors: FloatArray) -> FloatArray:
        return self.demand / self.lot * self.spread * normal_loss(factors)

    def money(self, factors: FloatArray) -> float:
        return float(np.nansum(factors * self.spread * self.cost))

    def short_value(self, factors: FloatArray) -> float:
        return float(np.nansum(self.value * self.short(factors)))

    def fill_rate(self, factors: FloatArray) -> float:
        return self.fill_rate_of(self.short_value(factors))

    def fill_rate_of(self, short_value: float) -> float:
        demand = float(np.nansum(self.value * self.demand))
        return max(1 - short_value / demand, 0.0) if demand > 0 else float("nan")

    def first_returns(self) -> FloatArray:
        """What the first money in safety stock returns: every other cycle is short without."""
        return self.value * self.demand / (self.cost * self.lot) / 2

    def highest_return(self) -> float:
        """At this return no item is worth any safety stock."""
        return float(np.nanmax(self.first_returns(), initial=0.0))

    def lowest_return(self) -> float:
        """At this return every item has all the stock that is of use."""
        least = np.nanmin(self.first_returns(), initial=self.highest_return())
        return float(least) * _LEAST_CHANCE


def _facts(items: pd.DataFrame) -> _Facts:
    require_columns(items, *_REQUIRED)
    demand, lot, spread, cost = (column(items, name) for name in _REQUIRED)
    value = column(items, "shortage_cost_per_unit")
    value = np.where(np.isnan(value), cost, value)
    usable = (demand > 0) & (lot > 0) & (spread >= 0) & (cost > 0) & (value > 0)
    demand, lot, spread, cost, value = (np.where(usable, array, np.nan) for array in (demand, lot, spread, cost, value))
    return _Facts(demand, lot, spread, cost, value)


def _return_bracket(facts: _Facts, enough: Callable[[FloatArray], bool]) -> tuple[float, float]:
    """The marginal returns next to each other between which the stocks become enough: those with, those without."""
    low, high = facts.lowest_return(), facts.highest_return()
    if enough(facts.factors(high)):
        return high, high
    if not enough(facts.factors(low)):
        return low, low
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(low * high))
        if not low < middle < high:
            break
        if enough(facts.factors(middle)):
            low = middle
        else:
            high = middle
    return low, high


def _outcome(
    index: pd.Index, facts: _Facts, factors: FloatArray, stock: FloatArray, marginal_return: float
) -> StockBudget:
    short = facts.short(factors)
    short_value = float(np.nansum(facts.value * short))
    items = pd.DataFrame(
        {
            "safety_factor": factors,
            "safety_stock": stock,
            "money": stock * facts.cost,
            "short_per_year": short,
            "fill_rate": np.maximum(1 - short / facts.demand, 0.0),
            # What does not vary is never short.
            "cycle_service": np.where(facts.spread > 0, special.ndtr(factors), 1.0 + 0.0 * stock),
        },
        index=index,
    )
    money = float(np.nansum(items["money"]))
    return StockBudget(items, money, short_value, facts.fill_rate_of(short_value), marginal_return)


def _best(index: pd.Index, facts: _Facts, marginal_return: float) -> StockBudget:
    factors = facts.factors(marginal_return)
    return _outcome(index, facts, factors, factors * facts.spread, marginal_return)
