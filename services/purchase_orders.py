"""Purchase orders from draft to sent: look, change a draft, send, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import purchase_orders as rows
from data.queries import settings as stored
from services.audit import record
from services.form_values import calendar_day, row_id, sentence, shown_quantity
from services.listed_rows import PAGE_ROWS
from services.order_terms import orderable_quantity
from services.partner_events import PartnerEvent, announce

SHOWN = ("draft", "sent", "unconfirmed", "late", "closed", "cancelled")
REASON_LENGTH = 500
SUPPLIER_PAGE = "/portal/supplier/orders"


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``show`` is one of SHOWN, ``search`` is part of a
    number."""

    show: str = ""
    supplier: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some rows of the list, how many match, and their value in all."""

    rows: list[dict[str, Any]]
    total: int
    value: float


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """One order with its lines."""

    order: dict[str, Any]
    lines: list[dict[str, Any]]


def orders(
    viewer: Viewer,
    filters: OrderFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> OrderPage:
    """A page of the list of orders, the newest first unless sorted otherwise.

    Inputs: a viewer with purchase.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: rows with number, supplier, location, status, dates, lines, value, unconfirmed and late lines.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found, totals = rows.orders(
            session,
            as_of=today(),
            show=filters.show,
            supplier=filters.supplier,
            search=filters.search.strip(),
            start=first,
            limit=min(max(end - first, 0), PAGE_ROWS),
            sort=list(sort),
        )
    return OrderPage([row._asdict() for row in found], int(totals.orders), float(totals.value))


def order(viewer: Viewer, order_id: object) -> OrderDetail:
    """One order with its lines and all their dates.

    Inputs: a viewer with purchase.read, the id.
    Returns: the order; lines with requested, first and latest confirmed and actual dates.
    Raises: NotAllowed; NotFound.
    Source: formulas.md 3.2: lateness is measured against the first confirmed date.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return _detail(session, row_id(order_id))


def order_by_number(viewer: Viewer, number: str) -> OrderDetail | None:
    """The order an address names.

    Inputs: a viewer with purchase.read, a number.
    Returns: the order, None when there is none of that number.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = rows.order_id(session, number=number)
        return _detail(session, found) if found else None


def suppliers(viewer: Viewer) -> list[tuple[str, str]]:
    """Suppliers with an order.

    Inputs: a viewer with purchase.read.
    Returns: code and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [(row.value, row.text) for row in rows.suppliers(session)]


def edit_line(
    viewer: Viewer, line_id: object, version: object, *, quantity: object, requested_on: object
) -> OrderDetail:
    """Change quantity and date of a line of a draft.

    Inputs: a viewer with purchase.edit, the line with the version on the screen, the new quantity and date.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when sent or changed meanwhile; InvalidInput for a quantity that the
        supplier does not sell and for a date that is past.
    Source: formulas.md 3.5, MOQ / multiple.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        held, line = _draft_line(session, line_id, version)
        terms = rows.terms(session, supplier_id=held.supplier_id, product_id=line.product_id)
        new = {"quantity": orderable_quantity(quantity, terms), "requested_on": _coming_day(requested_on)}
        before = {"quantity": line.quantity, "requested_on": line.requested_on}
        if new != before:
            rows.change_line(session, line_id=line.id, **new)
            _record_line(session, viewer, line, "purchase_order.edit_line", before=_texts(before), after=_texts(new))
            rows.change_order(session, order_id=held.id)
        return _detail(session, held.id)


def remove_line(viewer: Viewer, line_id: object, version: object) -> OrderDetail:
    """Take a line off a draft. Its item is proposed again at the next recalculation if it is still needed.

    Inputs: a viewer with purchase.edit, the line with the version on the screen.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when sent or changed meanwhile.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        held, line = _draft_line(session, line_id, version)
        rows.remove_line(session, line_id=line.id)
        gone = {"product": line.product_id, "quantity": str(line.quantity), "requested_on": str(line.requested_on)}
        _record_line(session, viewer, line, "purchase_order.remove_line", before=gone, after=None)
        rows.change_order(session, order_id=held.id)
        return _detail(session, held.id)


def send(viewer: Viewer, order_id: object, version: object) -> OrderDetail:
    """Send a draft: from now on its supplier sees it and can answer. It counts as ordered today.

    Inputs: a viewer with purchase.edit, the order with the version on the screen.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed or sent meanwhile; InvalidInput for an order without lines.
    Source: product.md, promise 6.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, row_id(order_id), version)
        if held.status != "draft":
            raise Conflict(_("%(number)s is %(status)s already.", number=held.number, status=held.status))
        if not rows.lines(session, order_id=held.id):
            raise InvalidInput(_("%(number)s has no lines. Accept a proposal first.", number=held.number))
        rows.change_order(session, order_id=held.id, status="sent", sent_at=now(), ordered_on=today())
        _record(session, viewer, held, "purchase_order.send", after="sent")
        _announce(session, viewer, held, "sent", _("Order %(number)s, please confirm it", number=held.number))
        return _detail(session, held.id)


