"""Edits of the demand plan at any level: looked at first, then written whole, with who, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.i18n import counted
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_edits as rows
from services.cycle_lock import DEMAND, require_open
from services.demand_cells import Worked, parts, selected, worked_out
from services.demand_change import Change, Scope, checked
from services.demand_ledger import SUBJECT, Applied, Wish, keep, require_stream
from services.demand_paste import PasteRejected, paste
from services.demand_plan import DemandPlan, demand_plan
from services.demand_rules import demand_rules
from services.demand_undo import redo, undo, undo_stack

__all__ = [
    "SUBJECT",
    "Applied",
    "Change",
    "PasteRejected",
    "Preview",
    "Scope",
    "apply",
    "newest_edit",
    "paste",
    "preview",
    "redo",
    "undo",
    "undo_stack",
]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: how many ``cells`` it writes, the totals of its scope and of the ``children`` just below
    (key, name, before, after, held), in the measure of the change; ``fallback`` says what was split otherwise than
    asked."""

    cells: int
    before_total: float
    after_total: float
    children: list[dict[str, Any]]
    needs_reason: bool
    needs_expiry: bool
    fallback: str | None


def preview(viewer: Viewer, change: Change) -> Preview:
    """Look at what a change would do.

    Inputs: a viewer with the right of the stream, a change.
    Returns: Preview.
    Raises: NotAllowed; NotFound and InvalidInput as apply, for want of a reason excepted.
    Source: screens.md 2.
    """
    require_stream(viewer, change.stream)
    with session_scope(viewer) as session:
        worked = _worked(session, demand_plan(session, viewer), change)
        rules = demand_rules(session)
    before, after = worked.totals(change.measure)
    return Preview(
        cells=int(worked.touched.sum()),
        before_total=before,
        after_total=after,
        children=parts(worked, change),
        needs_reason=rules.need_reason(*worked.size),
        needs_expiry=rules.need_expiry(*worked.size),
        fallback=_fallback(worked),
    )


def apply(viewer: Viewer, change: Change, *, source: str = "grid") -> Applied:
    """Write a change, all of it or nothing.

    Inputs: a viewer with the right of the stream; a change, its ``reason`` given where Preview needs one; where it was
        made, as of the table of edits.
    Returns: Applied.
    Raises: NotAllowed; NotFound for a scope without leaves; InvalidInput that says what is wrong; Conflict when the
        step of the cycle is closed, or somebody else has changed one of the figures since ``seen``.
    Source: screens.md 2; docs/demand-plan.md.
    """
    require_stream(viewer, change.stream)
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        rows.lock(session)
        plan = demand_plan(session, viewer)
        head = {"scope": change.scope.named, "mode": change.mode, "rule": change.rule, "value": change.value}
        head["source"] = source
        wish = Wish(change.stream, head, change.reason, change.expires_on, change.seen)
        return keep(session, viewer, plan, _worked(session, plan, change), wish)


def newest_edit(viewer: Viewer) -> int:
    """What a reader has seen who looks at the demand plan now.

    Inputs: a viewer with plan.read.
    Returns: the id of the newest edit, 0 before the first.
    Raises: NotAllowed.
    Source: docs/demand-plan.md, compare and set.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return rows.newest(session)


def _worked(session: Session, plan: DemandPlan, change: Change) -> Worked:
    wanted = checked(change)
    held = rows.held(session, stream=wanted.stream, months=wanted.months)
    return worked_out(plan, wanted, selected(plan, wanted, held=held), whole_units=rows.whole_units(session))


def _fallback(worked: Worked) -> str | None:
    if not worked.fallback:
        return None
    return counted(
        "In %(months)s nothing weighs anything: the total is split into equal parts.",
        "In %(months)s nothing weighs anything: the totals are split into equal parts.",
        len(worked.fallback),
        months=", ".join(f"{month:%Y-%m}" for month in worked.fallback),
    )
