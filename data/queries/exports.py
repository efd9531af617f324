"""The rows of an entity as its file has them, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from sqlalchemy.orm import Session

from data.exchange.export import Cell
from data.queries.entity_rows import in_key_order, read

ROWS_AT_ONCE = 2_000


@contextmanager
def rows(session: Session, entity: str) -> Iterator[Iterator[tuple[Cell, ...]]]:
    """Every row in the order of its key, fetched by a cursor of the server: however many, they never lie in memory."""
    statement = in_key_order(entity, read(entity)).execution_options(yield_per=ROWS_AT_ONCE)
    with session.execute(statement) as found:
        yield (tuple(map(_plain, row)) for row in found)


def _plain(cell: Cell) -> Cell:
    """A figure without the zeros that the column pads it with."""
    return cell.normalize() if isinstance(cell, Decimal) else cell
