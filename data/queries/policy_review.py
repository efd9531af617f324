"""Proposed levels of stocking policies: to list, to replace, to decide, and to put in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import ONLY, TERMS, Item, only_item
from data.queries.policies import LEVELS, rows_with_inputs
from data.queries.policy_history import NOTE, state_of
from models.people import User
from models.planning import InventoryPolicy
from models.policy import PolicyProposal
from models.product import Product

SAVED_COLUMNS = (
    *("product_id", "location_id", "service_target", "service_target_fixed", "measure", "method"),
    *(*LEVELS, "daily_demand", "stock_money_change"),
)
ROWS_PER_STATEMENT = 5_000

_NOW = ", ".join(f"i.{name}::float8 as now_{name}" for name in (*LEVELS, "service_target"))
_PROPOSED = ", ".join(f"r.{name}::float8 as {name}" for name in (*LEVELS, "service_target"))

OPEN = f"""
select r.id, r.product_id, r.location_id, p.code, p.name, p.category, p.uom, l.code as location,
       l.name as location_name, r.source, {_NOW}, {_PROPOSED}, r.service_target_fixed, r.measure, r.method,
       i.measure as now_measure, i.method as now_method, r.stock_money_change::float8 as stock_money_change,
       r.inputs -> 'simulated' as simulated, i.inputs -> 'simulated' as now_simulated,
       r.inputs ->> 'distribution' as distribution, r.inputs ->> 'demand_class' as demand_class, r.reason,
       coalesce(u.name, '') as created_by, r.created_at, r.version
