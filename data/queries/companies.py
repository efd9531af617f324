"""Partner companies, the parties of the plan they stand for, and those that ask to come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.network import Customer, Oem, Supplier
from models.partners import CompanyRequest, CompanyWithheld, PartnerEvent
from models.people import Company, User

PARTIES: dict[str, type[Supplier] | type[Customer] | type[Oem]] = {
    "supplier": Supplier,
    "customer": Customer,
    "oem": Oem,
}


def add_request(session: Session, **values: Any) -> bool:
    """Whether it is new: somebody who asks twice is on the list once."""
    statement = upsert(CompanyRequest).values(**values)
    once = statement.on_conflict_do_nothing(index_elements=["email"], index_where=text("status = 'pending'"))
    return bool(session.execute(once).rowcount)  # type: ignore[attr-defined]


def requests(session: Session, *, limit: int) -> list[Row[Any]]:
    """Those that wait first, the oldest on top; then those decided, the newest on top."""
    asked = CompanyRequest
    statement = select(
        *(asked.id, asked.kind, asked.company, asked.registration_no, asked.name, asked.email, asked.message),
        *(asked.address, asked.status, asked.created_at, asked.decided_at, asked.decision_note),
        User.name.label("decided_by"),
    ).outerjoin(User, User.id == asked.decided_by)
    waits = asked.status == "pending"
    order = (waits.desc(), case((waits, asked.id)), asked.decided_at.desc())
    return list(session.execute(statement.order_by(*order).limit(limit)))


def pending_request(session: Session, request_id: int) -> Row[Any] | None:
    asked = CompanyRequest
    statement = select(asked.id, asked.kind, asked.company, asked.name, asked.email, asked.status)
    return one_or_none(session, statement.where(asked.id == request_id).with_for_update())


def decide_request(session: Session, request_id: int, **values: Any) -> None:
    session.execute(update(CompanyRequest).where(CompanyRequest.id == request_id).values(**values))


def companies(session: Session) -> list[Row[Any]]:
    """Partner companies with the codes of the parties they stand for, their people and what happened last."""
    people = select(User.company_id, func.count().filter(User.active).label("people")).group_by(User.company_id)
    last = select(PartnerEvent.company_id, func.max(PartnerEvent.at).label("last_at")).group_by(PartnerEvent.company_id)
    people_of, last_of = people.subquery(), last.subquery()
    withheld = select(func.count()).where(CompanyWithheld.company_id == Company.id).correlate(Company)
    statement = (
        select(
            *(Company.id, Company.name, Company.kind, Company.active, Company.version),
            func.coalesce(Supplier.code, Customer.code, Oem.code).label("code"),
            func.coalesce(people_of.c.people, 0).label("people"),
            last_of.c.last_at,
            withheld.scalar_subquery().label("withheld"),
        )
        .outerjoin(Supplier, Supplier.company_id == Company.id)
        .outerjoin(Customer, Customer.company_id == Company.id)
        .outerjoin(Oem, Oem.company_id == Company.id)
        .outerjoin(people_of, people_of.c.company_id == Company.id)
        .outerjoin(last_of, last_of.c.company_id == Company.id)
        .where(Company.kind != "internal")
        .order_by(Company.kind, Company.name)
    )
    return list(session.execute(statement))


def company(session: Session, company_id: int) -> Row[Any] | None:
    statement = select(Company.id, Company.name, Company.kind, Company.active, Company.version)
    return one_or_none(session, statement.where(Company.id == company_id, Company.kind != "internal"))


def people_of(session: Session, company_id: int) -> list[Row[Any]]:
    statement = select(User.id, User.name, User.email, User.level, User.active).where(User.company_id == company_id)
    return list(session.execute(statement.order_by(User.name)))


def company_named(session: Session, name: str) -> int | None:
    return session.scalar(select(Company.id).where(func.lower(Company.name) == name.lower()))


def parties_without_portal(session: Session, kind: str) -> list[Row[Any]]:
    """Suppliers, customers or OEMs of the plan that no company stands for yet."""
    party = PARTIES[kind]
    statement = select(party.id, party.code, party.name).where(party.company_id.is_(None), party.active)
    return list(session.execute(statement.order_by(party.code)))


def link_party(session: Session, *, kind: str, party_id: int, company_id: int) -> bool:
    """Whether the party was free."""
    party = PARTIES[kind]
    statement = update(party).where(party.id == party_id, party.company_id.is_(None), party.active)
    return bool(session.execute(statement.values(company_id=company_id)).rowcount)  # type: ignore[attr-defined]


def set_active(session: Session, *, company_id: int, active: bool, version: int) -> bool:
    """Compare-and-set on the version that was on the screen."""
    statement = (
        update(Company)
        .where(Company.id == company_id, Company.version == version)
        .values(active=active, version=Company.version + 1)
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def touch(session: Session, *, company_id: int, version: int) -> bool:
    statement = update(Company).where(Company.id == company_id, Company.version == version)
    return bool(session.execute(statement.values(version=Company.version + 1)).rowcount)  # type: ignore[attr-defined]


def withheld(session: Session, company_id: int) -> set[str]:
    return set(session.scalars(select(CompanyWithheld.permission).where(CompanyWithheld.company_id == company_id)))


def withhold(session: Session, company_id: int, permissions: Sequence[str]) -> None:
    """Exactly these features are withheld from now on."""
    session.execute(delete(CompanyWithheld).where(CompanyWithheld.company_id == company_id))
    if permissions:
        rows = [{"company_id": company_id, "permission": right} for right in permissions]
        session.execute(insert(CompanyWithheld), rows)
