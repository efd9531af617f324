"""The forecasts that were published: of the last twelve whole months and of the running one.

Each is computed by analytics.forecasting from the months before it only.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.result import ForecastResult
from data.demo.frames import rows
from data.demo.people import PLANNER_ID

ERRORS = ("wmape", "bias", "mase", "rmsse")
SIGNALS = ("coverage", "tracking_signal")
COMPONENTS = ("level", "trend", "season", "event")
PAST_RUNS = 12
PAST_HORIZON, HORIZON = 3, 14
DATA_VERSION = 1  # of demand right after loading: the running month's forecast knows all there is


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
    months: pd.DataFrame,
    ends: dict[int, date],
    *,
    prices: pd.Series,
    today: date,
    past_runs: int = PAST_RUNS,
    months_ahead: int = HORIZON,
) -> dict[str, pd.DataFrame]:
    """Tables forecast_run, forecast_series and forecast_value.

    ``ends``: products that end, and when; ``prices``: of the list, by product; ``months_ahead``: how far the running
    month's forecast looks.
    """
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
        horizon = months_ahead if running else PAST_HORIZON
        panel = to_panel(known, frequency="month", end=(first - pd.Timedelta(days=1)).date())
        result = forecast_panel(panel, horizon_periods=horizon)
        keys = known.drop_duplicates("unique_id").set_index("unique_id")[["product_id", "location_id"]]
        version = DATA_VERSION if running else 0
        runs.append(_run(number, first.date(), horizon, series_count=len(panel.ids), data_version=version))
        series.append(_series(number, panel, result, keys, prices))
        runs[-1] |= {"summary": _summary(series[-1]), **_approval(runs[-1], approved=not running)}
        values.append(_values(number, result.values, keys))
    return {
        "forecast_run": pd.DataFrame(runs).astype({"approved_by": "Int64"}),
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


def _summary(series: pd.DataFrame) -> str:
    """Errors weighted with demand, as a run keeps them."""
    judged = series.dropna(subset=["wmape", "naive_wmape"])
    weight = judged["judged_volume"]
    total = float(weight.sum())
    errors = {
        name: float((judged[name] * weight).sum()) / total if total else None for name in ("wmape", "naive_wmape")
    }
    return json.dumps({"series": len(series), "calculated": len(series), "copied": 0, **errors})


def _approval(run: dict[str, Any], *, approved: bool) -> dict[str, Any]:
    """Each month's forecast became the baseline the day after; that of the running month is to be looked at."""
    at = run["finished_at"] + timedelta(days=1) if approved else pd.NaT
    return {"approved_by": PLANNER_ID if approved else pd.NA, "approved_at": at}


def _series(number: int, panel: Panel, result: ForecastResult, keys: pd.DataFrame, prices: pd.Series) -> pd.DataFrame:
    choices = result.choices.set_index("unique_id").reindex(panel.ids)
    paths = result.fitted.dropna(subset=["fitted"]).groupby("unique_id", sort=False)
    found = paths.agg(first=("ds", "first"), path=("fitted", list)).reindex(panel.ids)
    volume = np.nansum(panel.recent(periods=panel.season_periods).values, axis=0)
    products = keys["product_id"].reindex(panel.ids).to_numpy()
    return pd.DataFrame(
        {
            "run_id": number,
            "product_id": products,
            "location_id": keys["location_id"].reindex(panel.ids).to_numpy(),
            "method": choices["method"].to_numpy(),
            "demand_class": choices["demand_class"].to_numpy(),
            "volume": volume,
            "judged_volume": choices["judged_volume"].to_numpy(),
            "value": volume * prices.reindex(products).to_numpy(),
            **{name: choices[name].to_numpy() for name in (*ERRORS, *SIGNALS)},
            **{f"naive_{name}": choices[f"benchmark_{name}"].to_numpy() for name in ERRORS},
            "why": [_why(choice, int(periods)) for choice, periods in zip(rows(choices), panel.lengths(), strict=True)],
            "components": _components(result.components, series=len(panel.ids)),
            "fitted_from": found["first"].dt.date.to_numpy(),
            "fitted": [_array(path) for path in found["path"]],
        }
    )


def _components(components: pd.DataFrame, *, series: int) -> list[str]:
    """The parts of every forecast, in the order of the panel; rounded, they are to be looked at."""
    parts = np.round(components[list(COMPONENTS)].to_numpy().reshape(series, -1, len(COMPONENTS)), 4)
    return [json.dumps(dict(zip(COMPONENTS, paths.T.tolist(), strict=True))) for paths in parts]


def _values(number: int, values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    ids = values["unique_id"].to_numpy()
    return pd.DataFrame(
        {
            "run_id": number,
            "product_id": keys["product_id"].reindex(ids).to_numpy(),
            "location_id": keys["location_id"].reindex(ids).to_numpy(),
            "period": values["ds"].to_numpy().astype("datetime64[D]"),
            "q10": values[["q0.1", "mean"]].min(axis=1).to_numpy(),
            "q50": values["mean"].to_numpy(),
            "q90": values[["q0.9", "mean"]].max(axis=1).to_numpy(),
        }
    )


def _why(choice: Any, periods: int) -> str:
    return json.dumps(
        {
            "periods": periods,
            "origins": choice.origins,
            "steps": choice.steps,
            "candidates": _plain(choice.candidates),
            "failures": [],  # these methods always come to an end
        }
    )


def _plain(value: Any) -> Any:
    """JSON knows no NaN and no infinity."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _array(path: list[float] | float) -> str:
    """An array of PostgreSQL; a series that has no fitted path has an empty one."""
    if not isinstance(path, list):
        return "{}"
    return "{" + ",".join("NULL" if math.isnan(value) else repr(round(value, 4)) for value in path) + "}"
