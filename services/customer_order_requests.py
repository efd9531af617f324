"""Orders that customers send from their portal, as colleagues judge and accept them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict
from core.i18n import EMPTY, _, counted, day, money
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_ordering as rows
from data.queries import reservations, sales_orders
from data.queries import settings as stored
from services.audit import record
from services.customer_ordering import KIND_NAME
from services.customer_promises import known_for
from services.form_values import shown_quantity
from services.order_promising import Question
from services.reservations import SUBJECT, give_back, require_free
from services.submissions import Described, Kind, Submission


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line of an order that was sent; ``price`` is what the customer was shown for one unit."""

    hold: int
    product_id: int
    location_id: int
    quantity: Decimal
    wanted_on: date
    promised_on: date
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the orders of one customer are judged by: names, prices of now, and the holds that still count."""

    products: Mapping[int, Any]
    locations: Mapping[int, str]
    prices: Mapping[tuple[int, date], Decimal | None]
    holds: Mapping[int, Any]


def wanted_lines(found: Submission) -> list[WantedLine]:
    """The lines of an order that was sent.

    Inputs: the submission.
    Returns: lines; none when what is stored is not an order.
    Raises: nothing.
    Source: none; ours.
    """
    given = found.payload.get("lines")
    try:
        return [_line(line) for line in given] if isinstance(given, list) else []
    except (KeyError, TypeError, ValueError, DecimalException):
        return []


def describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """Orders as a colleague judges them: plain ones are held in full and at the price that is agreed.

    Inputs: an open session inside, the viewer, the submissions.
    Returns: what the queue shows, by submission.
    Raises: nothing.
    Source: screens.md 18.
    """
    described = {}
    for company, of_company in groupby(
        sorted(found, key=lambda each: each.company_id), key=lambda each: each.company_id
    ):
        orders = list(of_company)
        customer = rows.inside_customer(session, company=company)
        lines = {order.id: wanted_lines(order) for order in orders}
        facts = _found(session, customer.id if customer else 0, orders, [w for of in lines.values() for w in of])
        for order in orders:
            described[order.id] = _described(order, customer, lines[order.id], facts)
    return described


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Make sales orders of an order, one a place, confirm its dates and let the orders take over what was held.

    Inputs: an open session inside, who accepts, the submission, locked.
    Returns: nothing.
    Raises: Conflict when what is no longer held can't be promised any more.
    Source: product.md, promise 6; security.md H01: a key makes one order.
    """
    customer = rows.inside_customer(session, company=found.company_id)
    lines = wanted_lines(found)
    if customer is None or not lines:
        raise Conflict(_("This order can't be read any more. Refuse it and ask the customer to send it again."))
    for place in sorted({(line.product_id, line.location_id) for line in lines}):
        reservations.lock_item(session, *place)
    held = _holds(session, customer.id, [found])
    _require_promisable(session, viewer, customer, lines, held)
    for location_id, of_place in _by_location(lines):
        order = {
            "customer_id": customer.id,
            "location_id": location_id,
            "request_key": uuid5(UUID(found.subject_id), str(location_id)),
        }
        _make_order(session, viewer, order, of_place, submission_id=found.id)
    _release(session, viewer, held)
    stored.bump(session, "orders")


def reject(session: Session, viewer: Viewer, found: Submission) -> None:
    """Give back what was held for an order that is refused.

    Inputs: an open session inside, who refuses, the submission.
    Returns: nothing.
    Raises: nothing of its own.
    Source: none; ours.
    """
    customer = rows.inside_customer(session, company=found.company_id)
    if customer is not None:
        _release(session, viewer, _holds(session, customer.id, [found]))


def _line(line: Mapping[str, Any]) -> WantedLine:
    quantity = Decimal(line["quantity"])
    price = None if line["price"] is None else Decimal(line["price"])
    if not 0 < quantity < Decimal(10) ** 12 or (price is not None and not 0 <= price < Decimal(10) ** 9):
        raise ValueError(line)
    return WantedLine(
        hold=int(line["hold"]),
        product_id=int(line["product_id"]),
        location_id=int(line["location_id"]),
        quantity=quantity,
        wanted_on=date.fromisoformat(line["wanted_on"]),
        promised_on=date.fromisoformat(line["promised_on"]),
        price=price,
    )


def _found(session: Session, customer: int, orders: Sequence[Submission], lines: Sequence[WantedLine]) -> _Found:
    return _Found(
        products=rows.inside_products(session, products=sorted({line.product_id for line in lines})),
        locations=rows.inside_locations(session, locations=sorted({line.location_id for line in lines})),
        prices=rows.inside_prices(
            session, customer=customer, wanted=sorted({(line.product_id, line.wanted_on) for line in lines})
        ),
        holds=_holds(session, customer, orders),
    )


