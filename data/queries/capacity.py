"""The days of resources that are unlike others, and the levers that were applied to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_change
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.capacity import CapacityLever
from models.orders import ProductionOrder
from models.product import Resource, ResourceDay

LEVERS = text(
    """
    select v.id, v.kind, v.status, q.code as resource, q.name as resource_name, t.code as to_resource,
           t.name as to_resource_name, p.id as product_id, p.code, p.name, v.first_week, v.last_week,
           v.hours::float8 as hours, v.cost::float8 as cost, u.name as applied_by, v.created_at, v.version
    from capacity_lever v join resource q on q.id = v.resource_id
    left join resource t on t.id = v.to_resource_id
    left join product p on p.id = v.product_id
    left join app_user u on u.id = v.created_by
    where v.last_week >= :since and (not :active_only or v.status = 'active')
    order by (v.status = 'active') desc, v.first_week, v.id
    """
)


def levers(session: Session, *, since: date, active_only: bool) -> list[Row[Any]]:
    """Levers that reach a week or later ones, those in force on top."""
    return list(session.execute(LEVERS, {"since": since, "active_only": active_only}))


def held_resource(session: Session, code: str) -> Row[Any] | None:
    """A resource by its code, held until the transaction ends, so that levers are applied one after the other."""
    table = Resource.__table__
    return one_or_none(session, select(table).where(table.c.code == code).with_for_update())


def days(session: Session, *, resource_id: int, first: date, end: date) -> dict[date, Decimal]:
    """Hours of the days that are unlike others, by day."""
    day = ResourceDay
    wanted = select(day.day, day.hours).where(day.resource_id == resource_id, day.day >= first, day.day < end)
    return {row.day: row.hours for row in session.execute(wanted)}


def save_day(session: Session, *, resource_id: int, day: date, hours: Decimal, note: str) -> None:
    values = {"hours": hours, "note": note}
    statement = insert_or_change(ResourceDay).values(resource_id=resource_id, day=day, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["resource_id", "day"], set_={"hours": hours}))


def remove_day(session: Session, *, resource_id: int, day: date) -> None:
    table = ResourceDay
    session.execute(delete(table).where(table.resource_id == resource_id, table.day == day))


def add_lever(session: Session, **values: Any) -> int:
    return session.execute(insert(CapacityLever).values(**values).returning(CapacityLever.id)).scalar_one()


def held_lever(session: Session, lever_id: int) -> Row[Any] | None:
    """The lever as it is stored, held until the transaction ends."""
    table = CapacityLever.__table__
    return one_or_none(session, select(table).where(table.c.id == lever_id).with_for_update())


def withdraw_lever(session: Session, lever_id: int) -> None:
    lever = CapacityLever
    statement = update(lever).where(lever.id == lever_id)
    session.execute(statement.values(status="withdrawn", version=lever.version + 1))


def usual_hours(session: Session, resource_id: int) -> Decimal:
    """Hours of a usual week of a resource, which is held until the transaction ends."""
    return session.execute(
        select(Resource.hours_per_week).where(Resource.id == resource_id).with_for_update()
    ).scalar_one()


def orders_begun(session: Session, order_ids: list[int]) -> list[str]:
    """Numbers of those orders that are not merely planned any more; they are held until the transaction ends."""
    order = ProductionOrder.__table__.c
    wanted = select(order.number, order.status).where(order.id.in_(order_ids)).order_by(order.id).with_for_update()
    return [row.number for row in session.execute(wanted) if row.status not in ("planned", "cancelled")]
