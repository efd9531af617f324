"""What the engine found, as rows of forecast_series and forecast_value."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pandas as pd

from analytics.forecasting.panel import Panel
from analytics.forecasting.result import ForecastResult, quantile_name
from models.base import Json

QUANTILES = (0.1, 0.5, 0.9)
COMPONENTS = ("level", "trend", "season", "event")
ERRORS = (
    *("wmape", "bias", "mase", "rmsse", "coverage", "tracking_signal"),
    *(f"benchmark_{name}" for name in ("wmape", "bias", "mase", "rmsse")),
)
Key = tuple[int, int]


def series_name(products: pd.Series, locations: pd.Series) -> pd.Series:
    """The name of a series in a panel.

    Inputs: ids of products and of their locations, row by row.
    Returns: texts "product:location".
    Raises: nothing.
    Source: none; ours.
    """
    return products.astype(str) + ":" + locations.astype(str)


def series_key(name: str) -> Key:
    """The ids that a name stands for.

    Inputs: name: as of series_name.
    Returns: product_id, location_id.
    Raises: ValueError for another text.
    Source: none; ours.
    """
    product, _separator, location = name.partition(":")
    return int(product), int(location)


def only(result: ForecastResult, names: Collection[str]) -> ForecastResult:
    """The result of some of its series.

    Inputs: result; names of series.
    Returns: ForecastResult.
    Raises: nothing.
    Source: none; ours.
    """
    parts = ("values", "cumulative", "fitted", "components", "choices", "failures")
    frames = {part: getattr(result, part) for part in parts}
    return ForecastResult(**{part: frame[frame["unique_id"].isin(names)] for part, frame in frames.items()})


def series_rows(
    run_id: int, panel: Panel, result: ForecastResult, *, revenues: Mapping[Key, float], found: Mapping[Key, Json]
) -> Iterator[tuple[object, ...]]:
    """One row of data.queries.forecasts.SERIES_COLUMNS a series of the result.

    Inputs: run_id; panel: what was forecast; result: what the engine said; revenues: money of the last year by series;
        found: what else ``why`` shall tell of a series.
    Returns: the rows.
    Raises: nothing.
    Source: none; ours.
    """
    lengths = dict(zip(panel.ids, panel.lengths().tolist(), strict=True))
    yearly = dict(zip(panel.ids, _volumes(panel), strict=True))
    fitted = dict(_fitted(result.fitted))
    parts = dict(_components(result.components))
    failures = dict(iter(result.failures.groupby("unique_id")))
    for choice in result.choices.to_dict("records"):
        name = str(choice["unique_id"])
        key = series_key(name)
        why = {
            "periods": lengths[name],
            "origins": choice["origins"],
            "steps": choice["steps"],
            "candidates": choice["candidates"],
            "failures": failures[name][["method", "reason"]].to_dict("records") if name in failures else [],
            **found.get(key, {}),
        }
        yield (
            run_id,
            *key,
            choice["method"],
            choice["demand_class"],
            yearly[name],
            _known(choice["judged_volume"]) or 0.0,
            revenues.get(key, 0.0),
            *(_known(choice[error]) for error in ERRORS),
            _json(why),
            _json(parts.get(name, {})),
            *fitted.get(name, (None, [])),
        )


def value_rows(run_id: int, result: ForecastResult) -> Iterator[tuple[object, ...]]:
    """One row of data.queries.forecasts.VALUE_COLUMNS a series and period.

    Inputs: run_id; result: what the engine said; its mean is stored as the median, so that periods add up.
    Returns: the rows.
    Raises: nothing.
    Source: none; ours.
    """
    values = result.values
    mean = values["mean"].to_numpy()
    lower = np.minimum(values[quantile_name(QUANTILES[0])].to_numpy(), mean)
    upper = np.maximum(values[quantile_name(QUANTILES[-1])].to_numpy(), mean)
    columns = (column.tolist() for column in (lower, mean, upper))
    for name, period, *quantiles in zip(values["unique_id"], values["ds"].dt.date, *columns, strict=True):
        yield (run_id, *series_key(name), period, *quantiles)


def _volumes(panel: Panel) -> list[float]:
    recent = panel.recent(periods=panel.season_periods)
    return [float(volume) for volume in np.nansum(recent.values, axis=0)]


def _components(components: pd.DataFrame) -> Iterator[tuple[str, dict[str, list[float]]]]:
    paths = {part: components[part].to_numpy() for part in COMPONENTS}
    for name, rows in _series(components):
        yield name, {part: path[rows].tolist() for part, path in paths.items()}


def _fitted(fitted: pd.DataFrame) -> Iterator[tuple[str, tuple[Any, list[float | None]]]]:
    """Name, and the fitted path from its first known value on."""
    periods, values = fitted["ds"].dt.date.to_numpy(), fitted["fitted"].to_numpy()
    for name, rows in _series(fitted):
        known = np.flatnonzero(np.isfinite(values[rows]))
        if known.size:
            first = rows.start + int(known[0])
            yield name, (periods[first], [_known(value) for value in values[first : rows.stop].tolist()])


def _series(frame: pd.DataFrame) -> Iterator[tuple[str, slice]]:
    """Name and rows of each series of a frame in which they follow each other."""
    names = frame["unique_id"].to_numpy()
    changes = (np.flatnonzero(names[1:] != names[:-1]) + 1).tolist()
    for start, stop in pairwise([0, *changes, len(names)]):
        if stop > start:
            yield str(names[start]), slice(start, stop)


def _json(value: Json) -> str:
    """NaN becomes null."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
