"""What a supplier's scorecard is made of. For a partner row-level security keeps to its own orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from models.network import Supplier
from models.supplier_quality import ScorecardExclusion

# The contract of analytics.service.otif_lines, with what a person needs to know the line by.
LINES = text(
    """
    select l.id, o.number as order, l.line_no, p.code, p.name as item, l.quantity as ordered_quantity,
           l.received_quantity as delivered_quantity, l.first_confirmed_on as first_confirmed_date,
           l.actual_on as delivered_date, o.ordered_on as order_date, l.actual_on as receipt_date, o.sent_at,
           (select min(r.created_at) from supplier_response r where r.line_id = l.id) as answered_at,
           e.reason as excluded
    from purchase_order_line l
    join purchase_order o on o.id = l.order_id
    join product p on p.id = l.product_id
    left join scorecard_exclusion e on e.line_id = l.id
    where o.supplier_id = :supplier_id and o.status <> 'draft' and l.status <> 'cancelled'
      and coalesce(l.first_confirmed_on, l.requested_on) between :since and :until
    order by coalesce(l.first_confirmed_on, l.requested_on) desc, l.id desc
    """
)
ISSUES = text(
    """
    select count(*) as issues, count(*) filter (where state <> 'closed') as open, sum(quantity) as quantity,
           count(*) filter (where quantity is null) as unknown
    from quality_issue where supplier_id = :supplier_id and found_on between :since and :until
    """
)
RECEIPTS = text(
    """
    select count(*) as receipts, coalesce(sum(r.quantity), 0) as quantity
    from receipt r join purchase_order_line l on l.id = r.line_id join purchase_order o on o.id = l.order_id
    where o.supplier_id = :supplier_id and r.received_on between :since and :until
    """
)
CERTIFICATES = text(
    """
    select count(*) as certificates, count(*) filter (where valid) as valid
    from (
        select kind, bool_or(valid_until >= :until and (valid_from is null or valid_from <= :until)) as valid
        from certificate where supplier_id = :supplier_id and kind not in ('coa', 'inspection') group by kind
    ) of_kind
    """
)


def suppliers(session: Session) -> list[Row[Any]]:
    """Suppliers with a portal: id, company_id, name; for a partner its own."""
    statement = select(Supplier.id, Supplier.company_id, Supplier.name).where(Supplier.company_id.is_not(None))
    return list(session.execute(statement.order_by(Supplier.name, Supplier.id)))


def lines(session: Session, *, supplier_id: int, since: date, until: date) -> pd.DataFrame:
    """Order lines first confirmed (or wanted, where nothing was confirmed) in a span, the newest first."""
    return frame(session, LINES, supplier_id=supplier_id, since=since, until=until)


def quality(session: Session, *, supplier_id: int, since: date, until: date) -> tuple[Row[Any], Row[Any]]:
    """Issues and receipts of a span."""
    span = {"supplier_id": supplier_id, "since": since, "until": until}
    return session.execute(ISSUES, span).one(), session.execute(RECEIPTS, span).one()


def certificates(session: Session, *, supplier_id: int, until: date) -> Row[Any]:
    """Of how many kinds the supplier has certificates, and of how many one is valid on a day."""
    return session.execute(CERTIFICATES, {"supplier_id": supplier_id, "until": until}).one()


def line(session: Session, line_id: int) -> Row[Any] | None:
    """A sent line with its supplier's company."""
    found = text(
        "select l.id, o.number, l.line_no, s.company_id, l.first_confirmed_on, l.actual_on, "
        "exists (select from scorecard_exclusion e where e.line_id = l.id) as excluded "
        "from purchase_order_line l join purchase_order o on o.id = l.order_id "
        "join supplier s on s.id = o.supplier_id where l.id = :id and o.status <> 'draft'"
    )
    row: Row[Any] | None = session.execute(found, {"id": line_id}).one_or_none()
    return row


def exclude(session: Session, **values: Any) -> None:
    session.execute(insert(ScorecardExclusion).values(**values))
