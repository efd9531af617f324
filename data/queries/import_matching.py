"""Staged rows beside the rows that are there: which are new, which change what, which may not be taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DefaultClause,
    FromClause,
    Numeric,
    String,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from data.queries.entity_rows import EntityTables, column_of, read, tables_of
from data.queries.staging import Staged
from models.base import Json


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a row that would change: the row by its line and its key, the value now and the value then."""

    line: int
    key: str
    field: str
    before: Any
    after: Any


def find_looked_up(session: Session, staged: Staged) -> None:
    """Fill in the primary keys of the rows of other entities that the staged rows name."""
    for lookup in staged.entity.lookups:
        other = read(lookup.entity, with_primary_key=True).subquery("other")
        named = and_(*(staged.table.c[ours] == other.c[theirs] for ours, theirs in lookup.fields))
        found = {f"_{ours}": other.c[f"_{theirs}"] for ours, theirs in lookup.columns}
        session.execute(update(staged.table).values(found).where(named))


def written(staged: Staged) -> dict[str, ColumnElement[Any]]:
    """What would be stored for each given field that lives in the entity's tables."""
    bound = tables_of(staged.entity.name)
    return {name: staged.table.c[name] for name in bound.stored if name in staged.given}


def matched(staged: Staged) -> tuple[FromClause, ColumnElement[bool]]:
    """Each staged row with the row that has its key, if there is one; and whether there is one."""
    bound = tables_of(staged.entity.name)
    source = staged.table.outerjoin(_rows(bound), _same_row(staged, bound))
    return source, bound.primary_key[0].is_not(None)


def _rows(bound: EntityTables) -> FromClause:
    """The entity's own tables, without those it refers to."""
    header = bound.entity.header
    if bound.header is None or header is None:
        return bound.rows
    return bound.rows.join(bound.header, bound.rows.c[header.link] == bound.header.c.id)


def _same_row(staged: Staged, bound: EntityTables) -> ColumnElement[bool]:
    named = [field.name for field in bound.entity.keys if field.name in bound.stored]
    pairs = [(bound.stored[name], key_value(staged, name)) for name in named]
    pairs += [
        (bound.rows.c[ours], staged.table.c[f"_{ours}"])
        for lookup in bound.entity.lookups
        for ours, _theirs in lookup.columns
    ]
    conditions = [same(ours, theirs) for ours, theirs in pairs]
    if staged.period is not None and staged.entity.period:
        # Lets PostgreSQL read only the partitions of these days.
        conditions.append(bound.stored[staged.entity.period].between(*staged.period))
    return and_(*conditions)


def key_value(staged: Staged, name: str) -> ColumnElement[Any]:
    """What a key field holds, an empty one the default of its column."""
    default = default_of(column_of(tables_of(staged.entity.name), name))
    value = staged.table.c[name]
    return value if default is None else func.coalesce(value, default)


def same(ours: ColumnElement[Any], theirs: ColumnElement[Any]) -> ColumnElement[bool]:
    """Equal, two empty ones too; written so that a hash join can do it."""
    if not getattr(ours, "nullable", True):
        return ours == theirs
    return func.coalesce(ours, _nothing(ours)) == func.coalesce(theirs, _nothing(ours))


def _nothing(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, String):
        return literal("")
    return cast(literal("1000-01-01"), Date) if isinstance(column.type, Date) else literal(-1)


def stored_value(staged: Staged, name: str) -> ColumnElement[Any]:
    """The value that a given field would have: an empty cell leaves what can't be empty as it is."""
    bound = tables_of(staged.entity.name)
    column = bound.stored[name]
    value: ColumnElement[Any] = staged.table.c[name]
    if isinstance(column.type, Numeric) and column.type.scale is not None:
        value = cast(value, column.type)
    return value if _nullable(column) else func.coalesce(value, column)


def new_value(staged: Staged, name: str, rows: FromClause | None = None) -> ColumnElement[Any]:
    """The value that a field has in a new row: the given one, else the default of its column."""
    bound = tables_of(staged.entity.name)
    column = column_of(bound, name)
    default = default_of(column)
    given: Any = (staged.table if rows is None else rows).c[name] if name in staged.given else literal(None)
    value = cast(given, column.type)
    return value if default is None else func.coalesce(value, default)


def default_of(column: Column[Any]) -> ColumnElement[Any] | None:
    """What a column that can't be empty holds when nothing is given."""
    default: Any = column.server_default
    if not isinstance(default, DefaultClause) or column.nullable:
        return None
    argument: Any = default.arg
    return cast(literal(argument), column.type) if isinstance(argument, str) else argument


def differs(staged: Staged) -> ColumnElement[bool]:
    """Whether a matched row would change."""
    return or_(false(), *_differing(staged).values())


def _differing(staged: Staged) -> dict[str, ColumnElement[bool]]:
    """Whether a matched row would change, field by field."""
    bound = tables_of(staged.entity.name)
    keys = {field.name for field in bound.entity.keys}
    return {
        name: bound.stored[name].is_distinct_from(stored_value(staged, name))
        for name in written(staged)
        if name not in keys
    }


