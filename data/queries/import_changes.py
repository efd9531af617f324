"""What a committed import has changed in rows that were there, told field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.entities import ENTITIES
from data.exchange.fields import Entity
from data.queries.entity_rows import tables_of
from models.base import Json
from models.import_staging import DataChange

REMOVED = "delete"

# Key of the row, field (or REMOVED), value before and after.
ChangedField = tuple[str, str, tuple[Any, Any]]


def changed_fields(
    session: Session, batch_id: UUID, name: str, *, limit: int, field: str = ""
) -> Iterator[ChangedField]:
    """The fields of the first changed rows, codes instead of ids; a row that a replacement removed is one line."""
    entity = ENTITIES[name]
    changes = _changes(session, batch_id, name, limit)
    codes = _codes(session, entity, changes)
    for change in changes:
        if change.kind == REMOVED:
            yield change.record_key, REMOVED, (None, None)
            continue
        before, after = _flat(change.before), _flat(change.after)
        for item in entity.fields:
            column = item.stored_in
            if column not in before or before[column] == after.get(column) or (field and item.name != field):
                continue
            known = codes.get(item.name)
            values = (before[column], after.get(column))
            yield (
                change.record_key,
                item.name,
                values if known is None else (known.get(values[0]), known.get(values[1])),
            )


def _changes(session: Session, batch_id: UUID, name: str, limit: int) -> list[Row[Any]]:
    columns = (DataChange.record_key, DataChange.kind, DataChange.before, DataChange.after)
    statement = (
        select(*columns)
        .where(DataChange.batch_id == batch_id, DataChange.entity == name, DataChange.kind != "insert")
        .order_by(DataChange.id)
        .limit(limit)
    )
    return list(session.execute(statement))


def _flat(state: Json | None) -> Json:
    """The columns of a row with those of its document."""
    own: Json = dict(state or {})
    document: Json = own.pop("header", {})
    return own | document


def _codes(session: Session, entity: Entity, changes: list[Row[Any]]) -> dict[str, dict[int | None, str]]:
    """What the ids in the changes stand for, by field."""
    states = [_flat(state) for change in changes for state in (change.before, change.after)]
    found = {}
    for item in entity.fields:
        if item.reference is None or item.name in entity.looked_up:
            continue
        ids = {state[item.stored_in] for state in states if state.get(item.stored_in) is not None}
        bound = tables_of(item.reference)
        code = bound.stored[bound.entity.keys[0].name]
        statement = select(bound.rows.c.id, code).where(bound.rows.c.id.in_(ids))
        found[item.name] = {key: value for key, value in session.execute(statement)}  # noqa: C416
    return found
