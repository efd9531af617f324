"""Accuracy, coverage and speed of the forecasting engine on public series, beside naive forecasts.

    python benchmarks/forecasting_accuracy.py PATH [--sets m3_monthly ...] [--sample N]

PATH is a folder with one folder per set, each with history.csv.gz and actual.csv.gz (unique_id, ds, y). The data
is for measuring only and no part of the project: neither the app nor a test needs it.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.accuracy import mase, rmsse
from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Panel

SAMPLE_SEED = 20240601
LARGEST_LAG_CORRELATION = 1.645  # two-sided 90 %, as the M4 organisers test for a season


@dataclass(frozen=True)
class Dataset:
    """How a set is cut: season for the engine, for Naive2 and for MASE; series drawn unless told otherwise."""

    name: str
    freq: str
    season: int
    naive_season: int
    mase_season: int
    sample: int


DATASETS = (
    Dataset("m3_monthly", "MS", 12, 12, 12, 100),
    Dataset("tourism_monthly", "MS", 12, 12, 12, 183),
    Dataset("hospital_monthly", "MS", 12, 12, 12, 100),
    Dataset("carparts_monthly", "MS", 12, 12, 12, 300),
    Dataset("retail_weekly", "W-MON", 52, 1, 1, 200),
    Dataset("retail_new_weekly", "W-MON", 52, 1, 1, 120),
)


def main() -> None:
    arguments = _arguments()
    chosen = [dataset for dataset in DATASETS if dataset.name in arguments.sets]
    missing = [dataset.name for dataset in chosen if not (arguments.path / dataset.name / "actual.csv.gz").is_file()]
    if missing:
        sys.exit(f"No data for {', '.join(missing)} in {arguments.path}: pass the folder that holds these sets.")
    # The first statsmodels fit of a process is slow and says nothing about the engine.
    forecast_panel(_aligned([np.arange(1.0, 41.0)], DATASETS[0]), horizon_periods=1)
    rows = [_measured(dataset, arguments.path, arguments.sample or dataset.sample) for dataset in chosen]
    print(pd.DataFrame(rows).to_string(index=False, float_format=lambda value: f"{value:.3f}"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [dataset.name for dataset in DATASETS]
    parser.add_argument("path", type=Path)
    parser.add_argument("--sets", nargs="+", choices=names, default=names)
    parser.add_argument("--sample", type=int, help="series per set instead of the usual number")
    return parser.parse_args()


def _measured(dataset: Dataset, path: Path, sample: int) -> dict[str, object]:
    histories, actual = _read(path / dataset.name, dataset, sample)
    panel, horizon = _aligned(histories, dataset), len(actual)
    started = time.perf_counter()
    result = forecast_panel(panel, horizon_periods=horizon)
    seconds = time.perf_counter() - started
    lower, forecast, upper = (result.values[name].to_numpy().reshape(-1, horizon).T for name in ("q10", "q50", "q90"))
    naive2 = np.column_stack([_naive2(history, horizon, dataset.naive_season) for history in histories])
    seasonal = np.column_stack([_seasonal_naive(history, horizon, dataset.season) for history in histories])
    chosen = result.choices["method"].value_counts()
    return {
        "set": dataset.name,
        "series": len(histories),
        "OWA": _owa(histories, actual, forecast, naive2, dataset),
        "OWA s.naive": _owa(histories, actual, seasonal, naive2, dataset),
        "RMSSE": _rmsse(histories, actual, forecast),
        "RMSSE s.naive": _rmsse(histories, actual, seasonal),
        "RMSSE naive2": _rmsse(histories, actual, naive2),
        "bias": (forecast - actual).sum() / np.abs(actual).sum(),
        "cover80": ((lower <= actual) & (actual <= upper)).mean(),
        "series/s": len(histories) / seconds,
        "failed fits": len(result.failures),
        "methods": " ".join(f"{name}:{count}" for name, count in chosen.items()),
    }


def _read(folder: Path, dataset: Dataset, sample: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Histories from their first sale to their common origin, and the horizon as steps x series."""
    history, actual = (_csv(folder / f"{part}.csv.gz") for part in ("history", "actual"))
    names = np.array(sorted(history["unique_id"].unique()))
    if sample < len(names):
        names = np.sort(np.random.default_rng(SAMPLE_SEED).choice(names, sample, replace=False))
    past = dict(iter(history[history["unique_id"].isin(names)].groupby("unique_id")))
    truth = dict(iter(actual[actual["unique_id"].isin(names)].groupby("unique_id")))
    histories = [_complete(past[name], until=truth[name]["ds"].min(), dataset=dataset) for name in names]
    return histories, np.column_stack([truth[name].sort_values("ds")["y"] for name in names])