def merged(staged: Staged) -> Any:
    """The row as it would be stored, one column a field, for rules to look at."""
    bound = tables_of(staged.entity.name)
    there = bound.primary_key[0].is_not(None)
    values: dict[str, ColumnElement[Any]] = {}
    for name, column in bound.stored.items():
        new = new_value(staged, name)
        values[name] = case((there, stored_value(staged, name) if name in staged.given else column), else_=new)
    return _Row(values | {name: staged.table.c[name] for name in bound.entity.looked_up})


class _Row:
    """Columns by attribute."""

    def __init__(self, columns: dict[str, ColumnElement[Any]]) -> None:
        self.__dict__.update(columns)


def counts(session: Session, staged: Staged) -> Json:
    """How many rows are new, changed and the same; how many would go in a replacement; the days they span."""
    source, there = matched(staged)
    changed = differs(staged)
    statement = select(
        func.count().filter(~there).label("new"),
        func.count().filter(there & changed).label("changed"),
        func.count().filter(there & ~changed).label("same"),
    ).select_from(source)
    found = session.execute(statement).one()
    return {
        "new": found.new,
        "changed": found.changed,
        "same": found.same,
        "removed": len_removed(session, staged),
        "changed_fields": _changed_fields(session, staged) if found.changed else {},
    }


def _changed_fields(session: Session, staged: Staged) -> dict[str, int]:
    """In how many rows each field would change, for those that would."""
    differing = _differing(staged)
    source, there = matched(staged)
    counted = [func.count().filter(condition).label(name) for name, condition in differing.items()]
    found = session.execute(select(*counted).select_from(source).where(there)).one()._asdict()
    return {name: rows for name, rows in found.items() if rows}


def removed(staged: Staged) -> ColumnElement[bool] | None:
    """Which rows a replacement takes out: those of the period that the file does not have."""
    if staged.mode != "replace" or staged.period is None:
        return None
    bound = tables_of(staged.entity.name)
    in_file = select(literal(1)).select_from(staged.table).where(_same_row(staged, bound)).exists()
    return and_(bound.stored[staged.entity.period].between(*staged.period), ~in_file)


def len_removed(session: Session, staged: Staged) -> int:
    condition = removed(staged)
    if condition is None:
        return 0
    bound = tables_of(staged.entity.name)
    return int(session.scalar(select(func.count()).select_from(_rows(bound)).where(condition)) or 0)


def days(session: Session, staged: Staged) -> tuple[Any, Any]:
    """The first and last day of the staged rows, where the entity has days to replace by."""
    if not staged.entity.period:
        return None, None
    column = staged.table.c[staged.entity.period]
    first, last = session.execute(select(func.min(column), func.max(column))).one()
    return first, last


def differences(session: Session, staged: Staged, *, limit: int, field: str = "") -> Iterator[Difference]:
    """The first rows that would change, or in which one field would; codes instead of ids."""
    bound = tables_of(staged.entity.name)
    differing = _differing(staged)
    names = [field] if field in differing else list(differing)
    source, there = matched(staged)
    columns: list[ColumnElement[Any]] = [staged.table.c.line, _key_shown(staged)]
    for name in names:
        columns += [as_code(bound, name, bound.stored[name]), as_code(bound, name, stored_value(staged, name))]
    statement = (
        select(*(column.label(f"c{number}") for number, column in enumerate(columns)))
        .select_from(source)
        .where(there, or_(false(), *(differing[name] for name in names)))
        .order_by(staged.table.c.line)
        .limit(limit)
    )
    for line, key, *values in session.execute(statement):
        for number, name in enumerate(names):
            before, after = values[2 * number : 2 * number + 2]
            if before != after:
                yield Difference(line, key, name, before, after)


def _key_shown(staged: Staged) -> ColumnElement[str]:
    """What names a matched row, as a person knows it."""
    bound = tables_of(staged.entity.name)
    names = [field.name for field in bound.entity.keys]
    parts = (
        as_code(bound, name, bound.stored[name]) if name in bound.stored else staged.table.c[name] for name in names
    )
    return func.concat_ws(" | ", *(cast(part, Text) for part in parts))


def as_code(bound: EntityTables, name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The code that an id stands for; other values as they are."""
    field = bound.entity.field(name)
    if field.reference is None:
        return value
    referred = tables_of(field.reference)
    others = referred.table.alias(f"shown_{name}")
    code = others.c[referred.entity.keys[0].stored_in]
    return select(code).where(others.c.id == value).scalar_subquery()


def codes(session: Session, name: str) -> dict[str, int]:
    """The id of every row of an entity that others refer to by one code."""
    bound = tables_of(name)
    statement = select(bound.stored[bound.entity.keys[0].name], bound.rows.c.id)
    return {key: value for key, value in session.execute(statement)}  # noqa: C416


def known_codes(session: Session, name: str, among: Collection[str]) -> frozenset[str]:
    """Those of some texts that are codes of an entity."""
    bound = tables_of(name)
    code = bound.stored[bound.entity.keys[0].name]
    return frozenset(session.scalars(select(code).where(code.in_(among))))


def lock_for_writing(session: Session, name: str) -> None:
    """Imports and edits of one table take turns; readers are not held up."""
    session.execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"desk:{tables_of(name).table.name}"}
    )


def _nullable(column: ColumnElement[Any]) -> bool:
    return bool(getattr(column, "nullable", True))
