"""Drivers made ready for a regression: logs of prices, one column per category, centred for every series."""

import numpy as np

from analytics.forecasting.drivers import Drivers
from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray

# A driver with at most so many different values is a category, unless it is a price.
MOST_CATEGORIES = 12


def design_matrix(drivers: Drivers, *, periods: int) -> FloatArray | None:
    """Regression terms of the drivers.

    Inputs: drivers: as the planner knows them; periods: how many of their rows are history.
    Returns: terms x (periods + horizon) x series, zero on average over the history of every series and where a
        driver is not known; None when no driver says anything.
    Raises: nothing.
    Source: constant elasticity for prices (log-log), as in Fildes, Ma & Kolassa 2022, section 3.
    """
    terms = [term for values in drivers.values for term in _terms(values)]
    centred = [np.nan_to_num(term - np.nan_to_num(mean_known(term[:periods], axis=0))) for term in terms]
    informative = [term for term in centred if term[:periods].any()]
    return np.stack(informative) if informative else None


def _terms(values: FloatArray) -> list[FloatArray]:
    known = values[~np.isnan(values)]
    different = np.unique(known)
    if len(different) < 2:
        return []
    if set(different) <= {0.0, 1.0}:
        return [values]
    if len(different) <= MOST_CATEGORIES and np.allclose(different, np.round(different)):
        return [np.where(np.isnan(values), np.nan, values == category) for category in different[1:]]
    if (known > 0).all():
        return [np.log(values)]
    # Money spent works less and less the more is spent.
    typical = float(np.abs(known[known != 0]).mean())
    return [np.sign(values) * np.log1p(np.abs(values) / typical)]
