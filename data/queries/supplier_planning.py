"""Agreements with suppliers, the forecasts that were shared, and what suppliers committed to.

Row-level security shows a supplier its own rows only; it grants columns one by one, so statements that partners run
name those they read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.demand_plan import PlanVersion
from models.network import Location, Supplier
from models.people import User
from models.product import Product
from models.supplier_planning import SupplierAgreement as Agreement
from models.supplier_planning import SupplierCommit as Commit
from models.supplier_planning import SupplierForecast as Forecast
from models.supplier_planning import SupplierForecastLine as Line

READ_BY_SUPPLIERS = (
    *(Agreement.supplier_id, Agreement.horizon, Agreement.bucket, Agreement.level, Agreement.firm_fence),
    *(Agreement.near_warn, Agreement.near_bad, Agreement.far_warn, Agreement.far_bad),
    *(Agreement.shared_from, Agreement.shared_to),
)
SHARED = (
    *(Forecast.id, Forecast.supplier_id, Forecast.number, Forecast.plan_day, Forecast.bucket, Forecast.level),
    *(Forecast.fence_ends_on, Forecast.shared_at),
)

# Orders as suppliers know them: sent, with what was agreed on.
SENT = text(
    """
    select l.product_id, o.location_id, coalesce(l.latest_confirmed_on, l.requested_on) as due_on,
           greatest(coalesce(l.confirmed_quantity, l.quantity) - l.received_quantity, 0)::float8 as quantity
    from purchase_order_line l join purchase_order o on o.id = l.order_id
    where o.supplier_id = :supplier_id and o.status = 'sent' and l.status in ('open', 'confirmed')
    """
)
REPLACED = text(
    """
    delete from supplier_commit
    where supplier_id = :supplier_id and product_id = :product_id
      and location_id is not distinct from cast(:location_id as bigint)
      and starts_on < :ends_on and ends_on > :starts_on
    """
)
PRICES = text("select product_id, price::float8 as price from supplier_item where supplier_id = :supplier_id")


def suppliers(session: Session) -> list[Row[Any]]:
    """Suppliers in use with their agreements, those that have one first."""
    newest = (
        select(
            Forecast.supplier_id,
            func.max(Forecast.number).label("number"),
            func.max(Forecast.shared_at).label("shared_at"),
        )
        .group_by(Forecast.supplier_id)
        .subquery()
    )
    statement = (
        select(
            Supplier.id,
            Supplier.code,
            Supplier.name,
            Supplier.company_id,
            *(column for column in READ_BY_SUPPLIERS if column.key != "supplier_id"),
            Agreement.smoothing,
            Agreement.version,
            newest.c.number,
            newest.c.shared_at,
        )
        .outerjoin(Agreement, Agreement.supplier_id == Supplier.id)
        .outerjoin(newest, newest.c.supplier_id == Supplier.id)
        .where(or_(Supplier.active, Agreement.supplier_id.is_not(None)))
        .order_by(Agreement.supplier_id.is_(None), Supplier.name)
    )
    return list(session.execute(statement))


def supplier(session: Session, supplier_id: int) -> Row[Any] | None:
    statement: Any = select(Supplier.id, Supplier.name, Supplier.company_id).where(Supplier.id == supplier_id)
    return one_or_none(session, statement)


def own_supplier(session: Session) -> Row[Any] | None:
    """The supplier that the viewer's company is."""
    statement: Any = select(Supplier.id, Supplier.name).order_by(Supplier.id).limit(1)
    return one_or_none(session, statement)


def supplier_of(session: Session, company_id: int) -> Row[Any] | None:
    statement: Any = select(Supplier.id, Supplier.name).where(Supplier.company_id == company_id)
    return one_or_none(session, statement)


def agreement(session: Session, supplier_id: int, *, for_update: bool = False) -> Row[Any] | None:
    """All of an agreement, for those inside."""
    columns = (*READ_BY_SUPPLIERS, Agreement.smoothing, Agreement.version)
    statement = select(*columns).where(Agreement.supplier_id == supplier_id)
    return one_or_none(session, statement.with_for_update() if for_update else statement)


def own_agreement(session: Session, supplier_id: int) -> Row[Any] | None:
    """What a supplier reads of its agreement."""
    return one_or_none(session, select(*READ_BY_SUPPLIERS).where(Agreement.supplier_id == supplier_id))


