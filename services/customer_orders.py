"""A customer's own order lines: where they stand, and how well they were served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from analytics.service import otif
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_portal as rows
from data.queries import deliveries
from services.customer_lines import SalesLine, own_line, sales_line
from services.customer_returns import Return, returns_of
from services.delivery_rules import delivery_rules
from services.order_changes import Asked, asked_of
from services.partners import partner_scope

SHOWN = ("open", "late", "delivered", "all")
SORTS = tuple(rows.SORTS)
LISTED = 1000
SEARCH_LENGTH = 100
NEXT_DAYS = 7
SERVICE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Service:
    """On time in full of the own lines due between two days; rates are shares, NaN when none was due."""

    rate: float
    on_time_rate: float
    in_full_rate: float
    lines_due: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class LineDetail:
    """A line with the changes asked for and the goods sent back, the newest first."""

    line: SalesLine
    changes: list[Asked]
    returns: list[Return]


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What is open in all."""

    open: int
    next_on: date | None
    next_days: int
    late: int
    late_since: date | None


@dataclass(frozen=True, slots=True)
class SalesLines(LineCounts):
    """The first lines of a list, how long it is, what is open in all, and the service (None before any delivery)."""

    lines: list[SalesLine]
    total: int
    service: Service | None


def lines(viewer: Viewer, *, show: str = "open", search: str = "", limit: int | None = LISTED) -> SalesLines:
    """The viewer's own order lines, what comes next on top.

    Inputs: a customer; show: one of SHOWN, anything else is "open"; search: part of an order number or an item;
        limit: how many, None for all.
    Returns: at most so many lines, the length of the whole list, counts of open and late lines, and the service of
        the last SERVICE_DAYS days.
    Raises: NotAllowed without ``portal.customer``.
    Source: glossary, otif: against the first confirmed date; late = that date has passed and the line is open.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PORTAL) as session:
        found = rows.lines(
            session,
            today=today(),
            show=show if show in SHOWN else "open",
            search=search[:SEARCH_LENGTH].strip(),
            limit=limit,
        )
        counts = asdict(open_lines(session))
        service = _service(session)
    total = found[0].total if found else 0
    return SalesLines(lines=[sales_line(row) for row in found], total=total, service=service, **counts)


def lines_after(
    viewer: Viewer, *, show: str, search: str, sort: str, after: Sequence[Any] | None, limit: int
) -> list[SalesLine]:
    """The viewer's own order lines, so many after a place in their order.

    Inputs: a customer; show and search as in lines; sort: one of SORTS, "-" before it turns it round; after: that
        value and the id of the last line that was read, None for the first lines; limit: how many.
    Returns: lines.
    Raises: NotAllowed without ``portal.customer``.
    Source: as lines.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PORTAL) as session:
        wanted = {"show": show, "search": search[:SEARCH_LENGTH].strip(), "sort": sort}
        found = rows.lines_after(session, today=today(), after=after, limit=limit, **wanted)
    return [sales_line(row) for row in found]


def open_lines(session: Session) -> LineCounts:
    """What is open in all, within an open session of a customer.

    Inputs: the open session.
    Returns: counts of open and late lines, and of those due in the next NEXT_DAYS days.
    Raises: nothing.
    Source: as lines.
    """
    return LineCounts(**rows.counts(session, today=today(), days=NEXT_DAYS)._asdict())


def line(viewer: Viewer, line_id: object) -> LineDetail:
    """One line of the viewer's own with what was asked of it.

    Inputs: a customer and the id of a line.
    Returns: the line; the changes asked for and the returns, the newest first.
    Raises: NotAllowed; NotFound, also for a line of others.
    Source: screens.md 18; security.md B01.
    """
    with partner_scope(viewer, Permission.CUSTOMER_PORTAL) as session:
        found = own_line(session, line_id)
        return LineDetail(found, asked_of(session, found.id), returns_of(session, found.id))


def _service(session: Session) -> Service | None:
    """The figure of services.kpi.customer_otif, of this customer's lines and over more days, since they are fewer."""
    end = deliveries.last_delivery(session, before=today())
    if end is None:
        return None
    start = end - timedelta(days=SERVICE_DAYS - 1)
    rules = delivery_rules(session)
    tolerance = timedelta(days=rules.late_tolerance_days)
    due = deliveries.lines_due(session, start=start - tolerance, end=end - tolerance)
    found = otif(due, as_of=end, **asdict(rules))
    return Service(found.rate, found.on_time_rate, found.in_full_rate, found.lines_due, start, end)
