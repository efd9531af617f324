"""Following and cancelling a job (components/job_progress.py)."""

from __future__ import annotations

from typing import Any

from dash import MATCH, Input, Output, State, callback, no_update

from components.job_progress import HIDDEN, SHOWN, Ids, job_ended, job_id_of
from core.guard import requires
from core.i18n import _
from core.identity import viewer
from core.permissions import Permission
from services import jobs
from services.jobs import JobView


@callback(
    Output({"type": Ids.line, "index": MATCH}, "style"),
    Output({"type": Ids.bar, "index": MATCH}, "value"),
    Output({"type": Ids.message, "index": MATCH}, "children"),
    Output({"type": Ids.cancel, "index": MATCH}, "disabled"),
    Output({"type": Ids.tick, "index": MATCH}, "disabled"),
    Output(job_ended(MATCH), "data"),
    Input(job_id_of(MATCH), "data"),
    Input({"type": Ids.tick, "index": MATCH}, "n_intervals"),
    prevent_initial_call=True,
)
@requires(Permission.SIGNED_IN)
def show_progress(job_id: str | None, _ticks: int | None) -> tuple[Any, ...]:
    if not job_id:
        return HIDDEN, 0, "", True, True, no_update
    found = jobs.job(viewer(), jobs.job_id_of(job_id))
    if found.active:
        return SHOWN, found.progress * 100, progress_text(found), found.cancelling, False, no_update
    ended = {"id": str(found.id), "state": found.state, "error": found.error, "result": found.result}
    return (SHOWN if found.error else HIDDEN), found.progress * 100, ended_text(found), True, True, ended


@callback(
    Output({"type": Ids.cancel, "index": MATCH}, "children"),
    Input({"type": Ids.cancel, "index": MATCH}, "n_clicks"),
    State(job_id_of(MATCH), "data"),
    prevent_initial_call=True,
)
@requires(Permission.SIGNED_IN)
def cancel_job(_clicks: int | None, job_id: str | None) -> str:
    jobs.cancel(viewer(), jobs.job_id_of(job_id))
    return _("Cancel")


def progress_text(found: JobView) -> str:
    """Where a job under way is."""
    if found.state == "queued":
        return _("Waiting for a worker")
    if found.cancelling:
        return _("Stopping…")
    parts = [f"{found.progress:.0%}", found.message, _remaining(found.remaining_seconds)]
    return " · ".join(part for part in parts if part)


def ended_text(found: JobView) -> str:
    """How a job ended."""
    if found.state == "cancelled":
        return _("Cancelled. Nothing was changed.")
    return found.error or _("Done")


def _remaining(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return _("about %(count)s s left", count=max(1, round(seconds)))
    return _("about %(count)s min left", count=round(seconds / 60))
