"""What a plan means in money: sales, margin, purchases, stock and cash."""

from dataclasses import dataclass

import numpy as np

from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray
from analytics.supply_plan.engine import SupplyPlan


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """(periods, nodes) in the company's currency; ``purchases`` (periods, sources), paid in ``payments`` and sales in
    ``receipts`` after the terms' periods (what falls due after the last period is not in them)."""

    revenue: FloatArray
    margin: FloatArray
    purchases: FloatArray
    stock_value: FloatArray
    waste_value: FloatArray
    receipts: FloatArray
    payments: FloatArray

    @property
    def cash(self) -> FloatArray:
        """(periods,) what comes in less what goes out."""
        cash: FloatArray = self.receipts.sum(axis=1) - self.payments.sum(axis=1)
        return cash


def served(plan: SupplyPlan) -> FloatArray:
    """What goes out in each period, demand of before that was still owed included.

    Inputs: plan.
    Returns: (periods, nodes) units.
    Raises: nothing.
    Source: balance of each cell: what was owed, plus what is wanted, less what is owed then.
    """
    owed: FloatArray = np.maximum(-plan.stock, 0.0)
    before: FloatArray = np.vstack([np.maximum(-plan.inputs.stock, 0.0), owed[:-1]])
    out: FloatArray = plan.demand + before - owed
    return out


def plan_money(
    plan: SupplyPlan,
    *,
    price: FloatArray,
    cost: FloatArray,
    purchase_price: FloatArray,
    collect_after: int,
    pay_after: IntArray,
) -> PlanMoney:
    """The money of a plan.

    Inputs: plan; price: (nodes,) or (periods, nodes) of a unit sold; cost: (nodes,) of one in stock; purchase_price:
        (sources,) of a unit bought, zero for what is made or moved; collect_after: periods until customers pay;
        pay_after: (sources,) until we pay.
    Returns: PlanMoney; sales count the part of what goes out that customers want: dependent demand is served alike.
    Raises: nothing.
    Source: formulas.md 3.3; Vollmann et al., 5th ed., chapter 3.
    """
    demand = plan.demand
    with np.errstate(divide="ignore", invalid="ignore"):
        ours = np.where(demand.sum(axis=0) > 0, plan.inputs.demand.sum(axis=0) / demand.sum(axis=0), 0.0)
    sold = served(plan) * ours
    revenue = sold * price
    bought = plan.receipts * purchase_price
    return PlanMoney(
        revenue=revenue,
        margin=sold * (price - cost),
        purchases=bought,
        stock_value=np.maximum(plan.stock, 0.0) * cost,
        waste_value=plan.waste * cost,
        receipts=_later(revenue, np.full(revenue.shape[1], collect_after, dtype=np.int64)),
        payments=_later(bought, pay_after),
    )


def _later(values: FloatArray, periods: IntArray) -> FloatArray:
    """Each column moved down."""
    moved = np.zeros_like(values)
    for delay in np.unique(periods):
        columns = periods == delay
        moved[delay:, columns] = values[: len(values) - delay, columns]
    return moved
