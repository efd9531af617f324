"""Frames into tables by COPY, in the transaction of one connection."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import psycopg
from numpy.typing import NDArray
from psycopg import sql

NULL = "\\N"
ROWS_PER_PIECE = 200_000
BULK_TABLES = (
    *("demand_history", "stock_movement", "sales_order_line", "planning_event", "list_price"),
    *("forecast_series", "forecast_value", "demand_edit_cell"),
)


def copy_frame(connection: psycopg.Connection, table: str, frame: pd.DataFrame) -> None:
    """Append the rows of a frame whose columns are columns of the table."""
    columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    target = sql.Identifier(table)
    if not _rows_are_policed(connection, table):
        _copy(connection, target, columns, frame)
        return
    # COPY refuses a table whose row-level security holds for the owner too; INSERT passes by its policy.
    waiting = sql.Identifier(f"demo_{table}")
    connection.execute(
        sql.SQL("create temp table {} on commit drop as select {} from {} with no data").format(
            waiting, columns, target
        )
    )
    _copy(connection, waiting, columns, frame)
    connection.execute(sql.SQL("insert into {} ({}) select {} from {}").format(target, columns, columns, waiting))
    connection.execute(sql.SQL("drop table {}").format(waiting))


@contextmanager
def foreign_keys_checked_at_end(connection: psycopg.Connection) -> Iterator[None]:
    """Check references of the large tables once for all rows instead of once a row: ten times as fast."""
    kept = [(table, *key) for table in BULK_TABLES for key in _foreign_keys(connection, table)]
    for table, name, _definition in kept:
        connection.execute(
            sql.SQL("alter table {} drop constraint {}").format(sql.Identifier(table), sql.Identifier(name))
        )
    yield
    for table, name, definition in kept:
        connection.execute(
            sql.SQL("alter table {} add constraint {} {}").format(
                sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)
            )
        )


def ensure_partitions(connection: psycopg.Connection, table: str, days: pd.Series) -> None:
    """The partitions of all years in ``days``."""
    for year in range(days.min().year, days.max().year + 1):
        connection.execute("select tandem_ensure_partition(%s, %s)", (table, year))


def set_sequences(connection: psycopg.Connection, tables: tuple[str, ...]) -> None:
    """The next ids come after ours."""
    for table in tables:
        connection.execute(
            sql.SQL(
                "select setval(pg_get_serial_sequence({name}, 'id'), coalesce(max(id), 0) + 1, false) from {table}"
            ).format(name=sql.Literal(table), table=sql.Identifier(table))
        )


def _copy(connection: psycopg.Connection, target: sql.Identifier, columns: sql.Composable, frame: pd.DataFrame) -> None:
    command = sql.SQL("copy {} ({}) from stdin (format csv, null {})").format(target, columns, sql.Literal(NULL))
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for start in range(0, len(frame), ROWS_PER_PIECE):
            copy.write(_text(frame.iloc[start : start + ROWS_PER_PIECE]))


def _text(rows: pd.DataFrame) -> str:
    """CSV. Days become text by their few distinct values: formatting each one takes longer than all else."""
    rows = rows.copy()
    # Moments have a time zone and another type; they are few and are written as they are.
    for name in rows.columns[[isinstance(dtype, np.dtype) and dtype.kind == "M" for dtype in rows.dtypes]]:
        rows[name] = _day_texts(rows[name])
    buffer = io.StringIO()
    rows.to_csv(buffer, header=False, index=False, na_rep=NULL)
    return buffer.getvalue()


def _day_texts(days: pd.Series) -> NDArray[np.object_]:
    place, distinct = pd.factorize(days, use_na_sentinel=False)
    texts = [NULL if pd.isna(day) else f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(distinct)]
    return np.array(texts, dtype=object)[place]


def _rows_are_policed(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("select row_security_active(%s::regclass)", (table,)).fetchone()
    return bool(row and row[0])


def _foreign_keys(connection: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select conname, pg_get_constraintdef(oid) from pg_constraint "
        "where conrelid = %s::regclass and contype = 'f' and conparentid = 0",
        (table,),
    )
    return [(str(name), str(definition)) for name, definition in rows]
