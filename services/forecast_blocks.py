"""The calculation of one block of a forecast run, done by a worker or the command line; web processes never load it.

A block is read, forecast, written and marked as done in one transaction: it is there once and whole, or not at all.
"""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.cleaning import LEVEL_SHIFT, OUTLIER, corrected, uncensored
from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import SEASON_PERIODS, Frequency, Panel, to_panel
from analytics.forecasting.pools import method_registry
from analytics.forecasting.result import ForecastResult
from core.clock import now
from core.errors import JobCancelled
from core.viewer import Viewer
from data.db import session_scope
from data.queries import demand, demand_annotations
from data.queries import forecast_blocks as blocks
from data.queries import forecasts as rows
from models.base import Json
from services.forecast_digests import series_digests
from services.forecast_drivers import SeriesDrivers, Timeline, series_drivers
from services.forecast_periods import shifted
from services.forecast_request import Level, Mode, variants
from services.forecast_results import (
    QUANTILES,
    channel_rows,
    only,
    series_key,
    series_name,
    series_rows,
    value_rows,
)

NO_TIMEOUT = 0
FAILURES_KEPT = 5
# How far a block is: series that are ready of those it forecasts. May raise to cancel.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A run as its blocks need it; the history it may use goes from ``since`` to before ``first_period``."""

    run_id: int
    frequency: Frequency
    since: date
    first_period: date
    horizon: int
    location_id: int | None
    mode: Mode
    level: Level
    methods: tuple[str, ...]
    origins: int
    fill_stock_outs: bool
    seed: int
    data_version: int

    @classmethod
    def of(cls, run: Any) -> Task:
        """From the stored run, which a worker has made ready."""
        found = run.parameters
        return cls(
            run_id=run.id,
            frequency=run.frequency,
            since=date.fromisoformat(found["since"]),
            first_period=run.first_period,
            horizon=run.horizon,
            location_id=found["location_id"],
            mode=run.mode,
            level=found["level"],
            methods=tuple(found["methods"]),
            origins=found["origins"],
            fill_stock_outs=found["fill_stock_outs"],
            seed=found["seed"],
            data_version=run.data_version,
        )

    @property
    def year_start(self) -> date:
        """The first of the last twelve months, or 52 weeks, before the forecast."""
        return shifted(self.first_period, -SEASON_PERIODS[self.frequency], frequency=self.frequency)


def forecast_next(viewer: Viewer, run_id: int, tell: Tell) -> bool:
    """Forecast the next block of a run that nobody works on.

    Inputs: a viewer with forecast.run; the run; tell: called with (series ready, series of the block), may raise.
    Returns: False when there was none, because all are done or others have them.
    Raises: JobCancelled when the run has ended meanwhile; what ``tell`` and the engine raise, and then the block is
        as before.
    Source: docs/adr/0003-jobs.md.
    """
    began = time.monotonic()
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        block = blocks.claim(session, run_id)
        if block is None:
            return False
        task = Task.of(_running(session, run_id))
        account = _forecast(session, task, block.products, tell)
        _running(session, run_id)
        account |= {"worker": worker_name(), "seconds": round(time.monotonic() - began, 2)}
        blocks.close(session, run_id, block.number, at=now(), account=account)
    return True


def worker_name() -> str:
    """This process, as the log of a run calls it.

    Inputs: none.
    Returns: "machine:process id".
    Raises: nothing.
    Source: none; ours.
    """
    return f"{socket.gethostname()}:{os.getpid()}"


def _running(session: Session, run_id: int) -> Any:
    run = rows.stored_run(session, run_id)
    if run is None or run.state != "running":
        raise JobCancelled
    return run


def _forecast(session: Session, task: Task, products: list[int], tell: Tell) -> Json:
    """Series that have results already, taken over from an earlier run, are neighbours only: methods are weighed by
    what they did for all, so that a series gets the same forecast whether the others are new or not."""
    panel = _history(session, task, products)
    wanted = _without_results(session, task, panel)
    if panel is None or not wanted:  # what was there when the run began has been taken back meanwhile
        return {"series": 0}
    known = _drivers(session, task, panel) if task.mode == "full" or task.fill_stock_outs else None
    result = forecast_panel(
        _corrected(session, task, panel, known),
        horizon_periods=task.horizon,
        mode=task.mode,
        drivers=known.drivers if known is not None and task.mode == "full" else None,
        quantiles=QUANTILES,
        origins=task.origins,
        methods=variants(task.methods, names=method_registry()) or None,
        seed=task.seed,
        report=tell,
    )
    found = only(result, wanted)
    _write(session, task, products, panel, found)
    return _account(found)


