"""A customer reports what is wrong with a delivery and sends it back, once a colleague agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import EMPTY, _, day, money
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_returns as rows
from data.queries import sales_orders
from services.audit import record
from services.customer_lines import own_line
from services.customer_promises import inside
from services.download_list import DownloadList, Query, Rows, as_shown, chosen
from services.form_values import quantity_of, row_id, sentence, shown_quantity
from services.order_rules import order_rules
from services.partners import partner_scope
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw

KIND_NAME = "customer_return"
REASONS = ("damaged", "expired", "wrong_item", "quality")
LONGEST_LOT = 60
DELIVERIES = 300
COLUMNS = (
    *("number", "order", "line_no", "code", "item", "quantity", "uom", "lot", "reason", "note", "status"),
    *("credit_expected", "reported_on", "received_on", "closed_on"),
)
_P = Permission


@dataclass(frozen=True, slots=True)
class Return:
    """Goods sent back. ``status`` is expected, received, restocked or scrapped; ``credit_expected`` in RM."""

    id: int
    number: str
    line_id: int
    order: str
    line_no: int
    code: str
    item: str
    uom: str
    quantity: Decimal
    lot: str | None
    reason: str
    note: str | None
    status: str
    credit_expected: Decimal
    reported_on: date
    received_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line of which something may be sent back."""

    line_id: int
    order: str
    line_no: int
    code: str
    item: str
    uom: str
    delivered_on: date
    delivered_quantity: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """What a customer says is wrong, as it is stored until somebody decides."""

    quantity: Decimal
    lot: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that is not a return (yet). ``status`` is pending, rejected, withdrawn or superseded."""

    id: int
    line_id: int
    report: Report
    status: str
    asked_by: str
    note: str | None
    decision_note: str | None


@dataclass(frozen=True, slots=True)
class Returns:
    """All of a customer: reports without a return, the returns, and the deliveries that may still be reported."""

    reported: list[Reported]
    returns: list[Return]
    deliveries: list[Delivery]
    days: int


def returns(viewer: Viewer) -> Returns:
    """What the viewer's company reported and sends back.

    Inputs: a customer.
    Returns: Returns, the newest first.
    Raises: NotAllowed without ``portal.customer.returns``.
    Source: screens.md 18.
    """
    with partner_scope(viewer, _P.CUSTOMER_RETURNS):
        pass
    days = _return_days(viewer)
    with partner_scope(viewer, _P.CUSTOMER_RETURNS) as session:
        sent = own_submissions(session, KIND_NAME)
        agreed = [_return(row) for row in rows.returns(session)]
        since = today() - timedelta(days=days)
        deliveries = [_delivery(row) for row in rows.delivered_lines(session, since=since, limit=DELIVERIES)]
    waiting = [_reported(each) for each in sent if each.status != "accepted"]
    return Returns([each for each in waiting if each], agreed, deliveries, days)


def returns_of(session: Session, line_id: int) -> list[Return]:
    """Goods sent back of one line.

    Inputs: a customer's session; one of its lines.
    Returns: returns, the newest first.
    Raises: nothing.
    Source: none; ours.
    """
    return [_return(row) for row in rows.returns(session, line_id=line_id)]


def report(
    viewer: Viewer, line_id: object, *, quantity: object, lot: object, reason: object, note: object = None
) -> int:
    """Say what is wrong with a delivery; a newer report of the line replaces one that waits.

    Inputs: a customer who may answer; the line; how much of it; the lot if known; one of REASONS; what happened.
    Returns: the id of the submission.
    Raises: NotAllowed; NotFound; InvalidInput that names the field.
    Source: screens.md 18; product.md, promise 6.
    """
    with partner_scope(viewer, _P.CUSTOMER_RETURNS, _P.PORTAL_ANSWER) as session:
        own_line(session, line_id)
    days = _return_days(viewer)
    with partner_scope(viewer, _P.CUSTOMER_RETURNS, _P.PORTAL_ANSWER) as session:
        line = own_line(session, line_id)
        if line.delivered_on is None or not line.delivered_quantity:
            raise InvalidInput(_("Nothing of this line was delivered yet."))
        if line.delivered_on < today() - timedelta(days=days):
            raise InvalidInput(
                _("This line was delivered on %(day)s: returns are taken for %(days)s days. Write us a message.",
                  day=day(line.delivered_on), days=days)
            )  # fmt: skip
        left = line.delivered_quantity - Decimal(rows.returned_quantity(session, line_id=line.id))
        found = _checked(quantity, lot, reason, left=left, uom=line.uom)
        payload = {"quantity": str(found.quantity), "lot": found.lot, "reason": found.reason}
        title = _("Return of %(order)s / %(line)s reported", order=line.order, line=line.line_no)
        return submit(session, viewer, KIND_NAME, payload, title=title, subject_id=line.id, note=note or None)


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Take back a report that nobody decided on yet.

    Inputs: a customer who may answer; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed; NotFound, also for a report of others; Conflict when it was decided meanwhile.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_RETURNS, _P.PORTAL_ANSWER) as session:
        withdraw(session, viewer, KIND_NAME, submission_id)


def reason_names() -> dict[str, str]:
    """The reasons in words.

    Inputs: none.
    Returns: texts by reason.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        "damaged": _("Damaged"),
        "expired": _("Expired"),
        "wrong_item": _("Wrong item"),
        "quality": _("Quality"),
    }


