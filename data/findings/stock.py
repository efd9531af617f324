"""What can be wrong with stock and its movements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_

from data.findings.shared import IMPORT, Finding, Rows, Severity
from models.product import Product, UnitOfMeasure
from models.stock import StockLot, StockMovement

STALE_DAYS = 14
STOCK = "stock"
MOVEMENTS = "stock_movements"


def _without_expiry(row: Rows) -> ColumnElement[bool]:
    perishable = select(Product.id).where(Product.shelf_life_days > 0)
    return and_(row.c.quantity > 0, row.c.expires_on.is_(None), row.c.product_id.in_(perishable))


def _too_many_decimals(row: Rows) -> ColumnElement[bool]:
    coarser = (
        select(Product.id)
        .join(UnitOfMeasure, UnitOfMeasure.code == Product.uom)
        .where(Product.id == row.c.product_id, func.round(row.c.quantity, UnitOfMeasure.decimals) != row.c.quantity)
    )
    return exists(coarser)


def _retired_product(row: Rows) -> ColumnElement[bool]:
    retired = select(Product.id).where(Product.life_cycle == "retired")
    return and_(row.c.quantity > 0, row.c.product_id.in_(retired))


def _wrong_sign(row: Rows) -> ColumnElement[bool]:
    comes, goes = row.c.kind.in_(("receipt", "production")), row.c.kind == "issue"
    return or_(and_(comes, row.c.quantity < 0), and_(goes, row.c.quantity > 0))


def _below_nothing(row: Rows) -> ColumnElement[bool]:
    """Reckoned back from what lies there now: what was there at the end of the day is today's less what came after."""
    place = (StockMovement.product_id, StockMovement.location_id)
    days = select(*place, StockMovement.day, func.sum(StockMovement.quantity).label("quantity"))
    daily = days.group_by(*place, StockMovement.day).cte("daily")
    later = func.sum(daily.c.quantity).over(
        partition_by=(daily.c.product_id, daily.c.location_id), order_by=daily.c.day.desc(), rows=(None, -1)
    )
    came_after = select(*daily.c, func.coalesce(later, 0).label("after")).cte("came_after")
    lots: Any = (
        select(StockLot.product_id, StockLot.location_id, func.sum(StockLot.quantity).label("quantity"))
        .group_by(StockLot.product_id, StockLot.location_id)
        .cte("lots")
    )
    same_place = and_(lots.c.product_id == came_after.c.product_id, lots.c.location_id == came_after.c.location_id)
    negative = (
        select(came_after.c.product_id, came_after.c.location_id, came_after.c.day)
        .outerjoin(lots, same_place)
        .where(func.coalesce(lots.c.quantity, 0) - came_after.c.after < 0)
    )
    return tuple_(row.c.product_id, row.c.location_id, row.c.day).in_(negative)


def _stale(row: Rows) -> ColumnElement[bool]:
    newest = select(func.max(StockMovement.day)).scalar_subquery()
    return newest < row.ago(days=STALE_DAYS)


FINDINGS: tuple[Finding, ...] = (
    Finding(
        name="expired",
        entity=STOCK,
        label="Expired stock",
        why="It counts as available though it may not be used.",
        remedy="Write it off: set its quantity to 0, or correct the day of expiry.",
        severity=Severity.ERROR,
        holds=lambda row: and_(row.c.quantity > 0, row.c.expires_on < row.today),
        fix="quantity",
        suggestion="0",
    ),
    Finding(
        name="without_expiry",
        entity=STOCK,
        label="Lots without an expiry day",
        why="The product has a shelf life, but nobody knows when this lot must be used: it can't be used first.",
        remedy="Enter the day of expiry of each lot.",
        severity=Severity.WARNING,
        holds=_without_expiry,
        fix="expires_on",
    ),
    Finding(
        name="expires_before_receipt",
        entity=STOCK,
        label="Lots that expired before they came in",
        why="One of the two days is wrong; mostly day and month were exchanged.",
        remedy="Correct the day of receipt or of expiry.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.expires_on < row.c.received_on,
    ),
    Finding(
        name="received_later",
        entity=STOCK,
        label="Lots received after today",
        why="They count as on hand though they are still to come.",
        remedy="Correct the day of receipt; what is on its way belongs into a purchase order.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.received_on > row.today,
    ),
    Finding(
        name="too_many_decimals",
        entity=STOCK,
        label="Quantities finer than their unit",
        why="There is no half carton: the quantity is in another unit than the product, or the unit lacks decimals.",
        remedy="Correct the quantity, or give the unit its decimals.",
        severity=Severity.WARNING,
        holds=_too_many_decimals,
    ),
    Finding(
        name="retired_product",
        entity=STOCK,
        label="Stock of retired products",
        why="Nothing plans to use or sell it.",
        remedy="Sell or write it off, or bring the product back into use.",
        severity=Severity.NOTICE,
        holds=_retired_product,
    ),
    Finding(
        name="wrong_sign",
        entity=MOVEMENTS,
        label="Movements with the wrong sign",
        why="Receipts add to stock and issues take from it; here it is the other way round.",
        remedy="Correct the quantity or the kind, or book it as an adjustment.",
        severity=Severity.WARNING,
        holds=_wrong_sign,
        href="/data/import?entity=stock_movements",
        link="Import corrected movements",
    ),
    Finding(
        name="below_nothing",
        entity=MOVEMENTS,
        label="Days with negative stock",
        why="Reckoned back from today's stock there was less than nothing: a receipt is missing or an issue is double.",
        remedy="Import the missing receipt, or take the issue that is double back.",
        severity=Severity.WARNING,
        holds=_below_nothing,
        href="/data/import?entity=stock_movements",
        link="Import the missing movements",
    ),
    Finding(
        name="moved_later",
        entity=MOVEMENTS,
        label="Movements after today",
        why="What has not happened yet is booked already; mostly day and month were exchanged.",
        remedy="Correct the day.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.day > row.today,
        href="/data/import?entity=stock_movements",
        link=IMPORT,
    ),
    Finding(
        name="stale",
        entity=MOVEMENTS,
        label="Movements are not up to date",
        why="The newest movement is more than 14 days old: use of materials and stock are those of the past.",
        remedy="Import the movements since then.",
        severity=Severity.WARNING,
        holds=_stale,
        href="/data/import?entity=stock_movements",
        link="Import movements",
    ),
)
