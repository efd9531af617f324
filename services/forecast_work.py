"""The calculation of a forecast run, done by a worker or the command line; web processes never load it.

Products are taken in the order of their ids, some hundred series at a time: each chunk is read, forecast and written
in a transaction of its own, so that memory stays flat and a run whose worker died goes on where it was. Nobody sees
results before the run is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Frequency, Panel, to_panel
from core.clock import now
from core.errors import Conflict, JobCancelled, JobFailed, NotFound
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand, forecast_series
from data.queries import forecasts as rows
from data.queries.settings import bump, version
from models.base import Json
from services.audit import record
from services.forecast_results import ORIGINS, series_name, series_rows, value_rows
from services.forecast_scope import Scope, selected
from services.forecasts import demand_window
from services.jobs import Report

CHUNK_SERIES = 500
NO_TIMEOUT = 0
# A run at the command line has no job that tells when it was killed.
COMMAND_GIVEN_UP_AFTER = timedelta(days=1)
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Task:
    """A run that this worker has; the history it may use goes from ``since`` to before ``first_period``."""

    run_id: int
    attempt: int
    scope: Scope
    frequency: Frequency
    since: date
    first_period: date
    horizon: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Products to forecast together; ``before`` counts the series of the run that come before them."""

    products: list[int]
    before: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to do of a run, and the account of what it leaves out."""

    chunks: list[Chunk]
    location_id: int | None
    series: int
    account: Json


def run_forecast(viewer: Viewer, args: Json, report: Report) -> Json:
    """Forecast every series of a run, and make the results visible at once when all are there.

    Inputs: a viewer with forecast.run, ``run_id``, and a progress function.
    Returns: run_id and the account: series, WMAPE beside seasonal naive, products without history (count, examples),
        retired products.
    Raises: NotAllowed; NotFound; Conflict when the run has ended otherwise; JobCancelled from ``report``, and then
        nothing of the run is left; JobFailed when there is nothing to forecast, or another worker has taken over.
    Source: product.md, promise 4; docs/adr/0003-jobs.md.
    """
    require(viewer, Permission.FORECAST_RUN)
    # The matrices are tiny: more threads only wait for each other, and made a run seven times as long.
    threadpool_limits(limits=1)
    task = _taken(viewer, int(args["run_id"]))
    if task is None:  # the worker before died between its last step and telling of it
        return _account(viewer, int(args["run_id"]))
    try:
        plan = _planned(viewer, task)
        for chunk in plan.chunks:
            _forecast(viewer, task, plan, chunk, report)
        return _finish(viewer, task, plan)
    except (JobCancelled, KeyboardInterrupt):
        _withdraw(viewer, task, "cancelled")
        raise
    except BaseException:
        _withdraw(viewer, task, "failed")
        raise


def _taken(viewer: Viewer, run_id: int) -> Task | None:
    """Take the run over; None when it is done already. What a dead worker wrote from the same data stays."""
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        run = rows.locked_run(session, run_id)
        if run is None:
            raise NotFound(_("There is no such forecast."))
        if run.state == "done":
            return None
        if run.state != "running":
            raise Conflict(_("This forecast has ended. Start a new one."))
        _clear_abandoned(session)
        current = int(version(session, "demand"))
        if current != run.data_version:
            rows.delete_results(session, run_id)
        since, first_period = demand_window(session, run.frequency)
        attempt = run.attempt + 1
        rows.change_run(session, run_id, attempt=attempt, data_version=current, first_period=first_period)
        return Task(run_id, attempt, Scope.of(run.scope), run.frequency, since, first_period, run.horizon)


def _clear_abandoned(session: Session) -> None:
    """Runs that nobody will end: their job was cancelled before it began, or killed its workers."""
    for run in rows.abandoned_runs(session, without_job_since=now() - COMMAND_GIVEN_UP_AFTER):
        rows.delete_results(session, run.id)
        rows.change_run(session, run.id, state=run.state, finished_at=now())


def _planned(viewer: Viewer, task: Task) -> Plan:
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        chosen = selected(session, task.scope)
        counts = demand.series_counts(
            session,
            products=chosen.products["product_id"].tolist(),
            location_id=chosen.location_id,
            since=task.since,
            before=task.first_period,
        )
        done = rows.last_product(session, task.run_id)
    if not counts:
        raise JobFailed(_("None of the products chosen has demand in a whole period."))
    return Plan(
        chunks=[chunk for chunk in _chunks(counts) if chunk.products[-1] > done],
        location_id=chosen.location_id,
        series=sum(counts.values()),
        account=_left_out(chosen.products, counts) | {"retired": chosen.retired},
    )


def _chunks(counts: dict[int, int]) -> Iterator[Chunk]:
    """Products of about CHUNK_SERIES series together, always cut alike for the same data."""
    placed, before = [], 0
    for product in sorted(counts):
        placed.append((before // CHUNK_SERIES, before, product))
        before += counts[product]
    for _number, members in groupby(placed, key=lambda place: place[0]):
        together = list(members)
        yield Chunk([product for _place, _before, product in together], together[0][1])


def _left_out(products: pd.DataFrame, counts: dict[int, int]) -> Json:
    """Materials are not sold; a finished product without history can't be forecast from it."""
    without = products[~products["product_id"].isin(list(counts)) & (products["kind"] == "finished")]
    return {"without_history": len(without), "without_history_examples": without["code"].head(EXAMPLES).tolist()}


