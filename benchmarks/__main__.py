"""Runs all benchmarks on a database of their own and prints one table."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from benchmarks import callbacks, demand_edits, demo_load, importing, planning, policy_quality, sign_in
from benchmarks.forecasting import short as forecasting
from benchmarks.measure import Figure, scratch_database

FORECAST_DATA = "TANDEM_FORECAST_DATA"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the generated sales file")
    parser.add_argument("--scale", choices=("small", "default", "large"), default="default", help="demo company")
    parser.add_argument(
        "--forecast-data",
        type=Path,
        default=os.environ.get(FORECAST_DATA),
        help=f"series to forecast ({FORECAST_DATA})",
    )
    asked = parser.parse_args()
    if asked.forecast_data is None:
        print(f"Forecasts and policies are not measured on real series: {FORECAST_DATA} names no folder of series.")
    else:
        show("Forecast accuracy, fast", forecasting.accuracy(asked.forecast_data))
        show("Stocking policies on the demand that followed", policy_quality.measured(asked.forecast_data))
    show("Forecasts of a file of drawn monthly series", forecasting.speed())
    show("Replay of drawn stocking policies", policy_quality.speed())
    show("Supply plan of drawn networks, one core", planning.measured())
    with scratch_database():
        show("Edits of a drawn demand plan", demand_edits.measured())
    with scratch_database():
        show(f"Demo company, scale {asked.scale}", demo_load.measured(asked.scale))
        show(f"Callbacks on the demo company, scale {asked.scale}", callbacks.measured())
        show("A wrong sign-in, by whether there is such an account", sign_in.measured())
        show("Import of a sales file of twelve columns beside it", importing.measured(asked.rows))


def show(title: str, figures: Iterable[Figure]) -> None:
    print(f"\n{title}")
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:10.2f} × {figure.yardstick}"
        print(f"  {figure.name:<44}{figure.value:>12,.1f} {figure.unit:<8}{ratio}", flush=True)


if __name__ == "__main__":
    main()
