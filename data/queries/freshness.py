"""How new the stored data are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.demand import DemandHistory
from models.operation import ImportBatch, Job
from models.orders import SalesOrderLine
from models.people import User
from models.planning import ForecastRun, InventoryPolicy


def newest(session: Session, *, until: date) -> Row[Any]:
    """Last day of sales and of deliveries up to a day; last forecast run, policy calculation and import."""
    found: Any = session.execute(
        select(
            select(func.max(DemandHistory.day)).where(DemandHistory.day <= until).scalar_subquery().label("sales_to"),
            select(func.max(SalesOrderLine.delivered_on))
            .where(SalesOrderLine.delivered_on <= until)
            .scalar_subquery()
            .label("deliveries_to"),
            select(func.max(ForecastRun.finished_at))
            .where(ForecastRun.state == "done")
            .scalar_subquery()
            .label("forecast_at"),
            select(func.max(InventoryPolicy.computed_at)).scalar_subquery().label("policies_at"),
            select(func.max(ImportBatch.committed_at))
            .where(ImportBatch.state == "committed")
            .scalar_subquery()
            .label("import_at"),
        )
    ).one()
    return found  # type: ignore[no-any-return]


def active_accounts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User).where(User.active)) or 0


def failed_jobs(session: Session, *, since: datetime) -> int:
    statement = select(func.count()).select_from(Job).where(Job.state == "failed", Job.finished_at >= since)
    return session.scalar(statement) or 0