def _forecast(viewer: Viewer, task: Task, plan: Plan, chunk: Chunk, report: Report) -> None:
    def tell(done: int, _total: int) -> None:
        ready = chunk.before + done
        shown = _("%(done)s of %(total)s series", done=number(ready), total=number(plan.series))
        report(ready / plan.series, shown)

    tell(0, 0)
    panel = _history(viewer, task, plan, chunk)
    if panel is None:  # what was there when the run began has been taken back meanwhile
        return
    result = forecast_panel(panel, horizon_periods=task.horizon, origins=ORIGINS, report=tell)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        _require_mine(session, task)
        rows.write_results(
            session,
            series=series_rows(task.run_id, panel, result, horizon=task.horizon),
            values=value_rows(task.run_id, result),
        )


def _history(viewer: Viewer, task: Task, plan: Plan, chunk: Chunk) -> Panel | None:
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        sums = demand.period_sums(
            session,
            products=chunk.products,
            location_id=plan.location_id,
            frequency=task.frequency,
            since=task.since,
            before=task.first_period,
        )
    if sums.empty:
        return None
    named = sums.assign(unique_id=series_name(sums["product_id"], sums["location_id"]))
    frame = named.rename(columns={"period": "ds", "quantity": "y"})
    return to_panel(frame, frequency=task.frequency, end=task.first_period - timedelta(days=1))


def _finish(viewer: Viewer, task: Task, plan: Plan) -> Json:
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        _require_mine(session, task)
        totals = forecast_series.totals(session, task.run_id)
        found = {"series": totals.series, "wmape": totals.wmape, "naive_wmape": totals.naive_wmape}
        summary = found | plan.account
        rows.change_run(
            session, task.run_id, state="done", series_count=totals.series, summary=summary, finished_at=now()
        )
        record(session, viewer, "forecast.finish", subject="forecast_run", subject_id=task.run_id, after=summary)
        bump(session, "forecast")
    return {"run_id": task.run_id, **summary}


def _account(viewer: Viewer, run_id: int) -> Json:
    with session_scope(viewer) as session:
        run: Any = rows.run(session, run_id)
        return {"run_id": run_id, **run.summary}


def _withdraw(viewer: Viewer, task: Task, state: str) -> None:
    """End the run without results, unless another worker has it now."""
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        if _is_mine(session, task):
            rows.delete_results(session, task.run_id)
            rows.change_run(session, task.run_id, state=state, finished_at=now())
            record(session, viewer, f"forecast.{state}", subject="forecast_run", subject_id=task.run_id)


def _require_mine(session: Session, task: Task) -> None:
    if not _is_mine(session, task):
        raise JobFailed(_("Another worker has taken over this forecast."))


def _is_mine(session: Session, task: Task) -> bool:
    run = rows.locked_run(session, task.run_id)
    return run is not None and run.state == "running" and run.attempt == task.attempt
