"""What can be wrong with orders and receipts."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_

from data.findings.shared import IMPORT, Finding, Rows, Severity
from models.network import Customer, Supplier, SupplierItem
from models.orders import PurchaseOrder, PurchaseOrderLine, SalesOrder

LONG_DAYS = 14
STALE_DAYS = 31
PRICE_FACTOR = 2
SALES = "sales_orders"
PURCHASES = "purchase_orders"
RECEIPTS = "receipts"
PRODUCTION = "production_orders"


def _bought(row: Rows) -> ColumnElement[bool]:
    """Still to come in."""
    return and_(row.c.status.in_(("open", "confirmed")), row.header.status.in_(("draft", "sent")))


def _purchase_overdue(row: Rows) -> ColumnElement[bool]:
    promised = func.coalesce(row.c.latest_confirmed_on, row.c.first_confirmed_on, row.c.requested_on)
    return and_(_bought(row), promised < row.ago(days=LONG_DAYS))


def _without_terms(row: Rows) -> ColumnElement[bool]:
    agreed = tuple_(row.header.supplier_id, row.c.product_id).in_(
        select(SupplierItem.supplier_id, SupplierItem.product_id)
    )
    lapsed = row.header.supplier_id.in_(select(Supplier.id).where(~Supplier.active))
    return and_(_bought(row), or_(~agreed, lapsed))


def _odd_price(row: Rows) -> ColumnElement[bool]:
    terms = select(SupplierItem.product_id).where(
        SupplierItem.supplier_id == row.header.supplier_id,
        SupplierItem.product_id == row.c.product_id,
        SupplierItem.price > 0,
        or_(
            row.c.unit_price > SupplierItem.price * PRICE_FACTOR,
            row.c.unit_price * PRICE_FACTOR < SupplierItem.price,
        ),
    )
    return and_(_bought(row), exists(terms))


def _before_order(row: Rows) -> ColumnElement[bool]:
    order = (
        select(PurchaseOrderLine.id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .where(PurchaseOrderLine.id == row.c.line_id, PurchaseOrder.ordered_on > row.c.received_on)
    )
    return exists(order)


def _lapsed_customer(row: Rows) -> ColumnElement[bool]:
    retired = select(Customer.id).where(~Customer.active)
    return and_(row.c.status == "open", row.header.customer_id.in_(retired))


def _stale_sales(row: Rows) -> ColumnElement[bool]:
    return select(func.max(SalesOrder.ordered_on)).scalar_subquery() < row.ago(days=LONG_DAYS)


def _stale_purchases(row: Rows) -> ColumnElement[bool]:
    return select(func.max(PurchaseOrder.ordered_on)).scalar_subquery() < row.ago(days=STALE_DAYS)


FINDINGS: tuple[Finding, ...] = (
    Finding(
        name="overdue",
        entity=SALES,
        label="Sales orders open long past their day",
        why="They count as demand still to be delivered, though nobody waits for them any more.",
        remedy="Deliver or cancel them, or import the deliveries.",
        severity=Severity.WARNING,
        holds=lambda row: and_(row.c.status == "open", row.c.requested_on < row.ago(days=LONG_DAYS)),
        href="/data/import?entity=sales_orders",
        link="Import deliveries",
    ),
    Finding(
        name="delivered_before_order",
        entity=SALES,
        label="Sales delivered before they were ordered",
        why="One of the days is wrong; mostly day and month were exchanged.",
        remedy="Correct the day of the order or of the delivery.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.delivered_on < row.header.ordered_on,
    ),
    Finding(
        name="delivered_without_day",
        entity=SALES,
        label="Deliveries without a day",
        why="Whether they were on time can't be told; the service level leaves them out.",
        remedy="Import the day of delivery.",
        severity=Severity.WARNING,
        holds=lambda row: and_(row.c.status == "delivered", row.c.delivered_on.is_(None)),
        href="/data/import?entity=sales_orders",
        link=IMPORT,
    ),
    Finding(
        name="without_price",
        entity=SALES,
        label="Sales orders without a price",
        why="They bring no revenue in any plan.",
        remedy="Enter the price, or check that the goods were free.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(row.c.status != "cancelled", row.c.quantity > 0, row.c.unit_price == 0),
    ),
    Finding(
        name="lapsed_customer",
        entity=SALES,
        label="Open orders of customers out of use",
        why="Either the customer is still one, or the order is void.",
        remedy="Bring the customer back into use, or cancel the lines.",
        severity=Severity.WARNING,
        holds=_lapsed_customer,
        fix="status",
        suggestion="cancelled",
    ),
    Finding(
        name="stale",
        entity=SALES,
        label="Sales orders are not up to date",
        why="The newest order is more than 14 days old.",
        remedy="Import the orders since then.",
        severity=Severity.WARNING,
        holds=_stale_sales,
        href="/data/import?entity=sales_orders",
        link="Import sales orders",
    ),
    Finding(
        name="overdue",
        entity=PURCHASES,
        label="Purchase orders open long past their day",
        why="Supply that will not come counts as on its way, so too little is ordered.",
        remedy="Ask the supplier for a new day, book the receipt or cancel the line.",
        severity=Severity.ERROR,
        holds=_purchase_overdue,
        href="/supply/purchase-orders",
        link="Open purchase orders",
    ),
    Finding(
        name="without_terms",
        entity=PURCHASES,
        label="Open purchase orders without terms",
        why="The supplier is out of use, or has no terms for the item: price and lead time were never agreed.",
        remedy="Import the terms, or order from another supplier.",
        severity=Severity.WARNING,
        holds=_without_terms,
        href="/data/import?entity=supplier_items",
        link="Import supplier terms",
    ),
    Finding(
        name="odd_price",
        entity=PURCHASES,
        label="Open purchase orders far off the agreed price",
        why="The price is more than twice or less than half of the terms; often it is per case.",
        remedy="Correct the price of the line, or the terms.",
        severity=Severity.WARNING,
        holds=_odd_price,
        href="/supply/purchase-orders",
        link="Open purchase orders",
    ),
    Finding(
        name="received_before_order",
        entity=PURCHASES,
        label="Purchases received before they were ordered",
        why="Their lead time is negative and makes the learned lead times of the supplier too short.",
        remedy="Correct the day of the order or of the receipt.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.actual_on < row.header.ordered_on,
    ),
    Finding(
        name="stale",
        entity=PURCHASES,
        label="Purchase orders are not up to date",
        why="The newest order is more than a month old: what is on its way is not known.",
        remedy="Import the orders since then.",
        severity=Severity.WARNING,
        holds=_stale_purchases,
        href="/data/import?entity=purchase_orders",
        link="Import purchase orders",
    ),
    Finding(
        name="before_order",
        entity=RECEIPTS,
        label="Receipts before their order",
        why="Their lead time is negative and makes the learned lead times of the supplier too short.",
        remedy="Correct the day of the receipt or of the order.",
        severity=Severity.WARNING,
        holds=_before_order,
        href="/data/import?entity=receipts",
        link="Import corrected receipts",
    ),
    Finding(
        name="received_later",
        entity=RECEIPTS,
        label="Receipts after today",
        why="What has not come yet is booked already; mostly day and month were exchanged.",
        remedy="Correct the day.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.received_on > row.today,
        href="/data/import?entity=receipts",
        link="Import corrected receipts",
    ),
    Finding(
        name="overdue",
        entity=PRODUCTION,
        label="Production orders open long past their day",
        why="Supply that will not come counts as on its way.",
        remedy="Report them as done, give them a new day or cancel them.",
        severity=Severity.ERROR,
        holds=lambda row: and_(
            row.c.status.in_(("planned", "released", "running")), row.c.due_on < row.ago(days=LONG_DAYS)
        ),
        fix="status",
    ),
    Finding(
        name="done_without_day",
        entity=PRODUCTION,
        label="Finished production without a day",
        why="Neither the lead time nor the load of the line can be learned from it.",
        remedy="Import the day it was finished.",
        severity=Severity.WARNING,
        holds=lambda row: and_(row.c.status == "done", row.c.finished_on.is_(None)),
        href="/data/import?entity=production_orders",
        link=IMPORT,
    ),
    Finding(
        name="finished_before_start",
        entity=PRODUCTION,
        label="Production finished before it began",
        why="One of the days is wrong.",
        remedy="Correct the first or the last day.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.finished_on < row.c.starts_on,
    ),
)
