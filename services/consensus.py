"""The consensus of the running cycle on its way: draft, review, approved by every role that signs, locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotAllowed
from core.i18n import _, moment
from core.permissions import Permission, Role
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import consensus as rows
from services.audit import record
from services.cycle_lock import RECONCILE, require_open
from services.demand_plan import LEAF, SUBJECTS, DemandPlan, demand_plan, require_months
from services.form_values import sentence
from services.notifications import APPROVAL, Notice, done, tell

DRAFT, REVIEW, APPROVED, LOCKED = STATUSES = ("draft", "review", "approved", "locked")
SIGNERS = tuple(role.value for role in (Role.PLANNER, Role.SALES, Role.MARKETING, Role.FINANCE, Role.EXECUTIVE))
LOCKERS = (Role.EXECUTIVE.value,)
PATH = "/sop/consensus"
LONGEST_NOTE = 500
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class SignedPlan:
    """What the consensus comes to: units, RM, and a text that no other plan has."""

    fingerprint: str
    units: float
    revenue: float


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature of a role; ``fresh`` while the plan is the one that was signed."""

    role: str
    signed_by: str | None
    signed_at: datetime | None
    note: str | None
    fresh: bool
    units: float | None
    revenue: float | None


@dataclass(frozen=True, slots=True)
class ConsensusState:
    """Where the consensus of the running cycle is. ``month`` is None while no cycle runs; ``signatures`` has one entry
    a role of SIGNERS, unsigned ones too; ``last_edit`` says who changed the demand plan last, and when."""

    month: date | None
    status: str
    version: int
    changed_by: str | None
    changed_at: datetime | None
    plan: SignedPlan
    signatures: list[Signature]
    last_edit: str | None

    @property
    def missing(self) -> list[str]:
        """Roles that have not signed the plan as it is."""
        return [one.role for one in self.signatures if not one.fresh]

    @property
    def stale(self) -> list[str]:
        """Roles that signed another plan."""
        return [one.role for one in self.signatures if one.signed_at is not None and not one.fresh]


def state(viewer: Viewer) -> ConsensusState:
    """Where the consensus is; for its page and for the checklist of the step that reconciles.

    Inputs: a viewer with plan.read.
    Returns: ConsensusState. An approved consensus of which a signature has become stale is in review again; a locked
        one stays locked and says which are stale.
    Raises: NotAllowed.
    Source: issue 6, consensus; screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return state_of(session, viewer)


def state_of(session: Session, viewer: Viewer) -> ConsensusState:
    """The same within an open session.

    Inputs: an open session and the viewer.
    Returns: ConsensusState.
    Raises: nothing of its own.
    Source: issue 6, consensus.
    """
    plan = signed_plan(session, viewer)
    cycle, edit = rows.running(session), rows.last_edit(session)
    signed = {} if cycle is None else {row.role: row for row in rows.signatures(session, cycle.id)}
    found = [_signature(role, signed, plan) for role in SIGNERS]
    status = DRAFT if cycle is None else cycle.status
    if status == APPROVED and not all(one.fresh for one in found):
        status = REVIEW
    return ConsensusState(
        month=None if cycle is None else cycle.month,
        status=status,
        version=0 if cycle is None else cycle.version,
        changed_by=None if cycle is None else cycle.changed_by,
        changed_at=None if cycle is None else cycle.changed_at,
        plan=plan,
        signatures=found,
        last_edit=None if edit is None else _edited(edit),
    )


def ask(viewer: Viewer, version: object) -> ConsensusState:
    """Put the draft up for signatures, or ask those again whose signature has become stale.

    Inputs: a viewer with demand.edit, the version seen.
    Returns: the new state; everybody of a role that has to sign finds it in the inbox.
    Raises: NotAllowed; Conflict when somebody moved it on, it is locked, its step is closed, or no cycle runs;
        InvalidInput without a forecast.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.DEMAND_EDIT)
    with session_scope(viewer) as session:
        cycle, before = _held(session, viewer, version)
        require_months(demand_plan(session, viewer).base)
        _move(session, viewer, cycle, before.status, REVIEW)
        for role in before.missing:
            title = _("Sign the consensus of %(month)s", month=f"{cycle.month:%Y-%m}")
            notice = Notice(APPROVAL, _key(cycle.month, role), title, PATH)
            tell(session, viewer, rows.people_of(session, [role]), notice)
        return state_of(session, viewer)