from policy_proposal r
join inventory_policy i using (product_id, location_id)
join product p on p.id = r.product_id
join location l on l.id = r.location_id
left join app_user u on u.id = r.created_by
where r.status = 'open'
"""
LIST = text(OPEN)
ONE = text(f"select o.*, r.inputs from ({OPEN}) o join policy_proposal r using (id) where id = :id")

CURRENT = text(
    f"""
    select product_id, location_id, i.service_target, i.service_target_fixed, i.measure, i.method, i.daily_demand,
           i.source, i.version,
           {", ".join(f"i.{name}::float8 as {name}" for name in LEVELS)},
           coalesce(p.unit_cost::float8, t.price) as unit_cost
    from inventory_policy i
    join unnest(cast(:product_ids as bigint[]), cast(:location_ids as bigint[])) as asked (product_id, location_id)
        using (product_id, location_id)
    join product p on p.id = product_id
    left join ({TERMS}) t using (product_id)
    """
)

# What was worked out for the former levels only does not hold for the new ones.
ADD = text(
    """
    insert into policy_proposal (product_id, location_id, source, service_target, service_target_fixed, measure, method,
        safety_stock, reorder_point, order_quantity, order_up_to, daily_demand, inputs, stock_money_change, reason,
        created_by, created_at)
    select product_id, location_id, :source, new.service_target, new.service_target_fixed, new.measure, new.method,
           new.safety_stock, new.reorder_point, new.order_quantity, new.order_up_to, new.daily_demand,
           (i.inputs - 'simulated') || new.inputs, new.stock_money_change, :reason, :by, :at
    from jsonb_to_recordset(cast(:rows as jsonb)) as new (
        product_id bigint, location_id bigint, service_target float8, service_target_fixed boolean, measure text,
        method text, safety_stock numeric, reorder_point numeric, order_quantity numeric, order_up_to numeric,
        daily_demand float8, stock_money_change numeric, inputs jsonb
    )
    join inventory_policy i using (product_id, location_id)
    """
)

# What waits for a decision, else what was decided last.
LATEST = text(
    f"""
    select distinct on (product_id, location_id) product_id, location_id, source, status,
           {", ".join(f"{name}::float8 as {name}" for name in LEVELS)}
    from policy_proposal
    where status <> 'withdrawn'
    order by product_id, location_id, status = 'open' desc, decided_at desc, id desc
    """
)

WITHDRAW = text(
    """
    update policy_proposal r
    set status = 'withdrawn', decided_at = :at, version = r.version + 1
    from unnest(cast(:product_ids as bigint[]), cast(:location_ids as bigint[])) as gone (product_id, location_id)
    where r.status = 'open' and r.product_id = gone.product_id and r.location_id = gone.location_id
    """
)

APPLY = text(
    f"""
    with wanted as (select * from policy_proposal where id = any(:ids)),
    before as (select i.* from inventory_policy i join wanted using (product_id, location_id)),
    after as (
        update inventory_policy i
        set service_target = w.service_target, service_target_fixed = w.service_target_fixed, measure = w.measure,
            method = w.method, source = w.source, safety_stock = w.safety_stock, reorder_point = w.reorder_point,
            order_quantity = w.order_quantity, order_up_to = w.order_up_to, daily_demand = w.daily_demand,
            inputs = w.inputs, computed_at = w.created_at, version = i.version + 1
        from wanted w
        where i.product_id = w.product_id and i.location_id = w.location_id
        returning i.*
    )
    {NOTE}
    select product_id, location_id, :at, :by, w.source, {state_of("before")}, {state_of("after")},
           coalesce(:note, w.reason)
    from after join before using (product_id, location_id) join wanted w using (product_id, location_id)
    """
)


def open_proposals(session: Session) -> pd.DataFrame:
    """Every open proposal with its names, the levels in force (now_*) and the proposed ones."""
    return frame(session, LIST)


def open_proposal(session: Session, *, proposal_id: int) -> Row[Any] | None:
    """One open proposal with its inputs."""
    return session.execute(ONE, {"id": proposal_id}).one_or_none()


def latest(session: Session) -> pd.DataFrame:
    """Of each item the open proposal, or the one decided last: source, status and levels."""
    return frame(session, LATEST)


def current(session: Session, items: pd.DataFrame) -> pd.DataFrame:
    """The stored policies of these items (product_id, location_id) with the cost of a unit."""
    return frame(session, CURRENT, **_keys(items))


def hold_open(session: Session, *, item: Item | None = None) -> None:
    """Let decisions under way end, and hold new ones up until the transaction ends."""
    statement = f"select id from policy_proposal where status = 'open' and {ONLY} order by id for update"
    session.execute(text(statement), only_item(item))


def for_decision(session: Session, *, proposal_ids: Sequence[int]) -> list[Row[Any]]:
    """Proposals in any state with the levels in force, held until the transaction ends; in the order of their ids, so
    that none deadlock."""
    table, policy = PolicyProposal.__table__, InventoryPolicy.__table__.c
    # Held before they are read: who waited sees what the other has decided, and the policy that followed from it.
    session.execute(select(table.c.id).where(table.c.id.in_(proposal_ids)).order_by(table.c.id).with_for_update())
    statement = (
        select(
            table,
            Product.name.label("product_name"),
            Product.uom,
            User.name.label("decided_by_name"),
            policy.reorder_point.label("now_reorder_point"),
            policy.order_up_to.label("now_order_up_to"),
        )
        .join(Product, Product.id == table.c.product_id)
        .join(
            InventoryPolicy,
            (policy.product_id == table.c.product_id) & (policy.location_id == table.c.location_id),
        )
        .outerjoin(User, User.id == table.c.decided_by)
        .where(table.c.id.in_(proposal_ids))
        .order_by(table.c.id)
    )
    return list(session.execute(statement))


def add(
    session: Session,
    rows: pd.DataFrame,
    inputs: pd.DataFrame,
    *,
    source: str,
    reason: str | None,
    by: int | None,
    at: datetime,
) -> None:
    """Add open proposals (SAVED_COLUMNS). ``inputs`` take the place of those of the policy in force, or join them."""
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        part = slice(start, start + ROWS_PER_STATEMENT)
        packed = rows_with_inputs(rows[list(SAVED_COLUMNS)][part], inputs[part])
        session.execute(ADD, {"rows": packed, "source": source, "reason": reason, "by": by, "at": at})


def withdraw(session: Session, items: pd.DataFrame, *, at: datetime) -> int:
    """Withdraw the open proposals of these items (product_id, location_id); tells how many there were."""
    return int(session.execute(WITHDRAW, {**_keys(items), "at": at}).rowcount)  # type: ignore[attr-defined]


def apply(session: Session, *, proposal_ids: Sequence[int], by: int | None, at: datetime, note: str | None) -> None:
    """Put the proposed levels in force, and note the change."""
    session.execute(APPLY, {"ids": list(proposal_ids), "by": by, "at": at, "note": note})


def decide(
    session: Session, *, proposal_ids: Sequence[int], status: str, by: int | None, at: datetime, note: str | None
) -> None:
    """Close proposals that ``for_decision`` holds."""
    found = PolicyProposal
    session.execute(
        update(found)
        .where(found.id.in_(proposal_ids))
        .values(status=status, decided_by=by, decided_at=at, decision_note=note, version=found.version + 1)
    )


def _keys(items: pd.DataFrame) -> dict[str, list[int]]:
    return {"product_ids": items["product_id"].tolist(), "location_ids": items["location_id"].tolist()}
