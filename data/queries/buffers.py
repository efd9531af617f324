"""Items that are buffered, and the orders that their buffers have to reckon with."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import Item
from data.queries.recipes import VERSIONS
from data.rows import one_or_none
from models.buffer import ItemBuffer

BUFFERS = text(
    """
    select product_id, location_id, lead_time_factor, variability_factor, order_cycle_days, spike_threshold,
           spike_horizon_days::float8 as spike_horizon_days, version
    from item_buffer
    """
)

# What a buffer of its own proposed does not make a rule.
BY_RULE = text("select product_id, location_id from inventory_policy where method = 'buffer' and source <> 'buffer'")

# What customers ordered, and what open production orders take on the day they begin.
ORDERS = text(
    f"""
    select l.product_id, o.location_id, o.number, 'sale' as kind,
           coalesce(l.first_confirmed_on, l.requested_on) as due_on,
           (l.quantity - l.delivered_quantity)::float8 as quantity
    from sales_order_line l join sales_order o on o.id = l.order_id
    where l.status = 'open' and l.quantity > l.delivered_quantity
      and coalesce(l.first_confirmed_on, l.requested_on) <= :until
    union all
    select b.component_id, p.location_id, p.number, 'production', p.starts_on,
           ((p.quantity - p.made_quantity) * b.quantity * (1 + b.scrap_share))::float8 / v.yield_share
    from production_order p
    join ({VERSIONS}) v on v.product_id = p.product_id and v.valid_from <= p.starts_on
                           and (v.next_from is null or v.next_from > p.starts_on)
    join bom_line b on b.bom_id = v.bom_id
    where p.status in ('planned', 'released', 'running') and p.quantity > p.made_quantity and v.yield_share > 0
      and p.starts_on <= :until
    order by due_on, number
    """
)


def buffers(session: Session) -> pd.DataFrame:
    """The factors of all items with a buffer of their own."""
    return frame(session, BUFFERS)


def by_rule(session: Session) -> pd.DataFrame:
    """The items whose policy is a buffer by the rule of their class."""
    return frame(session, BY_RULE)


def orders(session: Session, *, until: date) -> pd.DataFrame:
    """Demand that is ordered and due by a day: product, location, number, kind (sale, production), due_on, quantity."""
    return frame(session, ORDERS, until=until)


def add(session: Session, rows: list[dict[str, Any]]) -> int:
    """Buffer items; how many of them were not buffered already."""
    statement = insert(ItemBuffer).values(rows).on_conflict_do_nothing().returning(ItemBuffer.product_id)
    return len(session.execute(statement).all())


def buffer(session: Session, item: Item) -> Row[Any] | None:
    """The factors of one item."""
    table = ItemBuffer.__table__
    return one_or_none(session, table.select().where(table.c.product_id == item[0], table.c.location_id == item[1]))


def change(session: Session, item: Item, *, version: int, **values: Any) -> bool:
    """Compare-and-set on the version that was seen; False when it has changed since."""
    found = ItemBuffer
    statement = (
        update(found)
        .where(found.product_id == item[0], found.location_id == item[1], found.version == version)
        .values(version=found.version + 1, **values)
        .returning(found.version)
    )
    return session.scalar(statement) is not None


def remove(session: Session, item: Item, *, version: int) -> bool:
    """Stop buffering an item; False when it has changed since it was seen."""
    found = ItemBuffer
    statement = (
        delete(found)
        .where(found.product_id == item[0], found.location_id == item[1], found.version == version)
        .returning(found.version)
    )
    return session.scalar(statement) is not None