def _csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, usecols=["unique_id", "ds", "y"], dtype={"unique_id": str}, parse_dates=["ds"])


def _complete(rows: pd.DataFrame, *, until: pd.Timestamp, dataset: Dataset) -> np.ndarray:
    calendar = pd.date_range(rows["ds"].min(), until, freq=dataset.freq)[:-1]
    values = rows.set_index("ds")["y"].reindex(calendar, fill_value=0.0).to_numpy(dtype=float)
    sold = np.flatnonzero(values)
    return values[sold[0] :] if sold.size else values


def _aligned(histories: list[np.ndarray], dataset: Dataset) -> Panel:
    """All series end together: the sets are cut at one origin, though some carry dates of their own."""
    length = max(len(history) for history in histories)
    values = np.full((length, len(histories)), np.nan)
    for column, history in enumerate(histories):
        values[length - len(history) :, column] = history
    periods = pd.date_range("1980-01-01", periods=length, freq=dataset.freq)
    return Panel(tuple(f"{column:05d}" for column in range(len(histories))), periods, values, dataset.season)


def _owa(
    histories: list[np.ndarray], actual: np.ndarray, forecast: np.ndarray, naive2: np.ndarray, dataset: Dataset
) -> float:
    """Mean of sMAPE and MASE, each relative to Naive2 on the same series."""
    ratios = [_smape(actual, forecast) / _smape(actual, naive2)]
    errors = [
        np.nanmean(
            [
                mase(actual[:, column], path[:, column], training=history, season_periods=dataset.mase_season)
                for column, history in enumerate(histories)
            ]
        )
        for path in (forecast, naive2)
    ]
    return float(np.mean([*ratios, errors[0] / errors[1]]))


def _smape(actual: np.ndarray, forecast: np.ndarray) -> float:
    size = np.abs(actual) + np.abs(forecast)
    return float((200 * np.abs(actual - forecast) / np.where(size > 0, size, 1.0)).mean())


def _rmsse(histories: list[np.ndarray], actual: np.ndarray, forecast: np.ndarray) -> float:
    scores = [
        rmsse(actual[:, column], forecast[:, column], training=history) for column, history in enumerate(histories)
    ]
    return float(np.nanmean(scores))


def _seasonal_naive(history: np.ndarray, horizon: int, season: int) -> np.ndarray:
    cycle = history[-season:] if len(history) >= season else history[-1:]
    return np.resize(cycle, horizon)


def _naive2(history: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """Naive on the seasonally adjusted series where a season is significant, as in the M4 competition."""
    if season == 1 or not _significant(history, season):
        return np.repeat(history[-1], horizon)
    multiplicative = bool((history > 0).all())
    effects = _classical_effects(history, season, multiplicative=multiplicative)
    ahead = effects[(len(history) + np.arange(horizon)) % season]
    last = effects[(len(history) - 1) % season]
    return history[-1] / last * ahead if multiplicative else history[-1] - last + ahead


def _significant(history: np.ndarray, season: int) -> bool:
    if len(history) < 3 * season or np.ptp(history) == 0:
        return False
    centred = history - history.mean()
    lags = [centred[lag:] @ centred[: len(centred) - lag] / (centred @ centred) for lag in range(1, season + 1)]
    limit = LARGEST_LAG_CORRELATION * np.sqrt((1 + 2 * np.square(lags[:-1]).sum()) / len(history))
    return abs(lags[-1]) > limit


def _classical_effects(history: np.ndarray, season: int, *, multiplicative: bool) -> np.ndarray:
    weights = np.full(season + 1, 1 / season)
    weights[[0, -1]] /= 2
    trend = np.convolve(history, weights, "valid")
    inner = history[season // 2 : season // 2 + len(trend)]
    detrended = inner / trend if multiplicative else inner - trend
    phase = (season // 2 + np.arange(len(trend))) % season
    effects = np.array([detrended[phase == position].mean() for position in range(season)])
    return effects / effects.mean() if multiplicative else effects - effects.mean()


if __name__ == "__main__":
    main()
