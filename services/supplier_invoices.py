"""Suppliers' invoices: sent for what was received, matched whenever they are read, approved or disputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from analytics.invoice_match import invoice_match
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import supplier_invoices as rows
from data.queries.goods_receipts import hold_lines
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence
from services.invoice_rules import invoice_rules
from services.partner_events import PartnerEvent, announce
from services.partners import partner_scope

LISTED = 500
MOST_LINES = 200
NUMBER_LENGTH = 60
NOTE_LENGTH = 500
OLDEST = timedelta(days=730)
PAGE = "/supply/invoices"
SUPPLIERS_PAGE = "/portal/supplier/invoices"
APPROVED, DISPUTED = "approved", "disputed"
DIFFERENCES = ("not_received", "quantity_differs", "price_differs")
RESULTS = ("open", "expected", "difference", "matched", *DIFFERENCES)


def lines_to_invoice(viewer: Viewer) -> list[dict[str, Any]]:
    """Own order lines of which something was received that no invoice asks for yet.

    Inputs: a supplier.
    Returns: dictionaries of line_id, order, line_no, code, item, uom, unit_price as ordered, quantity.
    Raises: NotAllowed.
    Source: APICS dictionary, three-way match.
    """
    with partner_scope(viewer, Permission.SUPPLIER_INVOICES) as session:
        return [row._asdict() for row in rows.to_invoice(session)]


def own_invoices(viewer: Viewer, *, after: Sequence[Any] | None = None, limit: int = LISTED) -> list[dict[str, Any]]:
    """A supplier's own invoices, those that wait first.

    Inputs: a supplier; place of the last one already read; how many.
    Returns: dictionaries of the invoice with ``state`` in words, ``amount`` in RM, ``matched`` and ``lines``.
    Raises: NotAllowed.
    Source: analytics.invoice_match.
    """
    with partner_scope(viewer, Permission.SUPPLIER_INVOICES) as session:
        return _matched(session, rows.invoices(session, after=after, most=limit))


def place(found: Mapping[str, Any]) -> tuple[bool, int]:
    """Where an invoice stands in a list.

    Inputs: the invoice.
    Returns: what own_invoices and invoices take as ``after``.
    Raises: nothing.
    Source: none; ours.
    """
    return found["status"] != "sent", -found["id"]


def own_invoice(viewer: Viewer, invoice_id: object) -> dict[str, Any]:
    """One own invoice.

    Inputs: a supplier and the id.
    Returns: the invoice with ``lines``, each matched.
    Raises: NotAllowed; NotFound for a foreign one as for none.
    Source: security.md B01.
    """
    with partner_scope(viewer, Permission.SUPPLIER_INVOICES) as session:
        return _invoice(session, invoice_id)


def send(viewer: Viewer, header: Mapping[str, object], lines: object) -> int:
    """Send an invoice for goods that were received.

    Inputs: a supplier who may answer; header: number, issued_on; lines: a list of dictionaries of line_id, quantity,
        unit_price, those without a quantity left out.
    Returns: the id of the invoice.
    Raises: NotAllowed; NotFound for a line that is not own or has nothing left to invoice; InvalidInput naming what is
        wrong; Conflict for a number that the company has used.
    Source: security.md B08, B09.
    """
    with partner_scope(viewer, Permission.SUPPLIER_INVOICES, Permission.PORTAL_ANSWER) as session:
        number = sentence(header.get("number"), name=_("Number"), longest=NUMBER_LENGTH)
        issued_on = calendar_day(header.get("issued_on"), name=_("Date"))
        if not today() - OLDEST <= issued_on <= today():
            raise InvalidInput(_("Date: enter a day of the last two years, today at the latest."))
        own = {"company_id": viewer.company_id}
        added = rows.add(session, number=number, issued_on=issued_on, created_by=viewer.user_id, **own)
        if added is None:
            raise Conflict(_("You have sent an invoice %(number)s already.", number=number))
        asked = _asked(session, lines)
        rows.add_lines(session, [line | own | {"invoice_id": added} for line in asked])
        after = {"number": number, "issued_on": str(issued_on), "lines": len(asked)}
        record(session, viewer, "supplier_invoice.send", subject="supplier_invoice", subject_id=added, after=after)
        title = _("Invoice %(number)s was sent", number=number)
        event = PartnerEvent("supplier_invoice.sent", "supplier_invoice", added, title, PAGE)
        announce(session, viewer, viewer.company_id, event)
    return added


def invoices(viewer: Viewer, *, after: Sequence[Any] | None = None, limit: int = LISTED) -> list[dict[str, Any]]:
    """All suppliers' invoices, those that wait for a decision first.

    Inputs: a viewer with ``purchase.read``; place of the last one already read; how many.
    Returns: as own_invoices, with ``supplier``.
    Raises: NotAllowed.
    Source: analytics.invoice_match.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return _matched(session, rows.invoices(session, after=after, most=limit))


