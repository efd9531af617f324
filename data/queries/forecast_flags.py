"""What stands on the time axis of a series: promotions, closures and other events that were planned."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.event_reach import CHANNEL, JOINS, PRODUCT, REACHED

EVENTS = text(
    f"""
    select e.kind, e.name, e.starts_on, e.ends_on, e.discount::float8 as discount, c.name as channel
    from planning_event e
    {JOINS}
    left join channel c on c.id = {CHANNEL}
    where e.status = 'approved' and e.starts_on <= :until and e.ends_on >= :since and {REACHED}
      and (e.product_id is null or e.product_id = :product_id) and ({PRODUCT} is null or {PRODUCT} = :product_id)
      and (e.location_id is null or e.location_id = :location_id)
    order by e.starts_on, e.id, {CHANNEL}
    """
)


def planned_events(session: Session, *, product_id: int, location_id: int, since: date, until: date) -> list[Row[Any]]:
    """Approved events of a product at a location between two days, both included, by first day.

    Kind, name, starts_on, ends_on, discount, and the name of the channel, None for all of them.
    """
    wanted = {"product_id": product_id, "location_id": location_id, "since": since, "until": until}
    return list(session.execute(EVENTS, wanted))
