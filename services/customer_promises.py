"""What a customer can be promised, worked out inside: the portal gets days and quantities, never stock.

A partner's database role reads no stock, plan, allocation or other customer's order. So a promise is worked out in a
transaction of the company's own (``inside``), entered only after the caller established right and customer (or line) in
the partner's own transaction. What leaves is a
``Choice``: what this customer can have when, up to what it asked for. Audit lines name the partner's person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict
from core.i18n import _
from core.permissions import Permission
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from data.queries import customer_ordering as rows
from data.queries import order_promising, reservations
from data.queries import settings as stored
from services.customer_catalogue import BasketLine
from services.order_promising import Known, Offer, Question, offers
from services.promisable import Commitments, last_day
from services.reservations import SUBJECT, book, give_back
from services.supply_planned import Planned, planned

HOLD = timedelta(hours=1)
UNTIL_DECIDED = timedelta(hours=72)
WHOLE, PARTS, ELSEWHERE, INSTEAD = "whole", "parts", "elsewhere", "instead"


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity in the base unit, and the day it is promised for."""

    day: date
    quantity: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to get what is asked for: at once, in parts, from another place, or another product instead."""

    kind: str
    product_id: int
    code: str
    name: str
    uom: str
    location_id: int
    location: str
    terms: list[Term]
    price: Decimal | None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.product_id}-{self.location_id}"

    @property
    def quantity(self) -> float:
        return sum(term.quantity for term in self.terms)

    def on_time(self, wanted: BasketLine) -> bool:
        return self.terms[-1].day <= wanted.wanted_on and self.quantity >= float(wanted.quantity)


def possible(viewer: Viewer, customer: int, lines: Sequence[BasketLine], *, key: UUID) -> list[list[Choice]]:
    """Ways to get each line, earlier lines of the basket served first; nothing is held.

    Inputs: a customer's person and its customer, both established; the lines; the order, whose own holds don't count.
    Returns: choices by line, the one to take on top; none for what the plan can't give.
    Raises: nothing of its own.
    Source: services.order_promising.
    """
    with inside(viewer) as (session, desk):
        return [ways for ways, _taken in _choices(session, desk, customer, lines, key, take=[])]


def hold(
    viewer: Viewer, customer: int, lines: Sequence[BasketLine], take: Sequence[object], *, key: UUID
) -> tuple[list[Choice], list[int]]:
    """Keep the chosen ways for an hour, instead of what was held for this order before.

    Inputs: as possible; take: the key of the choice of each line, anything else takes the first.
    Returns: what is held, and the numbers (from 0) of lines that nothing can be held for.
    Raises: nothing of its own.
    Source: services.reservations: one transaction at a time for an item at a place.
    """
    with inside(viewer) as (session, desk):
        _release(session, viewer, customer, key)
        chosen = [taken for _ways, taken in _choices(session, desk, customer, lines, key, take=take, lock=True)]
        channel = rows.inside_channel(session, customer=customer)
        until = now() + HOLD
        for line, choice in zip(lines, chosen, strict=True):
            if choice is None:
                continue
            for term in choice.terms:
                book(
                    session,
                    viewer,
                    product_id=choice.product_id,
                    location_id=choice.location_id,
                    channel_id=channel,
                    customer_id=customer,
                    quantity=Decimal(str(term.quantity)),
                    wanted_on=line.wanted_on,
                    promised_on=term.day,
                    expires_at=until,
                    order_key=key,
                )
        stored.bump(session, SUBJECT)
    kept = [choice for choice in chosen if choice]
    return kept, [place for place, choice in enumerate(chosen) if choice is None]


def release(viewer: Viewer, customer: int, *, key: UUID) -> int:
    """Give back what is held for an order.

    Inputs: as possible.
    Returns: how many reservations ended.
    Raises: nothing of its own.
    Source: none; ours.
    """
    with inside(viewer) as (session, _desk):
        return _release(session, viewer, customer, key)


def keep_until_decided(viewer: Viewer, customer: int, *, key: UUID) -> datetime:
    """Let what is held wait for the decision on the order that was sent.

    Inputs: as possible.
    Returns: until when.
    Raises: nothing of its own.
    Source: none; ours.
    """
    until = now() + UNTIL_DECIDED
    with inside(viewer) as (session, _desk):
        rows.inside_keep_longer(session, customer=customer, key=key, until=until)
        stored.bump(session, SUBJECT)
    return until


def prices(viewer: Viewer, customer: int, wanted: Sequence[tuple[int, date]]) -> dict[tuple[int, date], Decimal | None]:
    """What the customer pays for products on days.

    Inputs: as possible; products and days.
    Returns: prices for one base unit; None where nothing is agreed.
    Raises: nothing of its own.
    Source: models.prices.
    """
    with inside(viewer) as (session, _desk):
        return rows.inside_prices(session, customer=customer, wanted=wanted)


def known_for(session: Session, desk: Viewer, products: Sequence[int], *, without: Sequence[int] = ()) -> Known:
    """The plan and all that is promised of some products, but for some reservations.

    Inputs: an open session inside and a colleague; products; ids of reservations.
    Returns: Known, without related products.
    Raises: nothing of its own.
    Source: services.order_promising.
    """
    wanted = list(products)
    orders = order_promising.order_lines(session, products=wanted)
    reserved = order_promising.reserved(session, at=now(), products=wanted)
    others = reserved[~reserved["id"].isin(list(without))]
    allocations = order_promising.allocations(session, on=today())
    return Known(planned(session, desk), Commitments(orders, others), allocations, [])


@contextmanager
def inside(viewer: Viewer) -> Iterator[tuple[Session, Viewer]]:
    """A transaction that sees all promises, and who works in it: the partner's person at the company's desk.

    Inputs: a partner whose right and own rows the caller has established.
    Returns: the open session, and the viewer for services that work inside.
    Raises: Conflict for a colleague.
    Source: product.md, promise 6: what leaves is narrower than what is read.
    """
    if viewer.internal:
        raise Conflict(_("The portal is for partners. You find the same orders among your own pages."))
    desk = replace(viewer, company_kind=CompanyKind.INTERNAL, permissions=frozenset({Permission.INVENTORY_READ}))
    with session_scope(desk) as session:
        yield session, desk


def _choices(
    session: Session,
    desk: Viewer,
    customer: int,
    lines: Sequence[BasketLine],
    key: UUID,
    *,
    take: Sequence[object],
    lock: bool = False,
) -> Iterator[tuple[list[Choice], Choice | None]]:
    """The ways of each line and the one taken, which the next lines find promised already."""
    own = sorted({line.product.id for line in lines})
    related = rows.inside_related(session, products=own)
    every = sorted({*own, *(other for others in related.values() for other in others)})
    if lock:
        for product, place in _places(planned(session, desk), every):
            reservations.lock_item(session, product, place)
    held = [row.id for row in rows.inside_holds(session, customer=customer, keys=[str(key)], at=now())]
    known = known_for(session, desk, every, without=held)
    channel = rows.inside_channel(session, customer=customer)
    asked_for = [(product, line.wanted_on) for line in lines for product in every]
    agreed = rows.inside_prices(session, customer=customer, wanted=asked_for)
    for place, line in enumerate(lines):
        ways = _ways(replace(known, related=related.get(line.product.id, [])), line, channel, agreed)
        wanted = take[place] if place < len(take) else None
        taken = next((way for way in ways if way.key == wanted), ways[0] if ways else None)
        if taken:
            known = _with(known, taken, channel)
        yield ways, taken


def _places(found: Planned, products: Sequence[int]) -> list[tuple[int, int]]:
    nodes = found.model.nodes
    own = nodes.loc[nodes["product_id"].isin(products), ["product_id", "location_id"]]
    return sorted((int(product), int(place)) for product, place in own.itertuples(index=False, name=None))


def _ways(
    known: Known, line: BasketLine, channel: int | None, agreed: Mapping[tuple[int, date], Decimal | None]
) -> list[Choice]:
    product = line.product
    nodes = known.found.model.nodes
    planned_at = nodes.loc[(nodes["product_id"] == product.id) & nodes["kind"].eq("finished"), "location_id"]
    if planned_at.empty or line.wanted_on > last_day(known.found):
        return []
    usual = planned_at[planned_at == product.location_id]
    here = int((planned_at if usual.empty else usual).iloc[0])
    asked = Question(product.id, here, float(line.quantity), line.wanted_on, channel)
    offer, others = offers(known, asked)
    own = _own_ways(offer, line, agreed.get((product.id, line.wanted_on)))
    other = [
        _choice(
            ELSEWHERE if each.product_id == product.id else INSTEAD, each, [Term(each.full_on, asked.quantity)], price
        )
        for each in others
        if each.full_on is not None
        and ((price := agreed.get((each.product_id, line.wanted_on))) is not None or each.product_id == product.id)
    ]
    return [*own, *other]


def _own_ways(offer: Offer, line: BasketLine, price: Decimal | None) -> list[Choice]:
    """The whole when it comes on time, else what comes first in parts before the whole later."""
    whole = [] if offer.full_on is None else [_choice(WHOLE, offer, [Term(offer.full_on, float(line.quantity))], price)]
    if (whole and whole[0].on_time(line)) or not offer.parts:
        return whole
    parts = _choice(PARTS, offer, [Term(part.day, part.quantity) for part in offer.parts], price)
    if whole and parts.terms == whole[0].terms:
        return whole
    return [*whole, parts] if whole and len(parts.terms) == 1 else [parts, *whole]


def _choice(kind: str, offer: Offer, terms: list[Term], price: Decimal | None) -> Choice:
    return Choice(
        kind=kind,
        product_id=offer.product_id,
        code=offer.code,
        name=offer.name,
        uom=offer.uom,
        location_id=offer.location_id,
        location=offer.location_name,
        terms=terms,
        price=price,
    )


def _with(known: Known, taken: Choice, channel: int | None) -> Known:
    reserved = known.commitments.reserved
    more: dict[str, list[Any]] = {
        "product_id": [taken.product_id] * len(taken.terms),
        "location_id": [taken.location_id] * len(taken.terms),
        "due_on": [term.day for term in taken.terms],
        "quantity": [term.quantity for term in taken.terms],
        "channel_id": [channel] * len(taken.terms),
    }
    both = pd.DataFrame({name: reserved[name].tolist() + values for name, values in more.items()})
    return replace(known, commitments=replace(known.commitments, reserved=both))


def _release(session: Session, viewer: Viewer, customer: int, key: UUID) -> int:
    held: list[Any] = rows.inside_holds(session, customer=customer, keys=[str(key)], at=now())
    for row in held:
        locked = reservations.held(session, row.id)
        if locked is not None and locked.status == "held":
            give_back(session, viewer, locked)
    return len(held)
