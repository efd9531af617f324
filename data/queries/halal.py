"""Certificates with their holders and documents, and what the cover of products is judged by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.certificates import Certificate, CertificateDocument, HalalOverride

CERTIFICATES = text(
    """
    select c.id, c.kind, c.number, c.body, c.valid_from, c.valid_until, c.note,
           case when c.product_id is not null then 'product' when c.supplier_id is not null then 'supplier'
                else 'location' end as holder,
           coalesce(c.product_id, c.supplier_id, c.location_id) as holder_id,
           coalesce(p.code, s.code, l.code) as code, coalesce(p.name, s.name, l.name) as name,
           (select count(*) from certificate_document d where d.certificate_id = c.id) as documents
    from certificate c
    left join product p on p.id = c.product_id
    left join supplier s on s.id = c.supplier_id
    left join location l on l.id = c.location_id
    order by c.id
    """
)
ITEMS = text("select id as product_id, code, name, kind, halal, life_cycle from product order by id")
# Terms of which nothing is to be bought are kept for their prices only.
SOURCES = text(
    """
    select i.product_id, i.supplier_id as holder_id, s.code as holder_code, s.name as holder_name, i.share > 0 as used
    from supplier_item i join supplier s on s.id = i.supplier_id
    """
)
PLANTS = text(
    """
    select distinct g.product_id, l.id as holder_id, l.code as holder_code, l.name as holder_name
    from routing g join resource r on r.id = g.resource_id join location l on l.id = r.location_id
    where r.active
    """
)
LINES = text(
    """
    select b.product_id as parent_id, l.component_id
    from (
        select id, product_id, valid_from,
               lead(valid_from) over (partition by product_id order by valid_from) as next_from
        from bom
    ) b join bom_line l on l.bom_id = b.id
    where b.valid_from <= :on and (b.next_from is null or b.next_from > :on)
    """
)
OVERRIDES = text(
    """
    select o.supplier_id, o.product_id, o.until, o.reason, u.name as by
    from halal_override o left join app_user u on u.id = o.created_by
    """
)
DOCUMENTS = text(
    """
    select d.id, d.certificate_id, d.file_name, d.media_type, d.size_bytes, d.created_at, u.name as by
    from certificate_document d left join app_user u on u.id = d.created_by
    where d.certificate_id = :certificate_id order by d.id desc
    """
)


def certificates(session: Session) -> pd.DataFrame:
    """Every certificate with its holder (product, supplier or location), its name and how many documents it has."""
    return frame(session, CERTIFICATES)


def items(session: Session) -> pd.DataFrame:
    """Every product with its halal state."""
    return frame(session, ITEMS)


def sources(session: Session) -> pd.DataFrame:
    """Who sells what; ``used`` where some of it is to be bought there."""
    return frame(session, SOURCES).astype({"used": bool})


def plants(session: Session) -> pd.DataFrame:
    """Where what is made."""
    return frame(session, PLANTS)


def lines(session: Session, *, on: date) -> pd.DataFrame:
    """The lines of the recipes that hold on a day: parent_id, component_id."""
    return frame(session, LINES, on=on)


def overrides(session: Session) -> pd.DataFrame:
    """What may be bought without a certificate, until when and why."""
    return frame(session, OVERRIDES)


def allow(session: Session, **values: Any) -> None:
    """Store an override, in place of the one there was."""
    made = upsert(HalalOverride).values(**values)
    changed = {name: made.excluded[name] for name in ("until", "reason", "created_by")}
    session.execute(made.on_conflict_do_update(index_elements=["supplier_id", "product_id"], set_=changed))


def withdraw(session: Session, *, supplier_id: int, product_id: int) -> int:
    """Take an override back; how many there were."""
    found = HalalOverride
    mine = delete(found).where(found.supplier_id == supplier_id, found.product_id == product_id)
    return int(session.execute(mine).rowcount)  # type: ignore[attr-defined]


def certificate(session: Session, certificate_id: int) -> Row[Any] | None:
    """A certificate as it is stored."""
    table = Certificate.__table__
    return one_or_none(session, select(table).where(table.c.id == certificate_id))


def documents(session: Session, certificate_id: int) -> list[Row[Any]]:
    """The documents of a certificate, the newest on top."""
    return list(session.execute(DOCUMENTS, {"certificate_id": certificate_id}))


def document(session: Session, document_id: int) -> Row[Any] | None:
    """One document as it is stored."""
    table = CertificateDocument.__table__
    return one_or_none(session, select(table).where(table.c.id == document_id))


def add_document(session: Session, **values: Any) -> int:
    made = insert(CertificateDocument).values(**values).returning(CertificateDocument.id)
    return int(session.execute(made).scalar_one())


def remove_document(session: Session, document_id: int) -> None:
    session.execute(delete(CertificateDocument).where(CertificateDocument.id == document_id))
