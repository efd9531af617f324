"""Periods in which nothing can be sold, told by a driver: their demand is zero because the shop is closed."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.design import MOST_CATEGORIES
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

_LEAST_PERIODS = 30
_ALWAYS_ZERO = 0.99
_RARELY_ZERO = 0.2


def closed_periods(panel: Panel, drivers: Drivers) -> NDArray[np.bool_]:
    """Where a driver has a value at which demand was always zero, while it rarely is otherwise.

    Inputs: panel: periods x series; drivers: of the same series.
    Returns: (periods + horizon) x series.
    Raises: nothing.
    Source: house rule; a zero that is a closure must be known, not learned.
    """
    rows = len(panel.periods)
    closed = np.zeros(drivers.values.shape[1:], dtype=bool)
    known = ~np.isnan(panel.values)
    zero = known & (panel.values == 0)
    for values in drivers.values:
        categories = np.unique(values[~np.isnan(values)])
        if not 1 < len(categories) <= MOST_CATEGORIES:
            continue
        for category in categories:
            place = values == category
            inside, outside = known & place[:rows], known & ~place[:rows]
            if inside.sum() < _LEAST_PERIODS or not outside.any():
                continue
            if zero[inside].mean() >= _ALWAYS_ZERO and zero[outside].mean() <= _RARELY_ZERO:
                closed |= place
    return closed


def opened(panel: Panel, *, closed: NDArray[np.bool_]) -> Panel:
    """The panel with what closed periods would have sold: as a season before, else as the period before.

    Inputs: panel: series without gaps; closed: (periods + horizon) x series.
    Returns: Panel.
    Raises: nothing.
    Source: house rule; only so do levels and seasons see what an open period sells.
    """
    values, season = _without(panel.values, closed), panel.season_periods
    for row in range(len(values)):
        shut = closed[row]
        if not shut.any():
            continue
        earlier = values[row - season] if row >= season else np.full(values.shape[1], np.nan)
        before = values[row - 1] if row else earlier
        values[row] = np.where(shut, np.where(np.isnan(earlier), before, earlier), values[row])
    return replace(panel, values=_filled_backwards(values, begun=~np.isnan(panel.values)))


def _without(values: FloatArray, closed: NDArray[np.bool_]) -> FloatArray:
    return np.where(closed[: len(values)], np.nan, values)


def _filled_backwards(values: FloatArray, *, begun: NDArray[np.bool_]) -> FloatArray:
    """A series that begins closed takes its first open period; one that never opens is zero."""
    for row in range(len(values) - 2, -1, -1):
        values[row] = np.where(begun[row] & np.isnan(values[row]), values[row + 1], values[row])
    return np.where(begun & np.isnan(values), 0.0, values)
