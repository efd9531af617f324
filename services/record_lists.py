"""The rows of any entity for programs: described, read to the end, found by their code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.entities import ENTITIES
from data.exchange.fields import Entity
from data.queries import records as queries
from data.queries.records import RecordFilters
from services import records
from services.records import Edit, creatable, entity_of
from services.records_values import cell_of

# People and companies have accounts and rights; they are kept on pages of their own.
CLOSED = ("users", "companies")
FILTERED = ("code", "boolean")


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field: ``kind`` is code, text, decimal, integer, day, moment or boolean; ``filtered`` can be asked for."""

    name: str
    kind: str
    help: str
    required: bool
    key: bool
    choices: tuple[str, ...]
    filtered: bool


@dataclass(frozen=True, slots=True)
class RecordKind:
    """An entity. ``code`` is the field by which a row is found, empty for rows of several key fields."""

    name: str
    label: str
    help: str
    right: Permission
    fields: tuple[RecordField, ...]
    code: str
    editable: bool


@dataclass(frozen=True, slots=True)
class RecordRows:
    """Some rows by field, and the place of the last one, None at the end."""

    rows: list[dict[str, Any]]
    last: list[Any] | None


def kinds() -> list[RecordKind]:
    """All entities that programs may read, with what is known of their fields.

    Inputs: none.
    Returns: entities in the order in which a new company brings them in.
    Raises: nothing.
    Source: none; ours.
    """
    return [_kind(entity) for name, entity in ENTITIES.items() if entity.table and name not in CLOSED]


def rows_after(
    viewer: Viewer,
    entity: str,
    *,
    equal: Mapping[str, str],
    search: str,
    last: Sequence[Any] | None,
    limit: int,
) -> RecordRows:
    """Rows in the order in which they are stored, from a place on.

    Inputs: a viewer with the right of the entity, its name; texts that fields have; words of the key or name; the place
        of the row before (None: from the first), how many.
    Returns: RecordRows.
    Raises: NotAllowed; NotFound; InvalidInput for a filter that there is not.
    Source: none; ours.
    """
    found = entity_of(viewer, entity)
    conditions = {name: {"filterType": "text", "type": "equals", "filter": text} for name, text in equal.items()}
    with session_scope(viewer) as session:
        rows = queries.after(session, found.name, RecordFilters(search, conditions), last=last, limit=limit + 1)
    shown = rows[:limit]
    place = [_plain(value) for name, value in shown[-1].items() if name.startswith("_")] if len(rows) > limit else None
    return RecordRows([_fields_of(row) for row in shown], place)


def row(viewer: Viewer, entity: str, code: str) -> dict[str, Any]:
    """The row of a code.

    Inputs: a viewer with the right of the entity, its name, and the code as it is stored.
    Returns: values by field.
    Raises: NotAllowed; NotFound.
    Source: security.md B01.
    """
    found = entity_of(viewer, entity)
    (key,) = found.keys
    condition = {key.name: {"filterType": "text", "type": "equals", "filter": code}}
    with session_scope(viewer) as session:
        rows = queries.after(session, found.name, RecordFilters("", condition), last=None, limit=10)
    for each in rows:
        if each[key.name] == code:
            return _fields_of(each)
    raise NotFound(_("There is no such row."))


def change(viewer: Viewer, entity: str, code: str, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Change fields of a row, unless somebody has changed them since they were seen.

    Inputs: a viewer with master.edit, the entity, the code; the values that were seen and those wanted, by field.
    Returns: nothing.
    Raises: as services.records.save.
    Source: product.md, promise 5.
    """
    (key,) = entity_of(viewer, entity).keys
    before = {name: cell_of(seen[name]) if seen[name] is not None else "" for name in wanted}
    records.save(viewer, entity, [Edit({key.name: code}, before=before, after=_texts(wanted))])


def add(viewer: Viewer, entity: str, values: Mapping[str, Any]) -> None:
    """Add a row.

    Inputs: a viewer with master.edit, the entity, and values by field.
    Returns: nothing.
    Raises: as services.records.create.
    Source: none; ours.
    """
    records.create(viewer, entity, _texts(values))


def _kind(entity: Entity) -> RecordKind:
    fields = tuple(
        RecordField(
            *(field.name, field.kind.value, f"{field.label}. {field.help}", field.required, field.key, field.choices),
            filtered=field.kind.value in FILTERED and field.name not in entity.looked_up,
        )
        for field in entity.fields
    )
    code = entity.keys[0].name if len(entity.keys) == 1 else ""
    editable = bool(code) and entity.retire is not None and creatable(entity.name)
    return RecordKind(entity.name, entity.label, entity.help, entity.right, fields, code, editable)


def _fields_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else cell_of(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value) if not isinstance(value, int | str) else value
