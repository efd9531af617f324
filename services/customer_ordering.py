"""A customer orders: checks a basket against what can be promised, holds it for a while, sends the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from core.clock import now
from core.errors import InvalidInput, NotFound
from core.i18n import _, counted
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_ordering as rows
from data.queries import submissions
from models.base import Json
from services import customer_promises as desk
from services.customer_catalogue import BasketLine, basket, products
from services.customer_promises import Choice
from services.form_values import row_id
from services.partners import partner_scope
from services.submissions import Submission, own_submissions, submission_of, submit, withdraw

KIND_NAME = "customer_order"
SENT_SHOWN = 10
_P = Permission


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of the basket and the ways to get it, the one to take on top."""

    line: BasketLine
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Hold:
    """A quantity that is kept for the order ``key`` until ``expires_at``."""

    id: int
    key: str
    code: str
    name: str
    uom: str
    location: str
    quantity: Decimal
    wanted_on: date
    promised_on: date
    expires_at: datetime

    @property
    def minutes_left(self) -> int:
        return max(int((self.expires_at - now()).total_seconds() // 60), 0)


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order as it was sent. ``status`` is pending, accepted, rejected or withdrawn; ``first_on`` its first day."""

    id: int
    reference: str
    lines: int
    first_on: str
    status: str
    asked_by: str
    created_at: datetime
    decision_note: str | None


def new_key() -> str:
    """The key of an order that somebody begins to put together.

    Inputs: none.
    Returns: a UUID as text.
    Raises: nothing.
    Source: none; ours.
    """
    return str(uuid4())


def check(viewer: Viewer, lines: object, *, key: object) -> list[Checked]:
    """What can be had when, in full, in parts, from elsewhere or instead; nothing is held yet.

    Inputs: a customer who may answer; the basket and its key, as the page holds them.
    Returns: the lines with their choices.
    Raises: NotAllowed; InvalidInput naming line and column.
    Source: screens.md 11, 18.
    """
    order_key = _key(key)
    customer, wanted = _basket(viewer, lines, _P.PORTAL_ANSWER)
    ways = desk.possible(viewer, customer, wanted, key=order_key)
    return [Checked(line, choices) for line, choices in zip(wanted, ways, strict=True)]


def hold(viewer: Viewer, lines: object, take: object, *, key: object) -> list[BasketLine]:
    """Keep the chosen ways of the basket for an hour; what was held for this order before is given back.

    Inputs: a customer who may commit; the basket; the keys of the choices, by line; the key of the order.
    Returns: the lines that nothing could be held for; all others are in holds().
    Raises: NotAllowed; InvalidInput, also when the order was sent already.
    Source: services.customer_promises.
    """
    order_key = _key(key)
    customer, wanted = _basket(viewer, lines, _P.PORTAL_COMMIT)
    _require_unsent(viewer, order_key)
    _kept, left = desk.hold(viewer, customer, wanted, take if isinstance(take, list) else [], key=order_key)
    return [wanted[place] for place in left]


def holds(viewer: Viewer, *, key: object = None) -> list[Hold]:
    """What is kept for orders of the viewer's company and not over yet.

    Inputs: a customer; the key of one order, None for all.
    Returns: holds.
    Raises: NotAllowed; InvalidInput for a key that is none.
    Source: services.reservations.
    """
    wanted = None if key is None else _key(key)
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        return [_hold(row) for row in rows.own_holds(session, at=now(), key=wanted)]


def release(viewer: Viewer, *, key: object) -> int:
    """Give back what is held for an order that was not sent.

    Inputs: a customer who may commit; the key of the order.
    Returns: how many quantities were given back.
    Raises: NotAllowed; InvalidInput, also when the order was sent already: withdraw it instead.
    Source: none; ours.
    """
    order_key = _key(key)
    customer = _customer(viewer, _P.PORTAL_COMMIT)
    _require_unsent(viewer, order_key)
    return desk.release(viewer, customer, key=order_key)


def place(viewer: Viewer, *, key: object, note: object = None, reference: object = None) -> int:
    """Send what is held as an order; it binds the company, and is in the plan once a colleague inside accepts it.

    Inputs: a customer who may commit; the key of the order; a note; the customer's own order number, if any.
    Returns: the id of the submission; a request that comes twice gets the first one's.
    Raises: NotAllowed; InvalidInput when nothing is held (any more).
    Source: product.md, promise 6; security.md H01.
    """
    order_key = _key(key)
    own_number = _reference(reference)
    customer, agreed = _held_at_prices(viewer, order_key)
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_COMMIT) as session:
        rows.lock_order(session, order_key)
        sent = submissions.own_of_subject(session, kind=KIND_NAME, subject_id=str(order_key))
        if sent is not None:
            return int(sent.id)
        if not agreed:
            raise InvalidInput(_("Nothing is held for this order. Check the dates and hold them, then order."))
        payload: Json = {"reference": own_number, "lines": [_written(row, price) for row, price in agreed]}
        title = counted("New order of %(count)s line", "New order of %(count)s lines", len(agreed))
        made = submit(session, viewer, KIND_NAME, payload, title=title, subject_id=order_key, note=note or None)
    desk.keep_until_decided(viewer, customer, key=order_key)
    return made


def sent_orders(viewer: Viewer, *, limit: int = SENT_SHOWN) -> list[SentOrder]:
    """Orders that wait for an answer, and what was answered of late, the newest first.

    Inputs: a customer; how many.
    Returns: at most so many orders.
    Raises: NotAllowed.
    Source: product.md, promise 6.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        found = own_submissions(session, KIND_NAME, limit=limit)
    return [_sent(each) for each in found]


def sent_order(viewer: Viewer, submission_id: object) -> SentOrder:
    """One of them.

    Inputs: a customer; the id of the submission.
    Returns: the order.
    Raises: NotAllowed; NotFound, also for an order of others.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        found = submissions.own_one(session, submission_id=row_id(submission_id))
    if found is None or found.kind != KIND_NAME:
        raise NotFound(_("There is no such request."))
    return _sent(submission_of(found))


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Take back an order that nobody decided on yet, and give back what is held for it.

    Inputs: a customer who may commit; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed; NotFound, also for an order of others; Conflict when it was decided meanwhile.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_COMMIT) as session:
        withdraw(session, viewer, KIND_NAME, submission_id)
        taken = submissions.own_one(session, submission_id=row_id(submission_id))
        customer = _own(rows.own_customer(session))
    if taken is not None:
        desk.release(viewer, customer, key=_key(taken.subject_id))


def _held_at_prices(viewer: Viewer, key: UUID) -> tuple[int, list[tuple[Any, Decimal | None]]]:
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_COMMIT) as session:
        customer = _own(rows.own_customer(session))
        held = rows.own_holds(session, at=now(), key=key)
    agreed = desk.prices(viewer, customer, [(row.product_id, row.wanted_on) for row in held])
    return customer, [(row, agreed[row.product_id, row.wanted_on]) for row in held]


def _written(row: Any, price: Decimal | None) -> Json:
    return {
        "hold": row.id,
        "product_id": row.product_id,
        "location_id": row.location_id,
        "quantity": str(row.quantity),
        "wanted_on": row.wanted_on.isoformat(),
        "promised_on": row.promised_on.isoformat(),
        "price": None if price is None else str(price),
    }


def _basket(viewer: Viewer, lines: object, right: Permission) -> tuple[int, list[BasketLine]]:
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, right) as session:
        wanted = basket(products(session), lines)
        return _own(rows.own_customer(session)), wanted


def _customer(viewer: Viewer, right: Permission) -> int:
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, right) as session:
        return _own(rows.own_customer(session))


def _own(customer: int | None) -> int:
    if customer is None:
        raise NotFound(_("Your company is not linked to a customer yet. Ask your contact person to do it."))
    return customer


def _require_unsent(viewer: Viewer, key: UUID) -> None:
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        if submissions.own_of_subject(session, kind=KIND_NAME, subject_id=str(key)) is not None:
            raise InvalidInput(_("This order was sent already. Begin a new one."))


def _sent(found: Submission) -> SentOrder:
    given = found.payload.get("lines")
    lines = [line for line in given if isinstance(line, dict)] if isinstance(given, list) else []
    return SentOrder(
        id=found.id,
        reference=str(found.payload.get("reference") or ""),
        lines=len(lines),
        first_on=min((str(line.get("promised_on", "")) for line in lines), default=""),
        status=found.status,
        asked_by=found.asked_by,
        created_at=found.created_at,
        decision_note=found.decision_note,
    )


def _key(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise InvalidInput(_("This order has no key of its own. Reload the page.")) from error


def _reference(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > 40 or not text.isprintable():
        raise InvalidInput(_("Your order number: at most 40 characters, in one line."))
    return text


def _hold(row: Any) -> Hold:
    values = {name: getattr(row, name) for name in ("id", "code", "name", "uom", "location", "quantity")}
    return Hold(
        **values,
        key=str(row.order_key),
        wanted_on=row.wanted_on,
        promised_on=row.promised_on,
        expires_at=row.expires_at,
    )
