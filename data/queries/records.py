"""The rows of any entity for a screen: filtered, sorted, a page at a time; and what is needed to edit them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    delete,
    false,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.i18n import _
from data.entities import ENTITIES
from data.exchange.fields import Field, Kind
from data.exchange.problems import RowProblem
from data.queries import health_findings
from data.queries.entity_rows import EntityTables, code_field, in_key_order, read, record_key, tables_of
from data.queries.staging import Staged
from models.import_staging import DataChange, ImportProblem
from models.operation import ImportBatch
from models.people import User

MOST_WORDS = 8
LARGEST = Decimal(10) ** 18
Reader = Callable[[Field, Any], Any]


@dataclass(frozen=True, slots=True)
class RecordFilters:
    """Which rows to show.

    ``search`` holds words, each of which stands in the key or the name. ``fields`` holds, by field, a condition as AG
    Grid writes it (its filter model). ``finding`` is the name of a finding of data health.
    """

    search: str = ""
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    finding: str = ""


def matching(filters: RecordFilters, entity: str) -> ColumnElement[bool]:
    """That a row of ``tables_of(entity)`` is shown; raises InvalidInput or NotFound for a filter there is not."""
    bound = tables_of(entity)
    conditions = [_searched(bound, word) for word in _storable(filters.search).split()[:MOST_WORDS]]
    conditions += [_field_condition(bound, name, model) for name, model in filters.fields.items()]
    if filters.finding:
        conditions.append(health_findings.condition(filters.finding, entity))
    return and_(true(), *conditions)


def page(
    session: Session,
    entity: str,
    filters: RecordFilters,
    *,
    start: int,
    end: int,
    sort: Sequence[tuple[str, bool]],
) -> list[dict[str, Any]]:
    """Some of the matching rows, one value a field."""
    statement = selected(entity, filters, sort).offset(start).limit(end - start)
    return [dict(row._mapping) for row in session.execute(statement)]


def selected(entity: str, filters: RecordFilters, sort: Sequence[tuple[str, bool]]) -> Select[Any]:
    """The matching rows, sorted by these fields and then by key."""
    bound = tables_of(entity)
    order = [_directed(bound.fields[name], descending) for name, descending in sort if name in bound.fields]
    return in_key_order(entity, read(entity).where(matching(filters, entity)).order_by(*order))


def total(session: Session, entity: str, filters: RecordFilters) -> int:
    bound = tables_of(entity)
    statement = select(func.count()).select_from(bound.source).where(matching(filters, entity))
    return session.scalar(statement) or 0


def rows_by_key(session: Session, entity: str, keys: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows that have one of the keys, held until the end of the transaction; ``_key`` names each."""
    bound = tables_of(entity)
    statement = read(entity).add_columns(record_key(entity).label("_key")).where(_has_key(bound, keys))
    found = session.execute(statement.with_for_update(of=bound.rows))
    return [dict(row._mapping) for row in found]


def key_of(session: Session, entity: str, key: Sequence[Any]) -> str | None:
    """The key of a row as the log of changes writes it; None when there is no such row."""
    bound = tables_of(entity)
    statement = select(record_key(entity)).select_from(bound.source).where(_has_key(bound, [key]))
    return session.scalar(statement.limit(1))


