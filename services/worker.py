"""Runs jobs: takes ids from the queue, calls the use case, keeps the job row true."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import structlog
from procrastinate import App

from core.clock import now
from core.errors import AppError, JobCancelled, JobFailed, UserError
from core.viewer import Viewer
from data.db import session_scope
from data.queries import jobs
from data.queue import queue_connector
from models.base import Json
from services import (
    api_access,
    cycle_reminders,
    document_requests,
    drop_folder,
    forecast_file,
    import_cleanup,
    import_history,
    mail_chores,
    partner_messages,
    reservations,
    stock_trend,
    supplier_capacity,
    webhook_sending,
)
from services.accounts import operator, viewer_of_user
from services.jobs import Report

Work = Callable[[Viewer, Json, Report], Json]

# Where each kind of job is done. Named, not imported: only the worker loads the heavy libraries.
KINDS = {
    "file_forecast": "services.forecast_file_work:forecast_upload",
    "forecast": "services.forecast_work:run_forecast",
    "forecast_part": "services.forecast_work:help_forecast",
    "import_check": "services.import_work:check_import",
    "import_commit": "services.import_work:commit_import",
    "import_dropped": "services.drop_folder:import_dropped",
    "import_undo": "services.import_work:undo_import",
    "inventory": "services.inventory:recalculate_job",
}
MAXIMUM_ATTEMPTS = 3
PROGRESS_EVERY_SECONDS = 0.4
HEARTBEAT_SECONDS = 5
STALLED_AFTER_SECONDS = 20
EXPIRY_EVERY_SECONDS = 3600
LOOK_EVERY_SECONDS = 10
HOLDS_EVERY_SECONDS = 60
REMIND_EVERY_SECONDS = 3600

log = structlog.get_logger()


def build_app() -> App:
    """The procrastinate app of this process.

    Inputs: none.
    Returns: an app with the one task ``run_job``.
    Raises: ConfigurationError without a database.
    Source: docs/adr/0003-jobs.md.
    """
    app = App(connector=queue_connector())

    @app.task(name="run_job", queue="jobs")
    def run_queued(job_id: str) -> None:
        run_job(UUID(job_id))

    return app


async def work(*, concurrency: int) -> None:
    """Take jobs until told to stop (SIGINT or SIGTERM).

    Inputs: how many jobs at once.
    Returns: nothing.
    Raises: connection errors when the database stays away.
    Source: docs/adr/0003-jobs.md.
    """
    app = build_app()
    async with app.open_async():
        chores = [asyncio.create_task(_again(seconds, chore)) for seconds, chore in _housekeeping()]
        chores.append(asyncio.create_task(_rescue_stalled(app)))
        try:
            await app.run_worker_async(
                queues=["jobs"],
                concurrency=concurrency,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_AFTER_SECONDS,
                shutdown_graceful_timeout=5,
                delete_jobs="successful",
            )
        finally:
            for chore in chores:
                chore.cancel()


def run_job(job_id: UUID) -> None:
    """Do one job and write down how it ended.

    Inputs: the id of the job row.
    Returns: nothing; the row tells.
    Raises: nothing: a fault of the work becomes the job's error.
    Source: docs/adr/0003-jobs.md.
    """
    housekeeper = operator()
    with session_scope(housekeeper) as session:
        found = jobs.begin(session, job_id=job_id, at=now())
    if found is None:
        return
    state, result, error = _outcome(found.kind, found.args, found.owner_id, found.attempts, job_id)
    with session_scope(housekeeper) as session:
        jobs.finish(session, job_id=job_id, at=now(), state=state, result=result, error=error)
    log.info("job ended", job=str(job_id), kind=found.kind, state=state)


def _outcome(
    kind: str, args: Json, owner_id: int | None, attempts: int, job_id: UUID
) -> tuple[str, Json | None, str | None]:
    viewer = operator() if owner_id is None else viewer_of_user(owner_id)
    if viewer is None:
        return "failed", None, "The account that asked for this work is no longer active."
    if attempts > MAXIMUM_ATTEMPTS:
        return "failed", None, f"Given up: the worker died {MAXIMUM_ATTEMPTS} times doing this."
    try:
        return "done", _work(kind)(viewer, args, reporter(job_id)), None
    except JobCancelled:
        return "cancelled", None, None
    except (UserError, JobFailed) as failure:
        return "failed", None, str(failure)
    except Exception:
        reference = uuid4().hex[:8].upper()
        log.exception("job failed", job=str(job_id), kind=kind, reference=reference)
        return "failed", None, f"Something went wrong (reference {reference})."


def _work(kind: str) -> Work:
    module, _, name = KINDS[kind].partition(":")
    work: Work = getattr(importlib.import_module(module), name)
    return work


def reporter(job_id: UUID) -> Report:
    """A function by which work tells how far it is, and learns that it shall stop.

    Inputs: the id of the job row.
    Returns: ``report(fraction, message)``; it raises JobCancelled once the owner wants the job stopped.
    Raises: nothing itself.
    Source: product.md, promise 4.
    """
    housekeeper = operator()
    last = 0.0

    def report(fraction: float, message: str) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_EVERY_SECONDS:
            return
        last = time.monotonic()
        with session_scope(housekeeper) as session:
            stop = jobs.save_progress(session, job_id=job_id, fraction=min(max(fraction, 0.0), 1.0), message=message)
        if stop:
            raise JobCancelled

    return report


async def _rescue_stalled(app: App) -> None:
    """Give the jobs of a killed worker back to the queue."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job of a dead worker goes back to the queue", queue_job=stalled.id)
            await app.job_manager.retry_job(stalled)


