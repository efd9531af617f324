"""LightGBM as it is usually set up for demand: lags, rolling means, calendar and drivers; tuned on the last horizon."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from mlforecast import MLForecast
from mlforecast.lag_transforms import RollingMean
from mlforecast.target_transforms import GlobalSklearnTransformer, LocalStandardScaler
from sklearn.preprocessing import FunctionTransformer

KEYS = ["unique_id", "ds"]
# By the first letter of the frequency: lags, windows of rolling means, features of the date.
RECIPES = {
    "M": ([1, 2, 3, 6, 12], [3, 6, 12], ["month"]),
    "W": ([1, 2, 3, 4, 8, 13, 26, 52], [4, 13, 26], ["week", "month"]),
    "D": ([1, 2, 3, 7, 14, 21, 28, 364], [7, 28, 56], ["dayofweek", "day", "month"]),
}


def _log(values: np.ndarray) -> np.ndarray:
    return np.sign(values) * np.log1p(np.abs(values))


def _unlogged(values: np.ndarray) -> np.ndarray:
    return np.sign(values) * np.expm1(np.abs(values))


SCALES = {
    "as it is": list,
    "standardised": lambda: [LocalStandardScaler()],
    "logarithm": lambda: [GlobalSklearnTransformer(FunctionTransformer(_log, _unlogged, check_inverse=False))],
}
# How far back the lags begin: one step, each forecast feeding the next, or the whole horizon, as in the M5 recipes.
CANDIDATES = [(scale, recursive) for scale in SCALES for recursive in (True, False)]


def forecast(history: pd.DataFrame, future: pd.DataFrame | None, described: dict[str, Any]) -> pd.DataFrame:
    """The candidate that forecast the last horizon of the history best, fitted again on all of it."""
    drivers = [] if future is None else [name for name in future if name not in KEYS]
    means = history.groupby("unique_id")[drivers].mean()
    known = _with_relatives(history[[*KEYS, "y", *drivers]], means)
    plan = None if future is None else _with_relatives(future, means)
    steps = known.groupby("unique_id").cumcount(ascending=False)
    last = (steps < described["horizon"]) & _long(known, described)
    errors = {candidate: _error(known[~last], known[last], candidate, described) for candidate in CANDIDATES}
    print(
        {f"{scale}, {'recursive' if own else 'direct'}": round(error, 3) for (scale, own), error in errors.items()},
        flush=True,
    )
    return _forecast(known, plan, min(errors, key=lambda candidate: errors[candidate]), described)


def can_learn(history: pd.DataFrame, described: dict[str, Any]) -> bool:
    """There are series to tune it on."""
    return bool(_long(history, described).any())


def _long(history: pd.DataFrame, described: dict[str, Any]) -> pd.Series[bool]:
    """Rows of the series that can spare a horizon."""
    return history.groupby("unique_id")["y"].transform("size") > 2 * described["horizon"]


def _with_relatives(rows: pd.DataFrame, means: pd.DataFrame) -> pd.DataFrame:
    """A price says more when it stands beside the usual one of the item."""
    usual = means.reindex(rows["unique_id"]).to_numpy()
    names = [name for name in means if name.endswith("price")]
    relative = rows[list(means)].to_numpy() / np.where(usual == 0, 1.0, usual)
    places = [list(means).index(name) for name in names]
    return rows.assign(**{f"relative_{name}": relative[:, place] for name, place in zip(names, places, strict=True)})


def _error(history: pd.DataFrame, last: pd.DataFrame, candidate: tuple[str, bool], described: dict[str, Any]) -> float:
    """Mean over the series of the error that the set is judged by, absolute or squared, over the mean demand."""
    plan = last.drop(columns="y")
    found = _forecast(history, None if list(plan) == KEYS else plan, candidate, described)
    both = last.merge(found, on=KEYS)
    power = 2 if described["intermittent"] else 1
    size = ((both["y"] - both["y_hat"]).abs() ** power).groupby(both["unique_id"]).mean() ** (1 / power)
    level = history.groupby("unique_id")["y"].mean()
    return float((size / level[level > 0]).mean())


def _forecast(
    history: pd.DataFrame, future: pd.DataFrame | None, candidate: tuple[str, bool], described: dict[str, Any]
) -> pd.DataFrame:
    scale, recursive = candidate
    lags, windows, dates = RECIPES[described["freq"][0]]
    first = 1 if recursive else described["horizon"]
    model = lightgbm.LGBMRegressor(
        n_estimators=400, learning_rate=0.05, num_leaves=31, subsample=0.8, subsample_freq=1, colsample_bytree=0.8,
        min_child_samples=20, n_jobs=1, random_state=0, verbosity=-1, deterministic=True,
    )  # fmt: skip
    engine = MLForecast(
        models={"y_hat": model},
        freq=described["freq"],
        lags=[lag for lag in sorted({first, *lags}) if lag >= first],
        lag_transforms={first: [RollingMean(window, min_samples=1) for window in windows]},
        date_features=dates,
        target_transforms=SCALES[scale](),
    )
    engine.fit(history, static_features=[], dropna=False)
    return engine.predict(described["horizon"], X_df=future)
