"""What is done about a lot that won't be sold in time: proposed, approved, begun, finished with its result."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import expiry_actions as rows
from data.queries import settings as stored
from data.queries.inventory import Item
from models.base import Json
from services import planning_events
from services.audit import record
from services.expiry_board import LONGEST_LOT, LotDetail, lot
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.positions import stock_positions

TAKES_STOCK = ("dispose", "donate", "urgent_sale")
EVENTS = {"promotion": "promotion", "markdown": "price"}
"""What sells on, and the kind of event that tells forecasts of it."""
KINDS = (*TAKES_STOCK, *EVENTS)
LONGEST_NOTE = 500
LARGEST_RECOVERY_PERCENT = 1000
# Not an issue: of materials, issues are daily use, and what is cleared away is not to be bought again.
MOVEMENT = "adjustment"


def propose(
    viewer: Viewer,
    product_id: object,
    location_id: object,
    lot_name: object,
    *,
    kind: object,
    quantity: object,
    recovery_percent: object,
    due_on: object,
    note: object = "",
) -> LotDetail:
    """Propose to do something about some of a lot.

    Inputs: a viewer with inventory.edit; the lot; one of KINDS; units, at most what no open action is for already;
        money expected back in per cent of the cost; the day by which it is to be done; a note if wanted.
    Returns: the lot with its actions.
    Raises: NotAllowed; NotFound; InvalidInput that names the field and says what it takes.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    item: Item = (row_id(product_id), row_id(location_id))
    name = lot_name[:LONGEST_LOT] if isinstance(lot_name, str) else ""
    with session_scope(viewer) as session:
        held = rows.held_lot(session, item, name)
        if held is None or held.quantity <= 0:
            raise NotFound(_("There is no such lot. It may have been used up; reload the page."))
        new = {
            "kind": _kind(kind, expires_on=held.expires_on),
            "quantity": _free_quantity(session, quantity, item, held),
            "recovery_share": _recovery_share(recovery_percent),
            "due_on": _coming_day(due_on),
            "note": _note(note),
        }
        cost = _unit_cost(session, item)
        key = {"product_id": item[0], "location_id": item[1], "lot": name}
        action_id = rows.add(session, **key, **new, unit_cost=cost, created_by=viewer.user_id)
        _record(session, viewer, "expiry_action.propose", action_id, after={**key, **_texts(new)})
    return lot(viewer, *item, name)


def approve(viewer: Viewer, action_id: object, version: object) -> LotDetail:
    """Agree to a proposed action. A promotion or markdown comes into the calendar of events as a draft.

    Inputs: a viewer with inventory.edit, the action with the version on the screen.
    Returns: the lot with its actions.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is not a proposal any more.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, action_id, version, must_be=("proposed",))
        event = _draft_event(session, viewer, held) if held.kind in EVENTS else {}
        _step(session, viewer, held, "approve", status="approved", **event)
    return lot(viewer, held.product_id, held.location_id, held.lot)


def start(viewer: Viewer, action_id: object, version: object) -> LotDetail:
    """Tell that an approved action has begun.

    Inputs: a viewer with inventory.edit, the action with the version on the screen.
    Returns: the lot with its actions.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is not approved.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, action_id, version, must_be=("approved",))
        _step(session, viewer, held, "start", status="running")
    return lot(viewer, held.product_id, held.location_id, held.lot)


