"""Master data and every other kind of row on a screen: read a page, edit, create, retire, and look back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import EMPTY, _, moment, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import ENTITIES
from data.exchange.export import Cell
from data.exchange.fields import Entity
from data.exchange.problems import shown
from data.queries import health_findings
from data.queries import records as queries
from data.queries.import_matching import lock_for_writing
from data.queries.records import RecordFilters
from services.audit import record
from services.records_history import Change, changes_of, last_change
from services.records_values import cell_of, record_name, typed_key, value_of
from services.records_writing import EditRefused, Saved, take_back, texts_of, typed_rows, write

__all__ = [
    "Change", "Edit", "EditRefused", "RecordFilters", "RecordPage", "Saved", "change_all", "create", "editable",
    "history", "readable", "record_page", "reference_codes", "retire", "save", "undo",
]  # fmt: skip

MOST_ROWS_A_PAGE = 100
LAST_ROW = 10**9
MOST_EDITS = 1_000
MOST_CHANGED_TOGETHER = 100_000
MOST_LISTED = 500
KEYS_KEPT = 100

Key = Mapping[str, str]
Row = dict[str, str | int | float | None]
Stored = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """One row: its key as text by field, what the person saw, and what they want; texts as a file would hold them."""

    key: Key
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some rows by field, and how many match in all."""

    rows: list[Row]
    total: int


def readable(viewer: Viewer) -> dict[str, Entity]:
    """The entities whose rows a viewer may see.

    Inputs: the viewer.
    Returns: entities by name.
    Raises: nothing.
    Source: none; ours.
    """
    return {name: entity for name, entity in ENTITIES.items() if entity.table and viewer.may(entity.right)}


def editable(viewer: Viewer, entity: str) -> bool:
    """Whether a viewer may edit the rows of an entity.

    Inputs: the viewer and the entity's name.
    Returns: true or false.
    Raises: nothing.
    Source: none; ours.
    """
    return entity in readable(viewer) and viewer.may(Permission.MASTER_EDIT)


def record_page(
    viewer: Viewer,
    entity: str,
    filters: RecordFilters,
    *,
    start: int,
    end: int,
    sort: Sequence[tuple[str, bool]] = (),
) -> RecordPage:
    """Some of the matching rows.

    Inputs: the viewer, the entity's name, which rows, the first and the one after the last (at most 100), and fields
        to sort by, each with whether descending; then by key.
    Returns: RecordPage; days as ISO text, yes and no, figures as numbers, nothing as None.
    Raises: NotAllowed; NotFound; InvalidInput for a filter there is not.
    Source: screens.md 20.
    """
    found = entity_of(viewer, entity)
    first = min(max(start, 0), LAST_ROW)
    last = min(max(end, first), first + MOST_ROWS_A_PAGE)
    with session_scope(viewer) as session:
        rows = queries.page(session, found.name, filters, start=first, end=last, sort=sort)
        total = queries.total(session, found.name, filters)
    return RecordPage([{name: _plain(value) for name, value in row.items()} for row in rows], total)


def save(viewer: Viewer, entity: str, edits: Sequence[Edit]) -> Saved:
    """Change rows that are there, all or none, unless somebody else has changed them since they were seen.

    Inputs: the viewer, the entity's name, and the edits, at most 1,000; only the fields in ``before`` are compared.
    Returns: Saved.
    Raises: NotAllowed; NotFound; EditRefused (InvalidInput) with field, value and remedy of every fault; Conflict
        naming row, field, both values, who changed it and when.
    Source: screens.md 20; product.md, promise 5.
    """
    found = _editable(viewer, entity)
    if len(edits) > MOST_EDITS:
        message = _("At most %(count)s rows can be edited one by one. Change them together.", count=number(MOST_EDITS))
        raise InvalidInput(message)
    edited = {name for edit in edits for name in edit.after}
    _require_changeable(found, edited)
    if not edited:
        return Saved(None)
    given = _keys_and(found, edited)
    with session_scope(viewer) as session:
        lock_for_writing(session, found.name)
        stored = _stored(session, found, edits)
        for edit, row in zip(edits, stored, strict=True):
            _require_unchanged(session, found, edit, row)
        wanted = [_texts(row) | texts_of(edit.after) for edit, row in zip(edits, stored, strict=True)]
        typed = typed_rows(session, found, wanted, given=given)
        saved = write(session, viewer, found, given=given, mode="update", stage=partial(queries.stage, rows=typed))
        if saved.batch_id is not None:
            _record_save(session, viewer, found, edits, stored, saved)
    return saved


