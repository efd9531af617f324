"""What a forecast run hands back, as frames with a documented contract."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting.panel import Panel
from analytics.forecasting.rolling_origin import Failure
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ForecastResult:
    """Frames over all series, sorted by series and period.

    values: unique_id, ds, q10, q50, q90; q50 is the method's point forecast: for intermittent demand the
        expected rate, not the (often zero) median, so that sums over periods stay right.
    fitted: unique_id, ds, y, fitted; observed periods, fitted is NaN where the method gives none.
    choices: unique_id, demand_class, method; origins and steps it was judged on; wmape, bias, mase of the method
        there and benchmark_wmape, benchmark_bias, benchmark_mase of seasonal naive on the same origins (NaN
        where undefined); candidates: list of dicts method, score, origins, wmape, bias, mase from best to worst.
        score is what decided: relative error shrunk to the class, 1 = average of the series' candidates.
    failures: unique_id, method, reason.
    """

    values: pd.DataFrame
    fitted: pd.DataFrame
    choices: pd.DataFrame
    failures: pd.DataFrame


def values_frame(panel: Panel, *, lower: FloatArray, mean: FloatArray, upper: FloatArray) -> pd.DataFrame:
    """The forecast as a long frame.

    Inputs: panel: the series; lower, mean, upper: horizon x series.
    Returns: frame as ForecastResult.values.
    Raises: nothing.
    Source: house convention.
    """
    future = panel.future(horizon_periods=len(mean))
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.array(panel.ids, dtype=object), len(future)),
            "ds": np.tile(future.to_numpy(), len(panel.ids)),
            "q10": lower.T.ravel(),
            "q50": mean.T.ravel(),
            "q90": upper.T.ravel(),
        }
    )


def fitted_frame(panel: Panel, *, fitted: FloatArray) -> pd.DataFrame:
    """The history beside its fitted path as a long frame of the observed periods.

    Inputs: panel: the series; fitted: periods x series.
    Returns: frame as ForecastResult.fitted.
    Raises: nothing.
    Source: house convention.
    """
    observed = ~np.isnan(panel.values.T)
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.array(panel.ids, dtype=object), observed.sum(axis=1)),
            "ds": np.tile(panel.periods.to_numpy(), len(panel.ids))[observed.ravel()],
            "y": panel.values.T[observed],
            "fitted": fitted.T[observed],
        }
    )


def failures_frame(failures: list[Failure]) -> pd.DataFrame:
    """Every failed fit once.

    Inputs: failures: of both stages, a method may have failed at several origins.
    Returns: frame as ForecastResult.failures.
    Raises: nothing.
    Source: house convention.
    """
    rows = [(failure.unique_id, failure.method, failure.reason) for failure in dict.fromkeys(failures)]
    return pd.DataFrame(rows, columns=["unique_id", "method", "reason"])
