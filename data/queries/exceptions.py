"""What needs a planner's eye beyond the stock positions: lots that expire, late supplier lines, answers to review."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, func, select
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
