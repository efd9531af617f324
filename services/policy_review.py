"""Policy review: proposed levels of stocking policies beside those in force, and what a planner decides about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.policy_change import change_share
from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import policy_review
from data.queries import settings as stored
from services import item_classes, policy_trial
from services.audit import record
from services.cycle_lock import SUPPLY, require_open
from services.form_values import quantity_of, row_id, sentence, shown_quantity
from services.held_choices import Choice, held_proposals
from services.listed_rows import PAGE_ROWS, Sort, in_order, mentioning, narrowed, one_page
from services.plain_rows import plain_rows
from services.policy_proposing import KEYS, add_proposals
from services.reorder import sync_proposals
from services.stocking_rules import stocking_rules

SUBJECTS = ("policy", "products")
SOURCES = ("calculation", "cockpit", "budget", "network", "buffer", "scenario")
STATEMENT_TIMEOUT_MS = 60_000
REASON_LENGTH = 500
LARGEST_LIMIT_PERCENT = 10_000
OWN_ORDER = (("size", True), ("code", False), ("location", False))


@dataclass(frozen=True, slots=True)
class PolicyFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``box``: such as AX; ``beyond``: only changes beyond
    so many per cent."""

    source: str = ""
    box: str = ""
    location: str = ""
    category: str = ""
    search: str = ""
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Some rows of the list, how many it has; the change of stock at cost of all of them, and of the rising ones."""

    rows: list[dict[str, Any]]
    total: int
    stock_money_change: float
    stock_money_rise: float


@dataclass(frozen=True, slots=True)
class Approved:
    """How many policies changed, and how many proposals stayed open because they change more than the limit."""

    count: int
    beyond: int


def propose(session: Session, viewer: Viewer, wanted: pd.DataFrame, *, source: str, reason: str | None) -> int:
    """Put levels on the list of those to approve. A proposal open for an item is replaced by its newer one.

    Inputs: the open session of the change; a viewer with inventory.edit; wanted: frame indexed by product_id and
        location_id, contract of services.policy_proposing.add_proposals; source: one of SOURCES; why, if anything.
    Returns: how many are proposed: those that differ from the policy in force.
    Raises: NotAllowed; InvalidInput for levels that can't be; NotFound for an item without a policy.
    Source: screens.md 8; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    if source not in SOURCES:
        raise InvalidInput(_("There is no source “%(source)s”.", source=source))
    policy_review.hold_open(session)
    rows = add_proposals(session, wanted, source=source, reason=reason or None, by=viewer.user_id, at=now())
    if rows.empty:
        return 0
    if len(rows) == 1:  # of many the next recalculation does it
        policy_trial.try_out(session, policy_trial.PROPOSALS, as_of=today(), item=rows.index[0])
    record(
        session,
        viewer,
        "policy.propose",
        subject="policy_proposal",
        subject_id=source,
        after={"items": len(rows), "stock_money_change": round(float(rows["stock_money_change"].sum()), 2)},
        reason=reason or None,
    )
    stored.bump(session, "policy")
    return len(rows)


def open_policy_proposals(
    viewer: Viewer,
    filters: PolicyFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
) -> PolicyPage:
    """A page of the proposals to decide on, the largest change of stock first unless sorted otherwise.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold the names, source, safety_stock, reorder_point, order_quantity, order_up_to,
        service_target, measure and method as proposed and in force (now_*), change_share (of reorder point and
        order-up-to, the larger one), stock_money_change, simulated service, reason, created_by, created_at, version.
    Raises: NotAllowed; InvalidInput for a limit that is none.
    Source: screens.md 21.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _listed(session, viewer, filters)
    page = one_page(_sorted(found, sort), (), start=start, end=end)
    money = found["stock_money_change"].astype("float64")
    return PolicyPage(
        rows=plain_rows(page),
        total=len(found),
        stock_money_change=float(money.sum()),
        stock_money_rise=float(money.clip(lower=0).sum()),
    )


def policy_proposal(viewer: Viewer, proposal_id: object) -> dict[str, Any]:
    """One open proposal with the inputs it was worked out from.

    Inputs: a viewer with inventory.read, the id.
    Returns: the fields of open_policy_proposals, and ``inputs``.
    Raises: NotAllowed; NotFound when it is not open (any more).
    Source: screens.md 11.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = policy_review.open_proposal(session, proposal_id=row_id(proposal_id))
    if found is None:
        raise NotFound(_("This proposal is not open any more."))
    row = pd.DataFrame([found._asdict()])
    return plain_rows(_with_share(row.drop(columns="inputs")))[0] | {"inputs": found.inputs}


