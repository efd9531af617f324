"""A supplier's own order lines, and its answers: as ordered, otherwise, in parts, not at all, as the buyer proposes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import supplier_portal as rows
from services.partners import partner_scope
from services.supplier_acknowledgement import acknowledge_lines
from services.supplier_answers import agreed, answerable_line, as_ordered, in_parts, otherwise, refused, send
from services.supplier_lines import Delivery, LineHistory, Listing, OrderLine, ToDo, given_answer, order_line, own_line

SORTS = tuple(rows.SORTS)
SHOWN = ("new", "to_confirm", "countered", "waiting", "overdue", "open", "all")
LISTED = 1000
HISTORY = 10
SEARCH_LENGTH = 100
DAYS_LEFT = (-1, 3, 7)  # past its date, up to three days, up to a week; the rest is later


def lines(viewer: Viewer, *, show: str = "open", search: str = "", limit: int | None = LISTED) -> Listing:
    """The viewer's own order lines, the fewest days left first.

    Inputs: a supplier; show: one of SHOWN, anything else is "open"; search: part of an order number or an item;
        limit: how many, None for all.
    Returns: at most so many lines, the length of the whole list, and the counts of the to-do cards.
    Raises: NotAllowed without ``portal.supplier``.
    Source: screens.md 18; to_confirm = open and no answer with the buyer, overdue = the latest confirmed date, or
        else the requested one, has passed.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL) as session:
        found = rows.lines(
            session,
            today=today(),
            show=show if show in SHOWN else "open",
            search=search[:SEARCH_LENGTH].strip(),
            limit=limit,
        )
        counts = to_do(session)
    return Listing([order_line(row) for row in found], found[0].total if found else 0, counts)


def lines_after(
    viewer: Viewer, *, show: str, search: str, sort: str, after: Sequence[Any] | None, limit: int
) -> list[OrderLine]:
    """The viewer's own order lines, so many after a place in their order.

    Inputs: a supplier; show and search as in lines; sort: one of SORTS, "-" before it turns it round; after: that
        value and the id of the last line that was read, None for the first lines; limit: how many.
    Returns: lines.
    Raises: NotAllowed without ``portal.supplier``.
    Source: as lines.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL) as session:
        wanted = {"show": show, "search": search[:SEARCH_LENGTH].strip(), "sort": sort}
        found = rows.lines_after(session, today=today(), after=after, limit=limit, **wanted)
    return [order_line(row) for row in found]


def line(viewer: Viewer, line_id: object) -> LineHistory:
    """One own order line with what was answered and delivered.

    Inputs: a supplier and the id of a line.
    Returns: the line, its newest answers and its receipts.
    Raises: NotAllowed; NotFound for a line that does not exist or is not the viewer's, in the same words.
    Source: security.md B01.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL) as session:
        found = own_line(session, line_id)
        answers = [given_answer(row) for row in rows.answers(session, line_id=found.id, limit=HISTORY)]
        receipts = [Delivery(**row._asdict()) for row in rows.receipts(session, line_id=found.id)]
    return LineHistory(found, answers, receipts)


def acknowledge(viewer: Viewer, line_id: object) -> bool:
    """Note that an order line was seen; before that it can't be answered.

    Inputs: a supplier who may answer, and a line.
    Returns: whether it is news.
    Raises: NotAllowed; NotFound as line.
    Source: security.md B21; screens.md 18.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        found = own_line(session, line_id)
        return not found.answerable and found.open and acknowledge_lines(session, viewer, [found.id]) == 1


def acknowledge_all(viewer: Viewer) -> int:
    """Note that all new order lines were seen.

    Inputs: a supplier who may answer.
    Returns: how many there were.
    Raises: NotAllowed.
    Source: screens.md 18.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        return acknowledge_lines(session, viewer, rows.new_lines(session))


