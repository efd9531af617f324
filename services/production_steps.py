"""Production orders from planned to done: release, start, report what was made, finish, call off.

Starting takes the components of the whole order from stock, first expired first out, by the recipe of the day with its
yield and scrap. What is reported as made becomes a lot of its own a day. Nothing is written unless all of it can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import production as rows
from data.queries import settings as stored
from models.base import Json
from services.audit import record
from services.form_values import quantity_of, row_id, sentence, shown_quantity
from services.production_orders import OrderDetail, order_detail
from services.production_stock import NONE, put_components_back, put_into_stock, take_components

REASON_LENGTH = 500


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
        return order_detail(session, held.id)


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
        missing = take_components(session, held, held.quantity, anyway=anyway is True)
        _step(session, viewer, held, "start", status="running", told=missing)
        return order_detail(session, held.id)


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
        missing = take_components(session, held, beyond, anyway=anyway is True)
        if good:
            put_into_stock(session, held, good)
        scrapped = {"scrap_quantity": held.scrap_quantity + lost}
        _step(session, viewer, held, "report", made_quantity=after, **scrapped, told=missing)
        return order_detail(session, held.id)


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
        return order_detail(session, held.id)


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
        put_components_back(session, held)
        _step(session, viewer, held, "cancel", status="cancelled", reason=why)
        return order_detail(session, held.id)


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
