"""Edits of the demand plan taken back and put back; the ledger keeps both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, NotAllowed, NotFound
from core.i18n import _, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_edits as rows
from data.queries.demand_edits import EditCells
from services.cycle_lock import DEMAND, require_open
from services.demand_ledger import Applied, enter, listed, require_stream
from services.demand_plan import DemandPlan, demand_plan, places
from services.form_values import row_id

LAST_EDITS = 20
UNDO, IMPORT = "undo", "import"


def undo(viewer: Viewer, edit_id: object) -> Applied:
    """Take an edit back: its figures are what they were before it.

    Inputs: who made the edit, or a viewer with demand.edit, with the right of its stream; its id.
    Returns: Applied, of the edit that takes it back.
    Raises: NotAllowed; NotFound; Conflict when it is taken back already, its months are over, the step of the cycle is
        closed, or a later edit touched its cells.
    Source: screens.md 2.
    """
    return _turn(viewer, edit_id, back=True)


def redo(viewer: Viewer, edit_id: object) -> Applied:
    """Put an edit back that was taken back.

    Inputs: as undo.
    Returns: Applied, of the edit that puts it back.
    Raises: as undo; Conflict when it was not taken back.
    Source: screens.md 2.
    """
    return _turn(viewer, edit_id, back=False)


def undo_stack(viewer: Viewer) -> list[dict[str, Any]]:
    """What a person did last.

    Inputs: a viewer with plan.read.
    Returns: dictionaries of id, stream, scope, mode, value, source, reason, cells, before_total, after_total,
        created_at and ``undone`` (then it can be put back), at most LAST_EDITS, the newest first.
    Raises: NotAllowed.
    Source: screens.md 2.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = rows.made_by(session, viewer.user_id, limit=LAST_EDITS)
    shown = ("id", "stream", "scope", "mode", "value", "source", "reason", "cells", "before_total", "after_total")
    return [
        {**{name: getattr(row, name) for name in (*shown, "created_at")}, "undone": row.undone_at is not None}
        for row in found
    ]


def _turn(viewer: Viewer, edit_id: object, *, back: bool) -> Applied:
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        rows.lock(session)
        edit = _mine(session, viewer, row_id(edit_id))
        plan = demand_plan(session, viewer)
        frame = rows.cells_of(session, edit.id)
        _require_turnable(session, edit, frame, plan, back=back)
        cells = _cells(plan, frame, back=back)
        turned_back = None if back else rows.undone_by(session, edit.id)
        totals = (edit.after_total, edit.before_total) if back else (edit.before_total, edit.after_total)
        done = enter(
            session,
            viewer,
            cells,
            stream=edit.stream,
            scope=edit.scope,
            mode=UNDO,
            source=UNDO,
            undoes=edit.id if back else turned_back,
            before_total=totals[0],
            after_total=totals[1],
        )
        _write(session, viewer, edit.id, back=back)
        _mark(session, edit.id, turned_back, at=now() if back else None)
    return done


def _write(session: Session, viewer: Viewer, edit_id: int, *, back: bool) -> None:
    if back:
        rows.put_back(session, edit_id, user_id=viewer.user_id)
    else:
        rows.let_stand(session, edit_id)


def _mark(session: Session, edit_id: int, turned_back: int | None, *, at: datetime | None) -> None:
    rows.mark(session, edit_id, undone_at=at)
    if turned_back is not None:
        rows.mark(session, turned_back, undone_at=now())


def _mine(session: Session, viewer: Viewer, edit_id: int) -> Row[Any]:
    edit = rows.found(session, edit_id)
    if edit is None or edit.mode == UNDO:
        raise NotFound(_("There is no such edit."))
    if edit.source == IMPORT:
        raise Conflict(_("This edit came with a file: undo that import under Data › Import."))
    require_stream(viewer, edit.stream)
    if edit.created_by != viewer.user_id and not viewer.may(Permission.DEMAND_EDIT):
        raise NotAllowed(_("Somebody else made this edit: only they or a demand planner can take it back."))
    return edit


def _require_turnable(session: Session, edit: Row[Any], cells: pd.DataFrame, plan: DemandPlan, *, back: bool) -> None:
    if back and edit.undone_at is not None:
        raise Conflict(_("This edit has been taken back already."))
    if not back and edit.undone_at is None:
        raise Conflict(_("This edit stands: there is nothing to put back."))
    if not set(cells["period"]) <= set(plan.base.months):
        raise Conflict(_("Some months of this edit are no longer planned. Edit the months that are."))
    later = rows.later(session, edit.id, stream=edit.stream)
    if later is not None:
        raise Conflict(
            _(
                "%(who)s has changed some of these figures since, at %(when)s (edit %(id)s). Take that back first, or "
                "enter the figures anew.",
                who=later.author or _("Somebody"),
                when=moment(later.created_at),
                id=later.id,
            )
        )
    if rows.strayed(session, edit.id, stream=edit.stream, side="after" if back else "before"):
        raise Conflict(_("These figures are no longer as this edit knew them. Enter them anew."))


def _cells(plan: DemandPlan, found: pd.DataFrame, *, back: bool) -> EditCells:
    before, after = ("after", "before") if back else ("before", "after")
    row = places(plan.base.leaves, found)
    at = pd.Index(plan.base.months).get_indexer(pd.Index(found["period"]))
    known = plan.consensus[row, at] if len(plan.base.leaves) else found["consensus"].to_numpy(dtype=float)
    return EditCells(
        products=found["product_id"].tolist(),
        locations=found["location_id"].tolist(),
        channels=found["channel_id"].tolist(),
        periods=found["period"].tolist(),
        before=listed(found[before].to_numpy(dtype=float)),
        after=listed(found[after].to_numpy(dtype=float)),
        consensus=np.where(row >= 0, known, found["consensus"].to_numpy(dtype=float)).tolist(),
    )
