"""Goods receipt: what is expected, booking what came in against it, and taking a booking back."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import goods_receipts as rows
from data.queries import purchase_orders as orders
from data.queries import settings as versions
from data.queries.expiry_actions import add_movement, take
from data.queries.stock_adjustments import hold_lots
from data.queries.transfers import put
from services.audit import record
from services.form_values import LARGEST_ID, row_id, sentence, shown_quantity
from services.partner_events import PartnerEvent, announce
from services.received_lots import ReceivedLot, received_lots
from services.receiving_rules import ReceivingRules, receiving_rules

LISTED = 500
REASON_LENGTH = 500
KEY = re.compile(r"[0-9a-f-]{16,64}")
SUPPLIERS_PAGE = "/portal/supplier/orders"
SHIPMENT, LINE = "shipment", "line"


def expected(viewer: Viewer) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is to come: shipments on their way, and order lines of which more is to come than is announced.

    Inputs: a viewer with ``purchase.read``.
    Returns: dictionaries of shipments and of lines, each the first to arrive first.
    Raises: NotAllowed.
    Source: issue of the portal.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return (
            [row._asdict() for row in rows.announced(session, most=LISTED)],
            [row._asdict() for row in rows.unannounced(session, most=LISTED)],
        )


def arrival(viewer: Viewer, kind: str, row: object) -> list[dict[str, Any]]:
    """The lots to receive of a shipment or an order line.

    Inputs: a viewer with ``purchase.read``; kind SHIPMENT or LINE, and its id.
    Returns: dictionaries of line_id, order, line_no, code, item, uom, expected, lot, expires_on.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [found._asdict() for found in _lots_of(session, kind, row_id(row))]


def bookings(viewer: Viewer, *, before_id: int | None = None, limit: int = LISTED) -> list[dict[str, Any]]:
    """What was booked, the newest first.

    Inputs: a viewer with ``purchase.read``; the id of the last one already read; how many.
    Returns: dictionaries of the booking with its orders, items, quantities, differences and reversal.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [row._asdict() for row in rows.bookings(session, before_id=before_id, most=limit)]


def booking(viewer: Viewer, booking_id: object) -> dict[str, Any]:
    """One booking.

    Inputs: a viewer with ``purchase.read`` and the id.
    Returns: as bookings.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    wanted = row_id(booking_id)
    found = bookings(viewer, before_id=min(wanted + 1, LARGEST_ID), limit=1)
    if not found or found[0]["id"] != wanted:
        raise _no_booking()
    return found[0]


def book(viewer: Viewer, kind: str, row: object, given: object, *, key: object) -> int:
    """Book what came in today: lots go into stock, order lines and orders that are complete are finished.

    Inputs: a viewer with ``inventory.edit``; the shipment or order line; given: a dictionary for each lot of
        arrival() with quantity (good, into stock), damaged, lot, expires_on and reason; key: names this submit.
    Returns: the id of the booking; the same one when the submit came twice.
    Raises: NotAllowed; NotFound; InvalidInput naming the row that is wrong or differs without a reason; Conflict when
        it was received meanwhile, or the key stands for another booking.
    Source: security.md H03; formulas.md 3.2: the day a line is complete is what on time is judged by.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    submit = key if isinstance(key, str) and KEY.fullmatch(key) else None
    if submit is None:
        raise InvalidInput(_("Reload the page, then book again."))
    content = sha256(json.dumps([kind, row, given], sort_keys=True, default=str).encode()).hexdigest()
    with session_scope(viewer) as session:
        wanted = _held(session, kind, row_id(row))
        if not wanted.lots:
            return _booked_before(session, submit, content)
        rules = receiving_rules(session)
        lots = received_lots(wanted.lots, given, rules)
        booking = rows.add(
            session,
            key=submit,
            content=content,
            shipment_id=wanted.shipment_id,
            location_id=wanted.lots[0].location_id,
            received_on=today(),
            booked_by=viewer.user_id,
        )
        if booking is None:
            return _booked_before(session, submit, content)
        _store(session, viewer, booking, lots, rules)
        if wanted.shipment_id:
            rows.set_shipment(session, shipment_id=wanted.shipment_id, status="received")
        _changed(session)
    return booking


def reverse(viewer: Viewer, booking_id: object, reason: object) -> None:
    """Take a booking back: its lots leave the stock, its lines and orders are open again.

    Inputs: a viewer with ``inventory.edit``, the booking, why.
    Returns: nothing.
    Raises: NotAllowed; NotFound; InvalidInput without a reason, or when of a lot too little is left; Conflict when it
        was taken back already.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    with session_scope(viewer) as session:
        booking = rows.held_booking(session, booking_id=row_id(booking_id))
        if booking is None:
            raise _no_booking()
        if booking.reversed_at is not None:
            raise Conflict(_("This booking was taken back already."))
        found = rows.booked_lines(session, booking_id=booking.id)
        rows.hold_lines(session, sorted({line.line_id for line in found}))
        rules = receiving_rules(session)
        for line in found:
            _take_out(session, booking, line)
            rows.take_back(session, line_id=line.line_id, quantity=line.quantity, enough=_enough(line, rules))
        for order_id in {line.order_id for line in found}:
            rows.reopen_order(session, order_id=order_id)
        if booking.shipment_id:
            rows.set_shipment(session, shipment_id=booking.shipment_id, status="sent")
        _move(session, f"GR-{booking.id}-R", ((line, -line.quantity) for line in found))
        rows.mark_reversed(session, booking_id=booking.id, user_id=viewer.user_id, at=now(), reason=why)
        record(
            session,
            viewer,
            "goods_receipt.reverse",
            subject="goods_receipt",
            subject_id=booking.id,
            after={"lots": [[line.order, line.line_no, line.lot, str(line.quantity)] for line in found]},
            reason=why,
        )
        _tell(session, viewer, booking.id, found, ("goods_receipt.reversed", _("Receipt taken back: %(orders)s")))
        _changed(session)


