"""Published plans: their heads, and the figures they held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.copied_rows import copy_rows
from data.frames import frame
from data.rows import one_or_none
from models.demand_plan import PlanVersion

DEMAND_COLUMNS = (
    "version_id, product_id, location_id, channel_id, period, "
    "naive, statistical, uplift, sales, marketing, customer, finance, planner, consensus"
)
SUPPLY_COLUMNS = "version_id, product_id, location_id, period, demand, receipts, end_stock, owed"
CAPACITY_COLUMNS = "version_id, resource_id, period, load_hours, available_hours"

VERSIONS = text(
    """
    select v.id, v.kind, v.first_period, v.number, v.months, v.cycle_id, v.run_id, v.note, v.summary, v.published_at,
           u.name as published_by
    from plan_version v left join app_user u on u.id = v.published_by
    where cast(:kind as text) is null or v.kind = :kind
    order by v.first_period desc, v.id desc
    """
)

DEMAND = text(f"select {DEMAND_COLUMNS} from demand_plan_value where version_id = :version_id")
SUPPLY = text(f"select {SUPPLY_COLUMNS} from supply_plan_value where version_id = :version_id")


def lock_numbers(session: Session) -> None:
    """Let only one plan be published at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.plan_version'))"))


def next_number(session: Session, *, kind: str, first_period: date) -> int:
    newest = select(func.max(PlanVersion.number)).where(
        PlanVersion.kind == kind, PlanVersion.first_period == first_period
    )
    return (session.scalar(newest) or 0) + 1


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(PlanVersion).values(**values).returning(PlanVersion.id)).scalar_one()


def version(session: Session, version_id: int) -> Row[Any] | None:
    table = PlanVersion.__table__
    return one_or_none(session, select(table).where(table.c.id == version_id))


def versions(session: Session, kind: str | None = None) -> list[Row[Any]]:
    """Heads of published plans with ``published_by`` as a name, those of the newest month first."""
    return list(session.execute(VERSIONS, {"kind": kind}))


def write_demand(session: Session, rows: Iterable[Sequence[object]]) -> None:
    copy_rows(session, "demand_plan_value", DEMAND_COLUMNS, rows)


def write_supply(session: Session, rows: Iterable[Sequence[object]]) -> None:
    copy_rows(session, "supply_plan_value", SUPPLY_COLUMNS, rows)


def write_capacity(session: Session, rows: Iterable[Sequence[object]]) -> None:
    copy_rows(session, "capacity_plan_value", CAPACITY_COLUMNS, rows)


def demand_values(session: Session, version_id: int) -> pd.DataFrame:
    """DEMAND_COLUMNS of a published demand plan."""
    return frame(session, DEMAND, version_id=version_id)


def supply_values(session: Session, version_id: int) -> pd.DataFrame:
    """SUPPLY_COLUMNS of a published supply plan."""
    return frame(session, SUPPLY, version_id=version_id)