def _history(session: Session, task: Task, products: list[int]) -> Panel | None:
    sums = demand.period_sums(
        session,
        products=products,
        location_id=task.location_id,
        frequency=task.frequency,
        since=task.since,
        before=task.first_period,
    )
    if sums.empty:
        return None
    named = sums.assign(unique_id=series_name(sums["product_id"], sums["location_id"]))
    frame = named.rename(columns={"period": "ds", "quantity": "y"})
    return to_panel(frame, frequency=task.frequency, end=task.first_period - timedelta(days=1))


def _without_results(session: Session, task: Task, panel: Panel | None) -> set[str]:
    if panel is None:
        return set()
    keys = [series_key(name) for name in panel.ids]
    stored = rows.series_keys(session, task.run_id, sorted({product for product, _location in keys}))
    return {name for name, key in zip(panel.ids, keys, strict=True) if key not in stored}


def _drivers(session: Session, task: Task, panel: Panel) -> SeriesDrivers:
    timeline = Timeline(
        task.frequency, task.first_period, len(panel.periods), task.horizon, held_out=task.origins * task.horizon
    )
    return series_drivers(session, panel.ids, timeline)


def _corrected(session: Session, task: Task, panel: Panel, known: SeriesDrivers | None) -> Panel:
    """The history that methods learn from: with what planners accepted, and without stock-outs if so asked for."""
    values = panel.values
    if task.fill_stock_outs and known is not None and known.stocked_out is not None:
        values = uncensored(values, stock_out_share=known.stocked_out, season_periods=panel.season_periods)
    return replace(panel, values=corrected(values, accepted=_accepted(session, task, panel)))


def _accepted(session: Session, task: Task, panel: Panel) -> pd.DataFrame:
    """What planners accepted in periods of the panel, as analytics.forecasting.cleaning wants it."""
    keys = pd.DataFrame([series_key(name) for name in panel.ids], columns=["product_id", "location_id"])
    periods = pd.DataFrame({"period": panel.periods.date, "row": np.arange(len(panel.periods))})
    found = demand_annotations.accepted_annotations(session, keys["product_id"].unique().tolist(), task.frequency)
    placed = (
        found.dropna(subset="corrected")
        .merge(keys.assign(series=np.arange(len(keys))), on=["product_id", "location_id"])
        .merge(periods, on="period")
    )
    begun = ~np.isnan(panel.values[placed["row"].to_numpy(int), placed["series"].to_numpy(int)])
    shift = placed["kind"] == LEVEL_SHIFT
    possible = ~shift | ((placed["observed"] > 0) & (placed["corrected"] > 0))
    applicable: pd.DataFrame = placed.assign(kind=np.where(shift, LEVEL_SHIFT, OUTLIER))[begun & possible]
    return applicable


def _write(session: Session, task: Task, products: list[int], panel: Panel, result: ForecastResult) -> None:
    place: dict[str, Any] = {"products": products, "location_id": task.location_id}
    year: dict[str, Any] = {"since": max(task.since, task.year_start), "before": task.first_period}
    digests = series_digests(session, **place, frequency=task.frequency, since=task.since, before=task.first_period)
    rows.write_results(
        session,
        series=series_rows(
            task.run_id,
            panel,
            result,
            revenues=demand.revenues(session, **place, **year),
            found={(product, location): {"digest": digest} for product, location, digest in digests},
        ),
        values=value_rows(task.run_id, result),
        channels=channel_rows(task.run_id, result, _channel_sums(session, task, place, year))
        if task.level == "channel"
        else (),
    )


def _channel_sums(session: Session, task: Task, place: dict[str, Any], year: dict[str, Any]) -> pd.DataFrame:
    """Demand by channel of the last year; of the whole history where a series had none in it."""
    recent = _named(demand.channel_sums(session, **place, **year))
    if year["since"] == task.since:
        return recent
    ever = _named(demand.channel_sums(session, **place, since=task.since, before=task.first_period))
    sold = set(recent["unique_id"])
    return pd.concat([recent, ever[~ever["unique_id"].isin(sold)]], ignore_index=True)


def _named(sums: pd.DataFrame) -> pd.DataFrame:
    return sums.assign(unique_id=series_name(sums["product_id"], sums["location_id"]))


def _account(result: ForecastResult) -> Json:
    """What the log tells of a block."""
    failed = Counter(zip(result.failures["method"], result.failures["reason"], strict=True))
    return {
        "series": len(result.choices),
        "classes": dict(Counter(result.choices["demand_class"])),
        "methods": dict(Counter(name for label in result.choices["method"] for name in label.split("+"))),
        "failed": failed.total(),
        "failures": [
            {"method": method, "reason": reason, "series": count}
            for (method, reason), count in failed.most_common(FAILURES_KEPT)
        ],
    }
