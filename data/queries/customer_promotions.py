"""Promotions that customers announce: what became of them, and what was ordered meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from models.events import PlanningEvent
from models.network import Channel, Customer
from models.orders import SalesOrderLine
from models.partner_forecasts import CustomerPromotion

ITEMS = text(
    "select p.id, p.code, p.name, p.uom from product p where p.id in (select product_id from sales_order_line) "
    "order by p.code"
)


def items(session: Session) -> list[Any]:
    """Products that a customer ordered: id, code, name, uom."""
    return list(session.execute(ITEMS))


def event_states(session: Session) -> dict[int, str]:
    """How far the calendar is with a customer's own promotions, by request."""
    statement = select(CustomerPromotion.submission_id, PlanningEvent.status)
    found = session.execute(statement.join(PlanningEvent, PlanningEvent.id == CustomerPromotion.event_id))
    return {row.submission_id: row.status for row in found}


def ordered(session: Session, *, products: Sequence[int], since: date, until: date) -> float:
    """Units of some products that a customer wanted from one day to another, both included."""
    statement = select(func.coalesce(func.sum(SalesOrderLine.quantity), 0)).where(
        SalesOrderLine.product_id.in_(products),
        SalesOrderLine.requested_on.between(since, until),
        SalesOrderLine.status != "cancelled",
    )
    return float(session.scalar(statement) or 0)


def channel_of(session: Session, company_id: int) -> str | None:
    """The code of the channel of a customer."""
    statement = select(Channel.code).join(Customer, Customer.channel_id == Channel.id)
    return session.scalar(statement.where(Customer.company_id == company_id))


def link(session: Session, *, submission_id: int, company_id: int, event_id: int) -> None:
    values = {"submission_id": submission_id, "company_id": company_id, "event_id": event_id}
    session.execute(insert(CustomerPromotion).values(**values))
