"""What needs a planner's eye beyond the stock positions: lots that expire, late supplier lines, answers to review."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, func, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.supplier_portal import IS_OPEN, due_on
from models.network import Location, Supplier
from models.orders import PurchaseOrder, PurchaseOrderLine, SupplierResponse
from models.product import Product
from models.stock import StockLot

MISSING = cast(
    func.greatest(
        func.coalesce(PurchaseOrderLine.confirmed_quantity, PurchaseOrderLine.quantity)
        - PurchaseOrderLine.received_quantity,
        0,
    ),
    Double,
)

# Commits against the newest forecast that was shared with the supplier, by bucket, worth the list price.
SHORT_COMMITS = text(
    """
    with newest as (select distinct on (supplier_id) id, supplier_id from supplier_forecast
                    order by supplier_id, number desc),
    short as (
        select c.supplier_id, c.product_id, min(c.starts_on) as from_day, sum(l.forecast)::float8 as forecast,
               sum(l.forecast - c.quantity)::float8 as missing
        from supplier_commit c join newest n on n.supplier_id = c.supplier_id
        join supplier_forecast_line l on l.forecast_id = n.id and l.product_id = c.product_id
             and l.location_id is not distinct from c.location_id and l.starts_on = c.starts_on
        where c.ends_on > :today and c.quantity < l.forecast
        group by c.supplier_id, c.product_id
    )
    select s.name as supplier, p.code, p.name, p.uom, cast(null as text) as location, h.from_day, h.forecast, h.missing,
           h.missing * coalesce(i.price, 0)::float8 as money, count(*) over () as lines,
           sum(h.missing * coalesce(i.price, 0)::float8) over () as all_money
    from short h join supplier s on s.id = h.supplier_id join product p on p.id = h.product_id
    left join supplier_item i on i.supplier_id = h.supplier_id and i.product_id = h.product_id
    order by money desc, s.name, p.code limit :limit
    """
)


def lots_in_stock(session: Session) -> pd.DataFrame:
    """Every lot with stock: product_id, location_id, quantity, expiry_date."""
    statement = select(
        StockLot.product_id, StockLot.location_id, cast(StockLot.quantity, Double), StockLot.expires_on
    ).where(StockLot.quantity > 0)
    columns = ["product_id", "location_id", "quantity", "expiry_date"]
    return pd.DataFrame.from_records(session.execute(statement).all(), columns=columns)


def late_lines(session: Session, *, today: date, limit: int) -> list[Row[Any]]:
    """Sent order lines past their date and not fully received, the most money first.

    Each row has ``lines`` and ``all_money``: how many there are and what they are worth together.
    """
    money = MISSING * cast(PurchaseOrderLine.unit_price, Double)
    statement = (
        _order_lines(money)
        .add_columns(
            MISSING.label("missing"),
            due_on.label("due_on"),
            PurchaseOrderLine.latest_confirmed_on.is_not(None).label("confirmed"),
        )
        .where(IS_OPEN, due_on < today, MISSING > 0)
    )
    return list(session.execute(statement.order_by(money.desc(), PurchaseOrderLine.id).limit(limit)))


def late_items(session: Session, *, today: date) -> pd.DataFrame:
    """How many such lines each item has: product_id, location_id, lines."""
    item = (PurchaseOrderLine.product_id, PurchaseOrder.location_id)
    statement = (
        select(*item, func.count().label("lines"))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .where(IS_OPEN, due_on < today, MISSING > 0)
        .group_by(*item)
    )
    columns = ["product_id", "location_id", "lines"]
    return pd.DataFrame.from_records(session.execute(statement).all(), columns=columns)


def pending_answers(session: Session, *, limit: int) -> list[Row[Any]]:
    """Supplier answers nobody has decided on, the most money first, with the same totals."""
    money = cast(PurchaseOrderLine.quantity * PurchaseOrderLine.unit_price, Double)
    statement = (
        _order_lines(money)
        .add_columns(
            PurchaseOrderLine.requested_on,
            SupplierResponse.kind,
            cast(SupplierResponse.quantity, Double).label("proposed"),
            SupplierResponse.promised_on,
            SupplierResponse.reason,
        )
        .join(SupplierResponse, SupplierResponse.line_id == PurchaseOrderLine.id)
        .where(SupplierResponse.status == "pending")
    )
    return list(session.execute(statement.order_by(money.desc(), SupplierResponse.id).limit(limit)))


def short_commits(session: Session, *, today: date, limit: int) -> list[Row[Any]]:
    """Items of which a supplier commits to less than the forecast shared with it, with the same totals."""
    return list(session.execute(SHORT_COMMITS, {"today": today, "limit": limit}))


def _order_lines(money: Any) -> Any:
    return (
        select(
            PurchaseOrder.number,
            PurchaseOrderLine.line_no,
            Supplier.name.label("supplier"),
            Location.name.label("location"),
            Product.code,
            Product.name,
            Product.uom,
            cast(PurchaseOrderLine.quantity, Double).label("quantity"),
            money.label("money"),
            func.count().over().label("lines"),
            func.sum(money).over().label("all_money"),
        )
        .select_from(PurchaseOrderLine)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Location, Location.id == PurchaseOrder.location_id)
        .join(Product, Product.id == PurchaseOrderLine.product_id)
    )
