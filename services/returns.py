"""What becomes of goods that customers send back: received, then back into stock or scrapped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import customer_returns as rows
from data.queries import stock_adjustments as lots
from services.audit import record
from services.download_list import DownloadList, Query, Rows, as_shown, chosen
from services.form_values import row_id, sentence
from services.partner_events import PartnerEvent, announce
from services.stock_adjustments import Correction, apply

LISTED = 1000
LONGEST_NOTE = 500
STATES = ("expected", "received", "restocked", "scrapped")
COLUMNS = (
    *("number", "customer", "order", "line_no", "code", "item", "quantity", "uom", "lot", "reason", "note", "status"),
    *("credit_expected", "reported_on", "received_on", "closed_on", "disposition_note"),
)
NEXT = {"received": ("expected",), "restocked": ("received",), "scrapped": ("received",)}


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return as colleagues see it; ``credit_expected`` in RM, ``disposition_note`` is never the customer's."""

    id: int
    number: str
    line_id: int
    order: str
    line_no: int
    customer: str
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
    disposition_note: str | None
    version: int


def returns(viewer: Viewer, *, show: str = "") -> list[ReturnRow]:
    """Returns of all customers, the newest first.

    Inputs: a viewer with partner.read; one of STATES, anything else is all.
    Returns: at most LISTED.
    Raises: NotAllowed.
    Source: screens.md 18.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        found = rows.inside_returns(session, status=show if show in STATES else None, limit=LISTED)
    return [ReturnRow(**row._asdict()) for row in found]


def receive(viewer: Viewer, return_id: object, version: object) -> None:
    """The goods are here. They are set aside: no stock changes before it is decided what becomes of them.

    Inputs: a viewer with order.decide; the return with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when somebody was faster.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.ORDER_DECIDE)
    with session_scope(viewer) as session:
        found = _held(session, return_id, version, to="received")
        _step(session, viewer, found, "received", received_on=today())


def restock(viewer: Viewer, return_id: object, version: object, note: object = None) -> None:
    """Take the goods into stock as a lot of their own, named after the return, so that they can be told apart.

    Inputs: a viewer with order.decide and inventory.edit; the return, received; a note for colleagues.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when somebody was faster.
    Source: services.stock_adjustments.
    """
    require(viewer, Permission.ORDER_DECIDE)
    require(viewer, Permission.INVENTORY_EDIT)
    why = _note(note)
    with session_scope(viewer) as session:
        found = _held(session, return_id, version, to="restocked")
        key = (found.product_id, found.location_id, found.number)
        named = dict(zip(("product_id", "location_id", "lot"), key, strict=True))
        lots.make_lots(session, [{**named, "quantity": 0, "received_on": today(), "expires_on": None}])
        (lot,) = lots.hold_lots(session, [key])
        correction = Correction(key, lot.id, lot.quantity, lot.quantity + found.quantity)
        apply(session, viewer, [correction], reason=_("return"), note=found.number)
        _step(session, viewer, found, "restocked", closed_on=today(), disposition_note=why)


def scrap(viewer: Viewer, return_id: object, version: object, note: object = None) -> None:
    """Throw the goods away; they never were in stock again.

    Inputs: a viewer with order.decide; the return, received; a note for colleagues.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when somebody was faster.
    Source: none; ours.
    """
    require(viewer, Permission.ORDER_DECIDE)
    why = _note(note)
    with session_scope(viewer) as session:
        found = _held(session, return_id, version, to="scrapped")
        _step(session, viewer, found, "scrapped", closed_on=today(), disposition_note=why)


def state_names() -> dict[str, str]:
    """The states in words, for both sides.

    Inputs: none.
    Returns: texts by state.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        "expected": _("Agreed, expected"),
        "received": _("Received, being checked"),
        "restocked": _("Closed, back in stock"),
        "scrapped": _("Closed, scrapped"),
    }


def _held(session: Session, return_id: object, version: object, *, to: str) -> Any:
    found = rows.inside_held(session, row_id(return_id))
    if found is None:
        raise NotFound(_("There is no such return."))
    if found.version != version or found.status not in NEXT[to]:
        state = state_names()[found.status]
        raise Conflict(_("This return has changed meanwhile: %(state)s. Reload the page and look again.", state=state))
    return found


def _step(session: Session, viewer: Viewer, found: Any, status: str, **values: Any) -> None:
    rows.inside_change(session, found.id, status=status, **values)
    about = {"subject": "customer_return", "subject_id": found.id}
    record(
        session, viewer, f"customer_return.{status}", before={"status": found.status}, after={"status": status},
        reason=values.get("disposition_note"), **about,
    )  # fmt: skip
    title = _("Return %(number)s: %(state)s", number=found.number, state=state_names()[status])
    event = PartnerEvent(f"customer_return.{status}", title=title, href="/portal/customer/returns", **about)
    announce(session, viewer, found.company_id, event)


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=LONGEST_NOTE) if value else None


def _download(viewer: Viewer, query: Query) -> Rows:
    records = [{name: getattr(row, name) for name in COLUMNS} for row in returns(viewer, show=query.get("show", ""))]
    return chosen(as_shown(records, query, {}), COLUMNS)


LISTS = {"returns": DownloadList(Permission.PARTNER_READ, COLUMNS, _download)}
