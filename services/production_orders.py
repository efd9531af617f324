"""Production orders from planned to done: release, start, report what was made, finish, call off.

Starting takes the components of the whole order from stock, first expired first out, by the recipe of the day with its
yield and scrap. What is reported as made becomes a lot of its own a day. Nothing is written unless all of it can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from analytics.bom_explosion import effective_quantity
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import production as rows
from data.queries import settings as stored
from data.queries.expiry_actions import add_movement, take
from data.queries.inventory import Item
from models.base import Json
from services.audit import record
from services.form_values import quantity_of, row_id, sentence, shown_quantity
from services.listed_rows import PAGE_ROWS

SHOWN = ("open", "late", "planned", "released", "running", "done", "cancelled", "all")
REASON_LENGTH = 500
STEP = Decimal("0.0001")
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What the list is narrowed to; ``show`` is one of SHOWN, ``resource`` a code, ``search`` of number or item."""

    show: str = "open"
    resource: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some rows of the list, how many match, and how many of those are open, run and are late."""

    rows: list[dict[str, Any]]
    total: int
    open: int
    running: int
    late: int


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its components (what it takes or took, what is there) and who did what, the latest first."""

    order: dict[str, Any]
    components: list[dict[str, Any]]
    history: list[dict[str, Any]]


def orders(
    viewer: Viewer,
    filters: OrderFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> OrderPage:
    """A page of the orders to the plant, what is due first on top unless sorted otherwise.

    Inputs: a viewer with purchase.read, filters, first row and the one after the last, columns to sort by with whether
        descending.
    Returns: rows with number, status, item, place, resource, brand owner, quantity, made and scrap, days, days_left to
        the due day and late (open past its due day).
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found, totals = rows.orders(
            session,
            as_of=today(),
            show=filters.show if filters.show in SHOWN else "open",
            resource=filters.resource,
            search=filters.search.strip(),
            start=first,
            limit=min(max(end - first, 0), PAGE_ROWS),
            sort=sort,
        )
    return OrderPage([row._asdict() for row in found], totals.orders, totals.open, totals.running, totals.late)


def resources(viewer: Viewer) -> list[tuple[str, str]]:
    """Resources in use.

    Inputs: a viewer with purchase.read.
    Returns: code and name, by code.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [(row.value, row.text) for row in rows.resources(session)]


def order(viewer: Viewer, order_id: object) -> OrderDetail:
    """One order with its components.

    Inputs: a viewer with purchase.read, the id.
    Returns: OrderDetail; components of an order that has not begun: needed and there; of one that has: lot and taken.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return _detail(session, row_id(order_id))


def release(viewer: Viewer, order_id: object, version: object) -> OrderDetail:
    """Let the plant have a planned order.

    Inputs: a viewer with inventory.edit, the order with the version on the screen.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is not planned.
    Source: Vollmann et al., 5th ed., chapter 7 (order release).
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, order_id, version, must_be=("planned",))
        _step(session, viewer, held, "release", status="released")
        return _detail(session, held.id)


def start(viewer: Viewer, order_id: object, version: object, *, anyway: object = False) -> OrderDetail:
    """Begin an order: its components leave the stock.

    Inputs: a viewer with inventory.edit, the order with the version on the screen; anyway: True takes what there is of
        a component that is lacking, down to nothing; the audit trail names what was missing.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or has begun; InvalidInput naming each
        component that is lacking, unless anyway.
    Source: none; ours: first expired, first out; recipe of the day with scrap and yield.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, order_id, version, must_be=("planned", "released"))
        missing = _take_components(session, held, held.quantity, anyway=anyway is True)
        _step(session, viewer, held, "start", status="running", told=missing)
        return _detail(session, held.id)


def report(
    viewer: Viewer, order_id: object, version: object, *, made: object, scrap: object = 0, anyway: object = False
) -> OrderDetail:
    """Tell that some of an order was made: it comes into stock as the lot of its order and day.

    What is made beyond the ordered quantity takes its components then.

    Inputs: a viewer with inventory.edit, the order with the version on the screen, good units made and units scrapped
        since the last report; anyway: as for start.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or does not run; InvalidInput for figures that
        can't be, and as for start.
    Source: none; ours: the lot keeps for the shelf life of the item from today on.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    good, lost = _made(made, name=_("Made")), _made(scrap, name=_("Scrap"))
    if not good and not lost:
        raise InvalidInput(_("Enter what was made or scrapped since the last report."))
    with session_scope(viewer) as session:
        held = _held(session, order_id, version, must_be=("running",))
        after = held.made_quantity + good
        if after > 2 * held.quantity:
            raise InvalidInput(
                _(
                    "Made: %(number)s is for %(quantity)s and would have %(after)s. Check the figure.",
                    number=held.number,
                    quantity=shown_quantity(held.quantity),
                    after=shown_quantity(after),
                )
            )
        beyond = max(after - max(held.quantity, held.made_quantity), NONE)
        missing = _take_components(session, held, beyond, anyway=anyway is True)
        if good:
            _put_into_stock(session, held, good)
        scrapped = {"scrap_quantity": held.scrap_quantity + lost}
        _step(session, viewer, held, "report", made_quantity=after, **scrapped, told=missing)
        return _detail(session, held.id)


