"""Why every series is forecast as it is: errors of its methods at the rolling origins, in figures people read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.forecasting.result import ERRORS
from analytics.forecasting.rolling_origin import Backtest
from analytics.inputs import FloatArray

_SHOWN_SHARE = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that was found out about the methods of a block.

    backtest holds the benchmark at position benchmark; combined and lower and upper are origins x steps x series;
    score and share are methods x series.
    """

    labels: NDArray[np.str_]
    backtest: Backtest
    benchmark: int
    combined: FloatArray
    lower: FloatArray
    upper: FloatArray
    score: FloatArray
    share: FloatArray


def method_labels(names: tuple[str, ...], share: FloatArray) -> NDArray[np.object_]:
    """What the forecast of every series is made by: its methods with the largest weight first, joined by +.

    Inputs: names: of the methods; share: methods x series.
    Returns: one text per series; methods below half a percent are left out.
    Raises: nothing.
    Source: house convention.
    """
    order = np.argsort(-share, axis=0, kind="stable")
    shown = np.where(np.take_along_axis(share, order, 0) > _SHOWN_SHARE, order, -1)
    patterns, series = np.unique(shown, axis=1, return_inverse=True)
    texts = ["+".join(names[method] for method in pattern if method >= 0) for pattern in patterns.T]
    return np.array(texts, dtype=object)[series.ravel()]


def choices_frame(panel: Panel, found: Evidence) -> pd.DataFrame:
    """One row per series, columns as ForecastResult.choices says.

    Inputs: panel: the series; found: about the same series.
    Returns: frame.
    Raises: nothing.
    Source: formulas.md 3.1; errors as analytics.accuracy defines them.
    """
    backtest = found.backtest
    scales = _Scales.of(panel, max(backtest.held_out_periods, default=0))
    judged = ~np.isnan(backtest.actual) & ~np.isnan(found.combined)
    actual = np.where(judged, backtest.actual, np.nan)
    own = _errors(actual, found.combined, scales)
    benchmark = _errors(actual, backtest.forecast[found.benchmark], scales)
    columns: dict[str, Any] = {
        "unique_id": list(panel.ids),
        "demand_class": found.labels,
        "method": method_labels(backtest.methods, found.share),
        "origins": judged.any(axis=1).sum(axis=0),
        "steps": judged.any(axis=0).sum(axis=0),
        "judged_volume": np.nan_to_num(mean_known(actual, axis=(0, 1))) * panel.season_periods,
        **own,
        "coverage": _coverage(actual, found.lower, found.upper),
        "tracking_signal": _tracking_signal(actual[:1], found.combined[:1]),
        **{f"benchmark_{name}": values for name, values in benchmark.items()},
        "candidates": _candidates(found, actual, scales),
    }
    return pd.DataFrame(columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Scales:
    """In-sample changes before the earliest origin: mean absolute over a season, and squared from period to period."""

    absolute: FloatArray
    squared: FloatArray

    @classmethod
    def of(cls, panel: Panel, held_out: int) -> "_Scales":
        known = panel.values[: len(panel.values) - held_out]
        lag = panel.season_periods
        seasonal = np.abs(known[lag:] - known[:-lag]) if len(known) > lag else known[:0]
        single = np.diff(known, axis=0)
        long = (~np.isnan(known)).sum(axis=0) > lag
        absolute = np.where(long, mean_known(seasonal, axis=0), mean_known(np.abs(single), axis=0))
        return cls(absolute, mean_known(single**2, axis=0))


def _errors(actual: FloatArray, forecast: FloatArray, scales: _Scales) -> dict[str, FloatArray]:
    """Per series, over all origins and steps."""
    miss = np.where(np.isnan(actual), np.nan, forecast - actual)
    judged = (~np.isnan(miss)).any(axis=(0, 1))
    demand = np.nansum(actual, axis=(0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (
            np.nansum(np.abs(miss), axis=(0, 1)) / demand,
            np.nansum(miss, axis=(0, 1)) / demand,
            mean_known(np.abs(miss), axis=(0, 1)) / scales.absolute,
            np.sqrt(mean_known(miss**2, axis=(0, 1)) / scales.squared),
        )
    defined = (judged & (demand > 0), judged & (demand > 0), scales.absolute > 0, scales.squared > 0)
    return {name: np.where(able, values, np.nan) for name, values, able in zip(ERRORS, found, defined, strict=True)}


def _coverage(actual: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    inside = np.where(np.isnan(actual), np.nan, (actual >= lower) & (actual <= upper))
    return mean_known(inside, axis=(0, 1))


def _tracking_signal(actual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Sum of actual minus forecast over the mean absolute deviation, of the steps since the nearest origin."""
    miss = np.where(np.isnan(actual), np.nan, actual - forecast)
    deviation = mean_known(np.abs(miss), axis=(0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(deviation > 0, np.nansum(miss, axis=(0, 1)) / deviation, np.nan)


def _candidates(found: Evidence, actual: FloatArray, scales: _Scales) -> list[list[dict[str, Any]]]:
    """For every series its methods with their figures, from best to worst."""
    names, held_out = found.backtest.methods, found.backtest.held_out_periods
    figures = [_errors(actual, forecast, scales) for forecast in found.backtest.forecast]
    by_origin = [
        [_errors(actual[[origin]], forecast[[origin]], scales)["wmape"] for origin in range(len(held_out))]
        for forecast in found.backtest.forecast
    ]
    order = np.argsort(np.nan_to_num(found.score, nan=np.inf), axis=0, kind="stable")
    tried = np.asarray((~np.isnan(found.backtest.forecast)).any(axis=(1, 2)))
    return [
        [
            {
                "method": names[method],
                "weight": float(found.share[method, series]),
                "score": float(found.score[method, series]),
                **{name: float(figures[method][name][series]) for name in ERRORS},
                "origins": [
                    {"held_out": distance, "wmape": float(by_origin[method][origin][series])}
                    for origin, distance in enumerate(held_out)
                ],
            }
            for method in order[:, series]
            if found.share[method, series] > 0 or tried[method, series]
        ]
        for series in range(found.share.shape[1])
    ]