def confirm(viewer: Viewer, line_id: object, version: object, *, seen_answer: object = None) -> int:
    """Promise a line as it was ordered; the buyer decides on it.

    Inputs: a supplier, a line, the version of it that was on the screen, and the newest answer that was (0 = none;
        None = not compared).
    Returns: the id of the answer that waits for the buyer; the same one when it was sent twice.
    Raises: NotAllowed, NotFound; InvalidInput when the line is closed, its date past or it is confirmed as ordered;
        Conflict when the line or its answers have changed since.
    Source: screens.md 18; product.md, promises 5 and 6.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        found = answerable_line(session, line_id, version)
        return send(session, viewer, found, as_ordered(found), seen_answer=seen_answer)


def counter(
    viewer: Viewer,
    line_id: object,
    version: object,
    *,
    quantity: object,
    promised_on: object,
    reason: object,
    seen_answer: object = None,
) -> int:
    """Propose another quantity or date for a line; the buyer decides on it.

    Inputs: as confirm; quantity in the line's unit, promised_on (ISO date) and a reason for the buyer.
    Returns: the id of the answer that waits for the buyer; the same one when it was sent twice.
    Raises: NotAllowed, NotFound; InvalidInput naming the field that is wrong; Conflict as in confirm.
    Source: screens.md 18; product.md, promises 5 and 6.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        found = answerable_line(session, line_id, version)
        proposal = otherwise(found, quantity=quantity, promised_on=promised_on, reason=reason)
        return send(session, viewer, found, proposal, seen_answer=seen_answer)


def split(
    viewer: Viewer, line_id: object, version: object, *, parts: object, reason: object, seen_answer: object = None
) -> int:
    """Promise a line in several deliveries; the buyer decides on them together.

    Inputs: as confirm; parts: two to MOST_PARTS dictionaries of quantity and promised_on (ISO date), and a reason.
    Returns: the id of the answer that waits for the buyer; the same one when it was sent twice.
    Raises: NotAllowed, NotFound; InvalidInput naming the delivery that is wrong; Conflict as in confirm.
    Source: screens.md 18; SAP SNC, schedule lines.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        found = answerable_line(session, line_id, version)
        return send(session, viewer, found, in_parts(found, parts=parts, reason=reason), seen_answer=seen_answer)


def refuse(viewer: Viewer, line_id: object, version: object, *, reason: object, seen_answer: object = None) -> int:
    """Tell that a line, or what is left of it, can't be delivered at all; the buyer decides.

    Inputs: as confirm, and a reason for the buyer.
    Returns: the id of the answer that waits for the buyer; the same one when it was sent twice.
    Raises: NotAllowed, NotFound; InvalidInput without a reason; Conflict as in confirm.
    Source: screens.md 18.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        found = answerable_line(session, line_id, version)
        return send(session, viewer, found, refused(found, reason=reason), seen_answer=seen_answer)


def agree(viewer: Viewer, line_id: object, version: object, *, seen_answer: object = None) -> int:
    """Take up what the buyer has proposed instead of the last answer.

    Inputs: as confirm.
    Returns: the id of the answer that waits for the buyer; the same one when it was sent twice.
    Raises: NotAllowed, NotFound; InvalidInput when there is no proposal or its day is past; Conflict as in confirm.
    Source: screens.md 18.
    """
    with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
        found = answerable_line(session, line_id, version)
        return send(session, viewer, found, agreed(found), seen_answer=seen_answer)


def to_do(session: Session) -> ToDo:
    """What waits for a supplier, within its open session.

    Inputs: the open session.
    Returns: counts of open order lines by what is to be done, those to confirm by the days left.
    Raises: nothing.
    Source: as lines.
    """
    row = rows.to_do(session, today=today(), until=[today() + timedelta(days=days) for days in DAYS_LEFT])
    edges = (0, row.within_0, row.within_1, row.within_2, row.to_confirm)
    past, soon, week, later = (after - before for before, after in pairwise(edges))
    return ToDo(
        new=row.new,
        countered=row.countered,
        to_confirm=row.to_confirm,
        by_days_left=(past, soon, week, later),
        waiting=row.waiting,
        waiting_since=row.waiting_since,
        overdue=row.overdue,
        overdue_since=row.overdue_since,
    )
