"""What a supply plan comes to: money, service, stock and hours, by week, by month and in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.supply_plan.capacity import capacity_load
from analytics.supply_plan.engine import SupplyPlan
from analytics.supply_plan.money import plan_money
from services.supply_plan_model import Floats
from services.supply_planned import Planned, unit_worth

SUMS = (
    *("revenue", "margin", "purchases", "waste_value", "demand_value", "late_value", "waiting_value"),
    *("overload_hours", "cash"),
)
METRICS = (
    *("revenue", "margin", "purchases", "stock_value", "waste_value", "late_value", "service_share", "waiting_value"),
    *("overload_hours", "cash"),
)


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """A plan in few figures; a frame has a row a bucket and the columns METRICS.

    ``by_week``: RM a week, hours of overload, ``stock_value`` at its end, ``service_share`` of the demand in RM that
    is served in its week. Money of stock is averaged where weeks are put together, all else added up.
    """

    weeks: list[date]
    by_week: pd.DataFrame

    @property
    def total(self) -> dict[str, float]:
        """The whole plan."""
        return dict(self._put_together(pd.Series(0, index=self.by_week.index)).iloc[0])

    @property
    def by_month(self) -> pd.DataFrame:
        """A row a month, by its first day; a week belongs to the month of its Monday."""
        months = pd.Series([week.replace(day=1) for week in self.weeks], index=self.by_week.index)
        return self._put_together(months)

    def _put_together(self, key: pd.Series) -> pd.DataFrame:  # type: ignore[type-arg]
        groups = self.by_week.groupby(key, sort=True)
        found = groups[list(SUMS)].sum().assign(stock_value=groups["stock_value"].mean())
        return _with_service(found)[list(METRICS)]


def plan_totals(found: Planned) -> PlanTotals:
    """Sum up a plan.

    Inputs: found: of today, or of a scenario.
    Returns: PlanTotals. Revenue and margin are those of what customers get in the week; purchases are the planned
        ones; late is customers' demand that is not served in its week, waiting that of production at cost; cash is
        revenue less purchases.
    Raises: nothing.
    Source: analytics.supply_plan.money; formulas.md 3.3.
    """
    model, plan = found.model, found.plan
    nodes = model.nodes
    price: Floats = np.asarray(nodes["unit_price"].astype(float).fillna(0.0), dtype=np.float64)
    cost: Floats = np.asarray(nodes["unit_cost"].astype(float).fillna(0.0), dtype=np.float64)
    bought = np.where(model.sources["kind"] == "buy", model.sources["price"].astype(float).fillna(0.0), 0.0)
    paid_at_once = np.zeros(len(model.sources), dtype=np.int64)
    paid = price if model.discount is None else price * (1.0 - model.discount)
    money = plan_money(plan, price=paid, cost=cost, purchase_price=bought, collect_after=0, pay_after=paid_at_once)
    worth = unit_worth(nodes).to_numpy()
    load = capacity_load(plan.releases, routings=model.routings, available=model.hours)
    by_week = pd.DataFrame(
        {
            "revenue": money.revenue.sum(axis=1),
            # What has no price is used, not sold.
            "margin": money.margin[:, price > 0].sum(axis=1),
            "purchases": money.purchases.sum(axis=1),
            "stock_value": money.stock_value.sum(axis=1),
            "waste_value": money.waste_value.sum(axis=1),
            "demand_value": plan.inputs.demand @ worth,
            "late_value": late_demand(plan) @ worth,
            "waiting_value": late_demand(plan, of=plan.dependent) @ cost,
            "overload_hours": load.over.sum(axis=1),
            "cash": money.cash,
        }
    )
    return PlanTotals(model.weeks, _with_service(by_week))


def late_demand(plan: SupplyPlan, *, of: Floats | None = None) -> Floats:
    """Demand of each week that is not served in it; demand is served in the order in which it falls due.

    Inputs: plan; of: (periods, nodes) the part of the demand that is asked for, customers' unless given.
    Returns: (periods, nodes) units; customers and production wait alike.
    Raises: nothing.
    Source: balance of each cell: what is owed at the end, at most the demand of the week.
    """
    wanted = plan.demand
    late = np.minimum(np.maximum(-plan.stock, 0.0), wanted)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(wanted > 0, (plan.inputs.demand if of is None else of) / wanted, 0.0)
    found: Floats = late * part
    return found


def _with_service(figures: pd.DataFrame) -> pd.DataFrame:
    wanted = figures["demand_value"]
    served = 1.0 - figures["late_value"] / wanted.where(wanted > 0)
    return figures.assign(service_share=served.astype(float))