async def _again(seconds: float, work: Callable[[], object]) -> None:
    """Do it again and again; what goes wrong once is told, and tried again."""
    told = ""
    while True:
        try:
            await asyncio.to_thread(work)
            told = ""
        except (AppError, OSError) as error:
            if str(error) != told:
                told = str(error)
                log.error("housekeeping failed", reason=told)
        except Exception:
            log.exception("housekeeping failed")
        await asyncio.sleep(seconds)


def _housekeeping() -> tuple[tuple[float, Callable[[], object]], ...]:
    """What is done again and again beside the jobs, and after how many seconds."""
    return (
        (EXPIRY_EVERY_SECONDS, _remove_expired_files),
        (EXPIRY_EVERY_SECONDS, _drop_abandoned_rows),
        (EXPIRY_EVERY_SECONDS, _forget_requests),
        (LOOK_EVERY_SECONDS, drop_folder.Watch().look),
        (EXPIRY_EVERY_SECONDS, _remember_stock),
        (HOLDS_EVERY_SECONDS, _expire_holds),
        (REMIND_EVERY_SECONDS, _remind_owners),
        (REMIND_EVERY_SECONDS, supplier_capacity.apply_due_lead_times),
        (LOOK_EVERY_SECONDS, mail_chores.look),
        (REMIND_EVERY_SECONDS, mail_chores.daily),
        (LOOK_EVERY_SECONDS, webhook_sending.look),
        (HOLDS_EVERY_SECONDS, _tell_of_messages),
        (REMIND_EVERY_SECONDS, document_requests.remind),
    )


def _remove_expired_files() -> None:
    """Uploads and files forecast beside the plan go when their time is over, whether somebody looks or not."""
    removed = forecast_file.remove_expired()
    if removed:
        log.info("files of forecasts beside the plan deleted", count=removed)
    uploads = import_history.remove_expired()
    if uploads:
        log.info("old uploads deleted", count=uploads)


def _remember_stock() -> None:
    if stock_trend.remember_today(operator()):
        log.info("statuses of the stock stored for today")


def _drop_abandoned_rows() -> None:
    dropped = import_cleanup.drop_abandoned()
    if dropped:
        log.info("rows of files that were never committed dropped", files=dropped)


def _tell_of_messages() -> None:
    partner_messages.tell_inside(operator())


def _forget_requests() -> None:
    gone = api_access.remove_expired()
    if gone:
        log.info("expired tokens and old requests of the API removed", count=gone)


def _remind_owners() -> None:
    told = cycle_reminders.remind()
    if told:
        log.info("owners of steps reminded", people=told)


def _expire_holds() -> None:
    ended = reservations.expire_holds()
    if ended:
        log.info("holds of stock ended", count=ended)
