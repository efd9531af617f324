"""What orders to the plant take from stock and put into it: components by the recipe of the day, lots of what was made.

Components leave first expired, first out. What is made becomes a lot of its order and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from analytics.bom_explosion import effective_quantity
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from data.queries import production as rows
from data.queries.expiry_actions import add_movement, take
from data.queries.inventory import Item
from services.form_values import shown_quantity

STEP = Decimal("0.0001")
NONE = Decimal(0)


def components_taken(session: Session, order_id: int) -> list[dict[str, Any]]:
    """What an order has taken.

    Inputs: an open session, the id of an order.
    Returns: dictionaries of code, name, uom, lot and taken.
    Raises: nothing of its own.
    Source: none; ours.
    """
    found = rows.uses(session, order_id=order_id)
    return [
        {"code": use.code, "name": use.name, "uom": use.uom, "lot": use.lot, "taken": use.quantity} for use in found
    ]


def components_needed(session: Session, found: Any) -> list[dict[str, Any]]:
    """What an order that has not begun needs, and what is there of it.

    Inputs: an open session, the order.
    Returns: dictionaries of code, name, uom, needed, there and short.
    Raises: nothing of its own.
    Source: none; ours.
    """
    place = rows.made_at(session, product_id=found.product_id, location_id=found.location_id)
    needed = []
    for line, quantity in _recipe(session, found.product_id, Decimal(str(found.quantity))):
        lots = rows.usable_lots(session, product_id=line.component_id, location_id=place, day=today(), hold=False)
        there = sum((lot.quantity for lot in lots), NONE)
        names = {"code": line.code, "name": line.name, "uom": line.uom}
        needed.append({**names, "needed": quantity, "there": there, "short": max(quantity - there, NONE)})
    return needed


def take_components(session: Session, held: Any, units: Decimal, *, anyway: bool) -> list[str]:
    """Take what so many units need, or nothing at all.

    Inputs: an open session, the order, units of it; anyway: take what there is though something lacks.
    Returns: what was missing, in words.
    Raises: InvalidInput naming each component that lacks, unless anyway.
    Source: none; ours: first expired, first out.
    """
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


def put_into_stock(session: Session, held: Any, quantity: Decimal) -> None:
    """Put what was made into stock as the lot of its order and day.

    Inputs: an open session, the order, good units.
    Returns: nothing.
    Raises: nothing of its own.
    Source: none; ours: the lot keeps for the shelf life of the item from today on.
    """
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


def put_components_back(session: Session, held: Any) -> None:
    """Put the components of an order back into their lots; not as issues: they would count as less use of another day.

    Inputs: an open session, the order.
    Returns: nothing.
    Raises: nothing of its own.
    Source: none; ours.
    """
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


def _reference(held: Any) -> str:
    """Each step of an order has its own: a movement is known by day, reference, item and place."""
    return f"{held.number}/{held.version}"
