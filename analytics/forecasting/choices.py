"""Why every series got its method: the candidates' errors at the rolling origins, in figures people read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.accuracy import bias, mase, wmape
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.rolling_origin import Backtest
from analytics.inputs import FloatArray

_ERRORS = ("wmape", "bias", "mase")
COLUMNS = (
    *("unique_id", "demand_class", "method", "origins", "steps"),
    *_ERRORS,
    *(f"benchmark_{error}" for error in _ERRORS),
    "candidates",
)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that was found out about the candidates; one entry or column per series.

    known_periods: how much history there was before the earliest origin; chosen: position of the method used.
    """

    labels: NDArray[np.str_]
    backtest: Backtest
    known_periods: IntArray
    scores: FloatArray
    order: NDArray[np.int64]
    chosen: IntArray


def choices_frame(panel: Panel, evidence: Evidence, *, benchmark: str) -> pd.DataFrame:
    """One row per series, columns as ForecastResult.choices says.

    Inputs: panel: the series; evidence: about the same series; benchmark: name of the method to compare with.
    Returns: frame.
    Raises: nothing.
    Source: house convention.
    """
    position = evidence.backtest.methods.index(benchmark)
    rows = [_choice(panel, evidence, series, position) for series in range(len(panel.ids))]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _choice(panel: Panel, evidence: Evidence, series: int, benchmark: int) -> dict[str, Any]:
    chosen = int(evidence.chosen[series])
    judged = ~np.isnan(evidence.backtest.forecast[chosen, :, :, series])
    own = _errors(panel, evidence, series, chosen, judged)
    other = _errors(panel, evidence, series, benchmark, judged)
    return {
        "unique_id": panel.ids[series],
        "demand_class": str(evidence.labels[series]),
        "method": evidence.backtest.methods[chosen],
        "origins": int(judged.any(axis=1).sum()),
        "steps": int(judged.any(axis=0).sum()),
        **own,
        **{f"benchmark_{name}": value for name, value in other.items()},
        "candidates": _candidates(panel, evidence, series),
    }


def _candidates(panel: Panel, evidence: Evidence, series: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for method in evidence.order[:, series]:
        if not np.isfinite(evidence.scores[method, series]):
            continue
        judged = ~np.isnan(evidence.backtest.forecast[method, :, :, series])
        row = {
            "method": evidence.backtest.methods[method],
            "score": float(evidence.scores[method, series]),
            "origins": int(judged.any(axis=1).sum()),
        }
        rows.append(row | _errors(panel, evidence, series, int(method), judged))
    return rows


def _errors(panel: Panel, evidence: Evidence, series: int, method: int, judged: NDArray[np.bool_]) -> dict[str, float]:
    actual = evidence.backtest.actual[:, :, series][judged]
    forecast = evidence.backtest.forecast[method, :, :, series][judged]
    history = panel.values[:, series]
    training = history[~np.isnan(history)][: evidence.known_periods[series]]
    season = panel.season_periods if len(training) > panel.season_periods else 1
    return {
        "wmape": wmape(actual, forecast),
        "bias": bias(actual, forecast),
        "mase": mase(actual, forecast, training=training, season_periods=season),
    }
