"""The class of a series, which decides the methods that are tried on it."""

import numpy as np
from numpy.typing import NDArray

from analytics.demand_class import ERRATIC, INTERMITTENT, LUMPY, NO_DEMAND, SMOOTH, demand_classes
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

NEW, ENDING, SEASONAL = "new", "ending", "seasonal only"
CLASSES = (SMOOTH, ERRATIC, INTERMITTENT, LUMPY, NEW, ENDING, SEASONAL, NO_DEMAND)

# A third of a season, but at least four periods; of days four weeks.
_NEW_SEASONS = 1 / 3
_NEW_PERIODS = 4
_NEW_DAYS = 28
# Silent for half a season (of days: two months), and for far longer than it ever was before.
_ENDING_SEASONS = 1 / 2
_ENDING_DAYS = 60
_ENDING_INTERVALS = 6
# At least a quarter of the phases never sells, the others nearly always do.
_SEASONAL_CYCLES = 2
_CLOSED_PHASES = 0.25
_OPEN_SHARE = 0.9


def series_classes(panel: Panel) -> NDArray[np.str_]:
    """Class of every series: how regular its demand is, or the stage of its life where that says more.

    Inputs: panel: demand per period.
    Returns: one of CLASSES per series.
    Raises: nothing.
    Source: Syntetos, Boylan & Croston 2005 for the first four; house rules for new, ending and seasonal-only series.
    """
    found = demand_classes(panel.values)
    labels = found.labels.astype(object)
    season, daily = panel.season_periods, is_daily(panel)
    silent = _silent_periods(panel.values)
    shortest = _ENDING_DAYS if daily else max(_NEW_PERIODS, _ENDING_SEASONS * season)
    lengths = panel.lengths()
    # The interval between demands as it was before the silence.
    interval = np.nan_to_num(found.adi) * (lengths - silent) / np.maximum(lengths, 1)
    labels[(silent >= shortest) & (silent >= _ENDING_INTERVALS * interval)] = ENDING
    labels[_sells_in_season_only(panel)] = SEASONAL
    labels[lengths < (_NEW_DAYS if daily else max(_NEW_PERIODS, _NEW_SEASONS * season))] = NEW
    labels[found.labels == NO_DEMAND] = NO_DEMAND
    return np.asarray(labels, dtype=np.str_)


def is_daily(panel: Panel) -> bool:
    """Whether the periods are days.

    Inputs: panel.
    Returns: bool.
    Raises: nothing.
    Source: none; ours.
    """
    return panel.periods.freqstr == "D"


def _silent_periods(values: FloatArray) -> NDArray[np.int64]:
    """Periods since the last demand."""
    sold = np.nan_to_num(values) != 0
    return np.asarray(np.where(sold.any(axis=0), sold[::-1].argmax(axis=0), len(values)))


def _sells_in_season_only(panel: Panel) -> NDArray[np.bool_]:
    season = panel.season_periods
    cycles = len(panel.values) // season
    if season < _NEW_PERIODS or cycles < _SEASONAL_CYCLES:
        return np.zeros(len(panel.ids), dtype=bool)
    whole = panel.values[len(panel.values) - cycles * season :].reshape(cycles, season, -1)
    share = mean_known(np.where(np.isnan(whole), np.nan, whole > 0), axis=0)
    seen = (~np.isnan(whole)).sum(axis=0).min(axis=0) >= _SEASONAL_CYCLES
    closed = share == 0
    some = closed.mean(axis=0) >= _CLOSED_PHASES
    reliable = mean_known(np.where(closed, np.nan, share), axis=0) >= _OPEN_SHARE
    return np.asarray(seen & some & reliable)
