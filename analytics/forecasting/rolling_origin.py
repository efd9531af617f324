"""Rolling-origin evaluation: what every method would have said at earlier dates, beside what came."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Forecaster, Paths
from analytics.forecasting.guards import within_reason
from analytics.forecasting.panel import IntArray, Panel
from analytics.inputs import FloatArray

_SHORTEST_HISTORY = 2
_LEAST_KNOWN = 2
_LONGEST_SHORT_SEASON = 24


@dataclass(frozen=True, slots=True)
class OriginPlan:
    """How far back every origin lies, nearest first. Each judges as many steps as have come since, up to steps."""

    held_out_periods: tuple[int, ...]
    steps: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A fit that did not come to an end."""

    unique_id: str
    method: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """actual is origins x steps x series, forecast is methods x origins x steps x series.

    NaN where a method was not able, where the quantity is not known, and where a series had too little history.
    """

    methods: tuple[str, ...]
    held_out_periods: tuple[int, ...]
    actual: FloatArray
    forecast: FloatArray
    failures: tuple[Failure, ...]


def origin_plan(length: int, *, horizon_periods: int, season_periods: int, origins: int) -> OriginPlan:
    """Origins that leave series of this length enough history: most of a short one, two short seasons.

    Inputs: length: periods; horizon_periods: steps of the final forecast; season_periods: m; origins: at most so many.
    Returns: OriginPlan; without origins for series too short to hold anything out.
    Raises: nothing.
    Source: Tashman 2000, "Out-of-sample tests of forecasting accuracy".
    """
    spare = length - _history_kept(length, season_periods)
    if spare < 1 or origins < 1:
        return OriginPlan((), horizon_periods)
    first = min(horizon_periods, max(1, spare * 2 // 3))
    held_out = range(first, spare + 1, max(1, first // 2))
    return OriginPlan(tuple(held_out)[:origins], horizon_periods)


def typical_length(lengths: IntArray) -> int:
    """The length that a plan for several series goes by.

    Inputs: lengths: periods, one per series, at least one.
    Returns: their median.
    Raises: nothing.
    Source: house convention.
    """
    return int(np.median(lengths))


def _history_kept(length: int, season: int) -> int:
    half = max(_SHORTEST_HISTORY, (length + 1) // 2)
    if season <= _LONGEST_SHORT_SEASON and length > 2 * season:
        return max(half, 2 * season)
    return half


def rolling_origin(panel: Panel, *, observed: FloatArray, methods: Sequence[Forecaster], plan: OriginPlan) -> Backtest:
    """Run every method on the panel as it was at each origin; nothing later is passed to it.

    Inputs: panel: series without gaps; observed: the same with NaN where a quantity is not known; methods:
        candidates; plan: origins and steps.
    Returns: Backtest.
    Raises: nothing but what a method raises.
    Source: Tashman 2000, rolling origin with re-estimation.
    """
    shape = (len(plan.held_out_periods), plan.steps, len(panel.ids))
    actual = np.full(shape, np.nan)
    forecast = np.full((len(methods), *shape), np.nan)
    failures: list[Failure] = []
    for origin, held_out in enumerate(plan.held_out_periods):
        known = panel.before(held_out_periods=held_out)
        steps = min(plan.steps, held_out)
        came = observed[len(known.periods) :][:steps]
        actual[origin, :steps] = np.where(known.lengths() >= _LEAST_KNOWN, came, np.nan)
        for position, method in enumerate(methods):
            paths = method.forecast(known, horizon_periods=plan.steps)
            forecast[position, origin] = within_reason(paths.mean, history=known.values)
            failures += failures_of(paths, method=method.name, ids=panel.ids)
    names = tuple(method.name for method in methods)
    return Backtest(names, plan.held_out_periods, actual, forecast, tuple(dict.fromkeys(failures)))


def failures_of(paths: Paths, *, method: str, ids: Sequence[str]) -> list[Failure]:
    """The failures of a method's answer, by series.

    Inputs: paths: the answer; method: its name; ids: the series asked about, in column order.
    Returns: list of Failure.
    Raises: nothing.
    Source: house convention.
    """
    return [Failure(ids[column], method, reason) for column, reason in paths.failures.items()]
