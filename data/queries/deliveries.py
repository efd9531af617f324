"""Customer order lines and what was delivered on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ARRAY, BigInteger, Double, any_, cast, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.network import Customer, Location
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product

SORTABLE: dict[str, InstrumentedAttribute[Any]] = {
    "order": SalesOrder.number,
    "customer": Customer.name,
    "item": Product.code,
    "location": Location.code,
    "ordered_quantity": SalesOrderLine.quantity,
    "delivered_quantity": SalesOrderLine.delivered_quantity,
    "first_confirmed_date": SalesOrderLine.first_confirmed_on,
    "delivered_date": SalesOrderLine.delivered_on,
}


@dataclass(frozen=True, slots=True)
class LinesWanted:
    """Which lines: due (first confirmed) in the range, matching the text, and of ``ids`` if given."""

    start: date
    end: date
    search: str = ""
    ids: Sequence[int] | None = None


def lines_due(session: Session, *, start: date, end: date, search: str = "") -> pd.DataFrame:
    """The contract of analytics.service.otif_lines with product_id, indexed by line id: lines first confirmed in the
    range."""
    columns = ["id", "product_id", "ordered_quantity", "delivered_quantity", "first_confirmed_date", "delivered_date"]
    statement = _matching(
        select(
            SalesOrderLine.id,
            SalesOrderLine.product_id,
            cast(SalesOrderLine.quantity, Double),
            cast(SalesOrderLine.delivered_quantity, Double),
            SalesOrderLine.first_confirmed_on,
            SalesOrderLine.delivered_on,
        ),
        LinesWanted(start, end, search),
    )
    return pd.DataFrame.from_records(session.execute(statement).all(), columns=columns).set_index("id")


def last_delivery(session: Session, *, before: date) -> date | None:
    """The last day before the given one on which a delivery was booked: a day that is not over proves nothing late."""
    return session.scalar(select(func.max(SalesOrderLine.delivered_on)).where(SalesOrderLine.delivered_on < before))


def lines(
    session: Session, wanted: LinesWanted, *, order: Sequence[tuple[str, bool]], offset: int, limit: int
) -> list[Row[Any]]:
    """One page of lines with their order, customer and product; ``order`` holds (column, descending)."""
    return list(session.execute(_listing(wanted, order).offset(offset).limit(limit)))


def line_batches(
    session: Session, wanted: LinesWanted, *, order: Sequence[tuple[str, bool]], rows: int
) -> Iterator[Sequence[Row[Any]]]:
    """Every line, some rows at a time, so that a long list never lies in memory as a whole."""
    return session.execute(_listing(wanted, order).execution_options(yield_per=rows)).partitions()


def _listing(wanted: LinesWanted, order: Sequence[tuple[str, bool]]) -> Any:
    statement = _matching(
        select(
            SalesOrderLine.id,
            SalesOrder.number,
            SalesOrderLine.line_no,
            Customer.name.label("customer"),
            Location.code.label("location"),
            Product.code.label("product_code"),
            Product.name.label("product"),
            Product.uom,
            cast(SalesOrderLine.quantity, Double).label("ordered_quantity"),
            cast(SalesOrderLine.delivered_quantity, Double).label("delivered_quantity"),
            cast(SalesOrderLine.unit_price, Double).label("unit_price"),
            SalesOrderLine.requested_on,
            SalesOrderLine.first_confirmed_on.label("first_confirmed_date"),
            SalesOrderLine.delivered_on.label("delivered_date"),
        ),
        wanted,
    )
    for name, descending in order:
        column = SORTABLE[name]
        statement = statement.order_by(column.desc().nulls_last() if descending else column.asc().nulls_last())
    return statement.order_by(SalesOrderLine.first_confirmed_on.desc(), SalesOrderLine.id)


def _matching(statement: Any, wanted: LinesWanted) -> Any:
    statement = (
        statement.select_from(SalesOrderLine)
        .join(SalesOrder, SalesOrder.id == SalesOrderLine.order_id)
        .join(Customer, Customer.id == SalesOrder.customer_id)
        .join(Location, Location.id == SalesOrder.location_id)
        .join(Product, Product.id == SalesOrderLine.product_id)
        .where(
            SalesOrderLine.first_confirmed_on.between(wanted.start, wanted.end), SalesOrderLine.status != "cancelled"
        )
    )
    if wanted.ids is not None:
        statement = statement.where(SalesOrderLine.id == any_(cast(wanted.ids, ARRAY(BigInteger))))
    if wanted.search:
        named = (SalesOrder.number, Customer.name, Product.code, Product.name)
        statement = statement.where(or_(*(column.icontains(wanted.search, autoescape=True) for column in named)))
    return statement
