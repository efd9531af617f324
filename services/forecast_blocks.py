"""The calculation of one block of a forecast run, done by a worker or the command line; web processes never load it.

A block is read, forecast, written and marked as done in one transaction: it is there once and whole, or not at all.
"""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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
from data.queries.channel_demand import product_categories
from models.base import Json
from services.forecast_channels import ChannelForecast, Place, channel_forecast
from services.forecast_digests import Digests, with_corrections
from services.forecast_drivers import SeriesDrivers, Timeline, series_drivers
from services.forecast_periods import shifted
from services.forecast_request import Level, Mode, variants
from services.forecast_results import (
    QUANTILES,
    Key,
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


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What a block is forecast from: its panel as it was sold, what planners accepted about it, and of each series
    the revenue of the last year and the digest."""

    products: list[int]
    panel: Panel
    accepted: pd.DataFrame
    revenues: Mapping[Key, float]
    digests: Digests


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
    material = _material(session, task, products)
    wanted = set() if material is None else _without_results(session, task, material.panel)
    if material is None or not wanted:  # what was there when the run began has been taken back meanwhile
        return {"series": 0}
    panel = material.panel
    known = _drivers(session, task, panel) if task.mode == "full" or task.fill_stock_outs else None
    history = _corrected(task, material, known)
    result = forecast_panel(
        history,
        horizon_periods=task.horizon,
        mode=task.mode,
        drivers=known.drivers if known is not None and task.mode == "full" else None,
        quantiles=QUANTILES,
        origins=task.origins,
        methods=variants(task.methods, names=method_registry()) or None,
        groups=_look_alikes(session, panel, products),
        seed=task.seed,
        report=tell,
    )
    split = _split(session, task, products, history, result) if task.level == "channel" else None
    found = only(result if split is None else split.result, wanted)
    _write(session, task, material, found, () if split is None else split.rows(task.run_id, wanted))
    return _account(found) | ({} if split is None else {"reconciled": split.method})


def _look_alikes(session: Session, panel: Panel, products: list[int]) -> dict[str, str]:
    """New items learn from what was launched in their category."""
    category = product_categories(session, products)
    return {name: category[series_key(name)[0]] for name in panel.ids}


def _split(
    session: Session, task: Task, products: list[int], history: Panel, result: ForecastResult
) -> ChannelForecast | None:
    place = Place(products, task.location_id, task.frequency, task.since, task.first_period)
    return channel_forecast(session, place, history, result, seed=task.seed)


def _material(session: Session, task: Task, products: list[int]) -> Material | None:
    known = demand.series_demand(
        session,
        products=products,
        location_id=task.location_id,
        frequency=task.frequency,
        since=task.since,
        before=task.first_period,
        year_start=task.year_start,
    )
    if known.sums.empty:
        return None
    named = known.sums.assign(unique_id=series_name(known.sums["product_id"], known.sums["location_id"]))
    frame = named.rename(columns={"period": "ds", "quantity": "y"})
    panel = to_panel(frame, frequency=task.frequency, end=task.first_period - timedelta(days=1))
    accepted = demand_annotations.accepted_annotations(session, products, task.frequency)
    digests = with_corrections(known.digests, accepted, since=task.since, before=task.first_period)
    return Material(products, panel, accepted, known.revenues, digests)


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


def _corrected(task: Task, material: Material, known: SeriesDrivers | None) -> Panel:
    """The history that methods learn from: with what planners accepted, and without stock-outs if so asked for."""
    panel = material.panel
    values = panel.values
    if task.fill_stock_outs and known is not None and known.stocked_out is not None:
        values = uncensored(values, stock_out_share=known.stocked_out, season_periods=panel.season_periods)
    return replace(panel, values=corrected(values, accepted=_placed(material)))


def _placed(material: Material) -> pd.DataFrame:
    """What planners accepted in periods of the panel, as analytics.forecasting.cleaning wants it."""
    panel = material.panel
    keys = pd.DataFrame([series_key(name) for name in panel.ids], columns=["product_id", "location_id"])
    periods = pd.DataFrame({"period": panel.periods.date, "row": np.arange(len(panel.periods))})
    placed = (
        material.accepted.dropna(subset="corrected")
        .merge(keys.assign(series=np.arange(len(keys))), on=["product_id", "location_id"])
        .merge(periods, on="period")
    )
    begun = ~np.isnan(panel.values[placed["row"].to_numpy(int), placed["series"].to_numpy(int)])
    shift = placed["kind"] == LEVEL_SHIFT
    possible = ~shift | ((placed["observed"] > 0) & (placed["corrected"] > 0))
    applicable: pd.DataFrame = placed.assign(kind=np.where(shift, LEVEL_SHIFT, OUTLIER))[begun & possible]
    return applicable


def _write(
    session: Session, task: Task, material: Material, result: ForecastResult, channels: Iterable[tuple[object, ...]]
) -> None:
    digests = {(product, location): {"digest": digest} for product, location, digest in material.digests}
    rows.write_results(
        session,
        series=series_rows(task.run_id, material.panel, result, revenues=material.revenues, found=digests),
        values=value_rows(task.run_id, result),
        channels=channels,
    )


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