def report_of(payload: Mapping[str, Any]) -> Report | None:
    """A report as it is stored.

    Inputs: the payload of a submission.
    Returns: the report; None for what is none.
    Raises: nothing.
    Source: none; ours.
    """
    try:
        lot = payload["lot"]
        found = Report(Decimal(payload["quantity"]), None if lot is None else str(lot)[:LONGEST_LOT], payload["reason"])
    except (KeyError, TypeError, ValueError, DecimalException):
        return None
    return found if 0 < found.quantity < Decimal(10) ** 12 and found.reason in REASONS else None


def describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """Reports as a colleague judges them.

    Inputs: an open session inside, the viewer, the submissions.
    Returns: what the queue shows, by submission.
    Raises: nothing.
    Source: screens.md 18.
    """
    lines = {line.id: line for line in sales_orders.lines_of_company(session, ids=[_line_id(each) for each in found])}
    return {each.id: _described(session, each, lines.get(_line_id(each))) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Agree to a return: it gets a number and the credit that is expected. What becomes of the goods comes later.

    Inputs: an open session inside, who accepts, the submission, locked.
    Returns: nothing.
    Raises: Conflict when it can't be read, or more would come back than was delivered.
    Source: product.md, promise 6.
    """
    line = sales_orders.line_of_company(session, line_id=_line_id(found), for_update=True)
    wanted = report_of(found.payload)
    obstacle = _obstacle(session, found, line, wanted)
    if obstacle or line is None or wanted is None:
        raise Conflict(obstacle or _unreadable())
    made = rows.inside_add(
        session,
        day=today(),
        company_id=found.company_id,
        line_id=line.id,
        quantity=wanted.quantity,
        lot=wanted.lot,
        reason=wanted.reason,
        note=found.note,
        credit_expected=wanted.quantity * line.unit_price,
        reported_on=found.created_at.date(),
    )
    after = {"number": made.number, "line": line.id, "quantity": str(wanted.quantity), "submission": found.id}
    record(session, viewer, "customer_return.add", subject="customer_return", subject_id=made.id, after=after)


def _return_days(viewer: Viewer) -> int:
    with inside(viewer) as (session, _desk):
        return int(order_rules(session).return_days)


def _checked(quantity: object, lot: object, reason: object, *, left: Decimal, uom: str) -> Report:
    wanted = quantity_of(quantity, name=_("Quantity"))
    if not 0 < wanted <= left:
        raise InvalidInput(
            _("Quantity: of this line %(left)s %(uom)s can still be returned.", left=shown_quantity(left), uom=uom)
        )
    if not isinstance(reason, str) or reason not in REASONS:
        raise InvalidInput(_("Reason: choose what is wrong."))
    return Report(wanted, sentence(lot, name=_("Lot"), longest=LONGEST_LOT) if lot else None, reason)


def _line_id(found: Submission) -> int:
    return row_id(int(found.subject_id)) if found.subject_id.isdigit() and len(found.subject_id) < 19 else 0


def _described(session: Session, found: Submission, line: Any) -> Described:
    wanted = report_of(found.payload)
    obstacle = _obstacle(session, found, line, wanted)
    if line is None or wanted is None or line.company_id != found.company_id:
        return Described(summary=_("Return"), obstacle=obstacle)
    credit = wanted.quantity * line.unit_price
    delivered = f"{shown_quantity(line.delivered_quantity)} {line.uom} · {day(line.delivered_on)}"
    return Described(
        summary=f"{line.number} / {line.line_no} · {line.code} {line.name} · {reason_names()[wanted.reason]}",
        facts=[
            (_("Quantity"), delivered, f"{shown_quantity(wanted.quantity)} {line.uom}"),
            (_("Lot"), EMPTY, wanted.lot or EMPTY),
            (_("Credit"), EMPTY, money(credit, decimals=2)),
        ],
        impact=float(credit),
        obstacle=obstacle,
    )


def _obstacle(session: Session, found: Submission, line: Any, wanted: Report | None) -> str | None:
    if line is None or wanted is None or line.company_id != found.company_id:
        return _unreadable()
    left = line.delivered_quantity - Decimal(rows.returned_quantity(session, line_id=line.id))
    if wanted.quantity > left:
        return _("Of this line only %(left)s can still come back.", left=shown_quantity(left))
    return None


def _unreadable() -> str:
    return _("This report can't be read any more. Refuse it and ask the customer to send it again.")


def _reported(found: Submission) -> Reported | None:
    wanted = report_of(found.payload)
    if wanted is None:
        return None
    return Reported(found.id, _line_id(found), wanted, found.status, found.asked_by, found.note, found.decision_note)


def _return(row: Any) -> Return:
    return Return(**row._asdict())


def _delivery(row: Any) -> Delivery:
    values = row._asdict()
    return Delivery(line_id=values.pop("id"), **values)


def _download(viewer: Viewer, query: Query) -> Rows:
    records = [{name: getattr(each, name) for name in COLUMNS} for each in returns(viewer).returns]
    return chosen(as_shown(records, query, {"order": ["order", "line_no", "code", "item"]}), COLUMNS)


LISTS = {"customer-returns": DownloadList(_P.CUSTOMER_RETURNS, COLUMNS, _download)}
KIND = Kind(KIND_NAME, "Return", Permission.ORDER_DECIDE, "/portal/customer/returns", describe, accept)
