"""Approving a forecast run as the statistical baseline that later forecasts are held against."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import forecasts as rows
from data.queries.settings import bump
from services.audit import record
from services.cycle_lock import DEMAND, require_open
from services.forecasts import RunView, found_run
from services.form_values import row_id, sentence

NOTE_LENGTH = 500


def approve(viewer: Viewer, run_id: object, *, note: object, seen: object) -> RunView:
    """Make a finished run the baseline of its months or weeks; the one before stays in the history.

    Inputs: a viewer with forecast.approve; the run; note: needed where reservations() has any; seen: the baseline that
        the viewer saw, 0 or None for none.
    Returns: the run as it is now.
    Raises: NotAllowed; NotFound; InvalidInput for a run without results and for a note that is missing or too long;
        Conflict when another run has become the baseline meanwhile, or this one has already, or the step Demand of the
        cycle is closed.
    Source: issue 3; product.md, promise 5.
    """
    require(viewer, Permission.FORECAST_APPROVE)
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        rows.lock_starts(session)
        run = found_run(session, run_id)
        if run.state != "done":
            raise InvalidInput(_("Only a finished forecast can be approved."))
        before = _require_as_seen(session, run, seen)
        said = _note(run, note)
        rows.change_run(session, run.id, approved_at=now(), approved_by=viewer.user_id, approval_note=said)
        record(
            session,
            viewer,
            "forecast.approve",
            subject="forecast_run",
            subject_id=run.id,
            before={"baseline": before},
            after={"baseline": run.id},
            reason=said,
        )
        bump(session, "forecast")
        return found_run(session, run.id)


def baseline(viewer: Viewer, frequency: str) -> RunView | None:
    """The approved run of a frequency.

    Inputs: a viewer with forecast.read; "month" or "week".
    Returns: the run approved last; None before the first approval.
    Raises: NotAllowed.
    Source: issue 3.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        found = rows.approved_run(session, frequency)
        return None if found is None else found_run(session, found.id)


def reservations(run: RunView) -> list[str]:
    """What speaks against a run as the baseline, so that whoever approves it all the same has to say why.

    Inputs: the run.
    Returns: sentences.
    Raises: nothing.
    Source: issue 3.
    """
    return list(_reservations(run))


def _reservations(run: RunView) -> Iterator[str]:
    if run.outdated:
        yield _("Demand has changed since it was calculated.")
    if run.scope.as_json():
        yield _("It does not cover all products and locations.")


def _require_as_seen(session: Session, run: RunView, seen: object) -> int | None:
    found = rows.approved_run(session, run.frequency)
    current = 0 if found is None else int(found.id)
    if current == run.id:
        raise Conflict(_("Forecast #%(id)s is the baseline already.", id=run.id))
    if current != row_id(seen):
        raise Conflict(
            _("Meanwhile forecast #%(id)s has become the baseline. Look at it and decide again.", id=current)
        )
    return current or None


def _note(run: RunView, note: object) -> str | None:
    if isinstance(note, str) and note.strip():
        return sentence(note, name=_("Note"), longest=NOTE_LENGTH)
    found = reservations(run)
    if found:
        raise InvalidInput(_("Write why it is approved all the same: %(reservations)s", reservations=" ".join(found)))
    return None
