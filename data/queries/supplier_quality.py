"""Quality issues with suppliers and their steps. For a partner row-level security keeps to its own company's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none, rows_after
from models.network import Supplier
from models.product import Product
from models.supplier_quality import QualityIssue as Issue
from models.supplier_quality import QualityStep as Step

COLUMNS = (
    *(Issue.id, Issue.company_id, Issue.supplier_id, Issue.product_id, Issue.lot, Issue.quantity, Issue.title),
    *(Issue.description, Issue.severity, Issue.state, Issue.found_on, Issue.due_on, Issue.containment, Issue.cause),
    *(Issue.action, Issue.action_on, Issue.created_at, Issue.closed_at, Issue.version),
    *(Supplier.name.label("supplier"), Product.code, Product.name.label("item")),
)


def issues(session: Session, *, closed: bool, after: Sequence[Any] | None = None, limit: int) -> list[Row[Any]]:
    """Those that are open by their due date, or those closed, the newest first; ``after``: that day or moment and the
    id of the last one read."""
    shown = _issues().where(Issue.state == "closed" if closed else Issue.state != "closed")
    order = (Issue.closed_at if closed else Issue.due_on, Issue.id)
    return rows_after(session, shown, *order, after=after, limit=limit, backwards=closed)


def issue(session: Session, issue_id: int) -> Row[Any] | None:
    return one_or_none(session, _issues().where(Issue.id == issue_id))


def steps(session: Session, issue_id: int) -> list[Row[Any]]:
    """The timeline, the oldest first."""
    statement = select(Step.at, Step.actor, Step.by_partner, Step.event, Step.note).where(Step.issue_id == issue_id)
    return list(session.execute(statement.order_by(Step.id)))


def suppliers(session: Session) -> list[Row[Any]]:
    """Suppliers with a portal: id, company_id, name."""
    statement = select(Supplier.id, Supplier.company_id, Supplier.name).where(Supplier.company_id.is_not(None))
    return list(session.execute(statement.order_by(Supplier.name)))


def product_by_code(session: Session, code: str) -> Row[Any] | None:
    return one_or_none(session, select(Product.id, Product.code).where(Product.code == code))


def add_issue(session: Session, **values: Any) -> int:
    return int(session.execute(insert(Issue).values(**values).returning(Issue.id)).scalar_one())


def change_issue(session: Session, issue_id: int, version: int, **values: Any) -> bool:
    """Whether it still was of that version."""
    statement = update(Issue).where(Issue.id == issue_id, Issue.version == version)
    changed = session.execute(statement.values(**values, version=version + 1))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def add_step(session: Session, **values: Any) -> None:
    session.execute(insert(Step).values(**values))


def _issues() -> Any:
    return (
        select(*COLUMNS)
        .join(Supplier, Supplier.id == Issue.supplier_id)
        .outerjoin(Product, Product.id == Issue.product_id)
    )
