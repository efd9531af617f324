"""The two heavy stages of a run, chunk by chunk: judge all candidates, then forecast with the chosen ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.demand_class import demand_classes
from analytics.forecasting.contract import Forecaster, Paths
from analytics.forecasting.guards import within_reason
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.rolling_origin import (
    Backtest,
    Failure,
    OriginPlan,
    failures_of,
    origin_plan,
    rolling_origin,
)
from analytics.forecasting.selection import candidates
from analytics.forecasting.work import Progress, chunks
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What is asked: every series has a demand class, its candidates and a plan of origins."""

    panel: Panel
    methods: tuple[Forecaster, ...]
    horizon_periods: int
    labels: NDArray[np.str_]
    asked: NDArray[np.bool_]
    plans: tuple[OriginPlan, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(method.name for method in self.methods)

    def units(self) -> int:
        """Passes of a method over a series in the whole run."""
        origins = np.array([len(plan.held_out_periods) for plan in self.plans])
        return int((self.asked.sum(axis=0) * origins).sum()) + len(self.plans)

    def known_periods(self) -> IntArray:
        """Length of every series before its earliest origin."""
        held_out = [max(plan.held_out_periods, default=0) for plan in self.plans]
        return self.panel.lengths() - np.array(held_out, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """fitted is periods x series, mean horizon x series, chosen the position of the method that gave them."""

    fitted: FloatArray
    mean: FloatArray
    chosen: IntArray
    failures: list[Failure]


def plan_run(panel: Panel, *, methods: Sequence[Forecaster], horizon_periods: int, origins: int) -> Run:
    """Class, candidates and origins of every series.

    Inputs: panel: the history that counts; methods: on offer, the benchmark among them; horizon_periods: steps
        ahead; origins: at most so many.
    Returns: Run.
    Raises: nothing.
    Source: house convention.
    """
    labels, lengths = demand_classes(panel.values).labels, panel.lengths()
    asked = candidates(
        labels,
        lengths,
        methods=[method.name for method in methods],
        minimum=[method.minimum_periods for method in methods],
    )
    plans = [
        origin_plan(int(length), horizon_periods=horizon_periods, season_periods=panel.season_periods, origins=origins)
        for length in lengths
    ]
    return Run(panel, tuple(methods), horizon_periods, labels, asked, tuple(plans))


def judge(run: Run, *, progress: Progress) -> Backtest:
    """Rolling-origin forecasts of all candidates, series with the same plan together.

    Inputs: run: what is asked; progress: told after every chunk.
    Returns: Backtest over all series of the run; origins and steps a series does not have are NaN.
    Raises: what progress or a method raises.
    Source: rolling_origin.
    """
    origins = max((len(plan.held_out_periods) for plan in run.plans), default=0)
    shape = (origins, run.horizon_periods, len(run.plans))
    actual, forecast = np.full(shape, np.nan), np.full((len(run.methods), *shape), np.nan)
    failures: list[Failure] = []
    for plan, columns in _by_plan(run.plans).items():
        for piece in chunks(columns):
            part = rolling_origin(run.panel.columns(piece), methods=run.methods, plan=plan, asked=run.asked[:, piece])
            here = part.actual.shape
            actual[: here[0], : here[1], piece] = part.actual
            forecast[:, : here[0], : here[1], piece] = part.forecast
            failures += part.failures
            progress.add(int(run.asked[:, piece].sum()) * here[0])
    return Backtest(run.names, actual, forecast, tuple(failures))


def project(run: Run, order: NDArray[np.int64], *, progress: Progress) -> Projection:
    """Forecast every series with its best method, with the next best where that one fails.

    Inputs: run: what is asked; order: methods x series, best first; progress: told after every chunk.
    Returns: Projection without missing forecasts: the benchmark is on every list and never fails.
    Raises: what progress or a method raises.
    Source: house convention.
    """
    fitted = np.full_like(run.panel.values, np.nan)
    mean = np.full((run.horizon_periods, len(run.plans)), np.nan)
    chosen = np.zeros(len(run.plans), dtype=np.int64)
    failures: list[Failure] = []
    pending = np.arange(len(run.plans))
    for choice in order:
        chosen[pending] = choice[pending]
        for position, columns in _by_method(choice, pending):
            for piece in chunks(columns):
                paths = _forecast(run.panel.columns(piece), run.methods[position], run.horizon_periods)
                fitted[:, piece], mean[:, piece] = paths.fitted, paths.mean
                ids = [run.panel.ids[column] for column in piece]
                failures += failures_of(paths, method=run.names[position], ids=ids)
                progress.add(int(np.isfinite(paths.mean).all(axis=0).sum()))
        pending = pending[~np.isfinite(mean[:, pending]).all(axis=0)]
    return Projection(fitted, mean, chosen, failures)


def _by_plan(plans: Sequence[OriginPlan]) -> dict[OriginPlan, IntArray]:
    members: dict[OriginPlan, list[int]] = {}
    for column, plan in enumerate(plans):
        if plan.held_out_periods:
            members.setdefault(plan, []).append(column)
    return {plan: np.array(columns, dtype=np.int64) for plan, columns in members.items()}


def _by_method(choice: IntArray, pending: IntArray) -> list[tuple[int, IntArray]]:
    chosen = choice[pending]
    return [(int(method), pending[chosen == method]) for method in np.unique(chosen)]


def _forecast(panel: Panel, method: Forecaster, horizon_periods: int) -> Paths:
    paths = method.forecast(panel, horizon_periods=horizon_periods)
    return Paths(
        fitted=within_reason(paths.fitted, history=panel.values),
        mean=within_reason(paths.mean, history=panel.values),
        failures=paths.failures,
    )
