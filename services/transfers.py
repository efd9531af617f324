"""Transfers between our own places: what the plan wants to move soon, the orders made of it, shipping and receiving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.supply_plan.pegging import NONE
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from data.queries import transfers as rows
from data.queries.expiry_actions import add_movement, take
from models.base import Json
from services.audit import record
from services.form_values import row_id, sentence, shown_quantity
from services.held_choices import DECIDED_AT_ONCE
from services.listed_rows import mentioning
from services.plain_rows import plain_rows
from services.proposals import Accepted
from services.supply_plan_model import DAYS_A_WEEK, KEYS
from services.supply_planned import planned, released_within

WEEKS = {"1": 1, "2": 2, "4": 4}
SHOWN_AT_MOST = 500
LONGEST_REASON = 500
SMALLEST = 1e-4
MOVEMENT = "transfer"
NAMES = ["code", "name", "uom", "location", "location_name"]
TERMS = ["kind", "origin", "supplier", "price", "lead_time_days", "minimum", "multiple"]

Choice = Mapping[str, Any]
"""A row as it was on the screen, its values as they come from the browser."""


@dataclass(frozen=True, slots=True)
class TransferFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``weeks`` is one of WEEKS."""

    weeks: str = "1"
    origin: str = ""
    location: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class TransferList:
    """The proposed transfers, and of all that match: how many, how many of them come late, and what moving costs."""

    rows: list[dict[str, Any]]
    total: int
    late: int
    cost: float


def proposed(viewer: Viewer, filters: TransferFilters, *, limit: int | None = SHOWN_AT_MOST) -> TransferList:
    """What the plan moves between places within some weeks, what is late already first.

    Inputs: a viewer with inventory.read, filters, how many rows (None: all).
    Returns: TransferList; rows with the item, origin and location, quantity, ship and arrival week, cost, at_origin
        (stock now where it leaves), origin_short (units short there at the end of the week it ships), needed (units of
        demand that would be late without it), short_week, late (units late even with it) and cover_days.
    Raises: NotAllowed.
    Source: Vollmann et al., Manufacturing Planning and Control, 5th ed., chapter 8 (distribution requirements).
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        every = _orders(session, viewer, weeks=WEEKS.get(filters.weeks, 1))
    found = _filtered(every, filters).sort_values(
        ["late", "needed", "ship_week", "code", "location"], ascending=[False, False, True, True, True]
    )
    return TransferList(
        rows=plain_rows(found if limit is None else found.head(limit)),
        total=len(found),
        late=int((found["late"] > 0).sum()),
        cost=float(found["cost"].sum()),
    )


def places(viewer: Viewer) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Where proposed transfers leave and where they go, for the longest time that can be chosen.

    Inputs: a viewer with inventory.read.
    Returns: codes and names of origins, and of destinations.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        every = _orders(session, viewer, weeks=max(WEEKS.values()))
    return _choices(every, "origin", "origin_name"), _choices(every, "location", "location_name")


def open_transfers(viewer: Viewer) -> list[dict[str, Any]]:
    """Transfer orders that are to leave or on their way.

    Inputs: a viewer with inventory.read.
    Returns: dictionaries of the order, its item and ends, at_origin (usable stock where it leaves) and overdue (days).
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = rows.open_orders(session, as_of=today(), most=SHOWN_AT_MOST)
    due = found["ships_on"].where(found["status"] == "planned", found["arrives_on"])
    return plain_rows(found.assign(overdue=[max((today() - day).days, 0) for day in due]))


def accept(viewer: Viewer, choices: Sequence[Choice]) -> Accepted:
    """Make transfer orders of rows of the list, all or none. From then on the plan counts them as firm.

    Inputs: a viewer with inventory.edit and proposal.decide, the rows as they were on the screen.
    Returns: how many, and the numbers of the orders.
    Raises: NotAllowed; InvalidInput for no row or too many; Conflict, naming the item, when the plan does not have a
        transfer any more or has it in another quantity.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    require(viewer, Permission.PROPOSAL_DECIDE)
    seen = {str(choice.get("id")): choice for choice in _some(choices)}
    with session_scope(viewer) as session:
        # Held before the plan is read: what somebody else is ordering now must be seen as ordered.
        rows.lock_numbering(session)
        found = _still_planned(session, viewer, seen)
        numbers = [_order(session, viewer, row) for row in found]
        stored.bump(session, "orders")
    return Accepted(len(found), tuple(numbers))


def ship(viewer: Viewer, choices: Sequence[Choice]) -> list[str]:
    """Tell that planned transfers leave today: their lots, first expired first out, leave the stock of the origin.

    Inputs: a viewer with inventory.edit, the orders (id and version as on the screen), all shipped or none.
    Returns: their numbers.
    Raises: NotAllowed; InvalidInput for no order or too many, or where usable stock is too little; NotFound; Conflict
        when one has changed meanwhile.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        orders = [_held(session, choice, must_be=("planned",)) for choice in _some(choices)]
        for order in orders:
            lots = _taken(session, order)
            _step(session, viewer, order, "ship", status="in_transit", shipped_on=today(), lots=lots)
            _move(session, order, order.from_location_id, -order.quantity)
        _stock_changed(session)
    return [str(order.number) for order in orders]


