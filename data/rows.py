"""Rows of queries, loosely typed: which columns they have is said by the function that gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import cast, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session


def one_or_none(session: Session, statement: Any) -> Row[Any] | None:
    """The only row that ``statement`` gives, if any."""
    found: Row[Any] | None = session.execute(statement).one_or_none()
    return found


def rows_after(
    session: Session,
    statement: Any,
    *columns: Any,
    after: Sequence[Any] | None,
    limit: int,
    backwards: bool = False,
) -> list[Row[Any]]:
    """The next rows in the order of ``columns``, of which no two rows have the same values; ``after``: the values of
    the last row that was read, None for the first rows."""
    if after is not None:
        place, edge = tuple_(*columns), tuple_(*(cast(v, c.type) for v, c in zip(after, columns, strict=True)))
        statement = statement.where(place < edge if backwards else place > edge)
    order = [column.desc() if backwards else column.asc() for column in columns]
    return list(session.execute(statement.order_by(*order).limit(limit)))
