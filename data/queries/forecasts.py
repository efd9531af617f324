"""Forecast runs: their rows, and the results that a worker writes for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.jobs import ACTIVE
from data.rows import one_or_none
from models.base import Json
from models.operation import Job
from models.people import User
from models.planning import ForecastRun, ForecastSeries, ForecastValue

SERIES_COLUMNS = (
    "run_id, product_id, location_id, method, demand_class, volume, judged_volume, wmape, bias, mase, "
    "naive_wmape, naive_bias, naive_mase, why, fitted_from, fitted"
)
VALUE_COLUMNS = "run_id, product_id, location_id, period, q10, q50, q90"


def lock_starts(session: Session) -> None:
    """Let only one run be begun at a time, until the transaction ends: two clicks at once are one after the other."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.forecast'))"))


def add_run(
    session: Session,
    *,
    frequency: str,
    first_period: date,
    horizon: int,
    scope: Json,
    created_by: int | None,
) -> int:
    statement = insert(ForecastRun).values(
        frequency=frequency, first_period=first_period, horizon=horizon, scope=scope, created_by=created_by
    )
    return session.execute(statement.returning(ForecastRun.id)).scalar_one()


def change_run(session: Session, run_id: int, **values: Any) -> None:
    session.execute(update(ForecastRun).where(ForecastRun.id == run_id).values(**values))


def same_run_under_way(
    session: Session, *, frequency: str, first_period: date, horizon: int, scope: Json, created_by: int | None
) -> Row[Any] | None:
    """``id`` and ``job_id`` of the person's run that does the very same and has not ended."""
    statement = (
        select(ForecastRun.id, ForecastRun.job_id)
        .join(Job, Job.id == ForecastRun.job_id)
        .where(
            ForecastRun.state == "running",
            Job.state.in_(ACTIVE),
            ForecastRun.frequency == frequency,
            ForecastRun.first_period == first_period,
            ForecastRun.horizon == horizon,
            ForecastRun.scope == scope,
            ForecastRun.created_by == created_by,
        )
        .limit(1)
    )
    return one_or_none(session, statement)


def run(session: Session, run_id: int) -> Row[Any] | None:
    return one_or_none(session, _runs().where(ForecastRun.id == run_id))


def newest_runs(session: Session, *, limit: int, state: str | None = None) -> list[Row[Any]]:
    statement = _runs().order_by(ForecastRun.id.desc()).limit(limit)
    return list(session.execute(statement if state is None else statement.where(ForecastRun.state == state)))


def locked_run(session: Session, run_id: int) -> Row[Any] | None:
    """The run as it is stored, held until the transaction ends."""
    table = ForecastRun.__table__
    return one_or_none(session, select(table).where(table.c.id == run_id).with_for_update())


def last_product(session: Session, run_id: int) -> int:
    """The highest product that has results; 0 when there are none yet."""
    statement = select(func.max(ForecastSeries.product_id)).where(ForecastSeries.run_id == run_id)
    return session.scalar(statement) or 0


def write_results(session: Session, *, series: Iterable[Sequence[object]], values: Iterable[Sequence[object]]) -> None:
    """Add rows of SERIES_COLUMNS and VALUE_COLUMNS by COPY."""
    _copy(session, f"copy forecast_series ({SERIES_COLUMNS}) from stdin", series)
    _copy(session, f"copy forecast_value ({VALUE_COLUMNS}) from stdin", values)


def delete_results(session: Session, run_id: int) -> None:
    for table in (ForecastValue, ForecastSeries):
        session.execute(delete(table).where(table.run_id == run_id))


def abandoned_runs(session: Session, *, without_job_since: datetime) -> list[Row[Any]]:
    """``id`` and ``state`` of runs that nobody works on any more: their job ended without them, or they never had one
    (they ran at the command line) and began before ``without_job_since``."""
    statement = (
        select(ForecastRun.id, func.coalesce(Job.state, "failed").label("state"))
        .outerjoin(Job, Job.id == ForecastRun.job_id)
        .where(
            ForecastRun.state == "running",
            Job.state.in_(("failed", "cancelled"))
            | (ForecastRun.job_id.is_(None) & (ForecastRun.created_at < without_job_since)),
        )
    )
    return list(session.execute(statement))


def _runs() -> Any:
    """A run whose job ended before a worker took it, or that killed its workers, has ended with it."""
    ended_with_job = (ForecastRun.state == "running") & Job.state.in_(("failed", "cancelled"))
    stored = [column for column in ForecastRun.__table__.columns if column.name != "state"]
    return (
        select(
            *stored,
            case((ended_with_job, Job.state), else_=ForecastRun.state).label("state"),
            User.name.label("author"),
        )
        .outerjoin(Job, Job.id == ForecastRun.job_id)
        .outerjoin(User, User.id == ForecastRun.created_by)
    )


def _copy(session: Session, statement: str, rows: Iterable[Sequence[object]]) -> None:
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
