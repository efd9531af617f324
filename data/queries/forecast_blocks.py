"""The blocks of a forecast run: which are open, who has one, what became of each.

Who works on a block holds the lock of its row until the transaction ends, so that a block has one worker at most, and
that of a dead worker is free at once. A worker that hangs is cut off by the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.base import Json
from models.planning import ForecastBlock

# Longest a worker may be silent while it has a block, and how soon the server finds out that its machine is gone.
SILENCE = "10min"
KEEPALIVES = ("tcp_keepalives_idle", "tcp_keepalives_interval")
KEEPALIVE_SECONDS = "15"


def add(session: Session, run_id: int, blocks: Sequence[tuple[list[int], int]]) -> None:
    """Store the blocks of a run: products, and how many series they have."""
    rows = [
        {"run_id": run_id, "number": number, "products": products, "series_count": series}
        for number, (products, series) in enumerate(blocks, start=1)
    ]
    if rows:
        session.execute(insert(ForecastBlock), rows)


def claim(session: Session, run_id: int) -> Row[Any] | None:
    """The first open block that nobody has, held until the transaction ends; None when there is none."""
    limits = {"idle_in_transaction_session_timeout": SILENCE, **dict.fromkeys(KEEPALIVES, KEEPALIVE_SECONDS)}
    for name, value in limits.items():
        session.execute(text("select set_config(:name, :value, true)"), {"name": name, "value": value})
    table = ForecastBlock.__table__
    open_blocks = select(table).where(table.c.run_id == run_id, table.c.done_at.is_(None))
    return one_or_none(session, open_blocks.order_by(table.c.number).limit(1).with_for_update(skip_locked=True))


def close(session: Session, run_id: int, number: int, *, at: datetime, account: Json) -> None:
    """The block is done."""
    statement = update(ForecastBlock).where(ForecastBlock.run_id == run_id, ForecastBlock.number == number)
    session.execute(statement.values(done_at=at, account=account))


def open_count(session: Session, run_id: int) -> int:
    """How many blocks are not done."""
    statement = select(func.count()).where(ForecastBlock.run_id == run_id, ForecastBlock.done_at.is_(None))
    return session.scalar(statement) or 0


def series_counts(session: Session, run_id: int, *, since: datetime | None = None) -> Row[Any]:
    """Numbers of series: ``done`` in blocks that are done (``since`` a moment), ``open`` in the others."""
    done = ForecastBlock.done_at.is_not(None) if since is None else ForecastBlock.done_at >= since
    statement: Any = select(
        func.coalesce(func.sum(ForecastBlock.series_count).filter(done), 0).label("done"),
        func.coalesce(func.sum(ForecastBlock.series_count).filter(ForecastBlock.done_at.is_(None)), 0).label("open"),
    ).where(ForecastBlock.run_id == run_id)
    found: Row[Any] = session.execute(statement).one()
    return found


def blocks(session: Session, run_id: int) -> list[Row[Any]]:
    """Number, series_count, account and done_at of each block, in their order."""
    found = ForecastBlock
    statement = select(found.number, found.series_count, found.account, found.done_at).order_by(found.number)
    return list(session.execute(statement.where(found.run_id == run_id)))


def forget(session: Session, run_id: int) -> None:
    """Delete the blocks; waits for those that somebody is at work on."""
    session.execute(delete(ForecastBlock).where(ForecastBlock.run_id == run_id))