def finish(viewer: Viewer, order_id: object, version: object) -> OrderDetail:
    """End an order with what it has made; what is still open of it is not expected any more.

    Inputs: a viewer with inventory.edit, the order with the version on the screen.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or does not run; InvalidInput when nothing was
        reported.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, order_id, version, must_be=("running",))
        if not held.made_quantity:
            raise InvalidInput(
                _("%(number)s has made nothing. Report what was made first, or call it off.", number=held.number)
            )
        _step(session, viewer, held, "finish", status="done", finished_on=today())
        return _detail(session, held.id)


def cancel(viewer: Viewer, order_id: object, version: object, *, reason: object) -> OrderDetail:
    """Call an order off of which nothing was made. The components it had taken go back to their lots.

    Inputs: a viewer with inventory.edit, the order with the version on the screen, why.
    Returns: the order as it is now.
    Raises: NotAllowed; NotFound; Conflict when it has changed or ended meanwhile; InvalidInput without a reason, and
        for an order that has made something.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    with session_scope(viewer) as session:
        held = _held(session, order_id, version, must_be=rows.OPEN)
        if held.made_quantity:
            raise InvalidInput(
                _("%(number)s has made something already. Finish it instead of calling it off.", number=held.number)
            )
        _put_components_back(session, held)
        _step(session, viewer, held, "cancel", status="cancelled", reason=why)
        return _detail(session, held.id)


def reschedule(
    session: Session, viewer: Viewer, order_id: int, *, version: int, due_on: date, quantity: Decimal, reason: str
) -> None:
    """Have an open order on another day, or of another quantity; one that has not begun moves as a whole.

    Inputs: the open session of a decision (the caller checks the right), the order with the version it was judged by,
        the day it is due, the quantity, why.
    Returns: nothing.
    Raises: NotFound; Conflict when it has changed meanwhile or is not open, and for another quantity once it runs.
    Source: Vollmann et al., 5th ed., chapter 7 (rescheduling open orders); never before today.
    """
    held = _held(session, order_id, version, must_be=rows.OPEN)
    if held.status == "running":
        if quantity != held.quantity:
            raise Conflict(_("%(number)s runs already, so its quantity stays.", number=held.number))
        starts_on = min(held.starts_on, due_on)
    else:
        starts_on = min(max(held.starts_on + (due_on - held.due_on), today()), due_on)
    values = {"starts_on": starts_on, "due_on": due_on, "quantity": quantity}
    _step(session, viewer, held, "reschedule", reason=reason, **values)


def _detail(session: Session, order_id: int) -> OrderDetail:
    found = rows.order(session, order_id=order_id, as_of=today())
    if found is None:
        raise NotFound(_("There is no such order."))
    begun = found.status in ("running", "done")
    components = _taken(session, order_id) if begun else _needed(session, found) if found.status in rows.OPEN else []
    history = [row._asdict() for row in rows.history(session, order_id=order_id)]
    return OrderDetail(found._asdict(), components, history)


def _taken(session: Session, order_id: int) -> list[dict[str, Any]]:
    found = rows.uses(session, order_id=order_id)
    return [
        {"code": use.code, "name": use.name, "uom": use.uom, "lot": use.lot, "taken": use.quantity} for use in found
    ]


def _needed(session: Session, found: Any) -> list[dict[str, Any]]:
    place = rows.made_at(session, product_id=found.product_id, location_id=found.location_id)
    needed = []
    for line, quantity in _recipe(session, found.product_id, Decimal(str(found.quantity))):
        lots = rows.usable_lots(session, product_id=line.component_id, location_id=place, day=today(), hold=False)
        there = sum((lot.quantity for lot in lots), NONE)
        names = {"code": line.code, "name": line.name, "uom": line.uom}
        needed.append({**names, "needed": quantity, "there": there, "short": max(quantity - there, NONE)})
    return needed


def _recipe(session: Session, product_id: int, quantity: Decimal) -> list[tuple[Any, Decimal]]:
    """The components of so many units by the recipe of the day."""
    lines = rows.recipe(session, product_id=product_id, day=today())
    each = effective_quantity(
        [line.quantity for line in lines],
        scrap_share=[line.scrap_share for line in lines],
        yield_share=[line.yield_share for line in lines],
    )
    return [
        (line, (Decimal(str(one)) * quantity).quantize(STEP, ROUND_HALF_UP))
        for line, one in zip(lines, each, strict=True)
    ]