def _holds(session: Session, customer: int, orders: Sequence[Submission]) -> dict[int, Any]:
    keys = [order.subject_id for order in orders if _is_key(order.subject_id)]
    return {row.id: row for row in rows.inside_holds(session, customer=customer, keys=keys, at=now())}


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _described(order: Submission, customer: Any, lines: Sequence[WantedLine], facts: _Found) -> Described:
    value = sum((line.quantity * line.price for line in lines if line.price is not None), Decimal(0))
    said = [
        counted("%(count)s line", "%(count)s lines", len(lines)),
        money(value),
        _("first for %(day)s", day=day(min((line.promised_on for line in lines), default=None))),
    ]
    reference = order.payload.get("reference")
    if isinstance(reference, str) and reference:
        said.append(_("their number %(number)s", number=reference[:40]))
    return Described(
        summary=" · ".join(said),
        facts=[_fact(line, facts) for line in lines],
        impact=float(value),
        plain=all(_is_held(line, facts.holds) and _as_agreed(line, facts) for line in lines),
        obstacle=_obstacle(order, customer, lines, facts),
    )


def _fact(line: WantedLine, facts: _Found) -> tuple[str, str, str]:
    product = facts.products.get(line.product_id)
    agreed = facts.prices.get((line.product_id, line.wanted_on))
    name = f"{product.code} · {product.name}" if product else EMPTY
    uom = product.uom if product else ""
    held = _("held") if _is_held(line, facts.holds) else _("not held any more")
    now_ = f"{held} · {_price(agreed)}"
    late = "" if line.promised_on <= line.wanted_on else _(" (wanted %(day)s)", day=day(line.wanted_on))
    place = facts.locations.get(line.location_id, EMPTY)
    asked = f"{shown_quantity(line.quantity)} {uom} · {day(line.promised_on)}{late} · {_price(line.price)} · {place}"
    return name, now_, asked


def _price(price: Decimal | None) -> str:
    return _("no price") if price is None else money(price, decimals=2)


def _is_held(line: WantedLine, holds: Mapping[int, Any]) -> bool:
    held = holds.get(line.hold)
    terms = (line.product_id, line.location_id, float(line.quantity), line.promised_on)
    return held is not None and terms == (held.product_id, held.location_id, held.quantity, held.promised_on)


def _as_agreed(line: WantedLine, facts: _Found) -> bool:
    return line.price is not None and line.price == facts.prices.get((line.product_id, line.wanted_on))


def _obstacle(order: Submission, customer: Any, lines: Sequence[WantedLine], facts: _Found) -> str | None:
    if customer is None or not customer.active:
        return _("The company is no customer any more.")
    if not lines or not _is_key(order.subject_id) or any(line.product_id not in facts.products for line in lines):
        return _("This order can't be read any more. Refuse it and ask the customer to send it again.")
    if any(line.price is None for line in lines):
        return _("A line has no agreed price. Enter one in the price list and ask the customer to send it again.")
    return None


def _require_promisable(
    session: Session, viewer: Viewer, customer: Any, lines: Sequence[WantedLine], held: Mapping[int, Any]
) -> None:
    """What is held is promised; anything else has to be free still."""
    lost = [line for line in lines if not _is_held(line, held)]
    if not lost:
        return
    names = rows.inside_products(session, products=[line.product_id for line in lost])
    known = known_for(session, viewer, sorted({line.product_id for line in lost}))
    for line in lost:
        asked = Question(line.product_id, line.location_id, float(line.quantity), line.wanted_on, customer.channel_id)
        try:
            require_free(known, asked, max(line.promised_on, today()))
        except Conflict as error:
            raise Conflict(f"{names[line.product_id].code}: {error}") from error


def _by_location(lines: Sequence[WantedLine]) -> Iterator[tuple[int, list[WantedLine]]]:
    ordered = sorted(lines, key=lambda line: line.location_id)
    for location, of_place in groupby(ordered, key=lambda line: line.location_id):
        yield location, list(of_place)


def _make_order(
    session: Session, viewer: Viewer, order: Mapping[str, Any], lines: Sequence[WantedLine], *, submission_id: int
) -> None:
    made = sales_orders.add_order(session, day=today(), **order)
    values = [
        {
            "order_id": made.id,
            "line_no": number,
            "product_id": line.product_id,
            "quantity": line.quantity,
            "unit_price": line.price,
            "requested_on": line.wanted_on,
            "first_confirmed_on": max(line.promised_on, today()),
        }
        for number, line in enumerate(lines, start=1)
    ]
    sales_orders.add_lines(session, values)
    after = {"number": made.number, "lines": len(values), "submission": submission_id}
    record(session, viewer, "sales_order.add", subject="sales_order", subject_id=made.id, after=after)


def _release(session: Session, viewer: Viewer, held: Mapping[int, Any]) -> None:
    for reservation_id in held:
        locked = reservations.held(session, reservation_id)
        if locked is not None and locked.status == "held":
            give_back(session, viewer, locked)
    stored.bump(session, SUBJECT)


KIND = Kind(
    KIND_NAME,
    "Customer order",
    Permission.ORDER_DECIDE,
    "/portal/customer/orders?show=all",
    describe,
    accept,
    reject,
)
