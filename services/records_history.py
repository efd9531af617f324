"""What happened to one row, field by field: by which import or whose hand, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.i18n import _
from data.entities import ENTITIES
from data.exchange.fields import Entity, Field
from data.queries import records as queries
from services.records_values import cell_of

MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one field of a row; ``field`` is empty for a row that was made or removed as a whole.

    ``kind`` is insert, update or delete; ``file`` the name of the imported file, empty for an edit by hand;
    ``before`` and ``after`` are texts, codes for references. ``batch_id`` names the import or edit.
    """

    at: datetime
    who: str
    kind: str
    file: str
    field: str
    label: str
    before: str
    after: str
    batch_id: UUID | None


def changes_of(session: Session, entity: Entity, key: str) -> list[Change]:
    """What happened to a row.

    Inputs: the session, the entity, and the key as the log has it.
    Returns: Change, the newest first.
    Raises: nothing.
    Source: product.md, promise 5.
    """
    rows = queries.changes(session, queries.kin(entity.name), key, limit=MOST_CHANGES)
    codes = _codes(session, rows)
    return [change for row in rows for change in _changes(row, codes)]


def last_change(session: Session, entity: Entity, key: str, field: str) -> Change | None:
    """The change that made a field what it is.

    Inputs: the session, the entity, the key as the log has it, and the field.
    Returns: Change, or None when none is known.
    Raises: nothing.
    Source: none; ours.
    """
    return next((change for change in changes_of(session, entity, key) if change.field == field), None)


def _changes(row: Any, codes: Mapping[str, Mapping[int, str]]) -> Iterator[Change]:
    who = row.who or _("The operator")
    whole = Change(row.changed_at, who, row.kind, row.file_name or "", "", "", "", "", row.batch_id)
    if row.kind != "update":
        yield whole
        return
    before, after = _flat(row.before), _flat(row.after)
    for field in ENTITIES[row.entity].fields:
        column = field.stored_in
        if column in before and before[column] != after.get(column):
            was, became = (_text(field, state.get(column), codes) for state in (before, after))
            yield replace(whole, field=field.name, label=_(field.label), before=was, after=became)


def _flat(state: Mapping[str, Any] | None) -> dict[str, Any]:
    """The columns of a row beside those of its document."""
    given = dict(state or {})
    return given | (given.pop("header", None) or {})


def _text(field: Field, value: Any, codes: Mapping[str, Mapping[int, str]]) -> str:
    if field.reference and isinstance(value, int):
        return codes.get(field.reference, {}).get(value, str(value))
    return cell_of(value)


def _codes(session: Session, rows: Sequence[Any]) -> dict[str, dict[int, str]]:
    """The codes of all ids that the changes hold."""
    wanted: dict[str, set[int]] = {}
    for row in rows if rows else ():
        for field in ENTITIES[row.entity].fields:
            found = {_flat(state).get(field.stored_in) for state in (row.before, row.after)} if field.reference else ()
            wanted.setdefault(field.reference or "", set()).update(value for value in found if isinstance(value, int))
    return {name: queries.codes_of(session, name, ids) for name, ids in wanted.items() if ids}