def save_agreement(session: Session, supplier_id: int, values: dict[str, Any], *, seen: int) -> bool:
    """Whether it was as seen: version 0 for a new one."""
    if not seen:
        made = upsert(Agreement).values(supplier_id=supplier_id, **values).on_conflict_do_nothing()
        return session.scalar(made.returning(Agreement.supplier_id)) is not None
    statement = update(Agreement).where(Agreement.supplier_id == supplier_id, Agreement.version == seen)
    changed = session.execute(statement.values(**values, version=Agreement.version + 1))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def sent_orders(session: Session, supplier_id: int) -> pd.DataFrame:
    """Open lines of sent orders: product_id, location_id, due_on, quantity."""
    return frame(session, SENT, supplier_id=supplier_id)


def prices(session: Session, supplier_id: int) -> dict[int, float]:
    """RM a unit by product; never for suppliers' eyes."""
    return {int(row.product_id): float(row.price) for row in session.execute(PRICES, {"supplier_id": supplier_id})}


def newest_plan_version(session: Session) -> int | None:
    return session.scalar(select(func.max(PlanVersion.id)).where(PlanVersion.kind.in_(("demand", "consensus"))))


def add_forecast(session: Session, values: dict[str, Any], lines: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """A forecast as it is shared: its id and number."""
    supplier_id = values["supplier_id"]
    session.execute(select(Agreement.supplier_id).where(Agreement.supplier_id == supplier_id).with_for_update())
    last = session.scalar(select(func.max(Forecast.number)).where(Forecast.supplier_id == supplier_id)) or 0
    statement = insert(Forecast).values(**values, number=last + 1).returning(Forecast.id)
    made = int(session.execute(statement).scalar_one())
    if lines:
        session.execute(insert(Line), [{"forecast_id": made, **line} for line in lines])
    return made, last + 1


def forecasts(session: Session, supplier_id: int, *, limit: int) -> list[Row[Any]]:
    """What was shared with a supplier, the newest first."""
    statement = select(*SHARED).where(Forecast.supplier_id == supplier_id).order_by(Forecast.number.desc())
    return list(session.execute(statement.limit(limit)))


def shared_versions(session: Session, supplier_id: int, *, limit: int) -> list[Row[Any]]:
    """The same for those inside: with the plan version and who shared it."""
    statement = (
        select(
            *SHARED,
            User.name.label("shared_by"),
            PlanVersion.first_period.label("plan_period"),
            PlanVersion.number.label("plan_number"),
        )
        .outerjoin(User, User.id == Forecast.shared_by)
        .outerjoin(PlanVersion, PlanVersion.id == Forecast.plan_version_id)
        .where(Forecast.supplier_id == supplier_id)
        .order_by(Forecast.number.desc())
    )
    return list(session.execute(statement.limit(limit)))


def lines(session: Session, forecast_id: int) -> list[Row[Any]]:
    """Items and buckets of a shared forecast in their order."""
    statement = (
        select(
            Line.product_id,
            Line.location_id,
            Product.code,
            Product.name,
            Product.uom,
            Location.code.label("location"),
            Line.starts_on,
            Line.ends_on,
            Line.forecast,
            Line.firm,
        )
        .join(Product, Product.id == Line.product_id)
        .outerjoin(Location, Location.id == Line.location_id)
        .where(Line.forecast_id == forecast_id)
        .order_by(Product.code, Location.code, Line.starts_on)
    )
    return list(session.execute(statement))


def forecast_figures(session: Session, forecast_id: int) -> list[Row[Any]]:
    """What was forecast in an earlier version."""
    statement = select(Line.product_id, Line.location_id, Line.starts_on, Line.forecast)
    return list(session.execute(statement.where(Line.forecast_id == forecast_id)))


def commits(session: Session, supplier_id: int) -> list[Row[Any]]:
    """What is accepted."""
    statement = select(
        *(Commit.product_id, Commit.location_id, Commit.starts_on, Commit.ends_on, Commit.quantity, Commit.comment)
    ).where(Commit.supplier_id == supplier_id)
    return list(session.execute(statement))


def replace_commits(session: Session, supplier_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Store accepted commits in the place of those of the same items and days."""
    if rows:
        session.execute(REPLACED, [{"supplier_id": supplier_id, **row} for row in rows])
        session.execute(insert(Commit), [{"supplier_id": supplier_id, **row} for row in rows])


def counted_from(session: Session, forecast_id: int, supplier_id: int) -> date | None:
    """The day of the plan that a forecast of a supplier was made of."""
    return session.scalar(
        select(Forecast.plan_day).where(Forecast.id == forecast_id, Forecast.supplier_id == supplier_id)
    )


def names(session: Session, product_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Code, name and unit by product."""
    statement = select(Product.id, Product.code, Product.name, Product.uom).where(Product.id.in_(product_ids))
    found: list[Row[Any]] = list(session.execute(statement))
    return {int(row.id): row for row in found}
