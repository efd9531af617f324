"""Runs peers.py and keeps what it forecasts, so that scoring can be repeated without it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.forecasting.results import JUDGED_BY_RMSSE, Forecast, forecast_in
from benchmarks.forecasting.sets import Dataset
from benchmarks.measure import ROOT

REQUIREMENTS = ROOT / "benchmarks" / "peers-requirements.txt"
SCRIPT = Path(__file__).with_name("peers.py")


def environment(folder: Path) -> Path:
    """The Python of the peers; made, with their packages from the registry, if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)], check=True)
    return python


def forecast(dataset: Dataset, *, python: Path, folder: Path) -> None:
    """Every peer's forecasts of a set, one file a method; what is there is not made again."""
    _write_inputs(dataset, folder, {"intermittent": dataset.name in JUDGED_BY_RMSSE})
    subprocess.run([str(python), str(SCRIPT), "forecast", str(folder)], check=True, stdout=sys.stderr)


def processor_seconds(dataset: Dataset, *, python: Path, folder: Path, series: dict[str, int]) -> dict[str, float]:
    """Per series, of the methods named, on that many of the set."""
    _write_inputs(dataset, folder, {"timed": series})
    command = [str(python), str(SCRIPT), "speed", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def forecasts(dataset: Dataset, folder: Path) -> dict[str, Forecast]:
    """What was forecast, under the methods' names."""
    files = [path for path in sorted(folder.glob("*.csv.gz")) if path.name not in ("history.csv.gz", "future.csv.gz")]
    return {path.name.removesuffix(".csv.gz"): forecast_in(path, dataset.sample) for path in files}


def _write_inputs(dataset: Dataset, folder: Path, more: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    history, plan = dataset.regular()
    history.to_csv(folder / "history.csv.gz", index=False)
    if plan is not None:
        plan.to_csv(folder / "future.csv.gz", index=False)
    described = {"freq": dataset.freq, "season": dataset.season, "horizon": dataset.horizon}
    (folder / "set.json").write_text(json.dumps(described | more))
