"""Forecast runs as planners see them: what can be asked for, starting one, what became of them.

Results are in services.forecast_series; the calculation is in services.forecast_work, which only workers and the
command line load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from analytics.forecasting.panel import Frequency
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand, sales
from data.queries import forecasts as rows
from data.queries.settings import version
from models.base import Json
from services import jobs
from services.audit import record
from services.forecast_periods import first_open_period, history_start, shifted
from services.forecast_request import Mode, RunRequest
from services.forecast_scope import LIFE_CYCLES, Scope, selected
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS

JOB_KIND = "forecast"
DEEPEST_ROW = 1_000_000
SHOWN: Mapping[str, dict[str, Any]] = {"done": {"state": "done"}, "approved": {"approved": True}}


@dataclass(frozen=True, slots=True)
class Started:
    """A run and the job that works on it."""

    run_id: int
    job_id: UUID


@dataclass(frozen=True, slots=True)
class RunView:
    """A run. ``data_until`` is the last day it knew, ``outdated`` tells that demand has changed since.

    ``baseline``: it is the approved one of its frequency; one that was, and has been followed by another, keeps
    ``approved_at``. ``parameters`` are all the settings it was calculated with.
    """

    id: int
    job_id: UUID | None
    frequency: Frequency
    first_period: date
    horizon: int
    scope: Scope
    mode: Mode
    parameters: Json
    data_version: int
    state: str
    series_count: int
    summary: Json
    progress: Json
    author: str
    created_at: datetime
    finished_at: datetime | None
    outdated: bool
    baseline: bool
    approved_at: datetime | None
    approver: str | None
    approval_note: str | None

    @property
    def data_until(self) -> date:
        return self.first_period - timedelta(days=1)

    @property
    def last_period(self) -> date:
        return shifted(self.first_period, self.horizon - 1, frequency=self.frequency)

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it has not ended."""
        return None if self.finished_at is None else (self.finished_at - self.created_at).total_seconds()


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs and how many there are."""

    runs: list[RunView]
    total: int


@dataclass(frozen=True, slots=True)
class FormChoices:
    """What a run can be narrowed to: (category, family) pairs, (code, name) of locations, stages of a life cycle, and
    the last day with data, None without any."""

    groups: list[tuple[str, str]]
    locations: list[tuple[str, str]]
    life_cycles: tuple[str, ...]
    data_until: date | None

    @property
    def categories(self) -> list[str]:
        return sorted({category for category, _family in self.groups})

    def families(self, category: str = "") -> list[str]:
        """The product families of a category, or all of them."""
        return sorted({family for group, family in self.groups if category in ("", group)})


def start(
    viewer: Viewer, *, scope: Mapping[str, Any], frequency: object, horizon: object, **options: object
) -> Started:
    """Have the workers forecast what was chosen; the same asked for twice is the run already under way.

    Inputs: a viewer with forecast.run; scope: fields of Scope; frequency: "month" or "week"; horizon: periods ahead;
        options: the other fields of RunRequest.
    Returns: Started.
    Raises: NotAllowed; InvalidInput for a choice that does not exist or leaves nothing, for a horizon out of range,
        and while there is no whole period of demand.
    Source: product.md, promise 4.
    """
    require(viewer, Permission.FORECAST_RUN)
    request = RunRequest.of(scope=scope, frequency=frequency, horizon=horizon, options=options)
    with session_scope(viewer) as session:
        asked = _asked(session, request)
        rows.lock_starts(session)
        same = rows.same_run_under_way(session, asked=asked, created_by=viewer.user_id)
        if same is not None:
            return Started(same.id, same.job_id)
        run_id = rows.add_run(session, asked=asked, created_by=viewer.user_id)
        job_id = jobs.start(session, viewer, JOB_KIND, {"run_id": run_id}, idem_key=f"run {run_id}")
        rows.change_run(session, run_id, job_id=job_id)
        _record_start(session, viewer, run_id, asked)
    return Started(run_id, job_id)


def open_run(viewer: Viewer, *, scope: Mapping[str, Any], frequency: object, horizon: object, **options: object) -> int:
    """A run without a job, for the caller to do at once with services.forecast_work.run_forecast.

    Inputs: as start.
    Returns: the id of the run.
    Raises: as start.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_RUN)
    request = RunRequest.of(scope=scope, frequency=frequency, horizon=horizon, options=options)
    with session_scope(viewer) as session:
        asked = _asked(session, request)
        run_id = rows.add_run(session, asked=asked, created_by=viewer.user_id)
        _record_start(session, viewer, run_id, asked)
    return run_id