def invoice(viewer: Viewer, invoice_id: object) -> dict[str, Any]:
    """One invoice of any supplier.

    Inputs: a viewer with ``purchase.read`` and the id.
    Returns: the invoice with ``lines``, each matched.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return _invoice(session, invoice_id)


def decide(viewer: Viewer, invoice_id: object, version: object, *, approve: bool, note: object) -> None:
    """Approve or dispute an invoice; the supplier reads the note.

    Inputs: a viewer with ``purchase.edit``; the invoice with the version on the screen; note: why, needed for a dispute
        and to approve what does not match.
    Returns: nothing.
    Raises: NotAllowed; NotFound; InvalidInput without the note; Conflict when it was decided or changed meanwhile.
    Source: APICS dictionary, three-way match.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    written = sentence(note, name=_("Note"), longest=NOTE_LENGTH) if isinstance(note, str) and note.strip() else None
    with session_scope(viewer) as session:
        # Two invoices for the same goods are decided one after the other.
        hold_lines(session, [line.line_id for line in rows.lines(session, [row_id(invoice_id)])])
        found = _invoice(session, invoice_id)
        status = APPROVED if approve else DISPUTED
        if found["version"] != version or found["status"] in (APPROVED, status):
            raise _changed_meanwhile(found)
        if written is None and not (approve and found["matched"]):
            raise InvalidInput(
                _("It does not match. Write the reason why it is approved all the same.")
                if approve
                else _("Write what is wrong with it: the supplier reads it.")
            )
        decided = rows.decide(
            session,
            invoice_id=found["id"],
            version=found["version"],
            status=status,
            note=written,
            user_id=viewer.user_id,
        )
        if not decided:
            raise _changed_meanwhile(found)
        _tell(session, viewer, found, status, written)


def status_name(status: str) -> str:
    """What the state of an invoice is called.

    Inputs: status: as stored.
    Returns: text in the reader's language.
    Raises: KeyError for a state that is none.
    Source: none; ours.
    """
    return {"sent": _("Waits"), APPROVED: _("Approved"), DISPUTED: _("Disputed")}[status]


def difference_names(line: Mapping[str, Any]) -> str:
    """How a line matches, in words.

    Inputs: what is known of a line by the match.
    Returns: its differences, or that it has none, in the reader's language.
    Raises: KeyError for what was not matched.
    Source: none; ours.
    """
    names = {
        "not_received": _("Not yet received"),
        "quantity_differs": _("Quantity difference"),
        "price_differs": _("Price difference"),
    }
    return ", ".join(names[name] for name in DIFFERENCES if line[name]) or _("Matched")


def _changed_meanwhile(found: Mapping[str, Any]) -> Conflict:
    return Conflict(
        _(
            "Invoice %(number)s was decided or changed meanwhile: %(status)s. Reload the page and look again.",
            number=found["number"],
            status=status_name(found["status"]).lower(),
        )
    )


def _tell(session: Session, viewer: Viewer, found: Mapping[str, Any], status: str, note: str | None) -> None:
    record(
        session,
        viewer,
        f"supplier_invoice.{status}",
        subject="supplier_invoice",
        subject_id=found["id"],
        before={"status": found["status"]},
        after={"status": status, "note": note, "matched": found["matched"]},
    )
    title = (
        _("Invoice %(number)s is approved", number=found["number"])
        if status == APPROVED
        else _("Invoice %(number)s is disputed", number=found["number"])
    )
    event = PartnerEvent(
        f"supplier_invoice.{status}", "supplier_invoice", found["id"], title, SUPPLIERS_PAGE, detail=note
    )
    announce(session, viewer, found["company_id"], event)


def _invoice(session: Session, invoice_id: object) -> dict[str, Any]:
    found = rows.invoice(session, invoice_id=row_id(invoice_id))
    if found is None:
        raise NotFound(_("There is no such invoice."))
    return _matched(session, [found])[0]


def _matched(session: Session, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Invoices with their lines, matched by the receipts and rules of now."""
    lines = rows.lines(session, [row.id for row in found])
    columns = ("quantity", "unit_price", "ordered_price", "received", "taken")
    asked, price, ordered, received, taken = ([getattr(line, name) for line in lines] for name in columns)
    rules = asdict(invoice_rules(session))
    match = invoice_match(asked, price, ordered_price=ordered, received=received, taken=taken, **rules)
    by_invoice: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for place, line in enumerate(lines):
        result = {name: getattr(match, name)[place].item() for name in RESULTS}
        by_invoice[line.invoice_id].append(line._asdict() | result | {"result": difference_names(result)})
    return [
        row._asdict()
        | {
            "state": status_name(row.status),
            "lines": by_invoice[row.id],
            "matched": all(line["matched"] for line in by_invoice[row.id]),
            "amount": sum(line["quantity"] * line["unit_price"] for line in by_invoice[row.id]),
        }
        for row in found
    ]


def _asked(session: Session, given: object) -> list[dict[str, Any]]:
    """The lines that were filled in, checked."""
    typed = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    typed = [row for row in typed if row.get("quantity") not in (None, "", 0)]
    if not 0 < len(typed) <= MOST_LINES:
        raise InvalidInput(_("Enter the quantity of at least one line, and of at most %(most)s.", most=MOST_LINES))
    open_lines = {row.line_id for row in rows.to_invoice(session)}
    asked = [_line(number, row, open_lines) for number, row in enumerate(typed, start=1)]
    if len({line["line_id"] for line in asked}) < len(asked):
        raise InvalidInput(_("An order line stands twice in it. Reload the page, then fill it in again."))
    return asked


def _line(number: int, given: Mapping[str, object], open_lines: set[int]) -> dict[str, Any]:
    line_id = row_id(given.get("line_id"))
    if line_id not in open_lines:
        raise NotFound(_("There is no such order line to invoice. Lines can be invoiced once they were received."))
    try:
        quantity = quantity_of(given.get("quantity"), name=_("Quantity"))
        unit_price = quantity_of(given.get("unit_price"), name=_("Unit price"))
        if quantity <= 0 or unit_price < 0:
            raise InvalidInput(_("Enter a quantity of more than 0, and a unit price of 0 or more."))
    except InvalidInput as error:
        raise InvalidInput(_("Row %(number)s. %(why)s", number=number, why=error.message)) from error
    return {"line_id": line_id, "quantity": quantity, "unit_price": unit_price}
