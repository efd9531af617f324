"""The forecasts that were published: of the last twelve whole months and of the running one.

Each is computed by analytics.forecasting from the months before it only; the methods are those that take no time.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.contract import Forecaster
from analytics.forecasting.croston import Croston, sba
from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.result import ForecastResult
from analytics.forecasting.rolling_origin import origin_plan
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.forecasting.simple_smoothing import SimpleSmoothing
from analytics.forecasting.theta import Theta
from data.demo.frames import rows
from data.demo.people import PLANNER_ID

ERRORS = ("wmape", "bias", "mase")
PAST_RUNS = 12
PAST_HORIZON, HORIZON = 3, 6
ORIGINS = 3
DATA_VERSION = 1  # of demand right after loading: the running month's forecast knows all there is
METHODS: tuple[Forecaster, ...] = (SeasonalNaive(), SimpleSmoothing(), Theta(), Croston(), sba())


def month_totals(days: NDArray[np.datetime64], sold: NDArray[np.int64], pairs: pd.DataFrame) -> pd.DataFrame:
    """Sales of every product and location in each whole month: product_id, location_id, unique_id, ds, y."""
    months = days.astype("datetime64[M]")
    names, start = np.unique(months, return_index=True)
    totals = np.add.reduceat(sold, start, axis=1)
    whole = np.ones(len(names), dtype=bool)
    whole[0] = days[0] == names[0].astype("datetime64[D]")
    whole[-1] = days[-1] + 1 == (names[-1] + 1).astype("datetime64[D]")
    totals, names = totals[:, whole], names[whole]
    frame = pairs.loc[pairs.index.repeat(len(names)), ["product_id", "location_id"]].reset_index(drop=True)
    frame["unique_id"] = _series_ids(frame)
    return frame.assign(ds=np.tile(names.astype("datetime64[s]"), len(pairs)), y=totals.ravel().astype(np.float64))


def published_forecasts(
    months: pd.DataFrame, ends: dict[int, date], *, today: date, past_runs: int = PAST_RUNS
) -> dict[str, pd.DataFrame]:
    """Tables forecast_run, forecast_series and forecast_value. ``ends``: products that end, and when."""
    this_month = pd.Timestamp(today).replace(day=1)
    firsts = [this_month - pd.DateOffset(months=back) for back in range(past_runs, -1, -1)]
    runs: list[dict[str, Any]] = []
    series: list[pd.DataFrame] = []
    values: list[pd.DataFrame] = []
    for first in firsts:
        known = months[(months["ds"] < first) & ~months["product_id"].isin(_ended(ends, first.date()))]
        known = known[known["unique_id"].isin(known.loc[known["y"] > 0, "unique_id"])]
        if known["ds"].nunique() == 0:
            continue
        number, running = len(runs) + 1, first == this_month
        horizon = HORIZON if running else PAST_HORIZON
        panel = to_panel(known, frequency="month", end=(first - pd.Timedelta(days=1)).date())
        result = forecast_panel(panel, horizon_periods=horizon, methods=METHODS, origins=ORIGINS)
        keys = known.drop_duplicates("unique_id").set_index("unique_id")[["product_id", "location_id"]]
        version = DATA_VERSION if running else 0
        runs.append(_run(number, first.date(), horizon, series_count=len(panel.ids), data_version=version))
        series.append(_series(number, panel, result, keys, horizon=horizon))
        values.append(_values(number, result.values, keys))
    return {
        "forecast_run": pd.DataFrame(runs),
        "forecast_series": pd.concat(series, ignore_index=True),
        "forecast_value": pd.concat(values, ignore_index=True),
    }


def _series_ids(frame: pd.DataFrame) -> pd.Series[str]:
    return frame["product_id"].astype(str).str.zfill(6) + "/" + frame["location_id"].astype(str)


def _ended(ends: dict[int, date], first: date) -> list[int]:
    return [product for product, day in ends.items() if day < first]


def _run(number: int, first: date, horizon: int, *, series_count: int, data_version: int) -> dict[str, Any]:
    made_at = datetime.combine(first, time(1), tzinfo=UTC)
    return {
        "id": number,
        "frequency": "month",
        "first_period": first,
        "horizon": horizon,
        "scope": "{}",
        "state": "done",
        "series_count": series_count,
        "data_version": data_version,
        "created_by": PLANNER_ID,
        "created_at": made_at,
        "finished_at": made_at,
    }


def _series(number: int, panel: Panel, result: ForecastResult, keys: pd.DataFrame, *, horizon: int) -> pd.DataFrame:
    choices = result.choices.set_index("unique_id").reindex(panel.ids)
    paths = result.fitted.dropna(subset=["fitted"]).groupby("unique_id", sort=False)
    found = paths.agg(first=("ds", "first"), path=("fitted", list)).reindex(panel.ids)
    lengths = panel.lengths()
    return pd.DataFrame(
        {
            "run_id": number,
            "product_id": keys["product_id"].reindex(panel.ids).to_numpy(),
            "location_id": keys["location_id"].reindex(panel.ids).to_numpy(),
            "method": choices["method"].to_numpy(),
            "demand_class": choices["demand_class"].to_numpy(),
            "volume": np.nansum(panel.recent(periods=panel.season_periods).values, axis=0),
            "judged_volume": [_judged_volume(panel, column, horizon) for column in range(len(panel.ids))],
            **{name: choices[name].to_numpy() for name in ERRORS},
            **{f"naive_{name}": choices[f"benchmark_{name}"].to_numpy() for name in ERRORS},
            "why": [_why(choice, int(periods)) for choice, periods in zip(rows(choices), lengths, strict=True)],
            "fitted_from": found["first"].dt.date.to_numpy(),
            "fitted": [_array(path) for path in found["path"]],
        }
    )


def _judged_volume(panel: Panel, column: int, horizon: int) -> float:
    """Demand of the periods at the rolling origins, per year."""
    history, length = panel.values[:, column], int(panel.lengths()[column])
    plan = origin_plan(length, horizon_periods=horizon, season_periods=panel.season_periods, origins=ORIGINS)
    begins = [len(history) - held_out for held_out in plan.held_out_periods]
    demand = [history[begin : begin + plan.steps] for begin in begins]
    return float(np.mean(demand)) * panel.season_periods if demand else 0.0


def _values(number: int, values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    ids = values["unique_id"].to_numpy()
    return pd.DataFrame(
        {
            "run_id": number,
            "product_id": keys["product_id"].reindex(ids).to_numpy(),
            "location_id": keys["location_id"].reindex(ids).to_numpy(),
            "period": values["ds"].to_numpy().astype("datetime64[D]"),
            "q10": values["q10"].to_numpy(),
            "q50": values["q50"].to_numpy(),
            "q90": values["q90"].to_numpy(),
        }
    )


def _why(choice: Any, periods: int) -> str:
    candidates = [{name: _plain(value) for name, value in row.items()} for row in choice.candidates]
    return json.dumps(
        {
            "periods": periods,
            "origins": choice.origins,
            "steps": choice.steps,
            "candidates": candidates,
            "failures": [],  # these methods always come to an end
        }
    )


def _plain(value: Any) -> Any:
    """JSON knows no NaN and no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _array(path: list[float] | float) -> str:
    """An array of PostgreSQL; a series that has no fitted path has an empty one."""
    if not isinstance(path, list):
        return "{}"
    return "{" + ",".join("NULL" if math.isnan(value) else repr(round(value, 4)) for value in path) + "}"
