"""What the checklists of a cycle count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none

OPEN_IMPORTS = text("select count(*) from import_batch where state = 'checked'")

# What comes or goes within the horizon: whether a phase-out has somebody to take over.
LIFE_CYCLE = text(
    """
    select p.id as product_id, p.life_cycle in ('planned', 'launch') as launch,
           exists (select from product_succession s where s.predecessor_id = p.id) as succeeded
    from product p
    where p.kind = 'finished'
      and (p.life_cycle in ('planned', 'launch') and coalesce(p.launched_on, :until) <= :until
           or p.life_cycle = 'phase_out' and coalesce(p.ends_on, :until) between :since and :until)
    """
)

# Made here: with hours on a resource, and not retired.
MADE = text(
    """
    select count(*) as made,
           count(*) filter (where exists (
               select from bom b join bom_line l on l.bom_id = b.id
               where b.product_id = p.id and b.valid_from <= :as_of)) as with_recipe
    from product p
    where p.kind in ('finished', 'semi_finished') and p.life_cycle <> 'retired'
      and exists (select from routing r where r.product_id = p.id)
    """
)

# Looked at since a cycle began: edited, or confirmed as they are.
REVIEWED = text(
    """
    select product_id, location_id from sop_review where cycle_id = :cycle_id
    union
    select c.product_id, c.location_id
    from demand_edit_cell c join demand_edit e on e.id = c.edit_id
    where e.created_at >= :since and e.undone_at is null
    """
)

EXPLAINED = text(
    """
    select c.product_id, c.location_id
    from demand_edit_cell c join demand_edit e on e.id = c.edit_id
    where e.created_at >= :since and e.undone_at is null and coalesce(e.reason, '') <> ''
    """
)

# Streams whose figures for the months of the cycle were given or confirmed since it began.
STREAMS_IN = text(
    """
    select distinct stream from demand_edit where created_at >= :since and undone_at is null and stream <> 'planner'
    union
    select distinct stream from forecast_override
    where created_at >= :since and period >= :month and frequency = 'month' and stream <> 'planner'
    """
)

OWED = text(
    """
    select l.product_id, o.location_id, count(*) as lines
    from sales_order_line l join sales_order o on o.id = l.order_id
    where l.status = 'open' and coalesce(l.first_confirmed_on, l.requested_on) < :as_of
    group by l.product_id, o.location_id
    """
)

PUBLISHED = text(
    """
    select distinct on (kind) kind, first_period, number from plan_version
    where cycle_id = :cycle_id
    order by kind, id desc
    """
)

REMARKS = text("select subject_id from comment where created_at >= :since and subject = 'demand'")

ASKED = text(
    """
    select count(*) filter (where status = 'asked') as asked,
           count(*) filter (where step = 'reconcile' and status <> 'dropped') as reconciling
    from sop_decision where cycle_id = :cycle_id
    """
)

CONSENSUS = text("select status from consensus_status where cycle_id = :cycle_id")


def open_imports(session: Session) -> int:
    """Files that were checked and wait for somebody to bring them in or drop them."""
    return session.scalar(OPEN_IMPORTS) or 0


def life_cycle(session: Session, *, since: date, until: date) -> pd.DataFrame:
    """Finished products that come or go: product_id, launch, succeeded."""
    return frame(session, LIFE_CYCLE, since=since, until=until)


def made(session: Session, *, as_of: date) -> Row[Any]:
    """Products that are made, and how many of them have a recipe: made, with_recipe."""
    return session.execute(MADE, {"as_of": as_of}).one()


def reviewed(session: Session, *, cycle_id: int, since: datetime) -> pd.DataFrame:
    """product_id and location_id of items that somebody edited or confirmed."""
    return frame(session, REVIEWED, cycle_id=cycle_id, since=since)


def explained(session: Session, *, since: datetime) -> pd.DataFrame:
    """product_id and location_id of items with an edit that has a reason."""
    return frame(session, EXPLAINED, since=since)


def streams_in(session: Session, *, since: datetime, month: date) -> set[str]:
    return set(session.scalars(STREAMS_IN, {"since": since, "month": month}))


def owed(session: Session, *, as_of: date) -> pd.DataFrame:
    """Lines of customers that are past their day and not delivered: product_id, location_id, lines."""
    return frame(session, OWED, as_of=as_of)


def published(session: Session, cycle_id: int) -> dict[str, Row[Any]]:
    """The newest plan of each kind that the cycle published: kind, first_period, number."""
    return {row.kind: row for row in session.execute(PUBLISHED, {"cycle_id": cycle_id})}


def remarks(session: Session, *, since: datetime) -> list[str]:
    """What remarks on the demand plan are about, as the demand review names it."""
    return list(session.scalars(REMARKS, {"since": since}))


def decisions(session: Session, cycle_id: int) -> Row[Any]:
    """asked: not decided yet; reconciling: those of the step Reconcile."""
    return session.execute(ASKED, {"cycle_id": cycle_id}).one()


def consensus(session: Session, cycle_id: int) -> str:
    """How far the consensus of a cycle has come; a draft where nobody has said."""
    found = one_or_none(session, CONSENSUS.bindparams(cycle_id=cycle_id))
    return "draft" if found is None else str(found.status)
