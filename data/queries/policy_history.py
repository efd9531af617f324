"""What has become of stocking policies: every change with what was before and after it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.inventory import Item, only_item

FIELDS = (
    *("service_target", "service_target_fixed", "measure", "method"),
    *("safety_stock", "reorder_point", "order_quantity", "order_up_to"),
)
NOTE = "insert into policy_change (product_id, location_id, at, changed_by, source, before, after, reason)"


def state_of(alias: str) -> str:
    """SQL: the fields of a policy as they are noted."""
    fields = ", ".join(f"'{name}', {alias}.{name}" for name in FIELDS)
    return f"jsonb_build_object({fields})"


STATE = text(
    f"""
    select {state_of("i")} from inventory_policy i where i.product_id = :product_id and i.location_id = :location_id
    """
)

NOTE_ONE = text(
    f"""
    {NOTE}
    select product_id, location_id, :at, :by, :source, cast(:before as jsonb), {state_of("i")}, :reason
    from inventory_policy i where i.product_id = :product_id and i.location_id = :location_id
    """
)

HISTORY = text(
    """
    select h.at, u.name as who, h.source, h.before, h.after, h.reason
    from policy_change h left join app_user u on u.id = h.changed_by
    where h.product_id = :product_id and h.location_id = :location_id
    order by h.id desc
    limit :limit
    """
)


def state(session: Session, *, item: Item) -> dict[str, Any] | None:
    """The fields of one policy as they would be noted now."""
    found: dict[str, Any] | None = session.scalar(STATE, only_item(item))
    return found


def note(
    session: Session,
    *,
    item: Item,
    before: dict[str, Any] | None,
    source: str,
    by: int | None,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Note what one policy has become, from ``before`` (of ``state``)."""
    about = {"source": source, "by": by, "at": at, "reason": reason, "before": before and json.dumps(before)}
    session.execute(NOTE_ONE, {**only_item(item), **about})


def history(session: Session, *, item: Item, limit: int) -> list[Row[Any]]:
    """The changes of one policy, the newest first."""
    return list(session.execute(HISTORY, {**only_item(item), "limit": limit}))
