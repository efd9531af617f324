"""The state of the database and of the queue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.operation import Job


def database_facts(session: Session) -> Row[Any]:
    statement: Any = select(
        func.current_setting("server_version").label("version"),
        func.pg_database_size(func.current_database()).label("size_bytes"),
        func.pg_postmaster_start_time().label("started_at"),
    )
    found: Row[Any] = session.execute(statement).one()
    return found


def jobs_by_state(session: Session) -> dict[str, int]:
    statement = select(Job.state, func.count().label("jobs")).group_by(Job.state)
    return {row.state: row.jobs for row in session.execute(statement)}