def create(viewer: Viewer, entity: str, values: Mapping[str, str]) -> Saved:
    """Add a row.

    Inputs: the viewer, the entity's name, and texts by field; what is left empty gets its default.
    Returns: Saved.
    Raises: NotAllowed; NotFound; EditRefused (InvalidInput) with field, value and remedy of every fault, also for a
        key that is there already.
    Source: screens.md 20.
    """
    found = _editable(viewer, entity)
    names = [field.name for field in found.fields]
    _require_fields(found, values)
    with session_scope(viewer) as session:
        lock_for_writing(session, found.name)
        given = texts_of(values)
        typed = typed_rows(session, found, [given], given=names, new=True)
        saved = write(session, viewer, found, given=names, mode="insert", stage=partial(queries.stage, rows=typed))
        after = {name: text for name, text in given.items() if text}
        named = record_name(given.get(key.name, "") for key in found.keys)
        record(session, viewer, "record.create", subject=found.name, subject_id=named, after=after)
    return saved


def retire(viewer: Viewer, entity: str, keys: Sequence[Key]) -> Saved:
    """Take rows out of use; nothing is deleted.

    Inputs: the viewer, the entity's name, and the keys.
    Returns: Saved.
    Raises: as ``save``; InvalidInput for an entity whose rows are not retired.
    Source: screens.md 20.
    """
    found = _editable(viewer, entity)
    if found.retire is None:
        raise InvalidInput(_("%(entity)s can't be retired.", entity=_(found.label)))
    name, value = found.retire
    return save(viewer, entity, [Edit(key, after={name: value}) for key in keys])


def change_all(
    viewer: Viewer, entity: str, filters: RecordFilters, values: Mapping[str, str], *, expected: int
) -> Saved:
    """Give all rows that the filters show the same values.

    Inputs: the viewer, the entity's name, the filters, texts by field, and how many rows the person saw.
    Returns: Saved.
    Raises: as ``save``; Conflict when the filters show another number of rows by now.
    Source: screens.md 20.
    """
    found = _editable(viewer, entity)
    _require_changeable(found, values)
    if expected > MOST_CHANGED_TOGETHER:
        most = number(MOST_CHANGED_TOGETHER)
        raise InvalidInput(_("At most %(count)s rows can be changed together. Filter them further.", count=most))
    given = _keys_and(found, values)
    with session_scope(viewer) as session:
        lock_for_writing(session, found.name)
        _require_expected(queries.total(session, found.name, filters), expected)
        if not expected or not values:
            return Saved(None)
        (first,) = queries.page(session, found.name, filters, start=0, end=1, sort=())
        (typed,) = typed_rows(session, found, [_texts(first) | texts_of(values)], given=given)
        stage = partial(queries.stage_all, filters=filters, values={name: typed[name] for name in values})
        saved = write(session, viewer, found, given=given, mode="update", stage=stage)
        if saved.batch_id is not None:
            after = {"rows": saved.changed, "search": filters.search, "finding": filters.finding, "values": {**values}}
            record(session, viewer, "record.change_all", subject=found.name, subject_id=saved.batch_id, after=after)
    return saved


def undo(viewer: Viewer, entity: str, batch_id: object) -> int:
    """Take an edit of one's own back.

    Inputs: the viewer, the entity's name, and the ``batch_id`` that Saved gave, also as text.
    Returns: how many rows are as they were before, or gone again.
    Raises: NotAllowed; NotFound when it is no edit of theirs that stands; Conflict naming rows that were changed or
        used since.
    Source: screens.md 20.
    """
    found = _editable(viewer, entity)
    try:
        edit = UUID(str(batch_id))
    except ValueError as no_edit:
        raise NotFound(_("There is no such edit of yours to undo.")) from no_edit
    with session_scope(viewer) as session:
        lock_for_writing(session, found.name)
        rows = take_back(session, viewer, found, edit)
        record(session, viewer, "record.undo", subject=found.name, subject_id=edit, after={"rows": rows})
    return rows


def history(viewer: Viewer, entity: str, key: Key) -> list[Change]:
    """What happened to a row.

    Inputs: the viewer, the entity's name, and the key.
    Returns: Change, the newest first, one for each field that changed.
    Raises: NotAllowed; NotFound.
    Source: product.md, promise 5.
    """
    found = entity_of(viewer, entity)
    with session_scope(viewer) as session:
        typed = typed_key(found, texts_of(key))
        if typed is None:
            return []
        return changes_of(session, found, queries.key_of(session, found.name, typed) or record_name(typed))


