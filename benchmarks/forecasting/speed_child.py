"""One forecast of a file in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

from analytics.forecasting.request import Mode
from benchmarks.forecasting.speed import HORIZON_PERIODS, monthly_set
from benchmarks.measure import peak_megabytes, timed
from services.file_forecast import FileForecast, forecast_file


def main(history: Path, mode: Mode, processes: int) -> None:
    asked = FileForecast(history, "MS", 12, HORIZON_PERIODS, mode=mode, processes=processes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = monthly_set(folder / "first", series=1)
        forecast_file(replace(asked, history=first.history, processes=1), output=folder / "first.csv")
        before = _processor_seconds()
        done: list[int] = []
        seconds = timed(lambda: done.append(forecast_file(asked, output=folder / "forecast.csv").series))
    figures = {
        "series": done[0],
        "seconds": seconds,
        "processor_seconds": _processor_seconds() - before,
        "memory_mb": peak_megabytes() + _peak_megabytes_of_children(processes),
    }
    print(json.dumps(figures))


def _processor_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_megabytes_of_children(processes: int) -> float:
    """As if all were as large as the largest."""
    return 0.0 if processes == 1 else processes * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), cast(Mode, sys.argv[2]), int(sys.argv[3]))
