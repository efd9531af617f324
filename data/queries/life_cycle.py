"""Launches, ends and successors of products."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.product import Product, ProductSuccession

PRODUCTS = text(
    """
    select id, code, name, category, family, brand, uom, unit_price::float8 as unit_price,
           unit_cost::float8 as unit_cost, life_cycle, launched_on, ends_on, version
    from product where kind = 'finished' order by code
    """
)

CHAINS = text(
    """
    select s.id, s.predecessor_id, s.successor_id, o.code as predecessor, o.name as predecessor_name,
           n.code as successor, n.name as successor_name, s.starts_on, s.share::float8 as share
    from product_succession s
    join product o on o.id = s.predecessor_id
    join product n on n.id = s.successor_id
    order by o.code, s.starts_on, n.code
    """
)

# What was planned for a launch, the newest edit that stands of each cell, beside what was sold in months that are over.
LAUNCHED = text(
    """
    with planned as (
        select distinct on (c.product_id, c.location_id, c.channel_id, c.period)
               c.product_id, c.location_id, c.channel_id, c.period, c.after
        from demand_edit e
        join demand_edit_cell c on c.edit_id = e.id
        join product p on p.id = c.product_id and p.code = e.scope ->> 'product'
        where e.source = 'life_cycle' and e.mode = 'set' and e.undone_at is null and e.scope ? 'launch'
        order by c.product_id, c.location_id, c.channel_id, c.period, e.id desc
    )
    select pr.code, pr.name, min(p.period) as first, count(distinct p.period)::int as months,
           sum(p.after) as planned,
           sum(p.after) filter (where p.period < :until) as planned_to_date,
           coalesce(sum(m.quantity) filter (where p.period < :until), 0)::float8 as sold_to_date
    from planned p
    join product pr on pr.id = p.product_id
    left join demand_month m on m.product_id = p.product_id and m.location_id = p.location_id
        and m.channel_id = p.channel_id and m.month = p.period
    group by pr.code, pr.name order by first desc, pr.code
    """
)

PLACES = text("select id, code, name from location order by code")
CHANNELS = text("select id, code, name from channel order by code")


def products(session: Session) -> pd.DataFrame:
    """Finished goods with hierarchy, money, life cycle and version."""
    return frame(session, PRODUCTS)


def places(session: Session) -> list[Row[Any]]:
    return list(session.execute(PLACES))


def channels(session: Session) -> list[Row[Any]]:
    return list(session.execute(CHANNELS))


def launched(session: Session, *, until: date) -> list[Row[Any]]:
    """Launches that were planned here, with units planned and sold in the months before ``until``."""
    return list(session.execute(LAUNCHED, {"until": until}))


def held(session: Session, product_id: int) -> Row[Any] | None:
    """A product, held until the transaction ends."""
    table = Product.__table__
    return one_or_none(session, select(table).where(table.c.id == product_id).with_for_update())


def change(session: Session, product_id: int, **values: Any) -> None:
    statement = update(Product).where(Product.id == product_id)
    session.execute(statement.values(version=Product.version + 1, **values))


def lock_chains(session: Session) -> None:
    """Let only one person change successors at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.product_succession'))"))


def chains(session: Session) -> list[Row[Any]]:
    """Who follows whom, with codes and names."""
    return list(session.execute(CHAINS))


def add_link(session: Session, **values: Any) -> int:
    return session.execute(insert(ProductSuccession).values(**values).returning(ProductSuccession.id)).scalar_one()


def remove_link(session: Session, link_id: int) -> None:
    session.execute(delete(ProductSuccession).where(ProductSuccession.id == link_id))
