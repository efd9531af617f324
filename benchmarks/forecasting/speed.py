"""Speed and memory on ten thousand monthly series, from file to file; and the start of the command, apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray
from benchmarks.forecasting import product
from benchmarks.forecasting.sets import Dataset
from benchmarks.measure import in_child, timed
from data.exchange.series_calendar import Calendar

SEED = 20261121
NOISE = 0.01
SHORTEST_PERIODS, LONGEST_PERIODS = 50, 126
HORIZON_PERIODS = 18


@dataclass(frozen=True, slots=True)
class Speed:
    """One run; memory_mb counts what processes share once for each of them."""

    mode: str
    processes: int
    series: int
    seconds: float
    processor_seconds: float
    memory_mb: float


def monthly_set(folder: Path, *, series: int, source: Dataset | None = None) -> Dataset:
    """As many monthly series: those of a set again and again with 1 % noise, or drawn."""
    random = np.random.default_rng(SEED)
    histories = _drawn(random, series) if source is None else _repeated(random, source.sample.history, series)
    folder.mkdir(parents=True, exist_ok=True)
    found = Dataset(folder, "MS", 12, HORIZON_PERIODS, "zero", 12, 12)
    _rows(histories).to_csv(found.history, index=False)
    return found


def measured(dataset: Dataset, *, mode: str, processes: int) -> Speed:
    """A run in a process that is warm: its libraries are loaded and it has forecast one series."""
    child = in_child("benchmarks.forecasting.speed_child", str(dataset.history), mode, str(processes))
    series = int(child["series"])
    return Speed(mode, processes, series, child["seconds"], child["processor_seconds"], child["memory_mb"])


def cold_start_seconds(folder: Path, *, mode: str) -> float:
    """The whole command for one series, from the start of Python to the written file."""
    one = monthly_set(folder, series=1)
    return timed(lambda: product.forecast(one, mode=mode, output=folder / "forecast.csv"))


def _repeated(random: np.random.Generator, history: FloatArray, series: int) -> Iterator[FloatArray]:
    for number in range(series):
        values = history[:, number % history.shape[1]]
        known = values[~np.isnan(values)]
        yield known * (1 + NOISE * random.standard_normal(len(known)))


def _drawn(random: np.random.Generator, series: int) -> Iterator[FloatArray]:
    """Level, growth, season and noise of each series are its own."""
    for _ in range(series):
        months = np.arange(random.integers(SHORTEST_PERIODS, LONGEST_PERIODS + 1))
        season = random.uniform(0, 0.3) * np.sin(2 * np.pi * (months + random.integers(12)) / 12)
        level = random.lognormal(6, 1) * np.exp(random.normal(0, 0.004) * months)
        yield np.round(level * (1 + season) * np.exp(random.normal(0, random.uniform(0.02, 0.3), len(months))), 2)


def _rows(histories: Iterator[FloatArray]) -> pd.DataFrame:
    """All end in the same month."""
    kept = list(histories)
    lengths = np.array([len(values) for values in kept])
    periods = np.concatenate([np.arange(LONGEST_PERIODS - length, LONGEST_PERIODS) for length in lengths])
    ids = np.repeat([f"S{number:05d}" for number in range(len(kept))], lengths)
    return pd.DataFrame({"unique_id": ids, "ds": Calendar("MS").days(periods + 240), "y": np.concatenate(kept)})
