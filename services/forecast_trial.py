"""Another method, or other parameters, tried on one series at once. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from analytics.accuracy import bias, mase, wmape
from analytics.forecasting.contract import Forecaster
from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.fixed_combination import FixedCombination
from analytics.forecasting.guards import within_reason
from analytics.forecasting.panel import Panel
from analytics.forecasting.pools import method_registry
from analytics.forecasting.rolling_origin import Backtest, origin_plan, rolling_origin
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.inputs import FloatArray
from core.errors import InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_annotations
from services import series_history
from services.forecast_detail import found_series
from services.forecast_reasons import method_name
from services.forecast_request import DEFAULT_ORIGINS
from services.forecasts import RunView, found_run
from services.form_values import quantity_of, row_id


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that methods can be given instead of their own choice; ``fields`` are what methods call it."""

    key: str
    fields: tuple[str, ...]
    lowest: float
    highest: float
    name: Callable[[], str]


COMBINATION = "combination"
PARAMETERS = (
    Parameter("alpha", ("alpha", "alphas", "size_alpha"), 0.01, 1.0, lambda: _("α, level")),
    Parameter("beta", ("betas", "probability_alpha"), 0.01, 1.0, lambda: _("β, trend or probability")),
    Parameter("gamma", ("gammas",), 0.01, 1.0, lambda: _("γ, season")),
    Parameter("phi", ("phis",), 0.5, 1.0, lambda: _("φ, damping")),
    Parameter("theta", ("thetas",), 1.0, 10.0, lambda: _("θ")),
    Parameter("window", ("window_periods", "block_periods", "lags"), 1, 520, lambda: _("Window, periods")),
)


@dataclass(frozen=True, slots=True)
class TrialMethod:
    """A method that can be tried, and the keys of the parameters it takes."""

    key: str
    name: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrialErrors:
    """Errors at the earlier dates; None where undefined."""

    wmape: float | None
    bias: float | None
    mase: float | None


