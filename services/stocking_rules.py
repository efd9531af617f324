"""The figures the company decides by which stock is planned: stored settings, with the defaults declared here."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from data.queries import settings as stored

PREFIX = "inventory."


@dataclass(frozen=True, slots=True)
class StockingRules:
    """Each field is the setting ``inventory.<field>``, stored as ``{"value": ...}``.

    service_target: probability of no stock-out per cycle; review_days: days between two looks at the stock;
    order_cost: money per order; holding_rate: share of the cost of a unit, a year; cover_days: days an order lasts
    where its economic quantity can't be known; shelf_life_share: share of the shelf life that an order may last;
    demand_window_days: days of forecast that make the daily demand; usage_days: days of issues that do so for what is
    not sold; lead_time_history_days and lead_time_receipts: how far back receipts count, and how many it takes before
    they count more than the agreed lead time; change_limit: share by which a level may change without being approved.
    """

    service_target: float = 0.95
    review_days: float = 7
    order_cost: float = 150
    holding_rate: float = 0.20
    cover_days: float = 28
    shelf_life_share: float = 0.5
    demand_window_days: float = 30
    usage_days: float = 90
    lead_time_history_days: float = 365
    lead_time_receipts: float = 4
    change_limit: float = 0.25


def stocking_rules(session: Session) -> StockingRules:
    """The rules in force.

    Inputs: an open session.
    Returns: the stored settings, the default for each that is not stored.
    Raises: nothing of its own.
    Source: product.md, promise 1: every number is stored.
    """
    found = {field.name: stored.value(session, PREFIX + field.name) for field in fields(StockingRules)}
    return StockingRules(**{name: float(value["value"]) for name, value in found.items() if value})
