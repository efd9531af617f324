"""What can be had when: the answer to somebody who asks for a quantity of an item on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.available_to_promise import TOLERANCE, earliest_week, partial_quantities
from analytics.capable_to_promise import Bound, Capable, capable_to_promise
from analytics.supply_plan.capacity import capacity_load
from core.clock import now, today
from core.errors import InvalidInput
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import order_promising as rows
from services.form_values import calendar_day, quantity_of, row_id
from services.listed_rows import mentioning
from services.promisable import (
    Commitments,
    Floats,
    Nodes,
    Promisable,
    last_day,
    limits_of_channel,
    promisable,
    promised_day,
    week_of,
)
from services.supply_plan import plan_node
from services.supply_planned import Planned, planned

LARGEST_QUANTITY = 10**12
SUGGESTED = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for; ``channel_id`` None for nobody in particular."""

    product_id: int
    location_id: int
    quantity: float
    wanted_on: date
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity and the day it is promised for."""

    day: date
    quantity: float


@dataclass(frozen=True, slots=True)
class Offer:
    """What an item at a place can give: ``parts`` as early as can be, ``full_on`` the day of the whole quantity at
    once, None for never in the plan."""

    product_id: int
    location_id: int
    code: str
    name: str
    location: str
    location_name: str
    uom: str
    on_time: float
    full_on: date | None
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Made:
    """What could be made or bought for a quantity that can't be promised: by when, None for not within the plan; in
    which lot; and what ``binds``: lead_time, resource, receipt or no_source, of which item, at which resource."""

    quantity: float
    lot: float
    day: date | None
    binds: str
    code: str
    name: str
    resource: str | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What goes into planned receipts that a promise rests on, and runs short before they can be made."""

    code: str
    name: str
    location: str
    week: date


@dataclass(frozen=True, slots=True)
class Promise:
    """The answer: what the item itself can give, others that can give more or sooner, what could be made of the rest.
    ``kept_back`` is what others' channels keep of the quantity on the wanted day; ``doubt`` None when there is none."""

    asked: Question
    offer: Offer
    others: list[Offer]
    made: Made | None
    kept_back: float
    doubt: Doubt | None
    until: date


@dataclass(frozen=True, slots=True)
class Known:
    """A plan with all that is promised of it now, for some products; ``related`` replace the one asked for or are
    replaced by it."""

    found: Planned
    commitments: Commitments
    allocations: pd.DataFrame
    related: list[int]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What can be promised of some nodes to a channel, (weeks, nodes); ``early``: without the receipts of the week it
    is wanted in, which may come on its last day."""

    own: Promisable
    early: Promisable
    limits: Floats

    def first_week(self, place: int, quantity: float, week: int) -> int:
        """The first week, from the one given, with the whole quantity; the number of weeks for none."""
        return int(earliest_week(self.own.available, **self._terms(quantity, week), limit=self.limits)[place])

    def parts(self, place: int, quantity: float, week: int) -> Floats:
        """By week, as early as can be."""
        found: Floats = partial_quantities(self.own.available, **self._terms(quantity, week), limit=self.limits)
        return found[:, place]

    def is_there(self, place: int, quantity: float, week: int) -> bool:
        """Whether there is so much in the wanted week without its receipts."""
        early, limit = self.early.available.on_week[week, place], self.limits[week, place]
        return bool(min(early, limit) >= quantity - TOLERANCE)

    def _terms(self, quantity: float, week: int) -> dict[str, Any]:
        nodes = len(self.own.nodes)
        return {"quantity": np.full(nodes, quantity), "week": np.full(nodes, week)}


def find_item(viewer: Viewer, code: object, location: object) -> tuple[int, int]:
    """The item that somebody typed.

    Inputs: a viewer with inventory.read; the code of a product and that of a place.
    Returns: product and location.
    Raises: NotAllowed; InvalidInput that says what there is not.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    wanted, place = (value.strip() if isinstance(value, str) else "" for value in (code, location))
    with session_scope(viewer) as session:
        nodes = planned(session, viewer).model.nodes
    own = nodes[nodes["code"].str.casefold() == wanted.casefold()]
    if own.empty:
        raise InvalidInput(_("Item: there is no %(code)s in the plan. Type its code.", code=wanted[:40] or "–"))
    here = own[own["location"] == place]
    if here.empty:
        places = ", ".join(own["location"])
        raise InvalidInput(_("Place: %(code)s is planned at %(places)s.", code=wanted[:40], places=places))
    return int(here["product_id"].iloc[0]), int(here["location_id"].iloc[0])


