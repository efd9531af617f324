"""All jobs, and the state of the parts that do them."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import EMPTY, _, moment, number
from core.identity import viewer
from core.ids import PageIds
from services import health, jobs
from services.jobs import JobView

SHOWN_JOBS = 200


class Ids(PageIds):
    jobs: str
    tick: str
    refresh: str
    cancel: str
    outcome: str
    worker: str
    worker_note: str
    database: str
    database_note: str
    waiting: str


@callback(
    Output(Ids.jobs, "rowData"),
    Output(Ids.tick, "disabled"),
    Output(Ids.worker, "children"),
    Output(Ids.worker_note, "children"),
    Output(Ids.database, "children"),
    Output(Ids.database_note, "children"),
    Output(Ids.waiting, "children"),
    Input(Ids.tick, "n_intervals"),
    Input(Ids.refresh, "n_clicks"),
)
def show_jobs(_ticks: object, _clicks: object) -> tuple[Any, ...]:
    found = jobs.newest_jobs(viewer(), everybody=True, limit=SHOWN_JOBS)
    return [job_row(job) for job in found], not any(job.active for job in found), *parts_texts()


@callback(Output(Ids.cancel, "disabled"), Input(Ids.jobs, "selectedRows"), prevent_initial_call=True)
def show_choice(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or not row.get("active")


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.jobs, "selectedRows"),
    Output(Ids.tick, "disabled", allow_duplicate=True),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.jobs, "selectedRows"),
    prevent_initial_call=True,
)
def cancel_job(_clicks: object, selected: object) -> tuple[str, list[Any], bool]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select a job first."))
    job = jobs.cancel(viewer(), jobs.job_id_of(row.get("id")))
    told = _("The job stops at its next step.") if job.active else _("The job has ended.")
    return told, [], False


def parts_texts() -> tuple[str, ...]:
    """State and detail of the worker, the same of the database, and how many jobs wait."""
    found = health.state_of_parts(viewer())
    return (
        _("Working") if found.worker_alive else _("No sign of life"),
        _("last heard of at %(moment)s UTC", moment=moment(found.worker_seen_at)) if found.worker_seen_at else EMPTY,
        _("Answering"),
        _(
            "PostgreSQL %(version)s · %(size)s MB · up since %(moment)s UTC",
            version=found.database_version.split()[0],
            size=number(found.database_bytes / 1024 / 1024),
            moment=moment(found.database_started_at),
        ),
        _(
            "%(queued)s waiting, %(running)s running",
            queued=found.jobs.get("queued", 0),
            running=found.jobs.get("running", 0),
        ),
    )


def job_row(job: JobView) -> dict[str, Any]:
    """One job as a grid row."""
    return {
        "id": str(job.id),
        "kind": job.kind.replace("_", " ").capitalize(),
        "owner": job.owner,
        "state": jobs.state_name(job),
        "active": job.active,
        "progress": job.progress,
        "message": job.error or job.message or EMPTY,
        "created": moment(job.created_at),
        "finished": moment(job.finished_at),
    }
