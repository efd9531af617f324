"""What a forecast is made of: level, trend, season and events, in demand, adding up to it exactly."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.adjustment import Adjusted, adjusted
from analytics.forecasting.panel import Panel
from analytics.forecasting.recursions import smoothed_levels
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Each is horizon x series; their sum is the forecast. event is the effect of all drivers, price included."""

    level: FloatArray
    trend: FloatArray
    season: FloatArray
    event: FloatArray


def components(mean: FloatArray, *, panel: Panel) -> Components:
    """The parts of a forecast.

    Inputs: mean: horizon x series, the forecast; panel: the history without gaps, drivers with it.
    Returns: Components.
    Raises: nothing.
    Source: classical decomposition (FPP3, section 3.2): season and events as the adjustment of the series found them,
        level as simple smoothing of the rest, trend what the forecast adds to that.
    """
    left = adjusted(panel, horizon_periods=len(mean))
    level = _level(left, len(mean))
    rows = len(panel.periods)
    seasonal, driven, logged = left.seasonal[rows:], left.driven[rows:], left.scale.logged
    with np.errstate(over="ignore"):
        base = np.where(logged, mean / np.exp(seasonal + driven), mean - (seasonal + driven) * left.scale.unit)
        event = np.where(logged, mean * (1 - np.exp(-driven)), driven * left.scale.unit)
    return Components(level, base - level, mean - event - base, event)


def _level(left: Adjusted, horizon_periods: int) -> FloatArray:
    found = smoothed_levels(left.values, begins=left.begins).level
    level = np.nan_to_num(left.scale.demand(found), posinf=0.0, neginf=0.0)
    return np.repeat(level[None], horizon_periods, axis=0)
