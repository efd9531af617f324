"""How an edit of the demand plan is written: who may, that nobody was overtaken, the ledger, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import EMPTY, _, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.queries import demand_edits as rows
from data.queries.demand_edits import EditCells
from data.queries.settings import bump
from models.base import Json
from services.audit import record
from services.consensus import require_unlocked
from services.demand_cells import Worked
from services.demand_plan import DECIDED, LEAF, STREAMS, DemandPlan
from services.demand_rules import demand_rules
from services.form_values import sentence, shown_quantity

SUBJECT = "demand_plan"
"""Whose data version counts edits."""
LONGEST_REASON = 500
RIGHTS = {name: Permission.DEMAND_EDIT if name == DECIDED else Permission(f"stream.{name}") for name in STREAMS}


@dataclass(frozen=True, slots=True)
class Applied:
    """An edit as it was written; totals are those of its cells in the stream's layer of the plan, units."""

    edit_id: int
    cells: int
    before_total: float
    after_total: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What goes with the figures of an edit: whose stream, its columns of demand_edit in ``head``, why, until when, and
    the newest edit its author had seen."""

    stream: str
    head: Json
    reason: str | None = None
    expires_on: date | None = None
    seen: int = 0


def require_stream(viewer: Viewer, stream: object) -> None:
    """Stop who may not change the figures of a stream.

    Inputs: the viewer; the stream as it was asked for.
    Returns: nothing.
    Raises: InvalidInput for what is no stream; NotAllowed.
    Source: core.permissions.
    """
    if not isinstance(stream, str) or stream not in RIGHTS:
        raise InvalidInput(_("Choose whose figures you want to change."))
    require(viewer, RIGHTS[stream])


def keep(session: Session, viewer: Viewer, plan: DemandPlan, worked: Worked, wish: Wish) -> Applied:
    """Write what was worked out, all of it or nothing.

    Inputs: the open session of the edit, which holds the lock of edits; who edits; the plan of now; what was worked out
        on it, and what goes with it.
    Returns: Applied.
    Raises: InvalidInput when nothing changes, a reason or last day is missing, or the last day is over; Conflict when
        somebody else has changed a cell since ``seen``.
    Source: docs/demand-plan.md, compare and set.
    """
    reason = _explained(session, worked, wish)
    cells = _cells(worked)
    overtaken = rows.others(session, cells, stream=wish.stream, seen=wish.seen, user_id=viewer.user_id)
    if overtaken is not None:
        raise Conflict(_changed_by(overtaken))
    before, after = (float(layer[worked.touched].sum()) for layer in (worked.chosen.before, worked.after))
    head = {"rule": "none", "value": None, **wish.head, "reason": reason, "expires_on": wish.expires_on}
    return write(session, viewer, plan, cells, stream=wish.stream, before_total=before, after_total=after, **head)


def write(
    session: Session, viewer: Viewer, plan: DemandPlan, cells: EditCells, *, stream: str, **head: object
) -> Applied:
    """Write the figures of a stream with their entry in the ledger.

    Inputs: the open session of the edit, which holds the lock of edits; who edits; the plan of now; the cells; whose
        figures they are; the other columns of demand_edit.
    Returns: Applied.
    Raises: nothing of its own.
    Source: product.md, promise 5.
    """
    _spread(session, plan, stream, cells)
    found = enter(session, viewer, cells, stream=stream, **head)
    rows.let_stand(session, found.edit_id)
    return found


def enter(session: Session, viewer: Viewer, cells: EditCells, **head: object) -> Applied:
    """Put an edit into the ledger, and tell the readers of the plan. The figures themselves are the caller's to write.

    Inputs: the open session of the edit; who edits; its cells; columns of demand_edit.
    Returns: Applied.
    Raises: Conflict while the consensus of the running cycle is locked.
    Source: product.md, promise 5.
    """
    require_unlocked(session)
    count, before, after = len(cells.periods), float(str(head["before_total"])), float(str(head["after_total"]))
    edit_id = rows.add(session, cells=count, created_by=viewer.user_id, **head)
    rows.add_cells(session, edit_id, cells, stream=str(head["stream"]))
    record(
        session,
        viewer,
        f"demand_plan.{head['mode']}",
        subject="demand_edit",
        subject_id=edit_id,
        before={"total": before},
        after={"stream": head["stream"], "scope": head["scope"], "cells": count, "total": after},
        reason=None if head.get("reason") is None else str(head["reason"]),
    )
    bump(session, SUBJECT)
    return Applied(edit_id, count, before, after)


def listed(figures: FloatArray) -> list[float | None]:
    """Figures as they are stored.

    Inputs: (cells,), NaN for none.
    Returns: None for NaN.
    Raises: nothing.
    Source: none; ours.
    """
    found: list[float | None] = pd.Series(figures).astype(object).where(~np.isnan(figures), None).tolist()
    return found


def _explained(session: Session, worked: Worked, wish: Wish) -> str | None:
    """The reason, where one is given; with the last day it is asked for as the rules say."""
    rules, reason = demand_rules(session), (wish.reason or "").strip()
    if rules.need_reason(*worked.size) and not reason:
        raise InvalidInput(_("A change of this size needs a reason: write a few words."))
    if rules.need_expiry(*worked.size) and wish.expires_on is None:
        raise InvalidInput(_("A change of this size needs a last day: say until when it counts."))
    if wish.expires_on is not None and wish.expires_on < today():
        raise InvalidInput(_("It counts until a day that is over: choose today or later."))
    return sentence(reason, name=_("Reason"), longest=LONGEST_REASON) if reason else None


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
        before=listed(chosen.figure[row, at]),
        after=listed(worked.stated[row, at]),
        consensus=chosen.consensus[row, at].tolist(),
    )


def _spread(session: Session, plan: DemandPlan, stream: str, cells: EditCells) -> None:
    """Where the stream has one figure for all channels, it becomes one of each, so that the other channels of a cell
    keep theirs when it changes."""
    whole = rows.for_all_channels(session, stream=stream, cells=cells)
    if whole.empty:
        return
    base = plan.base
    items = base.leaves[LEAF].assign(row=np.arange(len(base.leaves)))
    found = whole.merge(items, on=LEAF[:2])
    at = pd.Index(base.months).get_indexer(pd.Index(found["period"]))
    figures = plan.streams[stream].dense(plan.consensus.shape)[found["row"].to_numpy(), at]
    rows.spread(session, found.assign(quantity=figures))


def _changed_by(found: rows.Overtaken) -> str:
    """Who changed what, for the person that came second."""
    return _(
        "%(who)s has changed %(product)s, %(location)s, %(channel)s, %(month)s from %(before)s to %(after)s at "
        "%(when)s. Look at the new figures and decide again.",
        who=found.author or _("Somebody"),
        product=found.product,
        location=found.location,
        channel=found.channel,
        month=f"{found.period:%Y-%m}",
        before=EMPTY if found.before is None else shown_quantity(found.before),
        after=EMPTY if found.after is None else shown_quantity(found.after),
        when=moment(found.created_at),
    )
