"""The figures the company decides by which stock is planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from core.i18n import _
from services import company_rules
from services.company_rules import CompanyRules, rule

DAYS = (1, 1825)


@dataclass(frozen=True, slots=True)
class StockingRules(CompanyRules):
    """The settings ``inventory.<field>``.

    service_target: probability of no stock-out per cycle; review_days: days between two looks at the stock;
    order_cost: money per order; holding_rate: share of the cost of a unit, a year; cover_days: days an order lasts
    where its economic quantity can't be known; shelf_life_share: share of the shelf life that an order may last;
    demand_window_days: days of forecast that make the daily demand; usage_days: days of issues that do so for what is
    not sold; lead_time_history_days and lead_time_receipts: how far back receipts count, and how many it takes before
    they count more than the agreed lead time; change_limit: share by which a level may change without being approved.
    """

    PREFIX: ClassVar = "inventory."

    service_target: float = rule(0.95, lambda: _("Service target, %"), within=(50, 99.99), in_percent=True)
    review_days: float = rule(7, lambda: _("Days between two looks at the stock"), within=(0, 90))
    order_cost: float = rule(150, lambda: _("Cost of an order, RM"), within=(1, 1e6))
    holding_rate: float = rule(
        0.20, lambda: _("Holding stock, % of its cost a year"), within=(0.1, 200), in_percent=True
    )
    cover_days: float = rule(28, lambda: _("An order lasts, days, where nothing else is known"), within=DAYS)
    shelf_life_share: float = rule(
        0.5, lambda: _("An order lasts at most, % of the shelf life"), within=(1, 100), in_percent=True
    )
    demand_window_days: float = rule(30, lambda: _("Forecast that makes the daily demand, days"), within=(7, 365))
    usage_days: float = rule(90, lambda: _("Issues that make the daily usage, days"), within=(7, 1825))
    lead_time_history_days: float = rule(365, lambda: _("Receipts count back, days"), within=DAYS)
    lead_time_receipts: float = rule(4, lambda: _("Receipts it takes to measure a lead time"), within=(2, 100))
    change_limit: float = rule(
        0.25, lambda: _("Levels change without approval up to, %"), within=(0, 1000), in_percent=True
    )


def stocking_rules(session: Session) -> StockingRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    return company_rules.in_force(session, StockingRules)