def _held(session: Session, order_id: object, version: object, *, must_be: tuple[str, ...]) -> Any:
    held = rows.held(session, row_id(order_id))
    if held is None:
        raise NotFound(_("There is no such order."))
    if held.version != version or held.status not in must_be:
        raise Conflict(
            _(
                "%(number)s has changed since you opened it and is now %(status)s. Look again, then decide.",
                number=held.number,
                status=held.status,
            )
        )
    return held


def _made(value: object, *, name: str) -> Decimal:
    found = quantity_of(0 if value in (None, "") else value, name=name)
    if found < 0:
        raise InvalidInput(_("%(name)s: enter a quantity from zero up.", name=name))
    return found


def _take_components(session: Session, held: Any, units: Decimal, *, anyway: bool) -> list[str]:
    """Take what so many units need, or nothing at all; tells what was missing."""
    if not units:
        return []
    place = rows.made_at(session, product_id=held.product_id, location_id=held.location_id)
    missing = []
    for line, needed in _recipe(session, held.product_id, units):
        lots = rows.usable_lots(session, product_id=line.component_id, location_id=place, day=today(), hold=True)
        there = sum((lot.quantity for lot in lots), NONE)
        if there < needed:
            missing.append(
                _(
                    "%(code)s: %(needed)s %(uom)s needed, %(there)s there",
                    code=line.code,
                    needed=shown_quantity(needed),
                    uom=line.uom,
                    there=shown_quantity(there),
                )
            )
        _use(session, held, (line.component_id, place), lots, min(needed, there))
    if missing and not anyway:
        raise InvalidInput(
            _(
                "%(number)s lacks components: %(missing)s. Correct the stock, or go on though they are lacking.",
                number=held.number,
                missing="; ".join(missing),
            )
        )
    return missing


def _use(session: Session, held: Any, component: Item, lots: Sequence[Any], quantity: Decimal) -> None:
    item = {"product_id": component[0], "location_id": component[1]}
    left = quantity
    for lot in lots:
        taken = min(lot.quantity, left)
        if taken <= 0:
            break
        take(session, lot.id, taken)
        rows.note_use(session, order_id=held.id, used_on=today(), **item, lot=lot.lot, quantity=taken)
        left -= taken
    if quantity:
        add_movement(session, day=today(), reference=_reference(held), kind="issue", quantity=-quantity, **item)


def _put_into_stock(session: Session, held: Any, quantity: Decimal) -> None:
    shelf_life = rows.shelf_life(session, held.product_id)
    item = {"product_id": held.product_id, "location_id": held.location_id}
    rows.put(
        session,
        quantity=quantity,
        **item,
        lot=f"{held.number}-{today():%m%d}",
        received_on=today(),
        expires_on=None if shelf_life is None else today() + timedelta(days=shelf_life),
    )
    add_movement(session, day=today(), reference=_reference(held), kind="production", quantity=quantity, **item)


def _put_components_back(session: Session, held: Any) -> None:
    """Not as issues: they would count as less use of another day."""
    back: dict[tuple[int, int], Decimal] = {}
    for use in rows.uses(session, order_id=held.id):
        item = {"product_id": use.product_id, "location_id": use.location_id}
        rows.put(session, quantity=use.quantity, **item, lot=use.lot, received_on=today())
        key = (use.product_id, use.location_id)
        back[key] = back.get(key, NONE) + use.quantity
    for (product_id, location_id), quantity in back.items():
        item = {"product_id": product_id, "location_id": location_id, "kind": "adjustment"}
        add_movement(session, day=today(), reference=_reference(held), quantity=quantity, **item)
    rows.forget_uses(session, order_id=held.id)


def _reference(held: Any) -> str:
    """Each step of an order has its own: a movement is known by day, reference, item and place."""
    return f"{held.number}/{held.version}"


def _step(
    session: Session,
    viewer: Viewer,
    held: Any,
    verb: str,
    *,
    told: Sequence[str] = (),
    reason: str | None = None,
    **values: Any,
) -> None:
    rows.change(session, held.id, **values)
    before: Json = {name: str(getattr(held, name)) for name in values if name != "finished_on"}
    after: Json = {name: str(value) for name, value in values.items()}
    record(
        session,
        viewer,
        f"production_order.{verb}",
        subject="production_order",
        subject_id=held.id,
        before=before,
        after={**after, "missing": list(told)} if told else after,
        reason=reason,
    )
    stored.bump(session, "orders")
    stored.bump(session, "stock")
