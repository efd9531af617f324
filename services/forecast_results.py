"""What the engine found, as rows of forecast_series and forecast_value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pandas as pd

from analytics.forecasting.panel import Panel
from analytics.forecasting.result import ForecastResult
from analytics.forecasting.rolling_origin import origin_plan

ORIGINS = 3
ERRORS = ("wmape", "bias", "mase", "benchmark_wmape", "benchmark_bias", "benchmark_mase")


def series_name(products: pd.Series, locations: pd.Series) -> pd.Series:
    """The name of a series in a panel.

    Inputs: ids of products and of their locations, row by row.
    Returns: texts "product:location".
    Raises: nothing.
    Source: none; ours.
    """
    return products.astype(str) + ":" + locations.astype(str)


def series_rows(run_id: int, panel: Panel, result: ForecastResult, *, horizon: int) -> Iterator[tuple[object, ...]]:
    """One row of data.queries.forecasts.SERIES_COLUMNS a series.

    Inputs: run_id; panel: what was forecast; result: what the engine said; horizon: periods ahead.
    Returns: the rows.
    Raises: nothing.
    Source: none; ours.
    """
    lengths = dict(zip(panel.ids, panel.lengths().tolist(), strict=True))
    yearly = dict(zip(panel.ids, _volumes(panel), strict=True))
    judged = dict(zip(panel.ids, _judged_volumes(panel, horizon), strict=True))
    fitted = dict(_fitted(result.fitted))
    failures = dict(iter(result.failures.groupby("unique_id")))
    for choice in result.choices.to_dict("records"):
        name = str(choice["unique_id"])
        why = {
            "periods": lengths[name],
            "origins": choice["origins"],
            "steps": choice["steps"],
            "candidates": choice["candidates"],
            "failures": failures[name][["method", "reason"]].to_dict("records") if name in failures else [],
        }
        yield (
            run_id,
            *_ids(name),
            choice["method"],
            choice["demand_class"],
            yearly[name],
            judged[name],
            *(_known(choice[error]) for error in ERRORS),
            orjson.dumps(why).decode(),  # NaN becomes null
            *fitted[name],
        )


def value_rows(run_id: int, result: ForecastResult) -> Iterator[tuple[object, ...]]:
    """One row of data.queries.forecasts.VALUE_COLUMNS a series and period.

    Inputs: run_id; result: what the engine said.
    Returns: the rows.
    Raises: nothing.
    Source: none; ours.
    """
    found = result.values
    columns = (found["q10"].tolist(), found["q50"].tolist(), found["q90"].tolist())
    for name, period, *quantiles in zip(found["unique_id"], found["ds"].dt.date, *columns, strict=True):
        yield (run_id, *_ids(name), period, *quantiles)


def _volumes(panel: Panel) -> list[float]:
    recent = panel.recent(periods=panel.season_periods)
    return [float(volume) for volume in np.nansum(recent.values, axis=0)]


def _judged_volumes(panel: Panel, horizon: int) -> list[float]:
    """Demand of the periods at the rolling origins, per year, so that short and long series weigh alike."""
    return [
        _judged_volume(panel.values[:, column], int(length), panel.season_periods, horizon)
        for column, length in enumerate(panel.lengths())
    ]


def _judged_volume(history: Any, length: int, season_periods: int, horizon: int) -> float:
    plan = origin_plan(length, horizon_periods=horizon, season_periods=season_periods, origins=ORIGINS)
    ends = len(history)
    demand = [history[ends - held_out : ends - held_out + plan.steps] for held_out in plan.held_out_periods]
    return float(np.mean(demand)) * season_periods if demand else 0.0


def _fitted(fitted: pd.DataFrame) -> Iterator[tuple[str, tuple[Any, list[float | None]]]]:
    """Name, and the fitted path from its first known value on."""
    for name, path in fitted.groupby("unique_id", sort=False):
        known = np.flatnonzero(path["fitted"].notna().to_numpy())
        if not known.size:
            yield str(name), (None, [])
            continue
        values = path["fitted"].iloc[known[0] :].tolist()
        yield str(name), (path["ds"].iloc[known[0]].date(), [_known(value) for value in values])


def _ids(name: str) -> tuple[int, int]:
    product, _separator, location = name.partition(":")
    return int(product), int(location)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