def reference_codes(viewer: Viewer, entity: str) -> dict[str, list[tuple[str, str]]]:
    """What the references of an entity can hold, where there are few enough to choose from.

    Inputs: the viewer and the entity's name.
    Returns: by field, (code, name) pairs; a field that refers to more than 500 rows is left out.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    found = entity_of(viewer, entity)
    referring = {field.name: field.reference for field in found.fields if field.reference}
    with session_scope(viewer) as session:
        listed = {
            name: queries.codes_and_names(session, name, limit=MOST_LISTED + 1) for name in set(referring.values())
        }
    return {name: listed[other] for name, other in referring.items() if len(listed[other]) <= MOST_LISTED}


def creatable(entity: str) -> bool:
    """Whether rows of an entity can be added, and not only found: the life cycle of a product comes with it.

    Inputs: the entity's name.
    Returns: true or false.
    Raises: nothing.
    Source: none; ours.
    """
    found = ENTITIES[entity]
    return not any(key.reference and ENTITIES[key.reference].table == found.table for key in found.keys)


def finding_label(viewer: Viewer, entity: str, finding: str) -> str:
    """What a finding of data health says.

    Inputs: the viewer, and the names of the entity and the finding; an empty one for none.
    Returns: the text, empty for none.
    Raises: NotFound for an entity or a finding that there is not for this viewer.
    Source: none; ours.
    """
    if entity not in readable(viewer):
        raise _no_rows(entity)
    if not finding:
        return ""
    found = health_findings.finding_of(finding, entity)
    if found is None:
        raise NotFound(_("There is no such finding."))
    return _(found.label)


def entity_of(viewer: Viewer, name: str) -> Entity:
    """The entity of that name.

    Inputs: a viewer with the right of the entity, and its name.
    Returns: the entity.
    Raises: NotAllowed; NotFound for one there is not, or without rows of its own.
    Source: none; ours.
    """
    found = ENTITIES.get(name)
    if found is None or not found.table:
        raise _no_rows(name)
    require(viewer, found.right)
    return found


def _no_rows(name: str) -> NotFound:
    return NotFound(_("There are no rows called “%(entity)s”.", entity=shown(name)))


def _editable(viewer: Viewer, name: str) -> Entity:
    found = entity_of(viewer, name)
    require(viewer, Permission.MASTER_EDIT)
    return found


def _keys_and(entity: Entity, names: Collection[str]) -> list[str]:
    return [field.name for field in entity.fields if field.key or field.name in names]


def _require_fields(entity: Entity, names: Iterable[str]) -> None:
    known = {field.name for field in entity.fields}
    for name in names:
        if name not in known:
            raise InvalidInput(_("%(entity)s have no field “%(field)s”.", entity=_(entity.label), field=shown(name)))


def _require_changeable(entity: Entity, names: Iterable[str]) -> None:
    _require_fields(entity, names)
    for name in names:
        if entity.field(name).key:
            label = _(entity.field(name).label)
            raise InvalidInput(_("%(field)s names the row and can't be changed. Add a new row.", field=label))


def _require_expected(rows: int, expected: int) -> None:
    if rows != expected:
        raise Conflict(
            _(
                "The filter shows %(now)s rows by now, not %(seen)s. Look at them again before you change them.",
                now=number(rows),
                seen=number(expected),
            )
        )


def _stored(session: Session, entity: Entity, edits: Sequence[Edit]) -> list[Stored]:
    """The row of each edit, held until the end of the transaction."""
    keys = [typed_key(entity, texts_of(edit.key)) for edit in edits]
    names = [key.name for key in entity.keys]
    rows = queries.rows_by_key(session, entity.name, [key for key in keys if key is not None])
    found = {tuple(row[name] for name in names): row for row in rows}
    for edit, key in zip(edits, keys, strict=True):
        if key not in found:
            named = record_name(edit.key.get(name, "") for name in names)
            raise Conflict(_("There is no row “%(key)s” any more. Load the list again.", key=shown(named)))
    return [found[key] for key in keys if key is not None]


def _require_unchanged(session: Session, entity: Entity, edit: Edit, row: Stored) -> None:
    wanted = texts_of(edit.after)
    for name, text in texts_of(edit.before).items():
        _require_fields(entity, [name])
        current = "" if row[name] is None else row[name]
        field = entity.field(name)
        if current in (value_of(field, text), value_of(field, wanted.get(name, text))):
            continue
        said = {
            "row": row["_key"],
            "field": _(field.label),
            "seen": shown(text) or EMPTY,
            "now": shown(cell_of(current)) or EMPTY,
        }
        change = last_change(session, entity, row["_key"], name)
        if change is None:
            raise Conflict(
                _("%(row)s, %(field)s: it was “%(seen)s” when you saw it and is “%(now)s” now. Look again.", **said)
            )
        raise Conflict(
            _(
                "%(row)s, %(field)s: %(who)s changed it from “%(seen)s” to “%(now)s” on %(when)s. Look again.",
                **said,
                who=change.who,
                when=moment(change.at),
            )
        )


def _record_save(  # noqa: PLR0917
    session: Session, viewer: Viewer, entity: Entity, edits: Sequence[Edit], stored: Sequence[Stored], saved: Saved
) -> None:
    """One line for the whole edit: the values of a single row, the keys of several."""
    one = len(edits) == 1
    before = {name: cell_of(stored[0][name]) for name in edits[0].after} if one else None
    after = {**edits[0].after} if one else {"rows": saved.changed, "keys": [row["_key"] for row in stored[:KEYS_KEPT]]}
    named = stored[0]["_key"] if one else saved.batch_id
    record(session, viewer, "record.save", subject=entity.name, subject_id=named, before=before, after=after)


def _texts(row: Stored) -> dict[str, str]:
    return {name: cell_of(value) for name, value in row.items()}


def _plain(value: Cell) -> str | int | float | None:
    """A value as a grid takes it."""
    if isinstance(value, bool):
        return cell_of(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, str | int | float) or value is None else cell_of(value)
