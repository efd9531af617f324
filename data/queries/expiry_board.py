"""Lots on hand, and what was planned and done about those that expire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import ONLY, Item, only_item

OPEN = "('proposed', 'approved', 'running')"

LOTS = text(
    f"""
    select product_id, location_id, lot, quantity::float8 as quantity, received_on, expires_on
    from stock_lot where quantity > 0 and {ONLY}
    """
)

EXPECTED = "(a.quantity * a.recovery_share * a.unit_cost)::float8"

# The one due first stands for all that is planned for a lot.
OPEN_ACTIONS = text(
    f"""
    select distinct on (product_id, location_id, lot) product_id, location_id, lot, a.kind as action_kind,
           a.status as action_status, a.due_on as action_due_on,
           (sum(a.quantity) over same_lot)::float8 as planned_quantity,
           sum({EXPECTED}) over same_lot as expected_recovery
    from expiry_action a where a.status in {OPEN}
    window same_lot as (partition by product_id, location_id, lot)
    order by product_id, location_id, lot, a.due_on, a.id
    """
)

ACTIONS = f"""
select a.id, a.product_id, a.location_id, p.code, p.name, p.uom, l.code as location, l.name as location_name, a.lot,
       a.kind, a.status, a.quantity::float8 as quantity, a.recovery_share::float8 as recovery_share,
       {EXPECTED} as expected_recovery, a.due_on, a.note, a.done_quantity::float8 as done_quantity,
       a.recovered::float8 as recovered, a.finished_on, e.code as event, u.name as proposed_by, a.created_at, a.version
from expiry_action a
join product p on p.id = a.product_id
join location l on l.id = a.location_id
left join planning_event e on e.id = a.event_id
left join app_user u on u.id = a.created_by
"""
SORTABLE = frozenset(
    {
        *("status", "kind", "code", "name", "location", "lot", "quantity", "due_on", "expected_recovery"),
        *("done_quantity", "recovered", "finished_on", "proposed_by"),
    }
)
OF_LOT = text(f"{ACTIONS} where (a.product_id, a.location_id, a.lot) = (:product_id, :location_id, :lot) order by a.id")
TOTALS = text(
    f"""
    select count(*) as actions, count(*) filter (where a.status in {OPEN}) as open,
           coalesce(sum({EXPECTED}) filter (where a.status in {OPEN}), 0) as expected,
           count(*) filter (where a.status = 'done') as done, coalesce(sum(a.recovered), 0)::float8 as recovered
    from expiry_action a
    """
)

HISTORY = text(
    """
    select h.at, coalesce(u.name, h.actor) as who, h.action, h.subject_id::bigint as action_id, h.after, h.reason
    from audit_entry h left join app_user u on u.id = h.user_id
    where h.subject = 'expiry_action' and h.subject_id = any(:ids)
    order by h.at desc, h.id desc
    """
)


def lots(session: Session, *, item: Item | None = None) -> pd.DataFrame:
    """Every lot with stock, or those of one item: key columns, lot, quantity, received_on, expires_on."""
    return frame(session, LOTS, **only_item(item))


def open_actions(session: Session) -> pd.DataFrame:
    """One row a lot with actions that are not finished: the one due first, and what all of them are to bring."""
    return frame(session, OPEN_ACTIONS)


def actions_of_lot(session: Session, item: Item, lot: str) -> list[Row[Any]]:
    """All actions of a lot, the first on top."""
    return list(session.execute(OF_LOT, {**only_item(item), "lot": lot}))


def actions(
    session: Session, *, start: int, limit: int, sort: Sequence[tuple[str, bool]]
) -> tuple[list[Row[Any]], Row[Any]]:
    """A page of all actions, open ones first unless sorted; and their number and money in all."""
    wanted = [f"{name} {'desc' if descending else 'asc'} nulls last" for name, descending in sort if name in SORTABLE]
    order = ", ".join([*wanted, f"status in {OPEN} desc", "finished_on desc", "due_on", "id desc"])
    page = text(f"select * from ({ACTIONS}) a order by {order} limit :limit offset :start")
    rows = list(session.execute(page, {"limit": limit, "start": start}))
    return rows, session.execute(TOTALS).one()


def history(session: Session, action_ids: Sequence[int]) -> list[Row[Any]]:
    """Who did what with these actions, the latest first: at, who, action, action_id, after, reason."""
    return list(session.execute(HISTORY, {"ids": [str(found) for found in action_ids]}))
