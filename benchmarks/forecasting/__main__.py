"""The whole comparison, as Markdown tables on standard output: ``python -m benchmarks.forecasting DATA --peers``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.forecasting import peer_runs, tables
from benchmarks.forecasting.comparison import MODES, Comparison, compared, forecast_ours
from benchmarks.forecasting.sets import Dataset, datasets
from benchmarks.forecasting.speed import cold_start_seconds, measured, monthly_set

SPEED_SET, SPEED_SERIES = "m3_monthly", 10_000
PEER_SERIES = {"AutoETS": 200, "Dynamic optimised Theta": 1000}


def main() -> None:
    asked = _arguments()
    sets = [dataset for dataset in datasets(asked.data) if asked.sets is None or dataset.name in asked.sets]
    with _folder(asked.keep) as folder:
        python = peer_runs.environment(folder / "environment") if asked.peers else None
        if not asked.no_accuracy:
            _show_accuracy([_compared(dataset, folder, python) for dataset in sets], peers=python is not None)
        if not asked.no_speed:
            source = next(dataset for dataset in datasets(asked.data) if dataset.name == SPEED_SET)
            _show_speed(source, folder / "speed", python)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasting", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of sets with its datasets.json")
    parser.add_argument("--sets", nargs="+", help="only these")
    parser.add_argument("--peers", action="store_true", help="also other methods; installs them where kept")
    parser.add_argument("--keep", type=Path, help="folder for forecasts; peers' are not made again")
    parser.add_argument("--no-accuracy", action="store_true", help="only speed")
    parser.add_argument("--no-speed", action="store_true", help="only accuracy")
    return parser.parse_args()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _compared(dataset: Dataset, folder: Path, python: Path | None) -> Comparison:
    print(dataset.name, file=sys.stderr, flush=True)
    forecast_ours(dataset, folder / "ours" / dataset.name, processes=2)
    if python is None:
        return compared(dataset, folder / "ours" / dataset.name, {})
    peers = folder / "peers" / dataset.name
    peer_runs.forecast(dataset, python=python, folder=peers)
    return compared(dataset, folder / "ours" / dataset.name, peer_runs.forecasts(dataset, peers))


def _show_accuracy(found: list[Comparison], *, peers: bool) -> None:
    if peers:
        _show("Accuracy beside the best peers", tables.accuracy(found))
    _show("Every method", tables.methods(found))
    for mode in MODES:
        _show(f"Every measure, {mode}", tables.measures(found, mode))
    _show("Drivers", tables.drivers(found))
    _show("Coverage of the 80 % band", tables.coverage(found))
    _show("New items", tables.new_items(found))


def _show_speed(source: Dataset, folder: Path, python: Path | None) -> None:
    many = monthly_set(folder / "many", series=SPEED_SERIES, source=source)
    cold = {mode: cold_start_seconds(folder / "one", mode=mode) for mode in MODES}
    runs = [measured(many, mode=mode, processes=processes) for mode in MODES for processes in (1, 2)]
    peers = {}
    if python is not None:
        peers = peer_runs.processor_seconds(many, python=python, folder=folder / "peers", series=PEER_SERIES)
    _show(f"Speed on {SPEED_SERIES:,} monthly series", tables.speed(runs, cold=cold, peers=peers))


def _show(title: str, table: str) -> None:
    print(f"\n## {title}\n\n{table}", flush=True)


if __name__ == "__main__":
    main()
