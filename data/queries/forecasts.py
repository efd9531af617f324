"""Forecast runs: their rows, and the results that workers write for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Double,
    Select,
    Text,
    any_,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from data.copied_rows import copy_rows
from data.queries.jobs import ACTIVE
from data.rows import one_or_none
from models.base import Json
from models.operation import Job
from models.people import User
from models.planning import ForecastChannelValue, ForecastRun, ForecastSeries, ForecastValue

SERIES_COLUMNS = (
    "run_id, product_id, location_id, method, demand_class, volume, judged_volume, value, "
    "wmape, bias, mase, rmsse, coverage, tracking_signal, naive_wmape, naive_bias, naive_mase, naive_rmsse, "
    "why, components, fitted_from, fitted"
)
VALUE_COLUMNS = "run_id, product_id, location_id, period, q10, q50, q90"
CHANNEL_COLUMNS = "run_id, product_id, location_id, channel_id, period, q50"
_RESULTS: tuple[Any, ...] = (ForecastChannelValue, ForecastValue, ForecastSeries)


def lock_starts(session: Session) -> None:
    """Let only one run be begun or approved at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.forecast'))"))


def add_run(session: Session, *, asked: Json, created_by: int | None) -> int:
    """Store a run; ``asked`` are its frequency, first_period, horizon, scope, mode and parameters."""
    statement = insert(ForecastRun).values(**asked, created_by=created_by)
    return session.execute(statement.returning(ForecastRun.id)).scalar_one()


def change_run(session: Session, run_id: int, **values: Any) -> None:
    session.execute(update(ForecastRun).where(ForecastRun.id == run_id).values(**values))


def log(session: Session, run_id: int, line: Json) -> None:
    """Add a line to the log of a run."""
    lines = func.coalesce(ForecastRun.progress["log"], cast([], JSONB)).op("||")(cast([line], JSONB))
    longer = ForecastRun.progress.op("||")(func.jsonb_build_object("log", lines))
    session.execute(update(ForecastRun).where(ForecastRun.id == run_id).values(progress=longer))


def same_run_under_way(session: Session, *, asked: Json, created_by: int | None) -> Row[Any] | None:
    """``id`` and ``job_id`` of the person's run that does the very same and has not ended."""
    statement = (
        select(ForecastRun.id, ForecastRun.job_id)
        .join(Job, Job.id == ForecastRun.job_id)
        .where(
            ForecastRun.state == "running",
            Job.state.in_(ACTIVE),
            *_same(asked),
            ForecastRun.created_by == created_by,
        )
        .limit(1)
    )
    return one_or_none(session, statement)


def newest_done(session: Session, *, frequency: str, asked: Json) -> Row[Any] | None:
    """The newest finished run of a frequency that has all of these settings."""
    statement = _runs().where(ForecastRun.state == "done", ForecastRun.frequency == frequency, *_same(asked))
    return one_or_none(session, statement.order_by(ForecastRun.id.desc()).limit(1))


def largest_done(session: Session, *, frequency: str, series: int) -> Row[Any] | None:
    """The newest finished run of a frequency with at least so many series; else the one with the most."""
    covered = func.least(ForecastRun.series_count, series)
    statement = _runs().where(ForecastRun.state == "done", ForecastRun.frequency == frequency)
    return one_or_none(session, statement.order_by(covered.desc(), ForecastRun.id.desc()).limit(1))


def run(session: Session, run_id: int) -> Row[Any] | None:
    return one_or_none(session, _runs().where(ForecastRun.id == run_id))


def newest_runs(
    session: Session, *, limit: int, offset: int = 0, state: str | None = None, approved: bool = False
) -> list[Row[Any]]:
    """Runs, the newest first; only those in a state, only those that were approved."""
    statement = _runs().order_by(ForecastRun.id.desc()).offset(offset).limit(limit)
    return list(session.execute(_narrowed(statement, state, approved)))


def run_count(session: Session, *, state: str | None = None, approved: bool = False) -> int:
    counted = select(func.count()).select_from(ForecastRun)
    return session.scalar(_narrowed(counted, state, approved)) or 0