def sign(viewer: Viewer, version: object, fingerprint: object, *, note: object = "") -> ConsensusState:
    """Sign the plan that was read, for the role of the viewer; the last signature approves it.

    Inputs: a viewer with plan.sign_off whose role is one of SIGNERS; the version and the plan seen; a note if wanted.
    Returns: the new state.
    Raises: NotAllowed; Conflict when the plan has changed since it was read, when it is locked, or as of ask;
        InvalidInput for a draft and for a note that is too long.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.PLAN_SIGN_OFF)
    if viewer.role not in SIGNERS:
        raise NotAllowed(_("Your role does not sign the consensus."))
    said = sentence(note, name=_("Note"), longest=LONGEST_NOTE) if note else None
    with session_scope(viewer) as session:
        cycle, before = _held(session, viewer, version)
        _require_read(before, fingerprint)
        values = asdict(before.plan)
        signed = {"signed_by": viewer.user_id, "signed_at": now(), "note": said, **values}
        rows.put_signature(session, cycle.id, viewer.role, **signed)
        after = {"month": f"{cycle.month:%Y-%m}", "role": viewer.role, **values}
        record(session, viewer, "consensus.sign", subject="consensus", subject_id=cycle.id, after=after, reason=said)
        done(session, _key(cycle.month, viewer.role))
        approved = set(before.missing) <= {viewer.role}
        _move(session, viewer, cycle, before.status, APPROVED if approved else REVIEW)
        if approved:
            title = _("Lock the consensus of %(month)s: every role has signed", month=f"{cycle.month:%Y-%m}")
            notice = Notice(APPROVAL, _key(cycle.month, LOCKED), title, PATH)
            tell(session, viewer, rows.people_of(session, LOCKERS), notice)
        return state_of(session, viewer)


def lock(viewer: Viewer, version: object, fingerprint: object) -> ConsensusState:
    """Lock what every role has signed.

    Inputs: an executive with plan.sign_off; the version and the plan seen.
    Returns: the new state.
    Raises: NotAllowed; Conflict when it is not approved, or as of sign.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.PLAN_SIGN_OFF)
    if viewer.role not in LOCKERS:
        raise NotAllowed(_("An executive locks the consensus."))
    with session_scope(viewer) as session:
        cycle, before = _held(session, viewer, version)
        _require_read(before, fingerprint)
        if before.status != APPROVED:
            raise Conflict(_("The consensus can be locked when every role has signed it as it is now."))
        _move(session, viewer, cycle, before.status, LOCKED)
        done(session, _key(cycle.month, LOCKED))
        return state_of(session, viewer)