def receive(viewer: Viewer, choices: Sequence[Choice]) -> list[str]:
    """Tell that transfers on their way have come in: their lots come into the stock of the destination.

    Inputs: a viewer with inventory.edit, the orders (id and version as on the screen), all received or none.
    Returns: their numbers.
    Raises: NotAllowed; InvalidInput for no order or too many; NotFound; Conflict when one has changed meanwhile.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        orders = [_held(session, choice, must_be=("in_transit",)) for choice in _some(choices)]
        for order in orders:
            _put(session, order, order.to_location_id)
            _step(session, viewer, order, "receive", status="received", received_on=today())
            _move(session, order, order.to_location_id, order.quantity)
        _stock_changed(session)
    return [str(order.number) for order in orders]


def cancel(viewer: Viewer, choices: Sequence[Choice], *, reason: object) -> list[str]:
    """Call off transfers that have not left.

    Inputs: a viewer with inventory.edit, the orders (id and version as on the screen), why.
    Returns: their numbers.
    Raises: NotAllowed; InvalidInput without a reason, for no order or too many; NotFound; Conflict when one has
        changed or left meanwhile.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_REASON)
    with session_scope(viewer) as session:
        orders = [_held(session, choice, must_be=("planned",)) for choice in _some(choices)]
        for order in orders:
            _step(session, viewer, order, "cancel", reason=why, status="cancelled")
        stored.bump(session, "orders")
    return [str(order.number) for order in orders]


def _orders(session: Session, viewer: Viewer, *, weeks: int) -> pd.DataFrame:
    """Planned transfers to ship within so many weeks; a row an order."""
    found = planned(session, viewer)
    nodes, days = found.model.nodes, np.array([*found.model.weeks, None], dtype=object)
    orders = released_within(session, viewer, weeks=weeks)
    terms = found.model.sources[TERMS].rename(
        columns={"kind": "way", "origin": "origin_node", "supplier": "origin_name"}
    )
    orders = orders.join(terms, on="source").join(nodes[[*KEYS, *NAMES]], on="node")
    orders = orders[orders["way"] == "move"]
    origin = nodes[["location_id", "location"]].rename(columns={"location_id": "origin_id", "location": "origin"})
    orders = orders.join(origin, on="origin_node").assign(
        ship_week=lambda rows: days[rows["release"]],
        arrival_week=lambda rows: days[rows["arrival"]],
        short_week=lambda rows: days[np.where(rows["needed_from"] == NONE, len(days) - 1, rows["needed_from"])],
        at_origin=lambda rows: found.plan.inputs.stock[rows["origin_node"]],
        origin_short=lambda rows: np.maximum(-found.plan.stock[rows["release"], rows["origin_node"]], 0.0),
        cost=lambda rows: rows["quantity"] * rows["price"],
        cover_days=lambda rows: rows["cover"] * DAYS_A_WEEK,
    )
    keys = orders[["origin_id", "location_id", "arrival_week"]].astype(str)
    return orders.assign(id=orders["product_id"].astype(str).str.cat(keys, sep="-"))


def _filtered(orders: pd.DataFrame, filters: TransferFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=orders.index)
    for name in ("origin", "location"):
        if getattr(filters, name):
            keep &= orders[name] == getattr(filters, name)
    keep &= mentioning(orders, filters.search, "code", "name")
    return orders[keep]


def _choices(orders: pd.DataFrame, code: str, name: str) -> list[tuple[str, str]]:
    known = orders[[code, name]].drop_duplicates().sort_values(code)
    return [(str(key), str(shown)) for key, shown in known.itertuples(index=False)]


def _some(choices: Sequence[Choice]) -> Sequence[Choice]:
    if not choices:
        raise InvalidInput(_("Select at least one transfer."))
    if len(choices) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s transfers at once.", count=DECIDED_AT_ONCE))
    return list({str(choice.get("id")): choice for choice in choices}.values())


def _still_planned(session: Session, viewer: Viewer, seen: Mapping[str, Choice]) -> list[dict[str, Any]]:
    """The chosen rows as the plan has them now, which has to be as they were seen."""
    orders = _orders(session, viewer, weeks=max(WEEKS.values()))
    found = {row["id"]: row for row in plain_rows(orders[orders["id"].isin(list(seen))])}
    for order_id in sorted(seen):
        row = found.get(order_id)
        if row is None:
            raise Conflict(
                _(
                    "Nothing was ordered: the plan does not need the transfer of %(item)s any more. Somebody may have "
                    "ordered it already. Reload the list, then decide.",
                    item=str(seen[order_id].get("name") or _("an item"))[:100],
                )
            )
        was = seen[order_id].get("quantity")
        if not (isinstance(was, int | float) and abs(was - row["quantity"]) < SMALLEST):
            raise Conflict(
                _(
                    "Nothing was ordered: the plan for %(item)s has changed and now moves %(quantity)s %(uom)s. Reload "
                    "the list, then decide.",
                    item=row["name"],
                    quantity=shown_quantity(row["quantity"]),
                    uom=row["uom"],
                )
            )
    return list(found.values())


