"""What the forecasting engine says of every item's window: lead time and review period together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Panel
from analytics.forecasting.result import quantile_name
from analytics.inputs import FloatArray

_PROBABILITIES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995)
_STRATA = 200
# Beyond, a window is forecast by the mean of so many periods.
_LONGEST_WINDOW = 104


@dataclass(frozen=True, slots=True, eq=False)
class WindowForecast:
    """One entry an item: expected units a period over the window, standard deviation of the error of their sum, and
    the whole periods that the two are about."""

    expected: FloatArray
    sd: FloatArray
    periods: NDArray[np.int64]


def window_forecast(panel: Panel, *, window_periods: FloatArray) -> WindowForecast:
    """Forecast the demand of every item over its window.

    Inputs: panel: demand per period; window_periods: of each item, > 0.
    Returns: WindowForecast.
    Raises: AnalyticsError when a window is not positive or the lengths differ.
    Source: cumulative quantiles of the engine, from its errors at rolling origins (analytics.forecasting.quantiles).
    """
    if len(window_periods) != len(panel.ids) or not (window_periods > 0).all():
        raise AnalyticsError("every item needs a window longer than nothing")
    periods = np.clip(np.ceil(window_periods - 1e-9), 1, _LONGEST_WINDOW).astype(np.int64)
    items, longest = len(periods), int(periods.max(initial=1))
    found = forecast_panel(panel, horizon_periods=longest, quantiles=_PROBABILITIES)
    last, item = periods - 1, np.arange(items)
    total = np.cumsum(found.values["mean"].to_numpy().reshape(items, longest), axis=1)[item, last]
    names = [quantile_name(chance) for chance in _PROBABILITIES]
    quantiles = found.cumulative[names].to_numpy().reshape(items, longest, len(names))[item, last]
    return WindowForecast(total / periods, _standard_deviation(quantiles), periods)


def _standard_deviation(quantiles: FloatArray) -> FloatArray:
    """Of the distribution between these quantiles, items x probabilities."""
    strata = (np.arange(_STRATA) + 0.5) / _STRATA
    between = np.stack([np.interp(strata, _PROBABILITIES, unit) for unit in np.eye(len(_PROBABILITIES))])
    return np.asarray((quantiles @ between).std(axis=1))
