"""Suppliers' certificates and what they were asked for. For a partner row-level security keeps to its own company's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none, rows_after
from models.certificates import Certificate
from models.network import Supplier
from models.people import Company
from models.product import Product
from models.supplier_quality import DocumentRequest as Request


def certificates(session: Session) -> list[Row[Any]]:
    """Certificates of suppliers with a portal, those that end first on top."""
    columns = (Certificate.id, Certificate.kind, Certificate.number, Certificate.body)
    days = (Certificate.valid_from, Certificate.valid_until)
    statement = select(*columns, *days).join(Supplier, Supplier.id == Certificate.supplier_id)
    shown = statement.where(Supplier.company_id.is_not(None))
    return list(session.execute(shown.order_by(Certificate.valid_until, Certificate.id)))


def requests(
    session: Session, *, closed: bool = False, after: Sequence[Any] | None = None, limit: int
) -> list[Row[Any]]:
    """What was asked for, that due first on top; or what is settled, the newest first. ``after``: due_on (not of those
    settled) and id of the last one read."""
    shown = _requests().where(Request.state != "open" if closed else Request.state == "open")
    order = (Request.id,) if closed else (Request.due_on, Request.id)
    return rows_after(session, shown, *order, after=after, limit=limit, backwards=closed)


def request(session: Session, request_id: int) -> Row[Any] | None:
    return one_or_none(session, _requests().where(Request.id == request_id))


def due(session: Session, *, until: date, today: date) -> list[Row[Any]]:
    """Open requests due by a day of which nothing was said today."""
    midnight = datetime.combine(today, time(), UTC)
    untold = or_(Request.reminded_at.is_(None), Request.reminded_at < midnight)
    shown = _requests().where(Request.state == "open", Request.due_on <= until, untold)
    return list(session.execute(shown.order_by(Request.id).with_for_update(of=Request, skip_locked=True)))


def told(session: Session, request_id: int, *, at: datetime) -> None:
    session.execute(update(Request).where(Request.id == request_id).values(reminded_at=at))


def add_request(session: Session, **values: Any) -> int:
    return int(session.execute(insert(Request).values(**values).returning(Request.id)).scalar_one())


def cancel(session: Session, request_id: int) -> bool:
    """Whether it still was open."""
    statement = update(Request).where(Request.id == request_id, Request.state == "open").values(state="cancelled")
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def fulfil(session: Session, *, company_id: int, kind: str, product_id: int | None) -> list[int]:
    """Settle the open requests that a document answers: one for all items those for any item, too."""
    wanted = update(Request).where(Request.company_id == company_id, Request.kind == kind, Request.state == "open")
    if product_id is not None:
        wanted = wanted.where(Request.product_id == product_id)
    return list(session.execute(wanted.values(state="done").returning(Request.id)).scalars())


def products(session: Session) -> list[Row[Any]]:
    """The items that the viewer may see."""
    return list(session.execute(select(Product.id, Product.code, Product.name).order_by(Product.code)))


def products_of(session: Session, product_ids: list[int]) -> dict[int, str]:
    """Code and name of some items."""
    found = select(Product.id, Product.code, Product.name).where(Product.id.in_(product_ids))
    return {row.id: f"{row.code} · {row.name}" for row in session.execute(found)}


def supplier_of(session: Session, company_id: int) -> int | None:
    """The supplier that a company is."""
    found = select(Supplier.id).where(Supplier.company_id == company_id).order_by(Supplier.id).limit(1)
    return session.scalar(found)


def certificate_named(session: Session, *, kind: str, number: str) -> Row[Any] | None:
    table = Certificate.__table__
    return one_or_none(session, select(table).where(table.c.kind == kind, table.c.number == number))


def save_certificate(session: Session, certificate_id: int | None, **values: Any) -> int:
    """Store a new certificate, or what changes of one there is; its id."""
    if certificate_id is not None:
        session.execute(update(Certificate).where(Certificate.id == certificate_id).values(**values))
        return certificate_id
    return int(session.execute(insert(Certificate).values(**values).returning(Certificate.id)).scalar_one())


def _requests() -> Any:
    columns = (Request.id, Request.company_id, Request.kind, Request.product_id, Request.due_on, Request.note)
    return (
        select(*columns, Request.state, Request.created_at, Company.name.label("company"))
        .add_columns(Product.code, Product.name.label("item"))
        .join(Company, Company.id == Request.company_id)
        .outerjoin(Product, Product.id == Request.product_id)
    )
