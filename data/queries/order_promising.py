"""What is promised already, and what else may be offered: order lines, reservations, allocations, successors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none

# Without products: of all of them.
ORDER_LINES = text(
    """
    select l.product_id, o.location_id, coalesce(l.first_confirmed_on, l.requested_on) as due_on,
           (l.quantity - l.delivered_quantity)::float8 as quantity, c.channel_id, o.number, l.line_no,
           c.name as customer
    from sales_order_line l join sales_order o on o.id = l.order_id join customer c on c.id = o.customer_id
    where l.status = 'open' and l.quantity > l.delivered_quantity
      and (cast(:products as bigint[]) is null or l.product_id = any(:products))
    order by due_on, o.number, l.line_no
    """
)

LIVE = "(r.status = 'confirmed' or r.status = 'held' and r.expires_at > :at)"

RESERVED = text(
    f"""
    select r.id, r.product_id, r.location_id, r.promised_on as due_on, r.quantity::float8 as quantity, r.status,
           coalesce(r.channel_id, c.channel_id) as channel_id, c.name as customer
    from stock_reservation r left join customer c on c.id = r.customer_id
    where {LIVE} and (cast(:products as bigint[]) is null or r.product_id = any(:products))
    order by due_on, r.id
    """
)

ALLOCATIONS = text(
    """
    select product_id, category, location_id, channel_id, share::float8 as share, valid_from
    from channel_allocation where valid_from <= :on
    """
)

# What a product is replaced by, and what it replaces while that is still there.
RELATED = text(
    """
    select successor_id as product_id from product_succession where predecessor_id = :product_id
    union select predecessor_id from product_succession where successor_id = :product_id
    """
)

CHANNELS = text("select id, code, name from channel where active order by name")
CUSTOMER = text("select id, channel_id from customer where active and code = :code")


def order_lines(session: Session, *, products: list[int] | None = None) -> pd.DataFrame:
    """Open lines of customers' orders, with whom they are for."""
    return frame(session, ORDER_LINES, products=products)


def reserved(session: Session, *, at: datetime, products: list[int] | None = None) -> pd.DataFrame:
    """Reservations that count at a moment."""
    return frame(session, RESERVED, at=at, products=products)


def allocations(session: Session, *, on: date) -> pd.DataFrame:
    """Parts of channels that hold on a day, older ones too."""
    return frame(session, ALLOCATIONS, on=on)


def related(session: Session, *, product_id: int) -> list[int]:
    """Products that replace a product or are replaced by it."""
    return list(session.scalars(RELATED, {"product_id": product_id}))


def channels(session: Session) -> pd.DataFrame:
    """Channels in use."""
    return frame(session, CHANNELS)


def customer(session: Session, *, code: str) -> Row[Any] | None:
    """The customer of a code, with its channel."""
    return one_or_none(session, CUSTOMER.bindparams(code=code))