def approve(viewer: Viewer, choices: Sequence[Choice], *, change_limit: object = None, note: object = None) -> Approved:
    """Put proposed levels in force, all or none; those that change more than the limit stay open.

    Inputs: a viewer with inventory.edit, the proposals with the versions on the screen, the limit in per cent of
        reorder point and order-up-to (None or empty: none), a note if wanted.
    Returns: how many changed and how many stayed.
    Raises: NotAllowed; NotFound; Conflict when one was decided or replaced meanwhile, naming it, or the step Supply of
        the cycle is closed; InvalidInput for a limit that is none.
    Source: screens.md 21; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    limit, why = _limit(change_limit), _note(note)
    with session_scope(viewer) as session:
        require_open(session, SUPPLY)
        found = _held(session, choices)
        within = [row for row in found if limit is None or _share(row) <= limit]
        _approve(session, viewer, within, why)
    return Approved(len(within), len(found) - len(within))


def reject(viewer: Viewer, choices: Sequence[Choice], *, reason: object) -> int:
    """Turn proposals down, all or none; what the calculation proposed stays away until it comes to other levels.

    Inputs: a viewer with inventory.edit, the proposals with the versions on the screen, why.
    Returns: how many.
    Raises: NotAllowed; NotFound; Conflict; InvalidInput without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    with session_scope(viewer) as session:
        require_open(session, SUPPLY)
        found = _held(session, choices)
        ids = [row.id for row in found]
        policy_review.decide(session, proposal_ids=ids, status="rejected", by=viewer.user_id, at=now(), note=why)
        for row in found:
            _record(session, viewer, "policy.reject", row, reason=why)
        stored.bump(session, "policy")
    return len(found)


def approve_listed(viewer: Viewer, filters: PolicyFilters, *, change_limit: object = None) -> Approved:
    """Put in force what the list shows, all or none; what changes more than the limit stays open.

    Inputs: a viewer with inventory.edit, the filters of the list, the limit as of approve.
    Returns: how many changed and how many stayed.
    Raises: NotAllowed; InvalidInput for a limit that is none or an empty list; Conflict while the step Supply of the
        cycle is closed.
    Source: screens.md 21: bulk accept with a change limit.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    limit = _limit(change_limit)
    with session_scope(viewer, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as session:
        require_open(session, SUPPLY)
        policy_review.hold_open(session)
        listed = _filtered(
            _with_share(policy_review.open_proposals(session)), filters, _boxes(session, viewer, filters)
        )
        if listed.empty:
            raise InvalidInput(_("The list is empty: there is nothing to approve."))
        within = listed if limit is None else listed[listed["change_share"] <= limit]
        ids = within["id"].tolist()
        if ids:
            _put_in_force(session, viewer, ids, None)
            about = {"items": len(ids), "limit": limit, "filters": asdict(filters)}
            record(session, viewer, "policy.approve_listed", subject="policy_proposal", subject_id="list", after=about)
            sync_proposals(session, as_of=today(), at=now())
            stored.bump(session, "policy")
    return Approved(len(ids), len(listed) - len(ids))


def change_limit(viewer: Viewer) -> float:
    """The share by which the recalculation may change levels by itself.

    Inputs: a viewer with inventory.read.
    Returns: the setting in force, a share.
    Raises: NotAllowed.
    Source: services.stocking_rules.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return stocking_rules(session).change_limit


def _put_in_force(session: Session, viewer: Viewer, ids: Sequence[int], note: str | None) -> None:
    policy_review.apply(session, proposal_ids=ids, by=viewer.user_id, at=now(), note=note)
    policy_review.decide(session, proposal_ids=ids, status="approved", by=viewer.user_id, at=now(), note=note)


def _approve(session: Session, viewer: Viewer, found: Sequence[Any], note: str | None) -> None:
    if not found:
        return
    _put_in_force(session, viewer, [row.id for row in found], note)
    for row in found:
        _record(session, viewer, "policy.approve", row, reason=note)
    only = (found[0].product_id, found[0].location_id) if len(found) == 1 else None
    sync_proposals(session, as_of=today(), at=now(), item=only)
    stored.bump(session, "policy")


