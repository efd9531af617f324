"""A method that fits one series at a time, run over a panel: failures stay in their column, with their reason."""

import warnings
from collections.abc import Callable

import numpy as np

from analytics.forecasting.adjustment import adjusted
from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

# (adjusted history, seasonal effects of the history and the horizon) -> fitted and mean, both adjusted
Fit = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

# Adjusted values have no unit, so a spread below this is rounding: a likelihood has nothing to fit there.
_FLAT = 1e-9


def fit_each(panel: Panel, *, horizon_periods: int, minimum_periods: int, fit: Fit) -> Paths:
    """Fit every column of the adjusted panel on its own and put the paths back on the demand scale.

    Inputs: panel: periods x series; horizon_periods: steps ahead; minimum_periods: shorter series are left
        out; fit: from one adjusted history to its paths.
    Returns: Paths; constant columns stay constant, columns whose fit fails are NaN with the reason
        kept.
    Raises: nothing that a fit raises as ValueError, ArithmeticError or IndexError.
    Source: house convention.
    """
    left = adjusted(panel, horizon_periods=horizon_periods)
    fitted = np.full_like(panel.values, np.nan)
    mean = np.full((horizon_periods, len(panel.ids)), np.nan)
    failures: dict[int, str] = {}
    lengths = panel.lengths()
    for position in np.flatnonzero(lengths >= max(minimum_periods, 1)):
        start = len(panel.periods) - lengths[position]
        history, effects = left.values[start:, position], left.effects[start:, position]
        try:
            fitted[start:, position], mean[:, position] = _quietly(fit, history, effects)
        except (ValueError, ArithmeticError, IndexError) as error:
            failures[int(position)] = f"{type(error).__name__}: {error}"
            continue
        if not np.isfinite(mean[:, position]).all():
            failures[int(position)] = "the fit gave no finite forecast"
            mean[:, position] = np.nan
    return Paths(*left.restore(fitted, mean), failures)


def _quietly(fit: Fit, history: FloatArray, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
    if np.ptp(history) <= _FLAT:
        return history, np.full(len(effects) - len(history), history[-1])
    # statsmodels switches its own warnings back on, so they are silenced around every single fit.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit(history, effects)
