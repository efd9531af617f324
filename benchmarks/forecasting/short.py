"""What ``make bench`` shows of the forecasts: accuracy where there are series to forecast, and speed."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from benchmarks.forecasting import product
from benchmarks.forecasting.results import Judge, forecast_in
from benchmarks.forecasting.sets import Dataset, datasets
from benchmarks.forecasting.speed import cold_start_seconds, measured, monthly_set
from benchmarks.measure import Figure

SERIES = {"fast": 10_000, "full": 2_000}
YARDSTICK_SERIES = 20


def accuracy(data: Path) -> Iterator[Figure]:
    """The deciding measure of every set in fast mode; Naive2's OWA is 100 %."""
    with tempfile.TemporaryDirectory() as folder:
        for dataset in datasets(data):
            output = Path(folder) / f"{dataset.name}.csv"
            product.forecast(dataset, mode="fast", output=output)
            judge = Judge(dataset)
            ours, naive2 = (judge.primary(one) for one in (forecast_in(output, dataset.sample), judge.naive2))
            yield Figure(dataset.name, 100 * ours, f"% {judge.measure}", ours / naive2, "Naive2")


def speed() -> Iterator[Figure]:
    """On drawn monthly series in one process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for mode, series in SERIES.items():
            many = monthly_set(folder / mode, series=series)
            run = measured(many, mode=mode, processes=1)
            ratio = _smoothing_seconds(many) * run.series / run.processor_seconds
            yield Figure(f"{mode}, warm", run.series / run.seconds, "series/s", ratio, "Holt-Winters of statsmodels")
            yield Figure(f"{mode}, peak memory", run.memory_mb, "MB")
            yield Figure(f"{mode}, cold start", cold_start_seconds(folder / "one", mode=mode), "s")


def _smoothing_seconds(many: Dataset) -> float:
    """Processor time of one series, with damped trend and season."""
    histories = [rows.to_numpy() for _, rows in many.regular()[0].groupby("unique_id")["y"]][:YARDSTICK_SERIES]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        began = time.process_time()
        for history in histories:
            _smoothed(history)
        return (time.process_time() - began) / len(histories)


def _smoothed(history: object) -> object:
    return ExponentialSmoothing(history, trend="add", damped_trend=True, seasonal="add", seasonal_periods=12).fit()