def _record(session: Session, viewer: Viewer, action: str, row: Any, *, reason: str | None) -> None:
    record(
        session,
        viewer,
        action,
        subject="inventory_policy",
        subject_id=f"{row.product_id}/{row.location_id}",
        before={"reorder_point": str(row.now_reorder_point), "order_up_to": str(row.now_order_up_to)},
        after={"reorder_point": str(row.reorder_point), "order_up_to": str(row.order_up_to), "source": row.source},
        reason=reason,
    )


def _held(session: Session, choices: Sequence[Choice]) -> list[Any]:
    """The chosen proposals, open, unchanged, and held until the transaction ends."""
    return held_proposals(
        choices,
        locked=lambda ids: policy_review.for_decision(session, proposal_ids=ids),
        check_unchanged=_check_unchanged,
    )


def _check_unchanged(row: Any, version: object) -> None:
    done = {
        "approved": _("approved by %(who)s", who=row.decided_by_name or _("the operator")),
        "rejected": _("rejected by %(who)s", who=row.decided_by_name or _("the operator")),
        "withdrawn": _("withdrawn, because a newer one replaced it or it is not needed any more"),
    }.get(row.status)
    if done:
        raise Conflict(
            _("Nothing was changed: the proposal for %(item)s has been %(done)s.", item=row.product_name, done=done)
        )
    if row.version != version:
        raise Conflict(
            _(
                "Nothing was changed: the proposal for %(item)s was recalculated and is now to order up to %(level)s "
                "%(uom)s. Look again, then decide.",
                item=row.product_name,
                level=shown_quantity(row.order_up_to),
                uom=row.uom,
            )
        )


def _limit(typed: object) -> float | None:
    """A limit in per cent as a share; None when there is none."""
    if typed is None or typed == "":
        return None
    entered = float(quantity_of(typed, name=_("Change limit")))
    if not 0 <= entered <= LARGEST_LIMIT_PERCENT:
        raise InvalidInput(
            _("Change limit: enter 0 to %(most)s per cent, or nothing.", most=number(LARGEST_LIMIT_PERCENT))
        )
    return entered / 100


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=REASON_LENGTH) if value else None


def _share(row: Any) -> float:
    before = [float(row.now_reorder_point), float(row.now_order_up_to)]
    return float(change_share(before, after=[float(row.reorder_point), float(row.order_up_to)]).max())


def _shared(session: Session, viewer: Viewer) -> pd.DataFrame:
    return shared_frame(
        session,
        viewer,
        "policy_proposals",
        subjects=SUBJECTS,
        args=(),
        compute=lambda: _with_share(policy_review.open_proposals(session)),
    )


def _with_share(found: pd.DataFrame) -> pd.DataFrame:
    shares = [change_share(found[f"now_{name}"], after=found[name]) for name in ("reorder_point", "order_up_to")]
    return found.assign(change_share=np.fmax(*shares))


def _listed(session: Session, viewer: Viewer, filters: PolicyFilters) -> pd.DataFrame:
    boxes = _boxes(session, viewer, filters)
    return _filtered(_shared(session, viewer), filters, boxes)


def _boxes(session: Session, viewer: Viewer, filters: PolicyFilters) -> pd.Series[str] | None:
    return item_classes.boxes(session, viewer) if filters.box else None


def _filtered(found: pd.DataFrame, filters: PolicyFilters, boxes: pd.Series[str] | None) -> pd.DataFrame:
    keep = pd.Series(True, index=found.index)
    if boxes is not None:
        keep &= (boxes.reindex(pd.MultiIndex.from_frame(found[KEYS])) == filters.box).to_numpy()
    for name in ("source", "location", "category"):
        wanted = getattr(filters, name)
        if wanted:
            keep &= found[name] == wanted
    limit = _limit(filters.beyond.strip())
    if limit is not None:
        keep &= found["change_share"] > limit
    return narrowed(found, keep & mentioning(found, filters.search, "code", "name"))


def _sorted(found: pd.DataFrame, sort: Sort) -> pd.DataFrame:
    ranked = found.assign(size=found["stock_money_change"].astype("float64").abs())
    return in_order(ranked, sort, otherwise=OWN_ORDER, sortable=found.columns).drop(columns="size")