def approved_run(session: Session, frequency: str, before: datetime | None = None) -> Row[Any] | None:
    """The run that was approved last as the baseline of a frequency; ``before``: as it was before that moment."""
    statement = _runs().where(ForecastRun.frequency == frequency, ForecastRun.approved_at.is_not(None))
    if before is not None:
        statement = statement.where(ForecastRun.approved_at < before)
    return one_or_none(session, statement.order_by(ForecastRun.approved_at.desc(), ForecastRun.id.desc()).limit(1))


def speeds(session: Session, *, mode: str, frequency: str, limit: int) -> list[tuple[int, float]]:
    """Series forecast and seconds taken of the newest finished runs that forecast any."""
    series = cast(ForecastRun.progress["calculated"].astext, BigInteger)
    seconds = cast(ForecastRun.progress["seconds"].astext, Double)
    statement = (
        select(series, seconds)
        .where(
            ForecastRun.state == "done",
            ForecastRun.mode == mode,
            ForecastRun.frequency == frequency,
            series > 0,
            seconds > 0,
        )
        .order_by(ForecastRun.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def locked_run(session: Session, run_id: int) -> Row[Any] | None:
    """The run as it is stored, held until the transaction ends; results may be written meanwhile."""
    table = ForecastRun.__table__
    return one_or_none(session, select(table).where(table.c.id == run_id).with_for_update(key_share=True))


def stored_run(session: Session, run_id: int) -> Row[Any] | None:
    """The run as it is stored."""
    table = ForecastRun.__table__
    return one_or_none(session, select(table).where(table.c.id == run_id))


def series_keys(session: Session, run_id: int, products: Sequence[int]) -> set[tuple[int, int]]:
    """Product_id and location_id of the series of these products that have results."""
    found = ForecastSeries
    statement = select(found.product_id, found.location_id).where(found.run_id == run_id)
    return {(row[0], row[1]) for row in session.execute(statement.where(found.product_id == _any(products)))}


def class_counts(session: Session, run_id: int, products: Sequence[int] | None = None) -> dict[str, int]:
    """Series of a run by demand class; only those of some products."""
    statement = select(ForecastSeries.demand_class, func.count()).where(ForecastSeries.run_id == run_id)
    if products is not None:
        statement = statement.where(ForecastSeries.product_id == _any(products))
    return {row[0]: row[1] for row in session.execute(statement.group_by(ForecastSeries.demand_class))}


def write_results(
    session: Session,
    *,
    series: Iterable[Sequence[object]],
    values: Iterable[Sequence[object]],
    channels: Iterable[Sequence[object]] = (),
) -> None:
    """Add rows of SERIES_COLUMNS, VALUE_COLUMNS and CHANNEL_COLUMNS by COPY."""
    copy_rows(session, "forecast_series", SERIES_COLUMNS, series)
    copy_rows(session, "forecast_value", VALUE_COLUMNS, values)
    copy_rows(session, "forecast_channel_value", CHANNEL_COLUMNS, channels)


def copy_results(
    session: Session, *, source: int, run_id: int, series: Sequence[tuple[int, int, str]]
) -> set[tuple[int, int]]:
    """Take over from run ``source`` the results of those series whose digest is still the same; tells which.

    ``series`` are product_id, location_id and digest. ``why`` of a copy names the run it was calculated in.
    """
    wanted, found = _listed(series), aliased(ForecastSeries)
    unchanged = _same_series(found, wanted) & (found.why["digest"].astext == wanted.c.digest)
    origin = func.coalesce(found.why["run"], func.to_jsonb(found.run_id))
    given = {"run_id": literal(run_id), "why": found.why.op("||")(func.jsonb_build_object("run", origin))}
    _insert_from(session, found, given, select().where(found.run_id == source).join(wanted, unchanged))
    copied = aliased(ForecastSeries)
    for rows in (aliased(ForecastValue), aliased(ForecastChannelValue)):
        both = _same_series(rows, copied) & (copied.run_id == run_id)
        _insert_from(
            session, rows, {"run_id": literal(run_id)}, select().where(rows.run_id == source).join(copied, both)
        )
    keys = select(copied.product_id, copied.location_id).where(copied.run_id == run_id)
    return {(row[0], row[1]) for row in session.execute(keys)}


def delete_results(session: Session, run_id: int) -> None:
    for table in _RESULTS:
        session.execute(delete(table).where(table.run_id == run_id))


def abandoned_runs(session: Session, *, without_job_since: datetime) -> list[Row[Any]]:
    """``id`` and ``state`` of runs that nobody works on any more: their job ended without them, or they never had one
    (they ran at the command line) and began before ``without_job_since``."""
    statement = (
        select(ForecastRun.id, func.coalesce(Job.state, "failed").label("state"))
        .outerjoin(Job, Job.id == ForecastRun.job_id)
        .where(
            ForecastRun.state == "running",
            Job.state.in_(("failed", "cancelled"))
            | (ForecastRun.job_id.is_(None) & (ForecastRun.created_at < without_job_since)),
        )
    )
    return list(session.execute(statement))


def _runs() -> Any:
    """A run whose job ended before a worker took it, or that killed its workers, has ended with it.

    ``baseline`` tells that no run of the frequency was approved later.
    """
    ended_with_job = (ForecastRun.state == "running") & Job.state.in_(("failed", "cancelled"))
    stored = [column for column in ForecastRun.__table__.columns if column.name != "state"]
    approver, later = aliased(User), aliased(ForecastRun)
    superseded = select(later.id).where(
        later.frequency == ForecastRun.frequency, later.approved_at > ForecastRun.approved_at
    )
    return (
        select(
            *stored,
            case((ended_with_job, Job.state), else_=ForecastRun.state).label("state"),
            User.name.label("author"),
            approver.name.label("approver"),
            (ForecastRun.approved_at.is_not(None) & ~superseded.exists()).label("baseline"),
        )
        .outerjoin(Job, Job.id == ForecastRun.job_id)
        .outerjoin(User, User.id == ForecastRun.created_by)
        .outerjoin(approver, approver.id == ForecastRun.approved_by)
    )


def _narrowed(statement: Any, state: str | None, approved: bool) -> Any:
    found = statement if state is None else statement.where(ForecastRun.state == state)
    return found.where(ForecastRun.approved_at.is_not(None)) if approved else found


def _same(asked: Json) -> list[Any]:
    """The conditions under which a run has these settings; of parameters it may have more."""
    plain = [getattr(ForecastRun, name) == value for name, value in asked.items() if name != "parameters"]
    parameters = asked["parameters"].items()
    return [*plain, *(ForecastRun.parameters[name] == literal(value, JSONB) for name, value in parameters)]


def _insert_from(session: Session, rows: Any, given: Mapping[str, Any], chosen: Select[Any]) -> None:
    """The chosen rows once more, with some of their columns given."""
    table = inspect(rows).mapper.class_
    names = [found.name for found in table.__table__.columns]
    columns = [given.get(name, getattr(rows, name)) for name in names]
    session.execute(insert(table).from_select(names, chosen.add_columns(*columns)))


def _same_series(rows: Any, others: Any) -> Any:
    other = getattr(others, "c", others)
    return (rows.product_id == other.product_id) & (rows.location_id == other.location_id)


def _listed(series: Sequence[tuple[int, int, str]]) -> Any:
    """The list as a table product_id, location_id, digest."""
    products, locations, digests = ([row[part] for row in series] for part in range(3))
    return (
        func.unnest(
            literal(products, ARRAY(BigInteger)), literal(locations, ARRAY(BigInteger)), literal(digests, ARRAY(Text))
        )
        .table_valued(column("product_id", BigInteger), column("location_id", BigInteger), column("digest", Text))
        .render_derived()
    )


def _any(products: Sequence[int]) -> Any:
    return any_(literal(list(products), ARRAY(BigInteger)))
