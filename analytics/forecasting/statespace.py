"""ARMA in state space form by statsmodels, with the settings that make it fast enough for many series."""

from dataclasses import dataclass

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True)
class ArmaForm:
    """Orders after differencing, and where the optimiser starts (ar, ma, seasonal ma: pooled values)."""

    ar: int
    ma: int
    seasonal_ma: int
    season: int
    start: tuple[float, ...]
    iterations: int


def fit_arma(series: FloatArray, *, form: ArmaForm, horizon_periods: int) -> tuple[FloatArray, FloatArray]:
    """Exact maximum likelihood of a zero-mean ARMA, few quasi-Newton steps from pooled start values.

    Inputs: series: 1-D, already differenced or centred; form: orders and start; horizon_periods: steps ahead.
    Returns: one-step fitted values of the series, mean over the horizon.
    Raises: ValueError or ArithmeticError from statsmodels when the likelihood breaks down.
    Source: Durbin & Koopman 2012; scale concentrated out, Harvey 1989, section 4.5.
    """
    model = SARIMAX(
        series,
        order=(form.ar, 0, form.ma),
        seasonal_order=(0, 0, form.seasonal_ma, form.season),
        concentrate_scale=True,
    )
    parameters = model.fit(
        start_params=np.array(form.start),
        method="lbfgs",
        maxiter=form.iterations,
        disp=False,
        cov_type="none",
        return_params=True,
    )
    result = model.filter(parameters, cov_type="none")
    return np.asarray(result.fittedvalues), np.asarray(result.forecast(horizon_periods))