def _order(session: Session, viewer: Viewer, row: dict[str, Any]) -> str:
    ships_on = max(row["ship_week"], today())
    values = {
        "product_id": row["product_id"],
        "from_location_id": row["origin_id"],
        "to_location_id": row["location_id"],
        "quantity": Decimal(str(round(row["quantity"], 4))),
        "ships_on": ships_on,
        "arrives_on": max(row["arrival_week"], ships_on + timedelta(days=int(row["lead_time_days"]))),
    }
    order = rows.add(session, day=today(), **values, created_by=viewer.user_id)
    about = {"product": row["code"], "from": row["origin"], "to": row["location"], "needed": round(row["needed"], 4)}
    _record(session, viewer, "accept", order.id, after=_texts({"number": order.number, **values}) | about)
    return str(order.number)


def _held(session: Session, choice: Choice, *, must_be: tuple[str, ...]) -> Any:
    held = rows.held(session, row_id(choice.get("id")))
    if held is None:
        raise NotFound(_("There is no such transfer."))
    if held.version != choice.get("version") or held.status not in must_be:
        raise Conflict(
            _(
                "Transfer %(number)s has changed since you opened it and is now %(status)s. Nothing was done. Reload, "
                "then decide.",
                number=held.number,
                status=status_name(held.status),
            )
        )
    return held


def status_name(status: str) -> str:
    """What the state of a transfer is called.

    Inputs: status: as stored.
    Returns: text in the reader's language.
    Raises: KeyError for a state that is none.
    Source: none; ours.
    """
    names = {"planned": _("planned"), "in_transit": _("on its way"), "received": _("received")}
    return (names | {"cancelled": _("cancelled")})[status]


def _taken(session: Session, order: Any) -> list[Json]:
    """Take the order's quantity out of the lots of its origin; what was taken of each."""
    left, lots = order.quantity, []
    for lot in rows.held_lots(session, (order.product_id, order.from_location_id), as_of=today()):
        quantity = min(left, lot.quantity)
        if quantity > 0:
            take(session, lot.id, quantity)
            dates = {"received_on": lot.received_on, "expires_on": lot.expires_on}
            lots.append(_texts({"lot": lot.lot, "quantity": quantity, **dates}))
            left -= quantity
    if left > 0:
        raise InvalidInput(
            _(
                "Transfer %(number)s: only %(there)s of %(quantity)s can be used where it leaves. Nothing was shipped. "
                "Cancel it or wait until there is enough.",
                number=order.number,
                there=shown_quantity(order.quantity - left),
                quantity=shown_quantity(order.quantity),
            )
        )
    return lots


def _put(session: Session, order: Any, location_id: int) -> None:
    """What was shipped, or, of an order that came by file already on its way, one lot under its number."""
    unknown = {"lot": order.number, "quantity": str(order.quantity), "received_on": str(today()), "expires_on": None}
    for lot in order.lots or [unknown]:
        rows.put(
            session,
            (order.product_id, location_id),
            lot=lot["lot"],
            quantity=Decimal(lot["quantity"]),
            received_on=date.fromisoformat(lot["received_on"]),
            expires_on=date.fromisoformat(lot["expires_on"]) if lot["expires_on"] else None,
        )


def _move(session: Session, order: Any, location_id: int, quantity: Decimal) -> None:
    about = {"reference": order.number, "product_id": order.product_id, "location_id": location_id}
    add_movement(session, day=today(), **about, kind=MOVEMENT, quantity=quantity)


def _stock_changed(session: Session) -> None:
    stored.bump(session, "stock")
    stored.bump(session, "orders")


def _step(session: Session, viewer: Viewer, held: Any, verb: str, *, reason: str | None = None, **values: Any) -> None:
    rows.change(session, held.id, **values)
    after = _texts({name: value for name, value in values.items() if name != "lots"})
    if values.get("lots"):
        after["lots"] = ", ".join(f"{lot['lot']}: {lot['quantity']}" for lot in values["lots"])
    _record(session, viewer, verb, held.id, before={"status": held.status}, after=after, reason=reason)


def _record(session: Session, viewer: Viewer, verb: str, order_id: int, **about: Any) -> None:
    record(session, viewer, f"transfer_order.{verb}", subject="transfer_order", subject_id=order_id, **about)


def _texts(values: Json) -> Json:
    """JSON knows neither days nor decimals."""
    return {name: value if value is None else str(value) for name, value in values.items()}
