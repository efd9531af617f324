"""Orders, answers, shipping notices and forecasts as EDIFACT messages, for partners whose own systems speak it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import AppError, InvalidInput, NotFound, UserError
from core.i18n import _, counted
from core.permissions import Permission
from core.viewer import Viewer, require
from data.exchange.edifact_in import AnswerRead, LineRead, LotRead, ShipmentRead, only, read_answers, read_shipment
from data.exchange.edifact_interchange import LARGEST_BYTES, Message, decoded, read_interchange, shown
from data.exchange.edifact_out import (
    Forecast,
    ForecastCell,
    ForecastItem,
    Order,
    OrderedLine,
    plain,
    unit_code,
    write_forecast,
    write_order,
)
from data.queries import supplier_portal as rows
from data.queries.supplier_planning import own_supplier
from services import purchase_orders, shipments, supplier_commits, supplier_orders
from services.outgoing import Format, Made, Outgoing, outgoing
from services.partners import partner_scope
from services.supplier_acknowledgement import acknowledge_lines
from services.supplier_answers import (
    REASON_LENGTH,
    Proposal,
    answerable_line,
    as_ordered,
    otherwise,
    refused,
    send,
)
from services.supplier_lines import OrderLine, own_line

ANSWERS, SHIPMENT = "ORDRSP", "DESADV"
SENT = ("sent", "closed")
TOLD = 10
LARGEST = LARGEST_BYTES
LISTED = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file says, in words; it was taken over unless ``dry``."""

    told: tuple[str, ...]
    dry: bool


class _OnlyChecked(AppError):
    """Ends the transaction of a check, so that nothing of it stays."""


def orders_message(viewer: Viewer, number: str) -> Outgoing:
    """A purchase order as ORDERS, without lines that are cancelled.

    Inputs: the supplier of the order with portal.supplier, or a colleague with purchase.read and export; its number.
    Returns: Outgoing, to be closed.
    Raises: NotAllowed; NotFound for a foreign order or a draft as for none; InvalidInput when no line is left.
    Source: UN/EDIFACT D.96A ORDERS; security.md B01.
    """
    order = _bought(viewer, number) if viewer.internal else _own(viewer, number)
    if not order.lines:
        raise InvalidInput(_("Every line of this order is cancelled. There is nothing to send."))
    return outgoing("order", Format.EDI, _pieces(write_order(order, at=now())))


def orders_to_download(viewer: Viewer) -> list[str]:
    """Open orders of the supplier.

    Inputs: a supplier with portal.supplier.
    Returns: their numbers, those due first in front, at most LISTED.
    Raises: NotAllowed.
    Source: none; ours.
    """
    open_lines = supplier_orders.lines(viewer, show="open").lines
    return list(dict.fromkeys(line.order for line in open_lines))[:LISTED]


def forecast_message(viewer: Viewer) -> Outgoing:
    """The newest forecast that is shared with the supplier as DELFOR.

    Inputs: a supplier with portal.supplier.forecast.
    Returns: Outgoing, to be closed.
    Raises: NotAllowed; NotFound when none is shared.
    Source: UN/EDIFACT D.96A DELFOR; services.supplier_commits.
    """
    found = supplier_commits.commit_grid(viewer)
    if found.version is None:
        raise NotFound(_("No forecast is shared with you yet. You find it here as soon as your buyer shares one."))
    items = [
        ForecastItem(
            *(item.code, item.name, item.uom, item.location),
            [ForecastCell(cell.starts_on, cell.ends_on, cell.forecast, cell.firm) for cell in item.cells],
        )
        for item in found.items
    ]
    made = Forecast(found.version.number, found.version.shared_at.date(), _own_name(viewer), items)
    return outgoing("forecast", Format.EDI, _pieces(write_forecast(made, at=now())))