def form_choices(viewer: Viewer) -> FormChoices:
    """What the form of a run offers.

    Inputs: a viewer with forecast.read.
    Returns: FormChoices.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        places = [(code, name) for _id, code, name in demand.locations(session)]
        return FormChoices(demand.product_groups(session), places, LIFE_CYCLES, sales.last_day(session, until=today()))


def runs(viewer: Viewer, *, limit: int = 50, finished_only: bool = False) -> list[RunView]:
    """Runs, the newest first.

    Inputs: a viewer with forecast.read; how many; whether only those with results.
    Returns: RunView each.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        current = _data_version(session)
        found = rows.newest_runs(session, limit=limit, state="done" if finished_only else None)
        return [_view(row, current) for row in found]


def run_page(viewer: Viewer, *, first: int = 0, limit: int = 100, shown: str = "") -> RunPage:
    """Some runs of the list, the newest first.

    Inputs: a viewer with forecast.read; which rows; shown: "done" or "approved" for those only.
    Returns: RunPage.
    Raises: NotAllowed.
    Source: screens.md 22.
    """
    require(viewer, Permission.FORECAST_READ)
    narrowed: dict[str, Any] = SHOWN.get(shown, {})
    with session_scope(viewer) as session:
        current = _data_version(session)
        offset = min(max(first, 0), DEEPEST_ROW)
        found = rows.newest_runs(session, offset=offset, limit=min(limit, PAGE_ROWS), **narrowed)
        return RunPage([_view(row, current) for row in found], rows.run_count(session, **narrowed))


def run(viewer: Viewer, run_id: object) -> RunView:
    """One run, whatever became of it.

    Inputs: a viewer with forecast.read; the id.
    Returns: RunView.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        return found_run(session, run_id)


def found_run(session: Session, run_id: object) -> RunView:
    """The run in this session.

    Inputs: an open session; the id as a browser sent it.
    Returns: RunView.
    Raises: NotFound.
    Source: none; ours.
    """
    row = rows.run(session, row_id(run_id))
    if row is None:
        raise NotFound(_("There is no such forecast."))
    return _view(row, _data_version(session))


def demand_window(session: Session, frequency: Frequency) -> tuple[date, date]:
    """The whole periods of today's data that a forecast may use.

    Inputs: an open session; frequency.
    Returns: where they begin, and the first period after them.
    Raises: InvalidInput while there is no whole period.
    Source: ours.
    """
    first, last = sales.first_day(session), sales.last_day(session, until=today())
    if first is None or last is None:
        raise InvalidInput(_("There is no demand to forecast from. Import sales first."))
    first_period = first_open_period(last, frequency=frequency)
    since = history_start(first, first_period=first_period, frequency=frequency)
    if since >= first_period:
        known = {"first": day(first), "last": day(last)}
        if frequency == "month":
            raise InvalidInput(_("There is no whole month of demand: the data go from %(first)s to %(last)s.", **known))
        raise InvalidInput(_("There is no whole week of demand: the data go from %(first)s to %(last)s.", **known))
    return since, first_period


def _asked(session: Session, request: RunRequest) -> Json:
    """The columns of a new run."""
    selected(session, request.scope)
    return {
        "frequency": request.frequency,
        "first_period": demand_window(session, request.frequency)[1],
        "horizon": request.horizon,
        "scope": request.scope.as_json(),
        "mode": request.mode,
        "parameters": request.parameters(),
    }


def _record_start(session: Session, viewer: Viewer, run_id: int, asked: Json) -> None:
    after = asked | {"first_period": asked["first_period"].isoformat()}
    record(session, viewer, "forecast.start", subject="forecast_run", subject_id=run_id, after=after)


def _data_version(session: Session) -> int:
    return int(version(session, "demand"))


def _view(row: Any, data_version: int) -> RunView:
    stored = {name: getattr(row, name) for name in _AS_STORED}
    return RunView(
        **stored,
        scope=Scope.of(row.scope),
        author=row.author or _("Operator"),
        outdated=row.state == "done" and row.data_version != data_version,
        approver=(row.approver or _("Operator")) if row.approved_at else None,
    )


_AS_STORED = (
    *("id", "job_id", "frequency", "first_period", "horizon", "mode", "parameters", "data_version", "state"),
    *("series_count", "summary", "progress", "created_at", "finished_at", "baseline", "approved_at", "approval_note"),
)
