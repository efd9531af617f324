"""Rolling-origin evaluation: what every method would have said at earlier dates, beside what came."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.contract import Forecaster, Paths
from analytics.forecasting.guards import within_reason
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

_SHORTEST_HISTORY = 3


@dataclass(frozen=True, slots=True)
class OriginPlan:
    """How far back every origin lies, nearest first, and how many steps are judged at each."""

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

    A forecast is NaN where the method was not asked, had too little history or failed.
    """

    methods: tuple[str, ...]
    actual: FloatArray
    forecast: FloatArray
    failures: tuple[Failure, ...]


def origin_plan(length: int, *, horizon_periods: int, season_periods: int, origins: int) -> OriginPlan:
    """Origins that leave a series of this length enough history: two seasons, or most of a short one.

    Inputs: length: observed periods; horizon_periods: steps of the final forecast; season_periods: m;
        origins: at most so many.
    Returns: OriginPlan; without origins for series too short to hold anything out.
    Raises: nothing.
    Source: Tashman 2000, "Out-of-sample tests of forecasting accuracy".
    """
    spare = length - _history_kept(length, season_periods)
    if spare < 1 or origins < 1:
        return OriginPlan((), 0)
    steps = min(horizon_periods, max(1, spare // 2)) if origins > 1 else min(horizon_periods, spare)
    distance = min(steps, max(1, (spare - steps) // max(origins - 1, 1)))
    held_out = range(steps, spare + 1, distance)
    return OriginPlan(tuple(held_out)[:origins], steps)


def _history_kept(length: int, season: int) -> int:
    half = max(_SHORTEST_HISTORY, (length + 1) // 2)
    return max(half, 2 * season) if length > 2 * season else half


def rolling_origin(
    panel: Panel, *, methods: Sequence[Forecaster], plan: OriginPlan, asked: NDArray[np.bool_]
) -> Backtest:
    """Run every method on the panel as it was at each origin; nothing later is passed to it.

    Inputs: panel: series of which each is long enough for the plan; methods: candidates; plan: origins and
        steps; asked: methods x series, which method is tried on which series.
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
        actual[origin] = panel.values[len(known.periods) :][: plan.steps]
        for position, method in enumerate(methods):
            chosen = np.flatnonzero(asked[position])
            if not chosen.size:
                continue
            paths = method.forecast(known.columns(chosen), horizon_periods=plan.steps)
            forecast[position, origin][:, chosen] = paths.mean
            failures += failures_of(paths, method=method.name, ids=[panel.ids[column] for column in chosen])
        forecast[:, origin] = within_reason(forecast[:, origin], history=known.values)
    names = tuple(method.name for method in methods)
    return Backtest(names, actual, forecast, tuple(dict.fromkeys(failures)))


def failures_of(paths: Paths, *, method: str, ids: Sequence[str]) -> list[Failure]:
    """The failures of a method's answer, by series.

    Inputs: paths: the answer; method: its name; ids: the series asked about, in column order.
    Returns: list of Failure.
    Raises: nothing.
    Source: house convention.
    """
    return [Failure(ids[column], method, reason) for column, reason in paths.failures.items()]
