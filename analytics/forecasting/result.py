"""What a forecast run hands back, as frames with a documented contract."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting.panel import Panel
from analytics.forecasting.rolling_origin import Failure
from analytics.inputs import FloatArray

ERRORS = ("wmape", "bias", "mase", "rmsse")
CHOICES = (
    *("unique_id", "demand_class", "method", "origins", "steps", "judged_volume", *ERRORS),
    *("coverage", "tracking_signal", *(f"benchmark_{name}" for name in ERRORS), "candidates"),
)


@dataclass(frozen=True, slots=True, eq=False)
class ForecastResult:
    """Frames over all series, in the order of the panel and of time.

    values: unique_id, ds, mean, a column per quantile as quantile_name(); for intermittent demand mean is the expected
        rate, not the (often zero) median, so that sums over periods stay right.
    cumulative: the same for the sum of demand from the first period on, for lead times.
    fitted: unique_id, ds, y, fitted; observed periods, fitted is NaN where no method gives one.
    components: unique_id, ds, level, trend, season, event; they add up to mean.
    choices: unique_id, demand_class, method; origins and steps it was judged on, judged_volume (mean demand per period
        there times the season); wmape, bias, mase, rmsse, coverage (of the outer quantiles) there; tracking_signal
        since the nearest origin; benchmark_wmape, benchmark_bias, benchmark_mase, benchmark_rmsse of seasonal naive on
        the same origins (NaN where undefined); candidates: list of dicts method, weight, score, wmape, bias, mase,
        rmsse, origins (list of dicts held_out, wmape) from best to worst. score is relative error shrunk to the pool,
        1 = the median candidate.
    failures: unique_id, method, reason.
    """

    values: pd.DataFrame
    cumulative: pd.DataFrame
    fitted: pd.DataFrame
    components: pd.DataFrame
    choices: pd.DataFrame
    failures: pd.DataFrame


def quantile_name(probability: float) -> str:
    """The column of a quantile, such as q0.1.

    Inputs: probability: in (0, 1).
    Returns: its name.
    Raises: nothing.
    Source: house convention.
    """
    return f"q{probability:g}"


def ahead_frame(panel: Panel, columns: dict[str, FloatArray]) -> pd.DataFrame:
    """Paths over the horizon as a long frame.

    Inputs: panel: the series; columns: horizon x series each.
    Returns: frame unique_id, ds and these columns.
    Raises: nothing.
    Source: house convention.
    """
    horizon_periods = len(next(iter(columns.values())))
    future = panel.future(horizon_periods=horizon_periods)
    ids = np.array(panel.ids, dtype=object)
    return pd.DataFrame(
        {
            "unique_id": np.repeat(ids, horizon_periods),
            "ds": np.tile(future.to_numpy(), len(ids)),
            **{name: values.T.ravel() for name, values in columns.items()},
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


def failures_frame(failures: Sequence[Failure]) -> pd.DataFrame:
    """Every failed fit once.

    Inputs: failures: of both stages, a method may have failed at several origins.
    Returns: frame as ForecastResult.failures.
    Raises: nothing.
    Source: house convention.
    """
    rows = [(failure.unique_id, failure.method, failure.reason) for failure in dict.fromkeys(failures)]
    return pd.DataFrame(rows, columns=["unique_id", "method", "reason"])