def cancel(viewer: Viewer, order_id: object, version: object, *, reason: object) -> OrderDetail:
    """Cancel a draft, or a sent order of which nothing has been received.

    Inputs: a viewer with purchase.edit, the order with the version on the screen, why.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed meanwhile; InvalidInput without a reason, and for an order
        that is closed or partly received.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    with session_scope(viewer) as session:
        held = _held(session, row_id(order_id), version)
        if held.status not in ("draft", "sent"):
            raise InvalidInput(_("%(number)s is %(status)s already.", number=held.number, status=held.status))
        if any(line.received_quantity > 0 for line in rows.lines(session, order_id=held.id)):
            raise InvalidInput(_("Goods have come in on %(number)s, so it can't be cancelled.", number=held.number))
        rows.cancel_lines(session, order_id=held.id, user_id=viewer.user_id, at=now())
        rows.change_order(session, order_id=held.id, status="cancelled")
        _record(session, viewer, held, "purchase_order.cancel", after="cancelled", reason=why)
        if held.status == "sent":
            _announce(session, viewer, held, "cancelled", _("Order %(number)s was cancelled", number=held.number))
        return _detail(session, held.id)


def _detail(session: Session, order_id: int) -> OrderDetail:
    found = rows.order(session, order_id=order_id, as_of=today())
    if found is None:
        raise NotFound(_("There is no such order."))
    return OrderDetail(found._asdict(), [line._asdict() for line in rows.lines(session, order_id=order_id)])


def _held(session: Session, order_id: int, version: object) -> Any:
    held = rows.held_order(session, order_id=order_id)
    if held is None:
        raise NotFound(_("There is no such order."))
    if held.version != version:
        raise Conflict(
            _(
                "%(number)s has changed since you opened it and is now %(status)s. Look again, then decide.",
                number=held.number,
                status=held.status,
            )
        )
    return held


def _draft_line(session: Session, line_id: object, version: object) -> tuple[Any, Any]:
    """A line that may be changed, with its order. The order is held first, always, so that nobody deadlocks."""
    order_id = rows.order_of_line(session, line_id=row_id(line_id))
    held = rows.held_order(session, order_id=order_id or 0)
    line = rows.held_line(session, line_id=row_id(line_id))
    if held is None or line is None:
        raise NotFound(_("There is no such line. Somebody may have removed it; reload the page."))
    if held.status != "draft":
        raise Conflict(
            _("%(number)s is %(status)s; only drafts can be changed.", number=held.number, status=held.status)
        )
    if line.version != version:
        raise Conflict(
            _(
                "This line has changed since you opened it: now %(quantity)s for %(day)s. Look again, then save.",
                quantity=shown_quantity(line.quantity),
                day=day(line.requested_on),
            )
        )
    return held, line


def _coming_day(value: object) -> Any:
    found = calendar_day(value, name=_("Requested date"))
    if found < today():
        raise InvalidInput(_("Requested date: %(day)s is past.", day=day(found)))
    return found


def _record_line(
    session: Session, viewer: Viewer, line: Any, action: str, *, before: dict[str, str], after: dict[str, str] | None
) -> None:
    record(session, viewer, action, subject="purchase_order_line", subject_id=line.id, before=before, after=after)
    stored.bump(session, "orders")


def _record(session: Session, viewer: Viewer, held: Any, action: str, *, after: str, reason: str | None = None) -> None:
    record(
        session,
        viewer,
        action,
        subject="purchase_order",
        subject_id=held.id,
        before={"status": held.status},
        after={"number": held.number, "status": after},
        reason=reason,
    )
    stored.bump(session, "orders")


def _announce(session: Session, viewer: Viewer, held: Any, what: str, title: str) -> None:
    """Why an order is cancelled was written for colleagues: the supplier hears that it is."""
    href = f"{SUPPLIER_PAGE}?{urlencode({'show': 'all', 'search': held.number})}"
    event = PartnerEvent(
        f"purchase_order.{what}", "purchase_order", held.id, title, href, reader=Permission.SUPPLIER_PORTAL
    )
    announce(session, viewer, rows.partner_of(session, supplier_id=held.supplier_id), event)


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
