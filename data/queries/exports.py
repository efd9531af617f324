"""The rows of an entity as its file has them, a few at a time; and what there is to take out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.exchange.export import Cell
from data.queries.entity_rows import tables_of
from data.queries.records import RecordFilters, selected
from models.operation import ImportBatch

ROWS_AT_ONCE = 2_000
EVERY_ROW = RecordFilters()


@contextmanager
def rows(
    session: Session,
    entity: str,
    filters: RecordFilters = EVERY_ROW,
    *,
    sort: Sequence[tuple[str, bool]] = (),
) -> Iterator[Iterator[tuple[Cell, ...]]]:
    """The matching rows, fetched by a cursor of the server: however many, they never lie in memory."""
    statement = selected(entity, filters, sort).execution_options(yield_per=ROWS_AT_ONCE)
    with session.execute(statement) as found:
        yield (tuple(map(_plain, row)) for row in found)


def row_counts(session: Session, entities: Sequence[str]) -> dict[str, int]:
    """How many rows each entity has."""
    counts = [select(func.count()).select_from(tables_of(name).rows).scalar_subquery() for name in entities]
    return dict(zip(entities, session.execute(select(*counts)).one(), strict=True)) if entities else {}


def changed_at(session: Session) -> dict[str, datetime]:
    """When rows of an entity were last brought in, edited by hand, or taken back."""
    newest = func.max(func.greatest(ImportBatch.committed_at, ImportBatch.undone_at))
    statement = select(ImportBatch.entity, newest).where(ImportBatch.committed_at.is_not(None))
    return {entity: at for entity, at in session.execute(statement.group_by(ImportBatch.entity))}  # noqa: C416


def _plain(cell: Cell) -> Cell:
    """A figure without the zeros that the column pads it with."""
    return cell.normalize() if isinstance(cell, Decimal) else cell
