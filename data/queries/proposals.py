"""Reorder proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from models.people import User
from models.planning import ReorderProposal
from models.product import Product

# Rank as analytics.reorder_proposals ranks.
RANKED = """
select r.id, r.product_id, r.location_id, r.supplier_id, p.code, p.name, p.category, p.uom, l.code as location,
       l.name as location_name, s.code as supplier_code, s.name as supplier, r.quantity::float8 as quantity,
       r.unit_price::float8 as unit_price,
       (r.quantity * r.unit_price)::float8 as value, r.needed_on, r.days_to_stockout,
       r.money_at_stake::float8 as money_at_stake, r.why, r.created_at, r.version,
       row_number() over (order by r.money_at_stake desc, r.days_to_stockout asc nulls last,
                          r.quantity * r.unit_price desc, r.id) as rank
from reorder_proposal r
join product p on p.id = r.product_id
join location l on l.id = r.location_id
join supplier s on s.id = r.supplier_id
where r.status = 'open'
"""
FOUND = """
(:location = '' or location = :location) and (:supplier = '' or supplier_code = :supplier)
and (:search = '' or code ilike :pattern or name ilike :pattern)
"""
LIST = text(f"select * from ({RANKED}) r where {FOUND} order by rank limit :limit")
TOTALS = text(
    f"select count(*) as items, coalesce(sum(value), 0) as value, coalesce(sum(money_at_stake), 0) as money_at_stake "
    f"from ({RANKED}) r where {FOUND}"
)
ONE = text(f"select * from ({RANKED}) r where id = :id")

SUPPLIERS = text(
    """
    select s.code as value, s.name as text from supplier s
    where exists (select from reorder_proposal r where r.supplier_id = s.id and r.status = 'open') order by s.name
    """
)

# What a planner has turned down, and for how many.
DISMISSED = text(
    """
    select product_id, location_id, quantity::float8 as quantity
    from (
        select distinct on (product_id, location_id) product_id, location_id, status, quantity
        from reorder_proposal where status in ('accepted', 'dismissed')
        order by product_id, location_id, id desc
    ) decided
    where status = 'dismissed'
    """
)

WITHDRAW = text(
    """
    update reorder_proposal r set status = 'withdrawn', decided_at = :at, version = version + 1
    where status = 'open'
      and (cast(:only_product as bigint) is null or (product_id = :only_product and location_id = :only_location))
      and not exists (
          select from unnest(cast(:product_id as bigint[]), cast(:location_id as bigint[]))
              as due (product_id, location_id)
          where due.product_id = r.product_id and due.location_id = r.location_id
      )
    """
)
SAVE = text(
    """
    insert into reorder_proposal (product_id, location_id, supplier_id, quantity, unit_price, needed_on,
        days_to_stockout, money_at_stake, why)
    select product_id, location_id, supplier_id, quantity, unit_price, needed_on, days_to_stockout, money_at_stake,
           cast(why as jsonb)
    from unnest(
        cast(:product_id as bigint[]), cast(:location_id as bigint[]), cast(:supplier_id as bigint[]),
        cast(:quantity as numeric[]), cast(:unit_price as numeric[]), cast(:needed_on as date[]),
        cast(:days_to_stockout as float8[]), cast(:money_at_stake as numeric[]), cast(:why as text[])
    ) as new (product_id, location_id, supplier_id, quantity, unit_price, needed_on, days_to_stockout, money_at_stake,
        why)
    on conflict (product_id, location_id) where status = 'open' do update
    set supplier_id = excluded.supplier_id, quantity = excluded.quantity, unit_price = excluded.unit_price,
        needed_on = excluded.needed_on, days_to_stockout = excluded.days_to_stockout,
        money_at_stake = excluded.money_at_stake, why = excluded.why, version = reorder_proposal.version + 1
    where (reorder_proposal.supplier_id, reorder_proposal.quantity, reorder_proposal.unit_price,
           reorder_proposal.needed_on, reorder_proposal.days_to_stockout, reorder_proposal.money_at_stake,
           reorder_proposal.why)
          is distinct from
          (excluded.supplier_id, excluded.quantity, excluded.unit_price, excluded.needed_on,
           excluded.days_to_stockout, excluded.money_at_stake, excluded.why)
    """
)
SAVED_COLUMNS = (
    "product_id",
    "location_id",
    "supplier_id",
    "quantity",
    "unit_price",
    "needed_on",
    "days_to_stockout",
    "money_at_stake",
    "why",
)


def open_proposals(
    session: Session, *, location: str, supplier: str, search: str, limit: int | None
) -> tuple[list[Row[Any]], Row[Any]]:
    """Open proposals by rank, at most ``limit`` (None: all); and count, value and money at stake of all that match."""
    found = {"location": location, "supplier": supplier, "search": search, "pattern": f"%{_escaped(search)}%"}
    rows = list(session.execute(LIST, {**found, "limit": limit}))
    return rows, session.execute(TOTALS, found).one()


def open_proposal(session: Session, *, proposal_id: int) -> Row[Any] | None:
    """One open proposal with its rank."""
    return session.execute(ONE, {"id": proposal_id}).one_or_none()


def suppliers(session: Session) -> list[Row[Any]]:
    """Suppliers with an open proposal: value, text."""
    return list(session.execute(SUPPLIERS))


def for_decision(session: Session, *, proposal_ids: list[int]) -> list[Row[Any]]:
    """Proposals in any state, held until the transaction ends; in the order of their ids, so that none deadlock."""
    table = ReorderProposal.__table__
    statement = (
        select(table, Product.name.label("product_name"), Product.uom, User.name.label("decided_by_name"))
        .join(Product, Product.id == table.c.product_id)
        .outerjoin(User, User.id == table.c.decided_by)
        .where(table.c.id.in_(proposal_ids))
        .order_by(table.c.id)
        .with_for_update(of=table)
    )
    return list(session.execute(statement))


def decide(
    session: Session,
    *,
    proposal_id: int,
    status: str,
    user_id: int | None,
    at: datetime,
    reason: str | None = None,
    order_line_id: int | None = None,
) -> None:
    """Close a proposal that ``for_decision`` holds."""
    session.execute(
        update(ReorderProposal)
        .where(ReorderProposal.id == proposal_id)
        .values(
            status=status,
            decided_by=user_id,
            decided_at=at,
            reason=reason,
            order_line_id=order_line_id,
            version=ReorderProposal.version + 1,
        )
    )


def hold_open(session: Session, *, item: tuple[int, int] | None) -> None:
    """Let decisions under way end, and hold new ones up until the transaction ends."""
    table = ReorderProposal.__table__.c
    statement = select(table.id).where(table.status == "open").order_by(table.id).with_for_update()
    if item:
        statement = statement.where(table.product_id == item[0], table.location_id == item[1])
    session.execute(statement)


def dismissed(session: Session) -> pd.DataFrame:
    """The items whose last decision was to dismiss, with the quantity that was."""
    return frame(session, DISMISSED)


def withdraw_all_but(session: Session, due: pd.DataFrame, *, item: tuple[int, int] | None, at: datetime) -> int:
    """Withdraw the open proposals of items that are not in ``due``; tells how many."""
    only_product, only_location = item if item else (None, None)
    parameters = {
        "product_id": due["product_id"].tolist(),
        "location_id": due["location_id"].tolist(),
        "only_product": only_product,
        "only_location": only_location,
        "at": at,
    }
    return int(session.execute(WITHDRAW, parameters).rowcount)  # type: ignore[attr-defined]


def save(session: Session, advised: pd.DataFrame) -> int:
    """Add or update open proposals (SAVED_COLUMNS); tells how many were new or different."""
    columns = {name: advised[name].tolist() for name in SAVED_COLUMNS}
    return int(session.execute(SAVE, columns).rowcount)  # type: ignore[attr-defined]


def _escaped(search: str) -> str:
    return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
