"""Customers' orders as they are made and changed inside."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries import order_numbers
from models.network import Customer
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product


def add_order(session: Session, *, customer_id: int, location_id: int, day: date, request_key: UUID) -> Row[Any]:
    """A new order under the next number of its year."""
    order_numbers.lock_numbering(session, "SO")
    statement = insert(SalesOrder).values(
        number=order_numbers.next_number(session, "SO", year=day.year),
        customer_id=customer_id,
        location_id=location_id,
        ordered_on=day,
        request_key=request_key,
    )
    order = SalesOrder.__table__.c
    return session.execute(statement.returning(order.id, order.number)).one()


def add_lines(session: Session, lines: list[dict[str, Any]]) -> None:
    session.execute(insert(SalesOrderLine), lines)


def lines_of_company(session: Session, *, ids: list[int], for_update: bool = False) -> list[Row[Any]]:
    """Lines with their order, product and the company whose they are."""
    line = SalesOrderLine
    statement = (
        select(
            *(line.id, line.order_id, line.line_no, line.product_id, line.quantity, line.unit_price),
            *(line.requested_on, line.first_confirmed_on, line.delivered_on, line.delivered_quantity, line.status),
            *(SalesOrder.number, SalesOrder.location_id, SalesOrder.customer_id, Customer.company_id),
            *(Customer.channel_id, Product.code, Product.name, Product.uom),
        )
        .join(SalesOrder, SalesOrder.id == line.order_id)
        .join(Customer, Customer.id == SalesOrder.customer_id)
        .join(Product, Product.id == line.product_id)
        .where(line.id.in_(ids))
        .order_by(line.id)
    )
    return list(session.execute(statement.with_for_update(of=line) if for_update else statement))


def line_of_company(session: Session, *, line_id: int, for_update: bool = False) -> Row[Any] | None:
    found = lines_of_company(session, ids=[line_id], for_update=for_update)
    return found[0] if found else None


def change_line(session: Session, line_id: int, **values: Any) -> None:
    session.execute(update(SalesOrderLine).where(SalesOrderLine.id == line_id).values(**values))
