"""Edits of the demand plan at any level: looked at first, then written whole, with who, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import EMPTY, _, counted, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_edits as rows
from data.queries.demand_edits import EditCells
from data.queries.settings import bump
from models.base import Json
from services.audit import record
from services.cycle_lock import DEMAND, require_open
from services.demand_cells import Worked, parts, selected, worked_out
from services.demand_change import Change, Scope, checked
from services.demand_plan import DECIDED, LEAF, STREAMS, demand_plan
from services.demand_rules import demand_rules
from services.form_values import sentence, shown_quantity

__all__ = ["SUBJECT", "Applied", "Change", "Preview", "Scope", "apply", "newest_edit", "preview"]

SUBJECT = "demand_plan"
LONGEST_REASON = 500
RIGHTS = {name: Permission.DEMAND_EDIT if name == DECIDED else Permission(f"stream.{name}") for name in STREAMS}


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


@dataclass(frozen=True, slots=True)
class Applied:
    """An edit as it was written; totals are those of its cells in the stream's layer of the plan, units."""

    edit_id: int
    cells: int
    before_total: float
    after_total: float


def preview(viewer: Viewer, change: Change) -> Preview:
    """Look at what a change would do.

    Inputs: a viewer with the right of the stream, a change.
    Returns: Preview.
    Raises: NotAllowed; NotFound and InvalidInput as apply, for want of a reason excepted.
    Source: screens.md 2.
    """
    _require_stream(viewer, change.stream)
    with session_scope(viewer) as session:
        worked, rules = _worked(session, viewer, change), demand_rules(session)
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


def apply(viewer: Viewer, change: Change) -> Applied:
    """Write a change, all of it or nothing.

    Inputs: a viewer with the right of the stream; a change, its ``reason`` given where Preview needs one.
    Returns: Applied.
    Raises: NotAllowed; NotFound for a scope without leaves; InvalidInput that says what is wrong; Conflict when the
        step of the cycle is closed, or somebody else has changed one of the figures since ``seen``.
    Source: screens.md 2; compare and set: docs/demand-plan.md.
    """
    _require_stream(viewer, change.stream)
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        rows.lock(session)
        worked = _worked(session, viewer, change)
        reason, expires_on = _explained(session, change, worked)
        cells = _cells(worked)
        _require_unchanged(session, viewer, cells, stream=change.stream, seen=change.seen)
        head: Json = {"scope": change.scope.named, "mode": change.mode, "rule": change.rule, "value": change.value}
        before, after = (float(layer[worked.touched].sum()) for layer in (worked.chosen.before, worked.after))
        head |= {"reason": reason, "expires_on": expires_on, "before_total": before, "after_total": after}
        return write(session, viewer, cells, stream=change.stream, source="grid", **head)


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


def write(session: Session, viewer: Viewer, cells: EditCells, *, stream: str, **head: Any) -> Applied:
    """Keep an edit and its cells, and tell the readers of the plan.

    Inputs: the open session of the edit, which holds the lock of edits; who edits; the cells; columns of demand_edit.
    Returns: Applied.
    Raises: nothing of its own.
    Source: product.md, promise 5.
    """
    count, before, after = len(cells.periods), head["before_total"], head["after_total"]
    edit_id = rows.add(session, stream=stream, cells=count, created_by=viewer.user_id, **head)
    rows.write(session, edit_id, cells, stream=stream)
    record(
        session,
        viewer,
        f"demand_plan.{head['mode']}",
        subject="demand_edit",
        subject_id=edit_id,
        before={"total": before},
        after={"stream": stream, "scope": head["scope"], "cells": count, "total": after},
        reason=head.get("reason"),
    )
    bump(session, SUBJECT)
    return Applied(edit_id, count, before, after)


def _require_stream(viewer: Viewer, stream: object) -> None:
    if not isinstance(stream, str) or stream not in RIGHTS:
        raise InvalidInput(_("Choose whose figures you want to change."))
    require(viewer, RIGHTS[stream])


def _worked(session: Session, viewer: Viewer, change: Change) -> Worked:
    wanted = checked(change)
    held = rows.held(session, stream=wanted.stream, months=wanted.months)
    plan = demand_plan(session, viewer)
    return worked_out(plan, wanted, selected(plan, wanted, held=held), whole_units=rows.whole_units(session))


def _explained(session: Session, change: Change, worked: Worked) -> tuple[str | None, date | None]:
    """The reason and the last day, as the rules ask for them."""
    rules, reason, until = demand_rules(session), (change.reason or "").strip(), change.expires_on
    if rules.need_reason(*worked.size) and not reason:
        raise InvalidInput(_("A change of this size needs a reason: write a few words."))
    if rules.need_expiry(*worked.size) and until is None:
        raise InvalidInput(_("A change of this size needs a last day: say until when it counts."))
    if until is not None and until < today():
        raise InvalidInput(_("It counts until a day that is over: choose today or later."))
    return (sentence(reason, name=_("Reason"), longest=LONGEST_REASON) if reason else None), until


def _cells(worked: Worked) -> EditCells:
    chosen = worked.chosen
    row, at = np.nonzero(worked.touched)
    if not row.size:
        raise InvalidInput(_("This changes nothing: the figures are like that already."))
    products, locations, channels = chosen.leaves[LEAF].to_numpy()[row].T.tolist()
    return EditCells(
        products=products,
        locations=locations,
        channels=channels,
        periods=[chosen.months[place] for place in at],
        before=_listed(chosen.figure[row, at]),
        after=_listed(worked.stated[row, at]),
        consensus=worked.consensus[row, at].tolist(),
    )


def _listed(figures: FloatArray) -> list[float | None]:
    """None where there is none."""
    return pd.Series(figures).astype(object).where(~np.isnan(figures), None).tolist()


def _require_unchanged(session: Session, viewer: Viewer, cells: EditCells, *, stream: str, seen: int) -> None:
    found = rows.others(session, cells, stream=stream, seen=seen, user_id=viewer.user_id)
    if found is not None:
        raise Conflict(_changed_by(found))


def _changed_by(found: Row[Any]) -> str:
    """Who changed what, for the person that came second."""
    return _(
        "%(who)s has changed %(product)s, %(location)s, %(channel)s, %(month)s from %(before)s to %(after)s at "
        "%(when)s. Look at the new figures and decide again.",
        who=found.author or _("Somebody"),
        product=found.product,
        location=found.location,
        channel=found.channel,
        month=f"{found.period:%Y-%m}",
        before=shown_quantity(found.before) if found.before is not None else EMPTY,
        after=shown_quantity(found.after) if found.after is not None else EMPTY,
        when=moment(found.created_at),
    )


def _fallback(worked: Worked) -> str | None:
    if not worked.fallback:
        return None
    return counted(
        "In %(months)s nothing weighs anything: the total is split into equal parts.",
        "In %(months)s nothing weighs anything: the totals are split into equal parts.",
        len(worked.fallback),
        months=", ".join(f"{month:%Y-%m}" for month in worked.fallback),
    )