def finish(
    viewer: Viewer, action_id: object, version: object, *, quantity: object, recovered: object, note: object = ""
) -> LotDetail:
    """Tell the result of an action that has begun. What was disposed of, donated or sold urgently leaves the stock:
    the lot becomes smaller and a movement tells why. What a promotion sold comes with the sales.

    Inputs: a viewer with inventory.edit, the action with the version on the screen; units done away with, of stock
        that is taken at most what the lot has; money that came back, below zero for what it cost; a note if wanted.
    Returns: the lot with its actions.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or has not begun; InvalidInput for a result
        that can't be.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, action_id, version, must_be=("running",))
        takes = held.kind in TAKES_STOCK
        done = _result_quantity(quantity, takes=takes)
        result = {
            "done_quantity": done,
            "recovered": quantity_of(recovered, name=_("Recovered RM")),
            "finished_on": today(),
        }
        if takes:
            _take(session, held, done)
        _step(session, viewer, held, "finish", status="done", reason=_note(note), **result)
    return lot(viewer, held.product_id, held.location_id, held.lot)


def cancel(viewer: Viewer, action_id: object, version: object, *, reason: object) -> LotDetail:
    """Call an action off, and the event that was drafted for it, unless somebody approved that.

    Inputs: a viewer with inventory.edit, the action with the version on the screen, why.
    Returns: the lot with its actions.
    Raises: NotAllowed; NotFound; Conflict when it has changed or ended meanwhile; InvalidInput without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = sentence(reason, name=_("Note"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        held = _held(session, action_id, version, must_be=rows.OPEN)
        if held.event_id is not None:
            planning_events.withdraw_draft(session, viewer, held.event_id, reason=why)
        _step(session, viewer, held, "cancel", status="cancelled", reason=why)
    return lot(viewer, held.product_id, held.location_id, held.lot)


def _held(session: Session, action_id: object, version: object, *, must_be: tuple[str, ...]) -> Any:
    held = rows.held(session, row_id(action_id))
    if held is None:
        raise NotFound(_("There is no such action."))
    if held.version != version or held.status not in must_be:
        raise Conflict(
            _(
                "This action has changed since you opened it and is now %(status)s. Look again, then decide.",
                status=held.status,
            )
        )
    return held


def _kind(value: object, *, expires_on: date | None) -> str:
    if not isinstance(value, str) or value not in KINDS:
        raise InvalidInput(_("Action: choose what to do."))
    if value != "dispose" and expires_on is not None and expires_on <= today():
        raise InvalidInput(_("Action: the lot expired on %(day)s; it can only be disposed of.", day=day(expires_on)))
    return value


def _free_quantity(session: Session, value: object, item: Item, held: Any) -> Decimal:
    wanted = quantity_of(value, name=_("Quantity"))
    planned = rows.planned_quantity(session, item, held.lot)
    if not 0 < wanted <= held.quantity - planned:
        raise InvalidInput(
            _(
                "Quantity: the lot has %(quantity)s, of which open actions are to take %(planned)s. "
                "Enter more than 0 and at most the rest.",
                quantity=shown_quantity(held.quantity),
                planned=shown_quantity(planned),
            )
        )
    return wanted


def _recovery_share(value: object) -> float:
    percent = quantity_of(value, name=_("Recovery"))
    if not 0 <= percent <= LARGEST_RECOVERY_PERCENT:
        raise InvalidInput(_("Recovery: enter 0 to 1,000 per cent of the cost."))
    return float(percent) / 100


def _coming_day(value: object) -> date:
    found = calendar_day(value, name=_("Due on"))
    if found < today():
        raise InvalidInput(_("Due on: %(day)s is past.", day=day(found)))
    if found > today() + timedelta(days=3660):
        raise InvalidInput(_("Due on: %(day)s is too far ahead.", day=day(found)))
    return found


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=LONGEST_NOTE) if value else None


def _unit_cost(session: Session, item: Item) -> float | None:
    cost = stock_positions(session, as_of=today(), item=item)["unit_cost"].iloc[0]
    return None if pd.isna(cost) else float(cost)


def _result_quantity(value: object, *, takes: bool) -> Decimal:
    done = quantity_of(value, name=_("Quantity"))
    if done < 0 or (takes and done == 0):
        raise InvalidInput(_("Quantity: enter what was done away with. If it was nothing, cancel the action."))
    return done


def _take(session: Session, held: Any, quantity: Decimal) -> None:
    item: Item = (held.product_id, held.location_id)
    found = rows.held_lot(session, item, held.lot)
    there = found.quantity if found else Decimal(0)
    if found is None or quantity > there:
        raise InvalidInput(
            _("Quantity: only %(there)s are left in lot %(lot)s.", there=shown_quantity(there), lot=held.lot)
        )
    rows.take(session, found.id, quantity)
    movement = {"reference": f"EXPIRY-{held.id}", "product_id": item[0], "location_id": item[1]}
    rows.add_movement(session, day=today(), **movement, kind=MOVEMENT, quantity=-quantity)
    stored.bump(session, "stock")


def _draft_event(session: Session, viewer: Viewer, held: Any) -> Json:
    found = stock_positions(session, as_of=today(), item=(held.product_id, held.location_id))
    if found.empty:
        raise InvalidInput(_("Nothing is left of lot %(lot)s. Cancel the action.", lot=held.lot))
    item = found.iloc[0]
    event_id = planning_events.draft(
        session,
        viewer,
        {
            "code": f"EXPIRY-{held.id}",
            "name": _("%(item)s: lot %(lot)s expires", item=item["name"][:80], lot=held.lot[:80]),
            "kind": EVENTS[held.kind],
            "product": item["code"],
            "location": item["location"],
            "starts_on": today(),
            "ends_on": max(held.due_on, today()),
            "note": held.note,
        },
    )
    return {"event_id": event_id}


def _step(session: Session, viewer: Viewer, held: Any, verb: str, *, reason: str | None = None, **values: Any) -> None:
    rows.change(session, held.id, **values)
    before, after = {"status": held.status}, _texts(values)
    _record(session, viewer, f"expiry_action.{verb}", held.id, before=before, after=after, reason=reason)


def _record(session: Session, viewer: Viewer, action: str, action_id: int, **about: Any) -> None:
    record(session, viewer, action, subject="expiry_action", subject_id=action_id, **about)


def _texts(values: Json) -> Json:
    """JSON knows neither days nor decimals."""
    return {name: value if value is None else str(value) for name, value in values.items()}
