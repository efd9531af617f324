"""Import batches, remembered mappings, and the rows of a file that are not taken."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.base import Json
from models.import_staging import DataChange, ImportProblem, ImportRow
from models.operation import ImportBatch, ImportMapping
from models.people import User

FETCHED_ROWS = 1000
ROW_COLUMNS = ("batch_id", "line", "outcome", "rule", "label")
PARTITIONED = ("demand_history", "stock_movement")
PROBLEM_COLUMNS = ("batch_id", "line", "column_name", "value", "rule", "message", "remedy", "notice")


def add_batch(session: Session, values: Json) -> None:
    session.execute(insert(ImportBatch).values(**values))


def batch(session: Session, batch_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    statement = (
        select(ImportBatch.__table__, User.name.label("author"))
        .outerjoin(User, User.id == ImportBatch.created_by)
        .where(ImportBatch.id == batch_id)
    )
    return one_or_none(session, statement.with_for_update(of=ImportBatch) if lock else statement)


def newest_batches(session: Session, *, entities: Sequence[str], limit: int) -> list[Row[Any]]:
    """Files, the newest first; edits by hand are the history of their records."""
    statement = (
        select(ImportBatch.__table__, User.name.label("author"))
        .outerjoin(User, User.id == ImportBatch.created_by)
        .where(ImportBatch.entity.in_(entities), ImportBatch.source != "edit")
        .order_by(ImportBatch.created_at.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def change_batch(session: Session, batch_id: UUID, **values: Any) -> None:
    session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(**values))


def committed_twin(session: Session, *, batch_id: UUID, entity: str, sha256: str) -> Row[Any] | None:
    """The newest import of the very same bytes that is in the plan now."""
    statement = (
        select(ImportBatch.id, ImportBatch.file_name, ImportBatch.committed_at, User.name.label("author"))
        .outerjoin(User, User.id == ImportBatch.created_by)
        .where(ImportBatch.sha256 == sha256, ImportBatch.entity == entity, ImportBatch.state == "committed")
        .where(ImportBatch.id != batch_id)
        .order_by(ImportBatch.committed_at.desc())
        .limit(1)
    )
    return one_or_none(session, statement)


def waiting_twin(session: Session, *, entity: str, sha256: str, source: str) -> UUID | None:
    """The newest import of the very same bytes that came the same way and is not in the data yet."""
    found: UUID | None = session.scalar(
        select(ImportBatch.id)
        .where(ImportBatch.sha256 == sha256, ImportBatch.entity == entity, ImportBatch.source == source)
        .where(ImportBatch.state.in_(("uploaded", "checked")))
        .order_by(ImportBatch.created_at.desc())
        .limit(1)
    )
    return found


def remembered_mapping(session: Session, *, entity: str, header_key: str) -> Row[Any] | None:
    same = (ImportMapping.entity == entity) & (ImportMapping.header_key == header_key)
    columns = (ImportMapping.mapping, ImportMapping.dialect, ImportMapping.options, ImportMapping.saved_at)
    return one_or_none(session, select(*columns).where(same))


def remember_mapping(session: Session, **values: Any) -> None:
    statement = upsert(ImportMapping).values(**values)
    changed = {name: statement.excluded[name] for name in ("name", "mapping", "dialect", "options")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ImportMapping.entity, ImportMapping.header_key], set_=changed | {"saved_at": func.now()}
        )
    )


def codes_and_names(session: Session, statement: Select[Any]) -> list[tuple[str, str]]:
    """Pairs to choose from."""
    return [(str(code), str(name)) for code, name in session.execute(statement)]


def forget_findings(session: Session, batch_id: UUID) -> None:
    """Drop what the last check found."""
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch_id))
    session.execute(delete(ImportProblem).where(ImportProblem.batch_id == batch_id))


def counts_by_rule(session: Session, batch_id: UUID) -> dict[str, dict[str, int]]:
    """How many rows that are not taken had which outcome, by rule."""
    statement = (
        select(ImportRow.outcome, ImportRow.rule, func.count().label("rows"))
        .where(ImportRow.batch_id == batch_id)
        .group_by(ImportRow.outcome, ImportRow.rule)
    )
    result: dict[str, dict[str, int]] = {}
    for row in session.execute(statement):
        result.setdefault(row.outcome, {})[row.rule] = row.rows
    return result


def ensure_partitions(session: Session, table: str, first_year: int, last_year: int) -> None:
    for year in range(first_year, last_year + 1):
        session.execute(text("select tandem_ensure_partition(:table, :year)"), {"table": table, "year": year})


def not_taken(session: Session, batch_id: UUID, *, rule: str | None, offset: int, limit: int) -> list[Row[Any]]:
    """Rows that were set aside or rejected, a rejected one once for each finding."""
    cell = ImportProblem
    of_the_row = (cell.batch_id == ImportRow.batch_id) & (cell.line == ImportRow.line) & ~cell.notice
    statement = (
        select(
            ImportRow.line,
            ImportRow.outcome,
            ImportRow.rule,
            ImportRow.label,
            *(cell.column_name, cell.value, cell.message, cell.remedy),
        )
        .outerjoin(cell, of_the_row)
        .where(ImportRow.batch_id == batch_id)
        .order_by(ImportRow.outcome, ImportRow.line, cell.id)
        .offset(offset)
        .limit(limit)
    )
    if rule:
        statement = statement.where(ImportRow.rule == rule)
    return list(session.execute(statement))


def findings(session: Session, batch_id: UUID) -> Generator[tuple[int, str], None, None]:
    """What is wrong with each rejected row, all of it in one text, in the order of the lines."""
    told = func.concat_ws(
        ": ", ImportProblem.column_name, func.concat_ws(" ", ImportProblem.message, ImportProblem.remedy)
    )
    statement = (
        select(ImportProblem.line, func.string_agg(told, aggregate_order_by(literal("; "), ImportProblem.id)))
        .where(ImportProblem.batch_id == batch_id, ~ImportProblem.notice)
        .group_by(ImportProblem.line)
        .order_by(ImportProblem.line)
        .execution_options(yield_per=FETCHED_ROWS)
    )
    with session.execute(statement) as found:
        for line, told_of_it in found:  # noqa: UP028 — pairs, not rows of the database
            yield line, told_of_it


def history(session: Session, *, entity: str, record_key: str, limit: int) -> list[Row[Any]]:
    """What happened to one record, the newest first."""
    statement = (
        select(
            *(DataChange.changed_at, DataChange.kind, DataChange.before, DataChange.after, DataChange.batch_id),
            User.name.label("who"),
            ImportBatch.file_name,
        )
        .outerjoin(User, User.id == DataChange.changed_by)
        .outerjoin(ImportBatch, ImportBatch.id == DataChange.batch_id)
        .where(DataChange.entity == entity, DataChange.record_key == record_key)
        .order_by(DataChange.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))
