"""The register of risks and opportunities."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.cycle import SopCycle
from models.people import User
from models.product import Product
from models.risk import PlanRisk

LISTED = text(
    """
    select r.id, r.title, r.kind, r.category, r.product_id, p.code as product, p.name as product_name,
           r.probability::float8 as probability, r.impact::float8 as impact, r.month, r.owner_id, owner.name as owner,
           r.due_on, r.mitigation, r.status, r.cycle_id, c.month as cycle, r.source, r.evidence, r.created_at,
           made.name as created_by, r.changed_at, changed.name as changed_by, r.version
    from plan_risk r
    left join product p on p.id = r.product_id
    left join app_user owner on owner.id = r.owner_id
    left join app_user made on made.id = r.created_by
    left join app_user changed on changed.id = r.changed_by
    left join sop_cycle c on c.id = r.cycle_id
    order by r.id
    """
)

CHOICES = text("select distinct category from product where category is not null order by category")


def listed(session: Session) -> pd.DataFrame:
    """All risks and opportunities with names of people and products."""
    return frame(session, LISTED)


def held(session: Session, risk_id: int) -> Row[Any] | None:
    """The risk as it is stored, held until the transaction ends."""
    table = PlanRisk.__table__
    return one_or_none(session, select(table).where(table.c.id == risk_id).with_for_update())


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(PlanRisk).values(**values).returning(PlanRisk.id)).scalar_one()


def change(session: Session, risk_id: int, **values: Any) -> None:
    """Change a risk, which thereby has another version."""
    session.execute(update(PlanRisk).where(PlanRisk.id == risk_id).values(version=PlanRisk.version + 1, **values))


def open_sources(session: Session) -> set[str]:
    """What was found in the data and stands in the register already."""
    known = select(PlanRisk.source).where(PlanRisk.source.is_not(None), PlanRisk.status.in_(("open", "mitigated")))
    return {str(source) for source in session.scalars(known)}


def lock_register(session: Session) -> None:
    """Let only one finding be added at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.plan_risk'))"))


def product_id(session: Session, code: str) -> int | None:
    return session.scalar(select(Product.id).where(Product.code == code))


def person_name(session: Session, user_id: int | None) -> str | None:
    return None if user_id is None else session.scalar(select(User.name).where(User.id == user_id))


def running_cycle(session: Session) -> int | None:
    """The cycle that runs, the newest if there are several."""
    newest = select(SopCycle.id).where(SopCycle.status == "open").order_by(SopCycle.month.desc()).limit(1)
    return session.scalar(newest)


def categories(session: Session) -> list[str]:
    return list(session.scalars(CHOICES))
