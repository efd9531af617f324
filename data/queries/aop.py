"""Targets of the annual operating plan: the working draft, and versions of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.aop import AopVersion, AopVersionTarget
from models.plan import AopTarget

KEY = ["level", "member", "period", "measure"]
COLUMNS = [*KEY, "value"]

DRAFT = text(
    """
    select level, member, period, measure, value::float8 as value
    from aop_target where period >= :first and period <= :last
    order by level, member, period, measure
    """
)
OF_VERSION = text(
    """
    select level, member, period, measure, value::float8 as value
    from aop_version_target where version_id = :version_id
    order by level, member, period, measure
    """
)
VERSIONS = text(
    """
    select v.id, v.year, v.number, v.status, v.note, v.version, v.created_at, v.changed_at, v.approved_at, v.locked_at,
           made.name as created_by, changed.name as changed_by, approved.name as approved_by, locked.name as locked_by
    from aop_version v
    left join app_user made on made.id = v.created_by
    left join app_user changed on changed.id = v.changed_by
    left join app_user approved on approved.id = v.approved_by
    left join app_user locked on locked.id = v.locked_by
    where v.year = :year
    order by v.number desc
    """
)
YEARS = text(
    """
    select distinct year::int from (
        select extract(year from period) as year from aop_target union all select year from aop_version
    ) known order by year
    """
)
KEEP = text(
    "insert into aop_version_target (version_id, level, member, period, measure, value) "
    "select :version_id, level, member, period, measure, value from aop_target "
    "where period >= :first and period <= :last"
)
TAKE = text(
    "insert into aop_target (level, member, period, measure, value) "
    "select level, member, period, measure, value from aop_version_target where version_id = :version_id"
)
SOLD = text(
    """
    select p.category, p.brand, p.family, c.code as channel, m.month, sum(m.quantity)::float8 as volume,
           sum(m.revenue)::float8 as revenue,
           sum(m.revenue - m.quantity * coalesce(p.unit_cost, 0))::float8 as margin
    from demand_month m
    join product p on p.id = m.product_id
    join channel c on c.id = m.channel_id
    where m.month >= :first and m.month <= :last
    group by 1, 2, 3, 4, 5
    """
)


def lock_year(session: Session, year: int) -> None:
    """Let only one change of a year's plan happen at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.aop'), :year)"), {"year": year})


def draft(session: Session, year: int) -> pd.DataFrame:
    """COLUMNS of the working draft."""
    return frame(session, DRAFT, **_year(year))


def of_version(session: Session, version_id: int) -> pd.DataFrame:
    """COLUMNS that a version holds."""
    return frame(session, OF_VERSION, version_id=version_id)


def versions(session: Session, year: int) -> list[Row[Any]]:
    """The versions of a year with names of people, the newest first."""
    return list(session.execute(VERSIONS, {"year": year}))


def version(session: Session, version_id: int) -> Row[Any] | None:
    table = AopVersion.__table__
    return one_or_none(session, select(table).where(table.c.id == version_id))


def years(session: Session) -> list[int]:
    """Years with targets or versions."""
    return list(session.scalars(YEARS))


def sold(session: Session, *, first: date, last: date) -> pd.DataFrame:
    """Volume, revenue and margin by category, brand, family, channel and month, both months included."""
    return frame(session, SOLD, first=first, last=last)


def add_version(session: Session, **values: Any) -> int:
    return session.execute(insert(AopVersion).values(**values).returning(AopVersion.id)).scalar_one()


def change_version(session: Session, version_id: int, **values: Any) -> None:
    found = AopVersion
    session.execute(update(found).where(found.id == version_id).values(version=found.version + 1, **values))


def keep_targets(session: Session, version_id: int, year: int) -> None:
    """Copy the working draft of a year into a version."""
    drop_targets(session, version_id)
    session.execute(KEEP, {"version_id": version_id, **_year(year)})


def drop_targets(session: Session, version_id: int) -> None:
    session.execute(delete(AopVersionTarget).where(AopVersionTarget.version_id == version_id))


def take_targets(session: Session, version_id: int, year: int) -> None:
    """Make what a version holds the working draft of its year."""
    clear_draft(session, year)
    session.execute(TAKE, {"version_id": version_id})


def clear_draft(session: Session, year: int) -> None:
    days = _year(year)
    session.execute(delete(AopTarget).where(AopTarget.period.between(days["first"], days["last"])))


def write(session: Session, targets: Sequence[dict[str, Any]]) -> None:
    """Store targets of the working draft, each new or instead of the one that is there."""
    if not targets:
        return
    statement = insert_or_update(AopTarget).values(list(targets))
    session.execute(statement.on_conflict_do_update(index_elements=KEY, set_={"value": statement.excluded["value"]}))


def _year(year: int) -> dict[str, date]:
    return {"first": date(year, 1, 1), "last": date(year, 12, 1)}