def take(viewer: Viewer, text: str, *, dry: bool) -> Taken:
    """Take over what a file says, as the pages of orders and shipments would: answers (ORDRSP), all or none of them, or
    one shipping notice (DESADV).

    Inputs: a supplier who may answer, with portal.supplier.shipments for a notice; the text of the file; dry: only
        look what it would do.
    Returns: what it says. Lines that are answered and that nobody had seen count as seen.
    Raises: NotAllowed; TooLarge; Conflict for the number of a notice that was used; InvalidInput naming message,
        segment, value and remedy, a foreign order like one that does not exist, and for other messages.
    Source: UN/EDIFACT D.96A ORDRSP, DESADV; screens.md 18; services.shipments; security.md B01.
    """
    for right in (Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER):
        require(viewer, right)
    messages = read_interchange(text)
    kind = messages[0].kind
    if kind not in (ANSWERS, SHIPMENT):
        raise InvalidInput(_("%(kind)s is not taken here. Send ORDRSP or DESADV.", kind=shown(kind)))
    return (_take_answers if kind == ANSWERS else _take_shipment)(viewer, only(messages, kind), dry=dry)


def _take_answers(viewer: Viewer, messages: Sequence[Message], *, dry: bool) -> Taken:
    answers = [answer for message in messages for answer in read_answers(message)]
    _check_once(answers)
    told: list[str] = []
    try:
        with partner_scope(viewer, Permission.SUPPLIER_PORTAL, Permission.PORTAL_ANSWER) as session:
            told = _answer_all(session, viewer, answers)
            if dry:
                raise _OnlyChecked
    except _OnlyChecked:
        pass
    return Taken(tuple(told), dry)


def _take_shipment(viewer: Viewer, messages: Sequence[Message], *, dry: bool) -> Taken:
    require(viewer, Permission.SUPPLIER_SHIPMENTS)
    if len(messages) > 1:
        raise InvalidInput(_("The file has %(count)s DESADV. Send one shipment per file.", count=len(messages)))
    found = read_shipment(messages[0])
    lots = _lots(viewer, found)
    header = {
        name: getattr(found, name) for name in ("number", "ships_on", "arrives_on", "carrier", "tracking", "packages")
    }
    (shipments.check if dry else shipments.send)(viewer, header, lots)
    count = counted("1 lot", "%(count)s lots", len(lots))
    return Taken((_("Shipment %(number)s: %(lots)s", number=found.number, lots=count),), dry)


def text_of(raw: bytes) -> str:
    """The text of a file that was sent.

    Inputs: its bytes, UTF-8 or ISO 8859-1.
    Returns: text.
    Raises: TooLarge.
    Source: ISO 9735, UNOC.
    """
    return decoded(raw)


def _own(viewer: Viewer, number: str) -> Order:
    listed = supplier_orders.lines(viewer, show="all", search=number, limit=None).lines
    found = [line for line in listed if line.order == number]
    if not found:
        raise _no_order()
    lines = [
        OrderedLine(line.line_no, line.code, line.item, line.uom, line.quantity, line.unit_price, line.requested_on)
        for line in sorted(found, key=lambda line: line.line_no)
        if line.status != "cancelled" and line.order_status in SENT
    ]
    return Order(number, found[0].ordered_on, _own_name(viewer), found[0].location, lines)


def _bought(viewer: Viewer, number: str) -> Order:
    require(viewer, Permission.EXPORT)
    found = purchase_orders.order_by_number(viewer, number)
    if found is None or found.order["status"] not in SENT:
        raise _no_order()
    names = ("line_no", "code", "name", "uom", "quantity", "unit_price", "requested_on")
    lines = [OrderedLine(*(line[name] for name in names)) for line in found.lines if line["status"] != "cancelled"]
    order = found.order
    return Order(number, order["ordered_on"], order["supplier"], order["location_name"], lines)


def _no_order() -> NotFound:
    return NotFound(_("There is no such order that was sent."))


def _own_name(viewer: Viewer) -> str:
    with partner_scope(viewer) as session:
        found = own_supplier(session)
    return "" if found is None else str(found.name)


def _pieces(content: bytes) -> Made:
    yield content