def suggestions(viewer: Viewer, typed: object) -> list[tuple[str, str]]:
    """Finished goods whose code or name holds what is typed so far.

    Inputs: a viewer with inventory.read; a text.
    Returns: code and name, by code, at most SUGGESTED; the first ones for an empty text.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    part = typed if isinstance(typed, str) else ""
    with session_scope(viewer) as session:
        nodes = planned(session, viewer).model.nodes
    goods = nodes.loc[nodes["kind"] == "finished", ["code", "name"]].drop_duplicates()
    found = goods[mentioning(goods, part, "code", "name")].sort_values("code").head(SUGGESTED)
    return list(found.itertuples(index=False, name=None))


def places(viewer: Viewer) -> list[tuple[str, str]]:
    """Places where finished goods are planned.

    Inputs: a viewer with inventory.read.
    Returns: code and name, by code.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        nodes = planned(session, viewer).model.nodes
    found = nodes.loc[nodes["kind"] == "finished", ["location", "location_name"]].drop_duplicates()
    return sorted(found.itertuples(index=False, name=None))


def promise(
    viewer: Viewer,
    product_id: object,
    location_id: object,
    *,
    quantity: object,
    wanted_on: object,
    channel: object = None,
) -> Promise:
    """Say what can be had when; nothing is kept for anybody (services.reservations does that).

    Inputs: a viewer with inventory.read; product, location; a quantity > 0; a day, today or later, within the plan;
        the id of a channel, None for nobody in particular.
    Returns: Promise.
    Raises: NotAllowed; NotFound for an item that is not planned there; InvalidInput that names the field.
    Source: Vollmann et al., 5th ed., chapter 6; screens.md 11.
    """
    require(viewer, Permission.INVENTORY_READ)
    asked = question(product_id, location_id, quantity=quantity, wanted_on=wanted_on, channel=channel)
    with session_scope(viewer) as session:
        known = known_of(session, viewer, asked)
    return _answer(known, asked)


def question(
    product_id: object, location_id: object, *, quantity: object, wanted_on: object, channel: object = None
) -> Question:
    """What was asked for, from what a browser sent.

    Inputs: as for promise.
    Returns: Question.
    Raises: InvalidInput that names the field and says what it takes.
    Source: none; ours.
    """
    wanted = quantity_of(quantity, name=_("Quantity"))
    if not 0 < wanted <= LARGEST_QUANTITY:
        raise InvalidInput(_("Quantity: enter more than 0."))
    on = calendar_day(wanted_on, name=_("Wanted on"))
    if on < today():
        raise InvalidInput(_("Wanted on: %(day)s is past.", day=day(on)))
    channel_id = row_id(channel) if channel is not None else None
    return Question(row_id(product_id), row_id(location_id), float(wanted), on, channel_id)


def known_of(session: Session, viewer: Viewer, asked: Question) -> Known:
    """The plan and everything promised of it at this moment.

    Inputs: an open session, the viewer and the question.
    Returns: Known.
    Raises: NotFound for an item that is not planned there; InvalidInput for a day after the plan or
        a channel that is none.
    Source: none; ours.
    """
    found = planned(session, viewer)
    node = plan_node(found, asked.product_id, asked.location_id)
    last = last_day(found)
    if asked.wanted_on > last:
        raise InvalidInput(_("Wanted on: the plan ends on %(day)s. Choose an earlier day.", day=day(last)))
    if asked.channel_id is not None and asked.channel_id not in set(rows.channels(session)["id"]):
        raise InvalidInput(_("Channel: there is no such channel."))
    related = rows.related(session, product_id=asked.product_id)
    below = found.plan.network.below(np.array([node]))
    products = found.model.nodes["product_id"].to_numpy()[below]
    wanted = sorted({asked.product_id, *related, *(int(product) for product in products)})
    orders = rows.order_lines(session, products=wanted)
    commitments = Commitments(orders, rows.reserved(session, at=now(), products=wanted))
    return Known(found, commitments, rows.allocations(session, on=today()), related)


def weighed(known: Known, nodes: Nodes, asked: Question) -> Weighed:
    """What the channel that asks may be promised.

    Inputs: what is known; nodes of the plan; the question.
    Returns: Weighed.
    Raises: nothing of its own.
    Source: services.promisable.
    """
    found, commitments = known.found, known.commitments
    own = promisable(found, nodes, commitments)
    early = promisable(found, nodes, commitments, without=week_of(found, asked.wanted_on))
    limits = limits_of_channel(found, own, commitments, known.allocations, asked.channel_id)
    return Weighed(own, early, limits)


def offers(known: Known, asked: Question) -> tuple[Offer, list[Offer]]:
    """What an item can give, and where else or what instead gives more or sooner.

    Inputs: what is known; the question, of an item that is planned there.
    Returns: the offer of the item itself; better ones, the soonest first.
    Raises: nothing of its own.
    Source: Vollmann et al., 5th ed., chapter 6.
    """
    return _better_offers(known, asked, weighed(known, _nodes_to_offer(known, asked), asked))


def _better_offers(known: Known, asked: Question, there: Weighed) -> tuple[Offer, list[Offer]]:
    offer, *others = (_offer(known.found, there, place, asked) for place in range(len(there.own.nodes)))
    return offer, sorted((other for other in others if _better(other, offer)), key=_soonest)


