"""A supplier's shipping notices: made of open confirmed lines, sent, and taken back as long as nothing was received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import settings as versions
from data.queries import shipments as rows
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.partner_events import PartnerEvent, announce
from services.partners import partner_scope

LISTED = 500
MOST_LOTS = 200
NAME_LENGTH = 60
MOST_PACKAGES = 100_000
FURTHEST = timedelta(days=365)
RECEIVING_PAGE = "/supply/goods-receipt"


def lines_to_ship(viewer: Viewer) -> list[dict[str, Any]]:
    """Own confirmed lines with what is neither delivered nor on its way.

    Inputs: a supplier.
    Returns: dictionaries of line_id, order, line_no, code, item, uom, location, due_on, quantity; the first due first.
    Raises: NotAllowed.
    Source: issue of the portal; ASN of SAP SNC.
    """
    with partner_scope(viewer, Permission.SUPPLIER_SHIPMENTS) as session:
        return [row._asdict() for row in rows.to_ship(session)]


def shipments(viewer: Viewer, *, after: Sequence[Any] | None = None, limit: int = LISTED) -> list[dict[str, Any]]:
    """Own shipping notices, the newest first.

    Inputs: a supplier; after: the id of the last one already read, as a list; how many.
    Returns: dictionaries of the notice with ``lots``.
    Raises: NotAllowed.
    Source: none; ours.
    """
    with partner_scope(viewer, Permission.SUPPLIER_SHIPMENTS) as session:
        return [row._asdict() for row in rows.shipments(session, after=after, limit=limit)]


def shipment(viewer: Viewer, shipment_id: object) -> dict[str, Any]:
    """One own shipping notice.

    Inputs: a supplier and the id.
    Returns: the notice with ``lines``.
    Raises: NotAllowed; NotFound for a foreign one as for none.
    Source: security.md B01.
    """
    with partner_scope(viewer, Permission.SUPPLIER_SHIPMENTS) as session:
        found = _own(session, shipment_id)
        lines = [row._asdict() for row in rows.lines(session, shipment_id=found.id)]
        return {**found._asdict(), "lines": lines}


def send(viewer: Viewer, header: Mapping[str, object], lines: object) -> int:
    """Tell that goods are on their way. It changes no stock; the buyer expects them.

    Inputs: a supplier who may answer; header: number, ships_on, arrives_on, carrier, tracking, packages; lines: a list
        of dictionaries of line_id, quantity, lot, expires_on, those without a quantity left out.
    Returns: the id of the notice.
    Raises: NotAllowed; NotFound for a line that is not own; InvalidInput naming what is wrong; Conflict for a number
        that the company has used.
    Source: issue of the portal; security.md B08, B09.
    """
    with partner_scope(viewer, Permission.SUPPLIER_SHIPMENTS, Permission.PORTAL_ANSWER) as session:
        values = _header(header)
        lots = _lots(session, lines, values["ships_on"])
        added = rows.add(session, company_id=viewer.company_id, created_by=viewer.user_id, **values)
        if added is None:
            raise Conflict(_("You have sent a shipping notice %(number)s already.", number=values["number"]))
        own = {"shipment_id": added, "company_id": viewer.company_id}
        rows.add_lines(session, [lot | own for lot in lots])
        after = {name: str(value) for name, value in values.items()} | {"lots": len(lots)}
        record(session, viewer, "shipment.send", subject="shipment", subject_id=added, after=after)
        title = _("Shipment %(number)s arrives on %(day)s", number=values["number"], day=day(values["arrives_on"]))
        event = PartnerEvent("shipment.sent", "shipment", added, title, RECEIVING_PAGE, values["tracking"])
        announce(session, viewer, viewer.company_id, event)
        versions.bump(session, "orders")
    return added


def check(viewer: Viewer, header: Mapping[str, object], lines: object) -> int:
    """Look whether a shipping notice could be sent, without sending it.

    Inputs: as send.
    Returns: how many lots it has.
    Raises: as send, but for a number that the company has used.
    Source: none; ours.
    """
    with partner_scope(viewer, Permission.SUPPLIER_SHIPMENTS, Permission.PORTAL_ANSWER) as session:
        return len(_lots(session, lines, _header(header)["ships_on"]))


def cancel(viewer: Viewer, shipment_id: object, version: object) -> None:
    """Take back a shipping notice of which nothing was received.

    Inputs: a supplier who may answer, the notice with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it was received, cancelled or changed meanwhile.
    Source: security.md B21.
    """
    with partner_scope(viewer, Permission.SUPPLIER_SHIPMENTS, Permission.PORTAL_ANSWER) as session:
        found = _own(session, shipment_id)
        changed = found.version == version and rows.set_status(
            session, shipment_id=found.id, version=found.version, status="cancelled"
        )
        if not changed:
            raise Conflict(
                _(
                    "Shipment %(number)s is %(status)s and can't be cancelled. Reload the page and look again.",
                    number=found.number,
                    status=status_name(found.status).lower(),
                )
            )
        record(session, viewer, "shipment.cancel", subject="shipment", subject_id=found.id, before={"status": "sent"})
        title = _("Shipment %(number)s is cancelled", number=found.number)
        event = PartnerEvent("shipment.cancelled", "shipment", found.id, title, RECEIVING_PAGE)
        announce(session, viewer, viewer.company_id, event)
        versions.bump(session, "orders")


def status_name(status: str) -> str:
    """What the state of a shipping notice is called.

    Inputs: status: as stored.
    Returns: text in the reader's language.
    Raises: KeyError for a state that is none.
    Source: none; ours.
    """
    return {"sent": _("On its way"), "received": _("Received"), "cancelled": _("Cancelled")}[status]


def _own(session: Session, shipment_id: object) -> Any:
    found = rows.shipment(session, shipment_id=row_id(shipment_id))
    if found is None:
        raise NotFound(_("There is no such shipment."))
    return found


def _header(given: Mapping[str, object]) -> dict[str, Any]:
    ships_on = calendar_day(given.get("ships_on"), name=_("Ships on"))
    arrives_on = calendar_day(given.get("arrives_on"), name=_("Arrives on"))
    if arrives_on < max(ships_on, today()) or max(ships_on, arrives_on) > today() + FURTHEST:
        raise InvalidInput(_("Arrives on: enter a day from today on, not before it ships, within a year."))
    return {
        "number": sentence(given.get("number"), name=_("Number"), longest=NAME_LENGTH),
        "ships_on": ships_on,
        "arrives_on": arrives_on,
        "carrier": _optional(given.get("carrier"), _("Carrier")),
        "tracking": _optional(given.get("tracking"), _("Tracking number")),
        "packages": _packages(given.get("packages")),
    }


def _optional(value: object, name: str) -> str | None:
    return sentence(value, name=name, longest=NAME_LENGTH) if isinstance(value, str) and value.strip() else None


def _packages(value: object) -> int | None:
    if value in (None, ""):
        return None
    found = quantity_of(value, name=_("Packages"))
    if found != int(found) or not 0 < found <= MOST_PACKAGES:
        raise InvalidInput(_("Packages: enter a whole number from 1 on."))
    return int(found)


def _lots(session: Session, given: object, ships_on: date) -> list[dict[str, Any]]:
    """What was filled in, each line within what is left of it."""
    typed = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    typed = [row for row in typed if row.get("quantity") not in (None, "", 0)]
    if not 0 < len(typed) <= MOST_LOTS:
        raise InvalidInput(_("Enter the quantity of at least one line, and at most %(most)s lots.", most=MOST_LOTS))
    open_lines = {row.line_id: row for row in rows.to_ship(session)}
    lots = [_lot(number, row, open_lines, ships_on) for number, row in enumerate(typed, start=1)]
    if len({open_lines[lot["line_id"]].location_id for lot in lots}) > 1:
        raise InvalidInput(_("A shipment goes to one place. Make one for each place."))
    shipped: dict[int, Decimal] = defaultdict(Decimal)
    for lot in lots:
        shipped[lot["line_id"]] += lot["quantity"]
    for line_id, quantity in shipped.items():
        left = open_lines[line_id]
        if quantity > left.quantity:
            raise InvalidInput(
                _(
                    "%(order)s / %(line)s: %(left)s %(uom)s are left to ship. Propose more on the order first.",
                    order=left.order,
                    line=left.line_no,
                    left=shown_quantity(left.quantity),
                    uom=left.uom,
                )
            )
    return lots


def _lot(number: int, given: Mapping[str, object], open_lines: Mapping[int, Any], ships_on: date) -> dict[str, Any]:
    line_id = row_id(given.get("line_id"))
    if line_id not in open_lines:
        raise NotFound(_("There is no such order line to ship. Only confirmed lines can be shipped."))
    try:
        quantity = quantity_of(given.get("quantity"), name=_("Quantity"))
        if quantity <= 0:
            raise InvalidInput(_("Quantity: enter more than 0."))
        expires = given.get("expires_on")
        expires_on = calendar_day(expires, name=_("Expires on")) if expires else None
        if expires_on and expires_on <= ships_on:
            raise InvalidInput(_("Expires on: %(day)s is before it arrives.", day=day(expires_on)))
        lot = _optional(given.get("lot"), _("Lot"))
    except InvalidInput as error:
        raise InvalidInput(_("Row %(number)s. %(why)s", number=number, why=error.message)) from error
    return {"line_id": line_id, "quantity": Decimal(quantity), "lot": lot, "expires_on": expires_on}