@dataclass(frozen=True, slots=True)
class TrialOrigin:
    """WMAPE at one earlier date, so many periods ago."""

    held_out: int
    tried: float | None
    naive: float | None
    stored: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a method says of a series, and what it would have said at earlier dates.

    Beside it stand seasonal naive and the methods of the stored forecast with their weights, all without events; the
    latter are None where the forecast has a method that is not made at once.
    """

    name: str
    forecast: list[tuple[date, float]]
    tried: TrialErrors
    naive: TrialErrors
    stored: TrialErrors | None
    origins: list[TrialOrigin]


def trial_methods() -> list[TrialMethod]:
    """The methods that can be tried, by name.

    Inputs: none.
    Returns: TrialMethod each, those of analytics.forecasting.pools that no process of the web has to load more for.
    Raises: nothing.
    Source: issue 3, try another method or parameters and see it at once.
    """
    found = [TrialMethod(key, method_name(key), _parameters_of(method)) for key, method in _methods().items()]
    return [TrialMethod(COMBINATION, method_name(COMBINATION), ()), *sorted(found, key=lambda method: method.name)]


def try_method(
    viewer: Viewer, run_id: object, item: tuple[object, object], *, method: object, parameters: Mapping[str, object]
) -> Trial:
    """Forecast one series with one method, from what the run knew and with accepted corrections, without its events.

    Inputs: a viewer with forecast.read; the run; ids of product and location as a browser sent them; the key of the
        method; parameters by key, those that are empty are for the method to choose.
    Returns: Trial over the horizon of the run.
    Raises: NotAllowed; NotFound; InvalidInput for a method or parameter that does not exist or is out of range, and
        where the method can't do the series.
    Source: Tashman 2000, rolling origins.
    """
    require(viewer, Permission.FORECAST_READ)
    chosen = None if method == COMBINATION else _made(method, parameters)
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        ids = {"product_id": row_id(item[0]), "location_id": row_id(item[1])}
        stored = found_series(session, run, **ids)
        panel = series_history.known_to(series_history.history(session, run, **ids), run)
        noticed = demand_annotations.annotations_of_series(session, **ids, frequency=run.frequency)
    if panel is None:
        raise InvalidInput(_("This series has no demand that the run could know."))
    learnt = series_history.cleaned(panel, noticed)
    tried = _combination(learnt, run) if chosen is None else chosen
    return _judged(learnt, tried, _weighted(stored.why["candidates"], stored.method), run)


def _judged(panel: Panel, tried: Forecaster, stored: Forecaster | None, run: RunView) -> Trial:
    length = int(panel.lengths()[0])
    mean = within_reason(tried.forecast(panel, horizon_periods=run.horizon).mean, history=panel.values)
    if np.isnan(mean).any():
        raise InvalidInput(
            _(
                "%(method)s can't do this series: %(count)s periods are too few, or the season is too long.",
                method=method_name(tried.name),
                count=number(length),
            )
        )
    plan = origin_plan(
        length, horizon_periods=run.horizon, season_periods=panel.season_periods, origins=DEFAULT_ORIGINS
    )
    compared = [tried, SeasonalNaive(), *([stored] if stored else [])]
    backtest = rolling_origin(panel, observed=panel.values, methods=compared, plan=plan)
    periods = series_history.periods_from(run.first_period, run.horizon, run)
    return Trial(
        name=method_name(tried.name),
        forecast=list(zip(periods, mean[:, 0].tolist(), strict=True)),
        tried=_errors(panel, backtest, 0),
        naive=_errors(panel, backtest, 1),
        stored=_errors(panel, backtest, 2) if stored else None,
        origins=[
            TrialOrigin(
                held_out,
                tried=_wmape(backtest, 0, origin),
                naive=_wmape(backtest, 1, origin),
                stored=_wmape(backtest, 2, origin) if stored else None,
            )
            for origin, held_out in enumerate(plan.held_out_periods)
        ],
    )


def _pairs(backtest: Backtest, method: int, origin: int | slice) -> tuple[FloatArray, FloatArray]:
    """Actual and forecast of what could be judged."""
    actual, forecast = backtest.actual[origin, :, 0].ravel(), backtest.forecast[method, origin, :, 0].ravel()
    judged = ~np.isnan(actual) & ~np.isnan(forecast)
    return actual[judged], forecast[judged]


def _wmape(backtest: Backtest, method: int, origin: int) -> float | None:
    return _known(wmape(*_pairs(backtest, method, origin)))


def _errors(panel: Panel, backtest: Backtest, method: int) -> TrialErrors:
    actual, forecast = _pairs(backtest, method, slice(None))
    history = panel.values[: len(panel.values) - max(backtest.held_out_periods, default=0), 0]
    training = history[~np.isnan(history)]
    season = panel.season_periods if len(training) > panel.season_periods else 1
    return TrialErrors(
        wmape=_known(wmape(actual, forecast)),
        bias=_known(bias(actual, forecast)),
        mase=_known(mase(actual, forecast, training=training, season_periods=season)),
    )


def _combination(panel: Panel, run: RunView) -> Forecaster:
    """What a run would weigh for this series alone."""
    choice = forecast_panel(panel, horizon_periods=run.horizon, origins=DEFAULT_ORIGINS).choices.iloc[0]
    found = _weighted(choice["candidates"], choice["method"])
    if found is None:
        raise InvalidInput(_("No combination can be made of this series."))
    return found


def _weighted(candidates: Sequence[Mapping[str, Any]], method: str) -> Forecaster | None:
    """The methods of a forecast with their weights; None when one of them is not made at once."""
    shares = {found["method"]: found.get("weight") or float(found["method"] == method) for found in candidates}
    members = {name: share for name, share in shares.items() if share > 0}
    if not members or not members.keys() <= _methods().keys():
        return None
    return FixedCombination([_methods()[name] for name in members], list(members.values()))


@cache
def _methods() -> dict[str, Forecaster]:
    return method_registry()


def _made(method: object, parameters: Mapping[str, object]) -> Forecaster:
    """The method with the parameters that somebody typed."""
    found = _methods().get(str(method))
    if found is None:
        raise InvalidInput(_("Choose a method."))
    given = {key: value for key, value in parameters.items() if value not in (None, "")}
    wanted = [parameter for parameter in PARAMETERS if parameter.key in given]
    changed: dict[str, Any] = {}
    for parameter in wanted:
        field = _field(found, parameter)
        if field is None:
            raise InvalidInput(_("%(method)s has no %(name)s.", method=method_name(found.name), name=parameter.name()))
        changed[field] = _like(getattr(found, field), _figure(parameter, given[parameter.key]))
    return replace(found, **changed)  # type: ignore[type-var]


def _parameters_of(method: Forecaster) -> tuple[str, ...]:
    return tuple(parameter.key for parameter in PARAMETERS if _field(method, parameter))


def _field(method: Forecaster, parameter: Parameter) -> str | None:
    """What the method calls a parameter."""
    own = {field.name for field in fields(method)}  # type: ignore[arg-type]
    return next((name for name in parameter.fields if name in own), None)


def _figure(parameter: Parameter, value: object) -> float:
    figure = float(quantity_of(value, name=parameter.name()))
    if not parameter.lowest <= figure <= parameter.highest:
        bounds = {"lowest": f"{parameter.lowest:g}", "highest": f"{parameter.highest:g}"}
        raise InvalidInput(_("%(name)s: from %(lowest)s to %(highest)s.", name=parameter.name(), **bounds))
    return figure


def _like(present: object, figure: float) -> object:
    """A figure in the shape of what it takes the place of: a grid to choose from becomes a grid of one."""
    if isinstance(present, Sequence):
        return (_like(present[0], figure),)
    return int(figure) if isinstance(present, int) else figure


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
