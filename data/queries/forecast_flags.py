"""What stands on the time axis of a series: promotions, closures and other events that were planned."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.events import PlanningEvent
from models.network import Channel


def planned_events(session: Session, *, product_id: int, location_id: int, since: date, until: date) -> list[Row[Any]]:
    """Approved events of a product at a location between two days, both included, by first day.

    Kind, name, starts_on, ends_on, discount, and the name of the channel, None for all of them.
    """
    found = PlanningEvent
    statement = (
        select(found.kind, found.name, found.starts_on, found.ends_on, found.discount, Channel.name.label("channel"))
        .outerjoin(Channel, Channel.id == found.channel_id)
        .where(
            found.status == "approved",
            or_(found.product_id == product_id, found.product_id.is_(None)),
            or_(found.location_id == location_id, found.location_id.is_(None)),
            found.starts_on <= until,
            found.ends_on >= since,
        )
        .order_by(found.starts_on, found.id)
    )
    return list(session.execute(statement))
