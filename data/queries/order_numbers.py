"""The next number of an order: prefix, year and a running figure as wide as those before it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

NUMBER_DIGITS = 5  # more where earlier numbers have more, so that they sort as they were given
TABLES = {"PO": "purchase_order", "MO": "production_order", "SO": "sales_order", "RT": "customer_return"}


def lock_numbering(session: Session, kind: str) -> None:
    """Only one transaction at a time gives out a number; ``kind`` is one of TABLES."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.' || :table))"), {"table": TABLES[kind]})


def next_number(session: Session, kind: str, *, year: int) -> str:
    """The number after the last one of a year; the caller holds lock_numbering."""
    prefix = f"{kind}-{year}-"
    statement = text(
        f"""
        select coalesce(max(digits::int), 0) + 1 as following, coalesce(max(length(digits)), 0) as width
        from (select substring(number from :digits) as digits from {TABLES[kind]} where number like :prefix || '%')
             numbers
        """
    )
    found = session.execute(statement, {"prefix": prefix, "digits": f"^{prefix}([0-9]{{1,9}})$"}).one()
    return f"{prefix}{found.following:0{max(found.width, NUMBER_DIGITS)}d}"
