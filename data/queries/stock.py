"""What is known of the stock beyond its lots: movements with who corrected what, promises, storage of products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import Item, only_item

# Counted back from the stock of now. Corrections have an order within their day, other movements have none.
MOVEMENTS = text(
    """
    with item as (
        select m.day, m.reference, m.kind, m.quantity, a.id as adjustment_id, a.lot, a.before, a.after, a.reason,
               a.note, a.count_id, a.created_at, u.name as by
        from stock_movement m
        left join stock_adjustment a on a.reference = m.reference and a.day = m.day
             and a.product_id = m.product_id and a.location_id = m.location_id
        left join app_user u on u.id = a.created_by
        where m.product_id = :product_id and m.location_id = :location_id
    )
    select day, reference, kind, quantity::float8 as quantity, lot, before::float8 as before, after::float8 as after,
           reason, note, count_id, created_at, by, count(*) over () as total,
           ((select coalesce(sum(quantity), 0) from stock_lot
             where product_id = :product_id and location_id = :location_id)
            - coalesce(sum(quantity) over (
                  order by day desc, adjustment_id desc nulls last, reference desc
                  rows between unbounded preceding and 1 preceding
              ), 0))::float8 as balance_after
    from item
    order by day desc, adjustment_id desc nulls last, reference desc
    limit :limit offset :start
    """
)

PROMISES = text(
    """
    select o.number, l.line_no, c.name as customer, l.requested_on,
           (l.quantity - l.delivered_quantity)::float8 as quantity
    from sales_order_line l
    join sales_order o on o.id = l.order_id
    join customer c on c.id = o.customer_id
    where l.product_id = :product_id and o.location_id = :location_id and l.status = 'open'
      and l.quantity > l.delivered_quantity
    order by l.requested_on, o.number, l.line_no
    limit :limit
    """
)

# What is to be cleared away is not to be picked; what a promotion sells is.
TAKEN = text(
    """
    select product_id, location_id, lot, sum(quantity)::float8 as taken
    from expiry_action
    where status in ('proposed', 'approved', 'running') and kind = any(:kinds)
    group by product_id, location_id, lot
    """
)

ORDER_LINES = text(
    """
    select l.line_no, l.product_id, o.location_id, p.code, p.name, p.uom, c.name as customer, l.requested_on,
           greatest(l.quantity - l.delivered_quantity, 0)::float8 as quantity
    from sales_order_line l
    join sales_order o on o.id = l.order_id
    join customer c on c.id = o.customer_id
    join product p on p.id = l.product_id
    where o.number = :number and l.status = 'open' and l.quantity > l.delivered_quantity
    order by l.line_no
    """
)
ORDER = text("select id from sales_order where number = :number")
ITEM_BY_CODE = text(
    """
    select p.id as product_id, l.id as location_id, p.code, p.name, p.uom
    from product p cross join location l where p.code = :code and l.code = :location
    """
)

STORED = text("select id from product where storage = :storage")

ITEM = text(
    """
    select p.id as product_id, p.code, p.name, p.uom, p.category, p.storage, p.shelf_life_days, l.id as location_id,
           l.code as location, l.name as location_name
    from product p cross join location l where p.id = :product_id and l.id = :location_id
    """
)


def movements(session: Session, item: Item, *, start: int, limit: int) -> list[Row[Any]]:
    """A page of the movements of an item, the newest first, with the stock after each and who corrected what."""
    return list(session.execute(MOVEMENTS, {**only_item(item), "start": start, "limit": limit}))


def promises(session: Session, item: Item, *, limit: int) -> list[Row[Any]]:
    """Open lines of sales orders for an item, those wanted first on top."""
    return list(session.execute(PROMISES, {**only_item(item), "limit": limit}))


def products_stored(session: Session, storage: str) -> pd.Series[int]:
    """Ids of the products that are kept ambient, chilled or frozen."""
    return frame(session, STORED, storage=storage)["id"]


def item_at(session: Session, item: Item) -> Row[Any] | None:
    """Names of a product and a location."""
    return session.execute(ITEM, only_item(item)).one_or_none()


def taken_by_actions(session: Session, kinds: Sequence[str]) -> pd.DataFrame:
    """What open actions of some kinds are to take of each lot."""
    return frame(session, TAKEN, kinds=list(kinds))


def order_lines(session: Session, number: str) -> pd.DataFrame | None:
    """What a sales order still waits for, by line; None when there is no such order."""
    if session.execute(ORDER, {"number": number}).first() is None:
        return None
    return frame(session, ORDER_LINES, number=number)


def item_by_code(session: Session, code: str, location: str) -> Row[Any] | None:
    """A product and a location by their codes."""
    return session.execute(ITEM_BY_CODE, {"code": code, "location": location}).one_or_none()
