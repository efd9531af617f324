"""The rows that findings of data health are about: which they are, how many, and how new an entity is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from data.entities import ENTITIES, stored
from data.findings import FINDINGS
from data.findings.shared import Finding, Rows
from data.queries.entity_rows import tables_of
from models.operation import ImportBatch

ALL_ROWS = ""


def finding_of(finding: str, entity: str) -> Finding | None:
    return FINDINGS.get(entity, {}).get(finding)


def condition(finding: str, entity: str) -> ColumnElement[bool]:
    """That a row of ``tables_of(entity)`` has the finding; raises NotFound for one there is not."""
    declared = finding_of(finding, entity)
    if declared is None:
        raise NotFound(_("There is no such finding."))
    return declared.holds(Rows(tables_of(entity), today()))


def counts(session: Session, entity: str) -> dict[str, int]:
    """How many rows have each finding of an entity, and under ``ALL_ROWS`` how many there are; one statement."""
    bound = tables_of(entity)
    all_rows = select(literal(ALL_ROWS), func.count()).select_from(bound.rows)
    found = [
        select(literal(name), func.count()).select_from(bound.source).where(condition(name, entity))
        for name in FINDINGS[entity]
    ]
    return {name: count for name, count in session.execute(union_all(all_rows, *found))}  # noqa: C416


def newest_days(session: Session, entities: Sequence[str]) -> dict[str, date]:
    """The newest day of the entities that grow day by day."""
    dated = [name for name in entities if name in GROWS_BY]
    if not dated:
        return {}
    newest = [select(literal(name), func.max(tables_of(name).stored[GROWS_BY[name]])) for name in dated]
    return {name: day for name, day in session.execute(union_all(*newest)) if day is not None}


GROWS_BY = {
    "demand_history": "day",
    "stock": "received_on",
    "stock_movements": "day",
    "sales_orders": "ordered_on",
    "purchase_orders": "ordered_on",
    "receipts": "received_on",
}
"""The field that tells how far an entity reaches."""


def changed_at(session: Session) -> dict[str, datetime]:
    """When rows of each table were last brought in or edited, by the entity they are stored as."""
    statement = (
        select(ImportBatch.entity, func.max(func.coalesce(ImportBatch.undone_at, ImportBatch.committed_at)))
        .where(ImportBatch.committed_at.is_not(None))
        .group_by(ImportBatch.entity)
    )
    newest: dict[str, datetime] = {}
    for name, moment in session.execute(statement):
        entity = stored(ENTITIES[name])
        newest[entity.table] = max(moment, newest.get(entity.table, moment))
    return newest
