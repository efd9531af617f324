"""Takes out of a database what a test has put in: much cheaper than another database for the next one.

Rows that the migrations bring are remembered once, in a schema of their own, and put back. Numbers start anew.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

LARGE_BYTES = 1 << 20
TABLES = """
select c.oid::regclass::text as name, pg_relation_size(c.oid) as bytes
from pg_class c where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'queue'::regnamespace)
  and c.relname <> 'alembic_version'
"""
SEQUENCES = """
select c.oid::regclass::text from pg_class c
where c.relkind = 'S' and c.relnamespace in ('public'::regnamespace, 'queue'::regnamespace)
"""
# Each file that is checked has tables of its own.
STAGED = "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'staging'"
OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


def remember(address: str) -> None:
    """Keep what the migrations have brought."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create schema pristine")
        for name, _bytes in connection.execute(TABLES).fetchall():
            if connection.execute(f"select exists (select from {name})").fetchone() == (True,):
                copy = sql.Identifier("pristine", name)
                connection.execute(sql.SQL("create table {} as table {}").format(copy, sql.SQL(name)))


def empty(address: str) -> None:
    """Make the database what it was when it was remembered; whoever is still connected is thrown out."""
    with psycopg.connect(address) as connection:
        connection.execute(OTHERS)
        # Neither foreign keys nor triggers: all rows go, those of the audit trail too.
        connection.execute("set local session_replication_role = replica")
        tables = dict(connection.execute(TABLES).fetchall())
        used = _used(connection, list(tables))
        for name in used:
            connection.execute(f"delete from {name}")
        for name in _remembered(connection):
            column_list = _writable(connection, name)
            copy = sql.Identifier("pristine", name)
            put_back = sql.SQL("insert into {} ({}) overriding system value select {} from {}")
            connection.execute(put_back.format(sql.SQL(name), column_list, column_list, copy))
        for (name,) in connection.execute(STAGED).fetchall():
            connection.execute(f"drop table {name}")
        _start_numbers_anew(connection)
    large = [name for name in used if tables[name] > LARGE_BYTES]
    if large:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"vacuum {', '.join(large)}")


def _used(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    asked = " union all ".join(f"select '{name}' where exists (select from {name})" for name in tables)
    return [name for (name,) in connection.execute(asked).fetchall()]


def _remembered(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("select tablename from pg_tables where schemaname = 'pristine'").fetchall()
    return [name for (name,) in found]


def _writable(connection: psycopg.Connection, table: str) -> sql.Composable:
    found = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped "
        "and attgenerated = '' order by attnum",
        (table,),
    ).fetchall()
    return sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)


def _start_numbers_anew(connection: psycopg.Connection) -> None:
    names = [name for (name,) in connection.execute(SEQUENCES).fetchall()]
    asked = " union all ".join(f"select '{name}' from {name} where is_called" for name in names)
    for (name,) in connection.execute(asked).fetchall():
        connection.execute(
            "select setval(%s, (select seqstart from pg_sequence where seqrelid = %s::regclass), false)", (name, name)
        )
    for name in _remembered(connection):
        _go_on(connection, name)


def _go_on(connection: psycopg.Connection, table: str) -> None:
    """Numbers of remembered rows are taken."""
    found = connection.execute(
        "select attname, pg_get_serial_sequence(%s, attname) from pg_attribute where attrelid = %s::regclass "
        "and attidentity <> ''",
        (table, table),
    ).fetchall()
    for column, sequence in found:
        newest = sql.SQL("select setval({}, max({})) from {} having max({}) is not null")
        name = sql.Identifier(column)
        connection.execute(newest.format(sql.Literal(sequence), name, sql.SQL(table), name))