def _no_booking() -> NotFound:
    return NotFound(_("There is no such booking."))


class _Wanted:
    """The lots of a held shipment or order line; none when they have come already."""

    def __init__(self, lots: Sequence[Any], shipment_id: int | None) -> None:
        self.lots, self.shipment_id = lots, shipment_id


def _held(session: Session, kind: str, row: int) -> _Wanted:
    """Nobody else receives these lines until the end; they are read again once they are held."""
    lots = _lots_of(session, kind, row)
    rows.hold_lines(session, sorted({lot.line_id for lot in lots}))
    shipment_id = row if kind == SHIPMENT else None
    if shipment_id:
        held = rows.held_shipment(session, shipment_id=shipment_id)
        if held is None or held.status == "cancelled":
            raise Conflict(_("The supplier has cancelled this shipment. Reload the page."))
        if held.status != "sent":
            return _Wanted([], shipment_id)
    lots = _lots_of(session, kind, row)
    open_lots = [lot for lot in lots if lot.order_status == "sent" and lot.status in ("open", "confirmed")]
    return _Wanted(lots if len(open_lots) == len(lots) or shipment_id else open_lots, shipment_id)


def _lots_of(session: Session, kind: str, row: int) -> list[Any]:
    read = {
        SHIPMENT: lambda: rows.of_shipment(session, shipment_id=row),
        LINE: lambda: rows.of_line(session, line_id=row),
    }
    lots = read[kind]() if kind in read else []
    if not lots or lots[0].order_status == "draft":
        raise NotFound(_("There is no such delivery."))
    return lots


def _booked_before(session: Session, key: str, content: str) -> int:
    found = rows.of_key(session, key=key)
    if found is None:
        raise Conflict(_("This was received already. Reload the page to see the booking."))
    if found.content != content:
        raise Conflict(_("This was booked with other figures a moment ago. Reload the page and look again."))
    return int(found.id)


def _store(session: Session, viewer: Viewer, booking: int, lots: Sequence[ReceivedLot], rules: ReceivingRules) -> None:
    named = [lot.named(f"GR-{booking}") for lot in lots]
    rows.add_lines(session, [lot.stored(booking) for lot in named])
    for lot in (lot for lot in named if lot.quantity > 0):
        item = (lot.line.product_id, lot.line.location_id)
        put(session, item, lot=lot.lot, quantity=lot.quantity, received_on=today(), expires_on=lot.expires_on)
        rows.add_receipt(session, line_id=lot.line.line_id, received_on=today(), lot=lot.lot, quantity=lot.quantity)
        enough = _enough(lot.line, rules)
        rows.receive(session, line_id=lot.line.line_id, quantity=lot.quantity, on=today(), enough=enough)
    for order_id in {lot.line.order_id for lot in named}:
        orders.close_finished_order(session, order_id=order_id)
    _move(session, f"GR-{booking}", ((lot.line, lot.quantity) for lot in named))
    record(
        session,
        viewer,
        "goods_receipt.book",
        subject="goods_receipt",
        subject_id=booking,
        after={"lots": [lot.plain() for lot in named]},
    )
    _tell(session, viewer, booking, [lot.line for lot in named], ("goods_receipt.booked", _("Received: %(orders)s")))


def _take_out(session: Session, booking: Any, line: Any) -> None:
    if line.quantity <= 0:
        return
    held = hold_lots(session, [(line.product_id, line.location_id, line.lot)])
    there = held[0].quantity if held else Decimal(0)
    if there < line.quantity:
        raise InvalidInput(
            _(
                "Lot %(lot)s of %(item)s: only %(there)s of the %(booked)s %(uom)s are left, so the booking can't be "
                "taken back. Correct the stock instead.",
                lot=line.lot,
                item=line.item,
                there=shown_quantity(there),
                booked=shown_quantity(line.quantity),
                uom=line.uom,
            )
        )
    take(session, held[0].id, line.quantity)
    rows.take_receipt(
        session, line_id=line.line_id, received_on=booking.received_on, lot=line.lot, quantity=line.quantity
    )


def _enough(line: Any, rules: ReceivingRules) -> Decimal:
    """What has to have come in for a line to be finished."""
    return Decimal(line.promised) * (1 - Decimal(str(rules.short_share)))


def _move(session: Session, reference: str, changes: Iterable[tuple[Any, Decimal]]) -> None:
    totals: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line, quantity in changes:
        totals[line.product_id, line.location_id] += quantity
    for (product_id, location_id), quantity in totals.items():
        if quantity:
            add_movement(
                session,
                day=today(),
                reference=reference,
                product_id=product_id,
                location_id=location_id,
                kind="receipt",
                quantity=quantity,
            )


def _tell(session: Session, viewer: Viewer, booking: int, lines: Sequence[Any], said: tuple[str, str]) -> None:
    """Tell the supplier; ``said``: name and title of the event."""
    name, title = said
    company_id = lines[0].company_id
    orders_named = ", ".join(sorted({f"{line.order} / {line.line_no}" for line in lines}))
    event = PartnerEvent(name, "goods_receipt", booking, title % {"orders": orders_named}, SUPPLIERS_PAGE)
    announce(session, viewer, company_id, event)


def _changed(session: Session) -> None:
    for subject in ("stock", "orders"):
        versions.bump(session, subject)
