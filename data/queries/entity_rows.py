"""The rows of any declared entity, as its files write them: codes instead of ids, one column a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, TEXT

from data.entities import ENTITIES
from data.exchange.fields import Entity, Field
from models.base import Base

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class EntityTables:
    """An entity bound to its tables: where each field is stored, and how a row is named.

    ``fields`` are the columns by which the entity's rows are read (codes), ``stored`` those in which they live (ids).
    """

    entity: Entity
    table: Table
    rows: FromClause
    header: FromClause | None
    source: FromClause
    fields: dict[str, ColumnElement[Any]]
    stored: dict[str, ColumnElement[Any]]
    primary_key: tuple[ColumnElement[Any], ...]


def column_of(bound: EntityTables, name: str) -> Column[Any]:
    """The column in which a field lives, with its default."""
    header = bound.entity.header
    home = table_of(header.table) if header is not None and name in header.fields else bound.table
    return home.c[bound.entity.field(name).stored_in]


def table_of(name: str) -> Table:
    return Base.metadata.tables[name]


def primary_key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key.columns)


def code_field(entity: Entity) -> Field:
    """The one field by which other entities refer to a row of this one."""
    (key,) = entity.keys
    return key


@lru_cache(maxsize=64)
def tables_of(name: str) -> EntityTables:
    """The entity of this name bound to its tables."""
    entity = ENTITIES[name]
    table = table_of(entity.table)
    rows = table.alias("row")
    source: FromClause = rows
    header: FromClause | None = None
    if entity.header is not None:
        header = table_of(entity.header.table).alias("header")
        source = source.join(header, rows.c[entity.header.link] == header.c.id)
    fields: dict[str, ColumnElement[Any]] = {}
    stored: dict[str, ColumnElement[Any]] = {}
    looked_up, source = _looked_up(entity, rows, source)
    for field in entity.fields:
        if field.name in looked_up:
            fields[field.name] = looked_up[field.name]
            continue
        home = header if header is not None and entity.header and field.name in entity.header.fields else rows
        stored[field.name] = home.c[field.stored_in]
        if field.reference is None:
            fields[field.name] = home.c[field.stored_in]
            continue
        referred = table_of(ENTITIES[field.reference].table).alias(f"of_{field.name}")
        source = source.outerjoin(referred, home.c[field.stored_in] == referred.c.id)
        fields[field.name] = referred.c[code_field(ENTITIES[field.reference]).stored_in]
    keys = tuple(rows.c[column] for column in primary_key_of(table))
    return EntityTables(entity, table, rows, header, source, fields, stored, keys)


def _looked_up(
    entity: Entity, rows: FromClause, source: FromClause
) -> tuple[dict[str, ColumnElement[Any]], FromClause]:
    """The fields that belong to a row of another entity, joined by its primary key."""
    fields: dict[str, ColumnElement[Any]] = {}
    for lookup in entity.lookups:
        other = read(lookup.entity, with_primary_key=True).subquery(f"of_{lookup.entity}")
        source = source.join(other, and_(*(rows.c[ours] == other.c[f"_{theirs}"] for ours, theirs in lookup.columns)))
        fields |= {ours: other.c[theirs] for ours, theirs in lookup.fields}
    return fields, source


def read(name: str, *, fields: Sequence[str] | None = None, with_primary_key: bool = False) -> Select[Any]:
    """Select the rows of an entity, one column a field; the primary key as ``_id`` and the like."""
    bound = tables_of(name)
    columns = [bound.fields[field].label(field) for field in fields or bound.fields]
    if with_primary_key:
        columns += [column.label(f"_{column.name}") for column in bound.primary_key]
    return select(*columns).select_from(bound.source)


def in_key_order(name: str, statement: Select[Any]) -> Select[Any]:
    bound = tables_of(name)
    return statement.order_by(*(bound.fields[field.name] for field in bound.entity.keys))


def record_key(name: str) -> ColumnElement[str]:
    """The key of a row as one text: its key fields with bars between them."""
    bound = tables_of(name)
    parts = [func.coalesce(cast(bound.fields[field.name], TEXT), literal("")) for field in bound.entity.keys]
    return func.concat_ws(SEPARATOR, *parts) if len(parts) > 1 else parts[0]


def json_of(columns: Sequence[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
    """The columns as one JSON object."""
    if not columns:
        return cast(literal("{}"), JSONB)
    pieces: list[Any] = []
    for name, column in columns:
        pieces += [cast(literal(name), TEXT), column]
    return func.jsonb_build_object(*pieces)
