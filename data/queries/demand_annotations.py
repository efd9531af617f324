"""What is out of line in the history of a product at a location, and what planners decided about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ARRAY, BigInteger, any_, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from models.events import DemandAnnotation
from models.people import User

ACCEPTED_COLUMNS = ["product_id", "location_id", "period", "kind", "observed", "corrected"]


def annotations_of_series(session: Session, *, product_id: int, location_id: int, frequency: str) -> list[Row[Any]]:
    """All that was noticed in a series, the newest period first; ``author`` made it, ``judge`` decided about it."""
    author, judge = aliased(User), aliased(User)
    table = DemandAnnotation.__table__
    statement = (
        select(table, author.name.label("author"), judge.name.label("judge"))
        .outerjoin(author, author.id == table.c.created_by)
        .outerjoin(judge, judge.id == table.c.decided_by)
        .where(_series(product_id, location_id, frequency))
        .order_by(table.c.period.desc(), table.c.kind)
    )
    return list(session.execute(statement))


def accepted_annotations(session: Session, products: Sequence[int], frequency: str) -> pd.DataFrame:
    """ACCEPTED_COLUMNS of what planners accepted in the history of these products, in months or in weeks.

    ``corrected`` is NaN where there is nothing to correct.
    """
    found = DemandAnnotation
    wanted = any_(literal(list(products), ARRAY(BigInteger)))
    statement = (
        select(found.product_id, found.location_id, found.period, found.kind, found.observed, found.corrected)
        .where(found.product_id == wanted, found.frequency == frequency, found.status == "accepted")
        .order_by(found.product_id, found.location_id, found.period, found.kind)
    )
    rows = session.execute(statement).all()
    return pd.DataFrame(rows, columns=ACCEPTED_COLUMNS).astype({"observed": "float64", "corrected": "float64"})


def for_decision(session: Session, ids: Sequence[int]) -> list[Row[Any]]:
    """The annotations with these ids, held until the transaction ends."""
    table = DemandAnnotation.__table__
    statement = select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()
    return list(session.execute(statement))


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store annotations where there is none of their series, period and kind; returns the ids of those stored."""
    if not rows:
        return []
    statement = insert(DemandAnnotation).values([dict(row) for row in rows]).on_conflict_do_nothing()
    return list(session.scalars(statement.returning(DemandAnnotation.id)))


def change(session: Session, annotation_id: int, **values: Any) -> None:
    """Change an annotation, which thereby has another version."""
    found = DemandAnnotation
    statement = update(found).where(found.id == annotation_id).values(version=found.version + 1, **values)
    session.execute(statement)


def decide(
    session: Session, annotation_id: int, *, status: str, user_id: int | None, at: datetime, note: str | None
) -> None:
    change(session, annotation_id, status=status, decided_by=user_id, decided_at=at, note=note)


def withdraw_proposals(session: Session, ids: Sequence[int]) -> None:
    """Forget proposals that nobody decided about."""
    session.execute(delete(DemandAnnotation).where(DemandAnnotation.id.in_(ids), DemandAnnotation.status == "proposed"))


def _series(product_id: int, location_id: int, frequency: str) -> Any:
    found = DemandAnnotation
    return (found.product_id == product_id) & (found.location_id == location_id) & (found.frequency == frequency)
