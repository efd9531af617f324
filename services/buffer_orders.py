"""What buffers ask for: orders that are due become drafts, zones become policies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import proposals, purchase_orders
from data.queries import settings as stored
from services import policy_review
from services.audit import record
from services.buffers import buffer_rows, buffered_items, item_ids
from services.draft_orders import WantedLine, draft_line
from services.form_values import shown_quantity
from services.halal_cover import refuse_blocked
from services.held_choices import DECIDED_AT_ONCE
from services.positions import KEYS
from services.proposals import Accepted

SMALLEST = 1e-4

Choice = Mapping[str, Any]
"""A row as it was on the screen: id and order_quantity, as they come from the browser."""


def order_due(viewer: Viewer, choices: Sequence[Choice]) -> Accepted:
    """Order what buffers ask for, all or none: lines on the draft orders of the day, one a supplier and place.

    A draft counts as on order, so its item asks for nothing more. What is still proposed for these items is withdrawn.

    Inputs: a viewer with purchase.edit and proposal.decide, the rows as they were on the screen.
    Returns: how many, and the numbers of the drafts.
    Raises: NotAllowed; InvalidInput for no row or too many; Conflict, naming the item, when its order is not due any
        more, or in another quantity, or it has no supplier, or that has no valid halal certificate.
    Source: Ptak & Smith, demand driven planning; product.md, promise 5.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    require(viewer, Permission.PROPOSAL_DECIDE)
    seen = {str(choice.get("id")): choice for choice in choices}
    if not seen:
        raise InvalidInput(_("Select at least one order."))
    if len(seen) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s orders at once.", count=DECIDED_AT_ONCE))
    with session_scope(viewer) as session:
        # Held before the stock is read: what somebody else is ordering now must be seen as ordered.
        proposals.hold_open(session, item=None)
        purchase_orders.lock_numbering(session)
        found = _still_due(session, viewer, seen)
        refuse_blocked(session, viewer, {(int(row["supplier_id"]), row["product_id"]) for row in found})
        numbers = {_order(session, viewer, row) for row in found}
        none_due = pd.DataFrame({name: [] for name in KEYS})
        for row in found:
            proposals.withdraw_all_but(session, none_due, item=(row["product_id"], row["location_id"]), at=now())
        stored.bump(session, "orders")
        stored.bump(session, "policy")
    return Accepted(len(found), tuple(sorted(numbers)))


def propose_policies(viewer: Viewer, *, only: Collection[object]) -> int:
    """Put the buffers of items on the list of policies to approve: safety stock up to the top of red, reorder point at
    the top of yellow, order-up-to at the top of green.

    Inputs: a viewer with inventory.edit, the ids of buffered items.
    Returns: how many policies would change.
    Raises: NotAllowed; InvalidInput when none of them has a buffer with zones and a policy.
    Source: Ptak & Smith, demand driven planning; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    wanted = {str(item) for item in only}
    with session_scope(viewer) as session:
        found = buffered_items(session, viewer)
        found = found[item_ids(found).isin(wanted) & found["top_of_green"].notna() & found["safety_stock"].notna()]
        if found.empty:
            raise InvalidInput(_("Select at least one buffered item with zones and a policy."))
        levels = pd.DataFrame(
            {
                "safety_stock": found["top_of_red"],
                "reorder_point": found["top_of_yellow"],
                "order_quantity": found["green"],
                "order_up_to": found["top_of_green"],
                "method": "buffer",
            }
        )
        return policy_review.propose(session, viewer, levels, source="buffer", reason=None)


def _still_due(session: Session, viewer: Viewer, seen: Mapping[str, Choice]) -> list[dict[str, Any]]:
    """The chosen rows as they are now, which has to be as they were seen."""
    found = buffered_items(session, viewer)
    rows = {row["id"]: row for row in buffer_rows(found[item_ids(found).isin(list(seen))])}
    for item_id, choice in seen.items():
        row = rows.get(item_id)
        if row is None:
            raise Conflict(_("Nothing was ordered: an item is not buffered any more. Reload the list, then decide."))
        _check_due(row, choice)
    return list(rows.values())


def _check_due(row: dict[str, Any], choice: Choice) -> None:
    if row["supplier_id"] is None or row["life_cycle"] == "retired" or row["unit_price"] is None:
        raise Conflict(_("Nothing was ordered: %(item)s is not bought from a supplier any more.", item=row["name"]))
    due, was = row["order_quantity"] or 0.0, choice.get("order_quantity")
    if not due > 0:
        raise Conflict(
            _(
                "Nothing was ordered: no order is due for %(item)s any more. Somebody may have ordered it already. "
                "Reload the list, then decide.",
                item=row["name"],
            )
        )
    if not (isinstance(was, int | float) and abs(was - due) < SMALLEST):
        raise Conflict(
            _(
                "Nothing was ordered: the order due for %(item)s is now %(quantity)s %(uom)s. Reload the list, then "
                "decide.",
                item=row["name"],
                quantity=shown_quantity(due),
                uom=row["uom"],
            )
        )


def _order(session: Session, viewer: Viewer, row: dict[str, Any]) -> str:
    """Put one row on a draft; returns the number of the draft."""
    line = draft_line(
        session,
        viewer,
        WantedLine(
            supplier_id=int(row["supplier_id"]),
            location_id=row["location_id"],
            product_id=row["product_id"],
            quantity=_decimal(row["order_quantity"]),
            unit_price=_decimal(row["unit_price"]),
            needed_on=_needed_on(row),
            lead_time_days=int(row["agreed_lead_time_days"] or 0),
        ),
    )
    record(
        session,
        viewer,
        "buffer.order",
        subject="purchase_order_line",
        subject_id=line.id,
        after={
            "order": line.order,
            "product": row["code"],
            "quantity": str(_decimal(row["order_quantity"])),
            "requested_on": str(line.requested_on),
            "net_flow": round(row["net_flow"], 4),
        },
    )
    return line.order


def _needed_on(row: dict[str, Any]) -> date:
    return today() + timedelta(days=int(np.ceil(row["lead_time_days"] or 0)))


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))
