"""Staged rows that nobody committed, dropped when their time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.queries.staging import SCHEMA, drop

# The last sign of life of an import is its upload or the end of its last job.
_ABANDONED = f"""
    select b.id, t.tablename
    from pg_tables t
    left join import_batch b on t.tablename = 'import_' || replace(b.id::text, '-', '')
    left join job j on j.id = b.job_id
    where t.schemaname = '{SCHEMA}' and t.tablename like 'import\\_%'
      and (b.id is null or b.state in ('committed', 'undone')
           or greatest(b.created_at, j.created_at, j.finished_at) < :before)
"""


def drop_abandoned(session: Session, *, before: datetime) -> int:
    """Drop the staged rows of imports that nothing happened to since; those have to be checked again."""
    found = session.execute(text(_ABANDONED), {"before": before}).all()
    return sum(_dropped(session, row.id, row.tablename) for row in found)


def _dropped(session: Session, batch_id: object, table: str) -> bool:
    if batch_id is not None and not _held(session, batch_id):
        return False
    drop(session, table)
    session.execute(
        text("update import_batch set state = 'uploaded' where id = :id and state = 'checked'"), {"id": batch_id}
    )
    return True


def _held(session: Session, batch_id: object) -> bool:
    """Whether no check or commit is at work on the import; none begins before the transaction ends."""
    statement = "select 1 from import_batch where id = :id for update skip locked"
    return session.scalar(text(statement), {"id": batch_id}) is not None