def _answer(known: Known, asked: Question) -> Promise:
    found = known.found
    nodes = _nodes_to_offer(known, asked)
    week = week_of(found, asked.wanted_on)
    there = weighed(known, nodes, asked)
    offer, others = _better_offers(known, asked, there)
    short = asked.quantity - offer.on_time
    free = float(there.own.available.on_week[week, 0])
    return Promise(
        asked=asked,
        offer=offer,
        others=others,
        made=_sooner(_made(known, int(nodes[0]), short, asked), offer) if short > TOLERANCE else None,
        kept_back=max(min(asked.quantity, free) - offer.on_time, 0.0),
        doubt=_doubt(found, int(nodes[0]), offer),
        until=last_day(found),
    )


def _nodes_to_offer(known: Known, asked: Question) -> Nodes:
    """The item itself first, then the same product elsewhere, then successors and predecessors at the same place."""
    nodes = known.found.model.nodes
    same = nodes["product_id"] == asked.product_id
    here = nodes["location_id"] == asked.location_id
    elsewhere = np.flatnonzero(same & ~here & nodes["kind"].eq("finished"))
    related = np.flatnonzero(nodes["product_id"].isin(known.related) & here)
    return np.concatenate([np.flatnonzero(same & here), elsewhere, related]).astype(np.int64)


def _offer(found: Planned, there: Weighed, place: int, asked: Question) -> Offer:
    item = found.model.nodes.iloc[int(there.own.nodes[place])]
    week = week_of(found, asked.wanted_on)
    parts = there.parts(place, asked.quantity, week)
    full = there.first_week(place, asked.quantity, week)

    def day_of(number: int, quantity: float) -> date:
        early = number == week and there.is_there(place, quantity, week)
        return promised_day(found, number, asked.wanted_on, early=early)

    return Offer(
        product_id=int(item["product_id"]),
        location_id=int(item["location_id"]),
        code=item["code"],
        name=item["name"],
        location=item["location"],
        location_name=item["location_name"],
        uom=item["uom"],
        on_time=float(parts[week]),
        full_on=day_of(full, asked.quantity) if full < len(parts) else None,
        parts=[
            Part(day_of(int(number), float(parts[number])), round(float(parts[number]), 4))
            for number in np.flatnonzero(parts > TOLERANCE)
        ],
    )


def _better(other: Offer, offer: Offer) -> bool:
    sooner = other.full_on is not None and (offer.full_on is None or other.full_on < offer.full_on)
    return sooner or other.on_time > offer.on_time + TOLERANCE


def _soonest(offer: Offer) -> tuple[date, float]:
    return offer.full_on or date.max, -offer.on_time


def _made(known: Known, node: int, quantity: float, asked: Question) -> Made:
    """What capacity and components allow for what can't be promised."""
    found = known.found
    model, network = found.model, found.plan.network
    below = network.below(np.array([node]))
    free = promisable(found, below, known.commitments).available.on_week
    load = capacity_load(found.plan.releases, routings=model.routings, available=model.hours)
    capable = capable_to_promise(
        network,
        node=node,
        quantity=quantity,
        free=free,
        hours=np.maximum(load.available - load.hours, 0.0),
        routings=model.routings,
    )
    return _told(found, capable, quantity, asked)


def _doubt(found: Planned, node: int, offer: Offer) -> Doubt | None:
    """The plan takes orders for as good as their date; what is short below them may make them late."""
    plan = found.plan
    last = max((week_of(found, part.day) for part in offer.parts), default=-1)
    if not plan.planned[: last + 1, node].any():
        return None
    below = plan.network.below(np.array([node]))
    short = plan.stock[: last + 1, below[below != node]] < -TOLERANCE
    if not short.any():
        return None
    first = np.where(short.any(axis=0), short.argmax(axis=0), last + 1)
    worst = int(first.argmin())
    item = found.model.nodes.iloc[int(below[below != node][worst])]
    return Doubt(item["code"], item["name"], item["location"], found.model.weeks[int(first[worst])])


def _sooner(made: Made, offer: Offer) -> Made | None:
    """What could be made is worth a word where the plan has the whole only later, or never."""
    later = offer.full_on is not None and (made.day is None or made.day >= offer.full_on)
    return None if later else made


def _told(found: Planned, capable: Capable, quantity: float, asked: Question) -> Made:
    bound: Bound = capable.binds
    item = found.model.nodes.iloc[bound.node]
    within = capable.week < len(found.model.weeks)
    week = max(capable.week, week_of(found, asked.wanted_on)) if within else 0
    resource = None if bound.resource is None else str(found.model.resources["name"].iloc[bound.resource])
    return Made(
        quantity=round(quantity, 4),
        lot=round(capable.quantity, 4),
        day=promised_day(found, week, asked.wanted_on, early=week > capable.week) if within else None,
        binds=bound.kind,
        code=item["code"],
        name=item["name"],
        resource=resource,
    )
