"""Reorder proposals: the ranked list to buy from, and what a planner decides about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import proposals, purchase_orders
from data.queries import settings as stored
from services.audit import record
from services.draft_orders import WantedLine, draft_line
from services.form_values import row_id, sentence, shown_quantity
from services.halal_cover import refuse_blocked, with_blocked
from services.held_choices import Choice, held_proposals
from services.order_terms import orderable_quantity

SHOWN_AT_MOST = 500
REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ProposalFilters:
    """What the list is narrowed to; an empty text narrows nothing."""

    location: str = ""
    supplier: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class ProposalList:
    """The highest ranks of the list, and count, value and money at stake of all that match."""

    rows: list[dict[str, Any]]
    total: int
    value: float
    money_at_stake: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many proposals were accepted, and the numbers of the draft orders they are on."""

    count: int
    orders: tuple[str, ...]


def open_proposals(viewer: Viewer, filters: ProposalFilters, *, limit: int | None = SHOWN_AT_MOST) -> ProposalList:
    """What to buy now, the most money at stake first.

    Inputs: a viewer with inventory.read, filters, how many (None: all).
    Returns: at most so many rows with rank, names, quantity, value, needed_on, days_to_stockout,
        money_at_stake, ``why`` and ``blocked``, why it can't be accepted; the totals count all that match.
    Raises: NotAllowed.
    Source: analytics.inventory_position.reorder_proposals; screens.md 10.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        rows, totals = proposals.open_proposals(
            session,
            location=filters.location,
            supplier=filters.supplier,
            search=filters.search.strip(),
            limit=limit,
        )
        shown = with_blocked(session, viewer, [row._asdict() for row in rows])
    return ProposalList(shown, totals.items, float(totals.value), float(totals.money_at_stake))


def proposal(viewer: Viewer, proposal_id: object) -> dict[str, Any]:
    """One open proposal with its ``why`` and the terms of its supplier.

    Inputs: a viewer with inventory.read, the id.
    Returns: the fields of open_proposals.
    Raises: NotAllowed; NotFound when it is not open (any more).
    Source: screens.md 11.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = proposals.open_proposal(session, proposal_id=row_id(proposal_id))
        if found is None:
            raise NotFound(_("This proposal is not open any more."))
        return with_blocked(session, viewer, [found._asdict()])[0]


def suppliers(viewer: Viewer) -> list[tuple[str, str]]:
    """Suppliers with something to order.

    Inputs: a viewer with inventory.read.
    Returns: code and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return [(row.value, row.text) for row in proposals.suppliers(session)]


def accept(viewer: Viewer, proposal_id: object, version: object, *, quantity: object = None) -> Accepted:
    """Order what one proposal advises, or another quantity: a line on a draft order of its supplier and location.

    Inputs: a viewer with proposal.decide, the proposal with the version on the screen, a quantity if changed.
    Returns: the number of the draft.
    Raises: NotAllowed; NotFound; Conflict when it was decided or changed meanwhile, or its supplier has no valid halal
        certificate; InvalidInput for a quantity that the supplier does not sell.
    Source: product.md, promise 5.
    """
    return _accept(viewer, [(proposal_id, version)], quantity)


def accept_many(viewer: Viewer, choices: Sequence[Choice]) -> Accepted:
    """Accept several proposals, all or none.

    Inputs: a viewer with proposal.decide, the proposals with the versions on the screen.
    Returns: count and the numbers of the drafts.
    Raises: as accept, naming the proposal that stood in the way.
    Source: screens.md 21.
    """
    return _accept(viewer, choices, None)


def dismiss(viewer: Viewer, choices: Sequence[Choice], *, reason: object) -> int:
    """Turn proposals down, all or none; they stay away until another quantity is to be ordered.

    Inputs: a viewer with proposal.decide, the proposals with the versions on the screen, why.
    Returns: how many.
    Raises: NotAllowed; NotFound; Conflict; InvalidInput without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.PROPOSAL_DECIDE)
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    with session_scope(viewer) as session:
        found = _held(session, choices)
        for row in found:
            proposals.decide(
                session, proposal_id=row.id, status="dismissed", user_id=viewer.user_id, at=now(), reason=why
            )
            record(
                session,
                viewer,
                "proposal.dismiss",
                subject="reorder_proposal",
                subject_id=row.id,
                before={"quantity": str(row.quantity)},
                reason=why,
            )
        stored.bump(session, "policy")
    return len(found)


def _accept(viewer: Viewer, choices: Sequence[Choice], quantity: object) -> Accepted:
    require(viewer, Permission.PROPOSAL_DECIDE)
    with session_scope(viewer) as session:
        found = _held(session, choices)
        refuse_blocked(session, viewer, {(row.supplier_id, row.product_id) for row in found})
        purchase_orders.lock_numbering(session)
        orders = {_order(session, viewer, row, quantity) for row in found}
        stored.bump(session, "orders")
        stored.bump(session, "policy")
    return Accepted(len(found), tuple(sorted(orders)))


def _order(session: Session, viewer: Viewer, row: Any, quantity: object) -> str:
    """Put one proposal on a draft; returns the number of the draft."""
    terms = purchase_orders.terms(session, supplier_id=row.supplier_id, product_id=row.product_id)
    ordered = row.quantity if quantity in (None, "") else orderable_quantity(quantity, terms)
    line = draft_line(
        session,
        viewer,
        WantedLine(
            supplier_id=row.supplier_id,
            location_id=row.location_id,
            product_id=row.product_id,
            quantity=ordered,
            unit_price=terms.price if terms else row.unit_price,
            needed_on=row.needed_on,
            lead_time_days=terms.lead_time_days if terms else 0,
        ),
    )
    proposals.decide(
        session, proposal_id=row.id, status="accepted", user_id=viewer.user_id, at=now(), order_line_id=line.id
    )
    record(
        session,
        viewer,
        "proposal.accept",
        subject="reorder_proposal",
        subject_id=row.id,
        before={"quantity": str(row.quantity)},
        after={"quantity": str(ordered), "order": line.order, "line": line.id, "requested_on": str(line.requested_on)},
    )
    return line.order


def _held(session: Session, choices: Sequence[Choice]) -> list[Any]:
    """The chosen proposals, open, unchanged, and held until the transaction ends."""
    return held_proposals(
        choices,
        locked=lambda ids: proposals.for_decision(session, proposal_ids=ids),
        check_unchanged=_check_unchanged,
    )


def _check_unchanged(row: Any, version: object) -> None:
    done = {
        "accepted": _("accepted by %(who)s", who=row.decided_by_name or _("the operator")),
        "dismissed": _("dismissed by %(who)s", who=row.decided_by_name or _("the operator")),
        "withdrawn": _("withdrawn, because it is not needed any more"),
    }.get(row.status)
    if done:
        raise Conflict(
            _("Nothing was changed: the proposal for %(item)s has been %(done)s.", item=row.product_name, done=done)
        )
    if row.version != version:
        raise Conflict(
            _(
                "Nothing was changed: the proposal for %(item)s was recalculated and is now %(quantity)s %(uom)s. "
                "Look again, then decide.",
                item=row.product_name,
                quantity=shown_quantity(row.quantity),
                uom=row.uom,
            )
        )
