"""The work on a forecast run, done by workers or the command line; web processes never load it.

One job leads a run: it plans it, works on its blocks like everybody else, and ends it when all are done. Other jobs
help, as many as there are workers free for them; each takes one block. The leader needs none of them, and nobody sees
results before the run is done. A run whose leader died goes on with the blocks that are not done yet.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, JobCancelled, JobFailed, NotFound, UserError
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import forecast_blocks as blocks
from data.queries import forecast_series, jobs
from data.queries import forecasts as rows
from data.queries.settings import bump, version
from models.base import Json
from services.audit import record
from services.forecast_blocks import NO_TIMEOUT, Tell, forecast_next, worker_name
from services.forecast_plan import plan, settings_now
from services.forecasts import demand_window
from services.jobs import Report

PART_KIND = "forecast_part"
MOST_PARTS = 64
# Imports and whatever else somebody waits for go first.
PART_PRIORITY = -1
LOOK_EVERY_SECONDS = 0.3
# A run at the command line has no job that tells when it was killed.
COMMAND_GIVEN_UP_AFTER = timedelta(days=1)


def run_forecast(viewer: Viewer, args: Json, report: Report) -> Json:
    """Forecast every series of a run, and make the results visible at once when all are there.

    Inputs: a viewer with forecast.run, ``run_id``, and a progress function.
    Returns: run_id and the account: series, how many of them were calculated and copied, WMAPE beside seasonal naive,
        products without history (count, examples), retired products.
    Raises: NotAllowed; NotFound; Conflict when the run has ended otherwise; JobCancelled from ``report``, and then
        nothing of the run is left; JobFailed when there is nothing to forecast.
    Source: product.md, promise 4; docs/adr/0003-jobs.md.
    """
    require(viewer, Permission.FORECAST_RUN)
    run_id = int(args["run_id"])
    report(0, _("Looking for what has changed"))
    try:
        if not _taken(viewer, run_id):  # the worker before died between its last step and telling of it
            return _account(viewer, run_id)
        _lead(viewer, run_id, report)
        return _finish(viewer, run_id)
    except (JobCancelled, KeyboardInterrupt):
        _withdraw(viewer, run_id, "cancelled")
        raise
    except (Conflict, NotFound):
        raise
    except BaseException as error:
        told = isinstance(error, (UserError, JobFailed))  # of anything else the reference of the job tells
        _withdraw(viewer, run_id, "failed", reason=str(error) if told else "")
        raise


def help_forecast(viewer: Viewer, args: Json, report: Report) -> Json:
    """Work on one block of a run, if there is one that nobody works on.

    Inputs: a viewer with forecast.run, ``run_id``, and a progress function.
    Returns: run_id and whether there was one.
    Raises: NotAllowed; JobCancelled when the run has ended.
    Source: docs/adr/0003-jobs.md.
    """
    require(viewer, Permission.FORECAST_RUN)
    run_id = int(args["run_id"])

    def tell(done: int, total: int) -> None:
        report(done / total, _told(done, total))

    return {"run_id": run_id, "helped": forecast_next(viewer, run_id, tell)}


def _taken(viewer: Viewer, run_id: int) -> bool:
    """Take the lead of the run; False when it is done already. What was done with the same data and code stays."""
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        run = rows.locked_run(session, run_id)
        if run is None:
            raise NotFound(_("There is no such forecast."))
        if run.state == "done":
            return False
        if run.state != "running":
            raise Conflict(_("This forecast has ended. Start a new one."))
        _clear_abandoned(session)
        if _may_go_on(session, run):
            _log(session, run_id, "resumed", worker=worker_name())
        else:
            _begin(session, run)
        began = now().isoformat()
        progress = (rows.stored_run(session, run_id) or run).progress | {"began_at": began}
        rows.change_run(session, run_id, attempt=run.attempt + 1, progress=progress)
        _call_helpers(session, viewer, run_id)
    return True


def _may_go_on(session: Session, run: Any) -> bool:
    """Whether it was begun, and would be the same if it were begun now."""
    if "series" not in run.progress or run.data_version != _data_version(session):
        return False
    _since, first_period = demand_window(session, run.frequency)
    return bool(run.first_period == first_period and run.parameters == settings_now(session, run))


def _begin(session: Session, run: Any) -> None:
    known = _data_version(session)
    _since, first_period = demand_window(session, run.frequency)
    parameters = settings_now(session, run)
    rows.change_run(session, run.id, parameters=parameters, first_period=first_period, data_version=known)
    began = "changed" if "series" in run.progress else "started"
    _log(session, run.id, began, worker=worker_name(), data_version=known)
    planned = plan(session, rows.stored_run(session, run.id))
    if planned.copied:
        _log(session, run.id, "copied", series=planned.copied, source=planned.source)
    _log(session, run.id, "planned", series=planned.series - planned.copied, blocks=planned.blocks)


def _call_helpers(session: Session, viewer: Viewer, run_id: int) -> None:
    """A job for every open block but the one that the leader takes; who finds none to do ends at once."""
    left = blocks.open_count(session, run_id)
    for part in range(1, min(left, MOST_PARTS + 1)):
        jobs.enqueue(
            session,
            job_id=uuid4(),
            kind=PART_KIND,
            args={"run_id": run_id, "part": part},
            owner_id=viewer.user_id,
            idem_key=f"run {run_id} part {part}",
            priority=PART_PRIORITY,
        )


def _lead(viewer: Viewer, run_id: int, report: Report) -> None:
    """Work until no block is open; those that others have are waited for, and taken over should they die."""
    while True:
        done, total, still_open = _progress(viewer, run_id)
        tell = _teller(report, done, total)
        tell(0, 0)
        if not still_open:
            return
        if not forecast_next(viewer, run_id, tell):
            time.sleep(LOOK_EVERY_SECONDS)


def _teller(report: Report, done: int, total: int) -> Tell:
    """Tells the progress of a run in which so many series are done, from that of one more block."""

    def tell(ready: int, _of: int) -> None:
        so_far = min(done + ready, total)
        report(so_far / total, _told(so_far, total))

    return tell


def _progress(viewer: Viewer, run_id: int) -> tuple[int, int, int]:
    """Series that are there, all of them, and those of open blocks."""
    with session_scope(viewer) as session:
        run: Any = rows.stored_run(session, run_id)
        counts = blocks.series_counts(session, run_id)
        return run.progress["copied"] + counts.done, run.progress["series"], counts.open


def _finish(viewer: Viewer, run_id: int) -> Json:
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        run: Any = rows.locked_run(session, run_id)
        if run.state == "done":  # another worker, believed dead, was not
            return {"run_id": run_id, **run.summary}
        if run.state != "running":
            raise Conflict(_("This forecast has ended. Start a new one."))
        totals = forecast_series.totals(session, run_id)
        copied = run.progress["copied"]
        found = {"series": totals.series, "wmape": totals.wmape, "naive_wmape": totals.naive_wmape}
        counted = {"calculated": totals.series - copied, "copied": copied, "source": run.progress["source"]}
        summary = found | counted | run.progress["account"]
        speed = _speed(session, run)
        rows.change_run(
            session,
            run_id,
            state="done",
            series_count=totals.series,
            summary=summary,
            progress=run.progress | speed,
            finished_at=now(),
        )
        _log(session, run_id, "finished", series=totals.series, **speed)
        _release_helpers(session, run_id)
        record(session, viewer, "forecast.finish", subject="forecast_run", subject_id=run_id, after=summary)
        bump(session, "forecast")
    return {"run_id": run_id, **summary}


def _speed(session: Session, run: Any) -> Json:
    """How many series were forecast since the last leader began, and in what time."""
    began = datetime.fromisoformat(run.progress["began_at"])
    calculated = blocks.series_counts(session, run.id, since=began).done
    return {"calculated": int(calculated), "seconds": round((now() - began).total_seconds(), 2)}


def _account(viewer: Viewer, run_id: int) -> Json:
    with session_scope(viewer) as session:
        run: Any = rows.run(session, run_id)
        return {"run_id": run_id, **run.summary}


def _withdraw(viewer: Viewer, run_id: int, state: str, *, reason: str = "") -> None:
    """End the run without results, unless it has ended already."""
    with session_scope(viewer) as session:
        _release_helpers(session, run_id)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        run = rows.locked_run(session, run_id)
        if run is None or run.state != "running":
            return
        rows.change_run(session, run_id, state=state, finished_at=now())
        _log(session, run_id, state, **({"reason": reason} if reason else {}))
        _clear(session, run_id)
        record(session, viewer, f"forecast.{state}", subject="forecast_run", subject_id=run_id)


def _clear_abandoned(session: Session) -> None:
    """Runs that nobody will end: their job was cancelled before it began, or killed its workers."""
    for run in rows.abandoned_runs(session, without_job_since=now() - COMMAND_GIVEN_UP_AFTER):
        rows.change_run(session, run.id, state=run.state, finished_at=now())
        _clear(session, run.id)


def _clear(session: Session, run_id: int) -> None:
    """Blocks first: that waits for whoever writes results just now, which are deleted with the others."""
    blocks.forget(session, run_id)
    rows.delete_results(session, run_id)


def _release_helpers(session: Session, run_id: int) -> None:
    jobs.stop(session, kind=PART_KIND, args={"run_id": run_id}, at=now())


def _log(session: Session, run_id: int, event: str, **values: Any) -> None:
    rows.log(session, run_id, {"at": now().isoformat(), "event": event, **values})


def _told(done: int, total: int) -> str:
    return _("%(done)s of %(total)s series", done=number(done), total=number(total))


def _data_version(session: Session) -> int:
    return int(version(session, "demand"))