def unlock(viewer: Viewer, version: object, *, reason: object) -> ConsensusState:
    """Open a locked consensus for review again.

    Inputs: a viewer with cycle.reopen, the version seen, why.
    Returns: the new state.
    Raises: NotAllowed; InvalidInput without a reason; Conflict when it is not locked, or as of ask.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.CYCLE_REOPEN)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        cycle, before = _held(session, viewer, version, locked=True)
        _move(session, viewer, cycle, before.status, REVIEW, reason=why)
        return state_of(session, viewer)


def require_unlocked(session: Session) -> None:
    """Stop a change of the demand plan while its consensus is locked.

    Inputs: the open session of the change.
    Returns: nothing.
    Raises: Conflict that says who locked it and what to do.
    Source: issue 6, consensus.
    """
    cycle = rows.running(session)
    if cycle is not None and cycle.status == LOCKED:
        raise Conflict(_locked_text(cycle))


def signed_plan(session: Session, viewer: Viewer) -> SignedPlan:
    """What would be signed now.

    Inputs: an open session and the viewer.
    Returns: SignedPlan, kept in memory until the plan changes.
    Raises: nothing of its own.
    Source: none; ours.
    """
    return shared_frame(
        session,
        viewer,
        "consensus_signed_plan",
        subjects=SUBJECTS,
        args=(today(),),
        compute=lambda: _signed_plan(demand_plan(session, viewer)),
    )


def _signed_plan(plan: DemandPlan) -> SignedPlan:
    """Two plans with the same figures are the same, whatever happened in between."""
    figures = np.round(plan.consensus, DECIMALS) + 0.0
    some = np.flatnonzero(figures.any(axis=1))
    digest = sha256(plan.base.leaves[LEAF].iloc[some].to_numpy(dtype=np.int64).tobytes())
    digest.update(" ".join(month.isoformat() for month in plan.base.months).encode())
    digest.update(np.ascontiguousarray(figures[some]).tobytes())
    price = plan.base.leaves["price"].to_numpy(dtype=float)
    return SignedPlan(digest.hexdigest(), float(figures.sum()), float(price @ figures.sum(axis=1)))


def _signature(role: str, signed: Mapping[str, Any], plan: SignedPlan) -> Signature:
    row = signed.get(role)
    if row is None:
        return Signature(role, None, None, None, fresh=False, units=None, revenue=None)
    fresh = row.fingerprint == plan.fingerprint
    return Signature(role, row.signed_by, row.signed_at, row.note, fresh=fresh, units=row.units, revenue=row.revenue)


def _held(session: Session, viewer: Viewer, version: object, *, locked: bool = False) -> tuple[Any, ConsensusState]:
    """The cycle that runs and its state, held until the transaction ends."""
    rows.lock(session)
    cycle = rows.running(session)
    if cycle is None:
        raise Conflict(_("No S&OP cycle runs: start one under S&OP › Cycle."))
    require_open(session, RECONCILE)
    if locked != (cycle.status == LOCKED):
        raise Conflict(_("The consensus is not locked.") if locked else _locked_text(cycle))
    if cycle.version != version:
        raise Conflict(
            _(
                "%(who)s has moved the consensus on at %(when)s. Look again, then decide.",
                who=cycle.changed_by or _("Somebody"),
                when=moment(cycle.changed_at),
            )
        )
    return cycle, state_of(session, viewer)


def _require_read(found: ConsensusState, fingerprint: object) -> None:
    if found.status == DRAFT:
        raise InvalidInput(_("The consensus is a draft still: the planner asks for signatures first."))
    if fingerprint != found.plan.fingerprint:
        raise Conflict(
            _("The plan has changed since you read it. %(edit)s Look again, then sign.", edit=found.last_edit or "")
        )


def _move(session: Session, viewer: Viewer, cycle: Any, before: str, after: str, *, reason: str | None = None) -> None:
    rows.put_status(session, cycle.id, status=after, by=viewer.user_id, at=now())
    if before != after:
        record(
            session,
            viewer,
            f"consensus.{after}",
            subject="consensus",
            subject_id=cycle.id,
            before={"status": before},
            after={"status": after, "month": f"{cycle.month:%Y-%m}"},
            reason=reason,
        )


def _key(month: date, role: str) -> str:
    return f"consensus:{month:%Y-%m}:{role}"


def _edited(edit: Any) -> str:
    return _("Last edit: %(who)s at %(when)s.", who=edit.who or _("nobody known"), when=moment(edit.created_at))


def _locked_text(cycle: Any) -> str:
    return _(
        "%(who)s locked the consensus of %(month)s at %(when)s. An executive can open it again under S&OP › Consensus.",
        who=cycle.changed_by or _("Somebody"),
        month=f"{cycle.month:%Y-%m}",
        when=moment(cycle.changed_at),
    )
