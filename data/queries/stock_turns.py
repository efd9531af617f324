"""What was sold, at cost."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

COST_OF_SALES = text(
    """
    select sum(m.quantity * coalesce(p.unit_cost, 0))::float8
    from demand_month m join product p on p.id = m.product_id
    where m.month between :since and :until
    having min(m.month) <= :since
    """
)


def cost_of_sales(session: Session, *, since: date, until: date) -> float | None:
    """Of whole months, both included; None where sales begin later."""
    found: float | None = session.scalar(COST_OF_SALES, {"since": since, "until": until})
    return found