def changes(session: Session, entities: Collection[str], key: str, *, limit: int) -> list[Row[Any]]:
    """What happened to one row, the newest first; ``entities`` are all those whose rows it is one of."""
    statement = (
        select(
            *(DataChange.changed_at, DataChange.kind, DataChange.entity, DataChange.before, DataChange.after),
            *(User.name.label("who"), ImportBatch.source, ImportBatch.file_name, DataChange.batch_id),
        )
        .outerjoin(User, User.id == DataChange.changed_by)
        .outerjoin(ImportBatch, ImportBatch.id == DataChange.batch_id)
        .where(DataChange.entity.in_(entities), DataChange.record_key == key)
        .order_by(DataChange.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def ids_of(session: Session, entity: str, codes: Collection[str]) -> dict[str, int]:
    """The ids of some codes."""
    bound = tables_of(entity)
    code = bound.stored[code_field(bound.entity).name]
    statement = select(code, bound.rows.c.id).where(code.in_(codes))
    return {found: row_id for found, row_id in session.execute(statement)}  # noqa: C416


def codes_of(session: Session, entity: str, ids: Collection[int]) -> dict[int, str]:
    """The codes of some ids."""
    bound = tables_of(entity)
    statement = select(bound.rows.c.id, bound.stored[code_field(bound.entity).name]).where(bound.rows.c.id.in_(ids))
    return {row_id: code for row_id, code in session.execute(statement)}  # noqa: C416


def codes_and_names(session: Session, entity: str, *, limit: int) -> list[tuple[str, str]]:
    """The codes of an entity with the names people know them by, for a list to choose from."""
    bound = tables_of(entity)
    code = bound.fields[code_field(bound.entity).name]
    name = bound.fields.get("name", code)
    statement = select(code, name).select_from(bound.source).order_by(code).limit(limit)
    return [(str(code), str(name)) for code, name in session.execute(statement)]


def can_be_empty(entity: str, name: str) -> bool:
    """Whether a field that is stored with the row may hold nothing."""
    return bool(getattr(tables_of(entity).stored[name], "nullable", True))


def stage(session: Session, staged: Staged, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put typed rows, one value a field beside the ``line``, where the engine looks for those of a file."""
    _empty(session, staged)
    session.execute(insert(staged.table), list(rows))


def stage_all(session: Session, staged: Staged, filters: RecordFilters, values: Mapping[str, Any]) -> None:
    """Stage every matching row with the same new values."""
    bound = tables_of(staged.entity.name)
    looked_up = staged.entity.looked_up
    keys = {
        key.name: bound.fields[key.name] if key.name in looked_up else bound.stored[key.name]
        for key in staged.entity.keys
    }
    columns = keys | {name: literal(value, staged.table.c[name].type) for name, value in values.items()}
    rows = (
        select(func.row_number().over(), *columns.values())
        .select_from(bound.source)
        .where(matching(filters, staged.entity.name))
    )
    _empty(session, staged)
    session.execute(insert(staged.table).from_select(["line", *columns], rows))


def _empty(session: Session, staged: Staged) -> None:
    staged.table.drop(session.connection(), checkfirst=True)
    staged.table.create(session.connection(), checkfirst=False)


def problems(session: Session, batch_id: UUID, *, limit: int) -> list[RowProblem]:
    """What the engine found wrong with staged rows."""
    statement = (
        select(
            *(ImportProblem.line, ImportProblem.column_name, ImportProblem.value),
            *(ImportProblem.rule, ImportProblem.message, ImportProblem.remedy),
        )
        .where(ImportProblem.batch_id == batch_id, ~ImportProblem.notice)
        .order_by(ImportProblem.line, ImportProblem.id)
        .limit(limit)
    )
    return [RowProblem(*row) for row in session.execute(statement)]


def forget_batch(session: Session, batch_id: UUID) -> None:
    """An edit that changed nothing leaves no trace."""
    session.execute(delete(ImportBatch).where(ImportBatch.id == batch_id))


def kin(entity: str) -> tuple[str, ...]:
    """The entities whose rows are those of the same table, under the same key: products and their life cycle."""
    own = ENTITIES[entity]
    return tuple(
        name
        for name, other in ENTITIES.items()
        if other.table == own.table and len(other.keys) == len(own.keys) and not other.stored_as
    )


def _has_key(bound: EntityTables, keys: Sequence[Sequence[Any]]) -> ColumnElement[bool]:
    columns = [bound.fields[key.name] for key in bound.entity.keys]
    if len(columns) == 1 and all(key[0] is not None for key in keys):
        return columns[0].in_([key[0] for key in keys])
    return or_(false(), *(and_(*map(_is, columns, key)) for key in keys))


def _is(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _directed(column: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    return (column.desc() if descending else column.asc()).nulls_last()


def _searched(bound: EntityTables, word: str) -> ColumnElement[bool]:
    names = [field.name for field in bound.entity.fields if field.key or field.name == "name"]
    return or_(*(cast(bound.fields[name], Text).icontains(word, autoescape=True) for name in names))


def _field_condition(bound: EntityTables, name: str, model: Mapping[str, Any]) -> ColumnElement[bool]:
    if name not in bound.fields:
        raise InvalidInput(_("There is no column “%(name)s” to filter by.", name=name))
    found, column = bound.entity.field(name), bound.fields[name]
    parts = model.get("conditions")
    if not isinstance(parts, list):
        return _condition(found, column, model)
    joined = or_ if model.get("operator") == "OR" else and_
    return joined(*(_condition(found, column, part) for part in parts if isinstance(part, Mapping)))


def _condition(found: Field, column: ColumnElement[Any], model: Mapping[str, Any]) -> ColumnElement[bool]:
    kind = str(model.get("type", ""))
    if kind in {"blank", "notBlank"}:
        blank = _blank(found, column)
        return blank if kind == "blank" else not_(blank)
    if isinstance(model.get("values"), list) or found.kind is Kind.BOOLEAN:
        return _one_of(found, column, model.get("values") or [model.get("filter")])
    if found.kind in _READERS:
        return _compared(found, column, model)
    return _text(found, column, kind, str(model.get("filter") or ""))


def _blank(found: Field, column: ColumnElement[Any]) -> ColumnElement[bool]:
    if found.kind in {Kind.CODE, Kind.TEXT}:
        return or_(column.is_(None), column == "")
    return column.is_(None)


def _one_of(found: Field, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """One of a set of values, as the screen writes them."""
    given = [value for value in values if value not in (None, "")]
    value_of: Reader = _READERS.get(found.kind, _as_text)
    wanted = [value_of(found, value) for value in given]
    blank = _blank(found, column) if len(wanted) < len(values) else false()
    return or_(column.in_(wanted), blank)


_TEXTS: Mapping[str, Callable[[ColumnElement[Any], str], ColumnElement[bool]]] = {
    "contains": lambda column, text: column.icontains(text, autoescape=True),
    "notContains": lambda column, text: or_(column.is_(None), not_(column.icontains(text, autoescape=True))),
    "equals": lambda column, text: func.lower(column) == text.lower(),
    "notEqual": lambda column, text: func.lower(column).is_distinct_from(text.lower()),
    "startsWith": lambda column, text: column.istartswith(text, autoescape=True),
    "endsWith": lambda column, text: column.iendswith(text, autoescape=True),
}


def _text(found: Field, column: ColumnElement[Any], kind: str, text: str) -> ColumnElement[bool]:
    if kind not in _TEXTS:
        raise _unknown_condition(found)
    return _TEXTS[kind](column, _storable(text))


_COMPARISONS: Mapping[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "equals": lambda column, value: column == value,
    "notEqual": lambda column, value: column.is_distinct_from(value),
    "lessThan": lambda column, value: column < value,
    "lessThanOrEqual": lambda column, value: column <= value,
    "greaterThan": lambda column, value: column > value,
    "greaterThanOrEqual": lambda column, value: column >= value,
}


def _compared(found: Field, column: ColumnElement[Any], model: Mapping[str, Any]) -> ColumnElement[bool]:
    value_of = _READERS[found.kind]
    first, last = ("dateFrom", "dateTo") if found.kind in {Kind.DAY, Kind.MOMENT} else ("filter", "filterTo")
    kind, value = str(model.get("type")), value_of(found, model.get(first))
    if kind == "inRange":
        return column.between(value, value_of(found, model.get(last)))
    if kind not in _COMPARISONS:
        raise _unknown_condition(found)
    return _COMPARISONS[kind](column, value)


def _number(found: Field, value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or abs(number) >= LARGEST:
        raise InvalidInput(_("%(field)s: write a number to filter by, such as 12.5.", field=_(found.label)))
    return number


def _day(found: Field, value: Any) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        example = "2026-11-21"
        message = _("%(field)s: write a day to filter by, such as %(example)s.", field=_(found.label), example=example)
        raise InvalidInput(message) from None


def _yes(_found: Field, value: Any) -> bool:
    return str(value).strip().casefold().startswith("y")


def _as_text(_found: Field, value: Any) -> str:
    return _storable(str(value))


def _storable(text: str) -> str:
    """The text without what PostgreSQL can't hold: no row has it."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


# How a condition's value is read, where it is not text.
_READERS: Mapping[Kind, Reader] = {
    Kind.DECIMAL: _number,
    Kind.INTEGER: _number,
    Kind.DAY: _day,
    Kind.MOMENT: _day,
    Kind.BOOLEAN: _yes,
}


def _unknown_condition(found: Field) -> InvalidInput:
    return InvalidInput(_("%(field)s can't be filtered like that. Choose another condition.", field=_(found.label)))


def after(
    session: Session, entity: str, filters: RecordFilters, *, last: Sequence[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """The matching rows that are stored after the one whose primary key is ``last``, with theirs as ``_name``.

    In the order of the primary key, so that the millionth page is read as fast as the first.
    """
    bound = tables_of(entity)
    statement = read(entity, with_primary_key=True).where(matching(filters, entity))
    if last is not None:
        stands = [
            literal(_stored(column, value), column.type) for column, value in zip(bound.primary_key, last, strict=True)
        ]
        statement = statement.where(tuple_(*bound.primary_key) > tuple_(*stands))
    found = session.execute(statement.order_by(*bound.primary_key).limit(limit))
    return [dict(row._mapping) for row in found]


def _stored(column: ColumnElement[Any], value: Any) -> Any:
    """A part of a primary key as the database takes it: days come as text."""
    return date.fromisoformat(value) if column.type.python_type is date else value