def _check_once(answers: list[AnswerRead]) -> None:
    """A line that a second message answers again; within one message its reader has looked."""
    seen: set[tuple[str, int]] = set()
    for answer in answers:
        key = (answer.line.order, answer.line.line_no)
        if key in seen:
            raise _refused(answer.line, _("the line is answered twice. Answer it once."))
        seen.add(key)


def _answer_all(session: Session, viewer: Viewer, answers: list[AnswerRead]) -> list[str]:
    """Each answer on the way it has from the page; every line that is wrong is told, and then none is kept."""
    told: list[str] = []
    problems: list[str] = []
    known = {(row.order, row.line_no): row.id for row in rows.numbered_lines(session, _orders(answers))}
    for answer in answers:
        try:
            told.append(_answered(session, viewer, answer, known.get((answer.line.order, answer.line.line_no), 0)))
        except UserError as error:
            problems.append(_refused(answer.line, error.message).message)
    if problems:
        more = len(problems) - TOLD
        rest = [counted("And %(count)s more.", "And %(count)s more.", more)] if more > 0 else []
        raise InvalidInput("\n".join([_("Nothing was taken over."), *problems[:TOLD], *rest]))
    return told


def _orders(answers: list[AnswerRead]) -> list[str]:
    return sorted({answer.line.order for answer in answers})


def _answered(session: Session, viewer: Viewer, answer: AnswerRead, line_id: int) -> str:
    found = own_line(session, line_id)
    _check_item(answer.line, found.code, found.uom)
    if found.open and not found.answerable:
        acknowledge_lines(session, viewer, [found.id])  # who answers has seen it
    proposal = _proposal(answerable_line(session, found.id, found.version), answer)
    send(session, viewer, found, proposal, seen_answer=None)
    line = f"{found.order} / {found.line_no}"
    names = {"confirm": _("%(line)s: confirmed as ordered"), "reject": _("%(line)s: refused")}
    changed = _("%(line)s: another quantity or date is proposed")
    return names.get(proposal.kind, changed) % {"line": line}


def _proposal(found: OrderLine, answer: AnswerRead) -> Proposal:
    reason = answer.reason[:REASON_LENGTH] or _("Told by ORDRSP %(number)s", number=answer.line.message.reference)
    if answer.action == "refuse":
        return refused(found, reason=reason)
    quantity = found.quantity if answer.quantity is None else answer.quantity
    on = answer.promised_on or found.requested_on
    if (quantity, on) == (found.quantity, found.requested_on):
        return as_ordered(found)
    if answer.action == "accept":
        raise InvalidInput(_("quantity or day is not as ordered now. Answer with 6 (changed), or leave them out."))
    return otherwise(found, quantity=quantity, promised_on=on, reason=reason)


def _lots(viewer: Viewer, found: ShipmentRead) -> list[dict[str, object]]:
    open_lines = {(row["order"], row["line_no"]): row for row in shipments.lines_to_ship(viewer)}
    return [_lot(open_lines.get((each.line.order, each.line.line_no)), each) for each in found.lots]


def _lot(row: dict[str, Any] | None, each: LotRead) -> dict[str, Any]:
    if row is None:
        raise _refused(each.line, _("There is no such order line to ship. Only confirmed lines can be shipped."))
    try:
        _check_item(each.line, row["code"], row["uom"])
    except InvalidInput as error:
        raise _refused(each.line, error.message) from error
    return {
        "line_id": row["line_id"],
        "quantity": plain(each.quantity),
        "lot": each.lot,
        "expires_on": each.expires_on,
    }


def _check_item(line: LineRead, code: str, uom: str) -> None:
    if line.code and line.code != code:
        raise InvalidInput(
            _("item %(told)s is not the one of the order, %(code)s. Check it.", told=shown(line.code), code=code)
        )
    if line.unit and unit_code(uom) and line.unit != unit_code(uom):
        raise InvalidInput(
            _("unit %(told)s is not the one of the order, %(code)s.", told=shown(line.unit), code=unit_code(uom))
        )


def _refused(line: LineRead, why: str) -> InvalidInput:
    return line.message.refused(line.segment, f"{shown(line.order)} / {line.line_no}: {why}")
