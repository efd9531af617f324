"""The rows of one checked file on their way in: a table of their own, of the entity's types, until they are taken.

The tables stand in the schema ``staging``, unlogged: after a crash of the server a file is checked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, MetaData, Numeric, Table, Text, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from data.exchange.fields import Entity, Field, Kind

SCHEMA = "staging"
_TEMPORARY: dict[str, Table] = {}
_TYPES: dict[Kind, type[TypeEngine[Any]]] = {
    Kind.CODE: Text,
    Kind.TEXT: Text,
    Kind.DECIMAL: Numeric,
    Kind.INTEGER: BigInteger,
    Kind.DAY: Date,
    Kind.MOMENT: Date,
    Kind.BOOLEAN: Boolean,
}


@dataclass(frozen=True, slots=True)
class Staged:
    """The staged rows of an import.

    ``given`` are the fields that the file or a constant gives; ``columns`` how the file calls them; ``mode`` one of
    insert, update, upsert and replace; ``period`` the first and last day that a replacement is about. ``made`` are the
    referred entities whose unknown codes are made; their codes stand beside the ids.
    """

    batch_id: UUID | None
    entity: Entity
    table: Table
    given: frozenset[str]
    columns: dict[str, str]
    mode: str
    period: tuple[date, date] | None = None


def staging_table(entity: Entity, name: str, extra: Sequence[str] = ()) -> Table:
    """``line``, one column a field, the primary key of the rows that lookups find, and ``extra`` texts."""
    return Table(name, MetaData(), *_columns(entity, extra), schema=SCHEMA, prefixes=["UNLOGGED"])


def temporary_table(entity: Entity) -> Table:
    """A staging table that is gone with its transaction, for rows that need no dry run.

    It is one and the same for an entity, so that the statements about it are compiled once.
    """
    if entity.name not in _TEMPORARY:
        _TEMPORARY[entity.name] = Table(
            f"edited_{entity.name}",
            MetaData(),
            *_columns(entity, ()),
            prefixes=["TEMPORARY"],
            postgresql_on_commit="DROP",
        )
    return _TEMPORARY[entity.name]


def table_name(batch_id: UUID) -> str:
    return f"import_{batch_id.hex}"


def create(session: Session, table: Table) -> None:
    drop(session, table.name)
    table.create(session.connection())


def drop(session: Session, name: str) -> None:
    session.execute(text(f'drop table if exists {SCHEMA}."{name}"'))


def exists(session: Session, name: str) -> bool:
    return session.scalar(text("select to_regclass(:name) is not null"), {"name": f'{SCHEMA}."{name}"'}) is True


def analyze(session: Session, table: Table) -> None:
    """Tell the planner how many rows there are: nobody else does so in this transaction."""
    session.execute(text(f'analyze {SCHEMA}."{table.name}"'))


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Stream rows into a table by COPY."""
    connection: Any = session.connection().connection.driver_connection
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({listed}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _columns(entity: Entity, extra: Sequence[str]) -> list[Column[Any]]:
    found = {ours for lookup in entity.lookups for ours, _theirs in lookup.columns}
    return [
        Column("line", Integer),
        *(Column(field.name, _type_of(entity, field)) for field in entity.fields),
        *(Column(f"_{column}", BigInteger) for column in sorted(found)),
        *(Column(f"_{column}", Text) for column in extra),
    ]


def _type_of(entity: Entity, field: Field) -> type[TypeEngine[Any]]:
    if field.reference is not None and field.name not in entity.looked_up:
        return BigInteger
    return _TYPES[field.kind]
