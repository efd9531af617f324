"""What the cockpit shows of an item beside its position and policy: demand day by day, life, what is advised."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import Item, only_item

SOLD = text(
    """
    select day, sum(quantity)::float8 as quantity
    from demand_history
    where product_id = :product_id and location_id = :location_id and day >= :since and day < :before
    group by day
    """
)

ISSUED = text(
    """
    select day, -sum(quantity)::float8 as quantity
    from stock_movement
    where product_id = :product_id and location_id = :location_id and day >= :since and day < :before and kind = 'issue'
    group by day
    """
)

SHELF_LIFE = text("select shelf_life_days from product where id = :product_id")

PROPOSAL = text(
    """
    select r.quantity::float8 as quantity, (r.quantity * r.unit_price)::float8 as value, r.needed_on,
           r.days_to_stockout, r.money_at_stake::float8 as money_at_stake, s.name as supplier
    from reorder_proposal r join supplier s on s.id = r.supplier_id
    where r.product_id = :product_id and r.location_id = :location_id and r.status = 'open'
    """
)


def daily_demand(session: Session, *, item: Item, sold: bool, since: date, before: date) -> pd.DataFrame:
    """Day and quantity: what customers bought of it, or what was issued of it. Days without any have no row."""
    return frame(session, SOLD if sold else ISSUED, since=since, before=before, **only_item(item))


def shelf_life_days(session: Session, *, item: Item) -> int | None:
    """How long a unit keeps; None for ever."""
    found: int | None = session.scalar(SHELF_LIFE, {"product_id": item[0]})
    return found


def open_proposal(session: Session, *, item: Item) -> Row[Any] | None:
    """What is advised to order of it now."""
    return session.execute(PROPOSAL, only_item(item)).one_or_none()
