"""Forecasts as a user gets them: ``cli.py forecast`` on the files of a set."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.forecasting.sets import Dataset
from benchmarks.measure import ROOT


def forecast(dataset: Dataset, *, mode: str, output: Path, drivers: bool = True, processes: int = 1) -> None:
    """Write the forecasts; without drivers, the plan of the horizon is kept from the engine."""
    options = {
        "history": dataset.history,
        "freq": dataset.freq,
        "season": dataset.season,
        "horizon": dataset.horizon,
        "mode": mode,
        "gaps": dataset.gaps,
        "processes": processes,
        "output": output,
    }
    if drivers and dataset.future is not None:
        options["future"] = dataset.future
    asked = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    subprocess.run([sys.executable, "cli.py", "forecast", *asked], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
