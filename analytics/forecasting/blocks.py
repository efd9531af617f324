"""Blocks: series of one pool that are judged, weighed and forecast together, small enough for the processor's cache."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.demand_class import ERRATIC, SMOOTH
from analytics.forecasting import combination, global_model
from analytics.forecasting.classes import NEW, series_classes
from analytics.forecasting.components import Components, components
from analytics.forecasting.contract import Forecaster, Paths
from analytics.forecasting.evidence import Evidence
from analytics.forecasting.global_model import GlobalModel, train_global_model
from analytics.forecasting.guards import within_reason
from analytics.forecasting.launch_course import LaunchCourse, launch_course
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.pools import BENCHMARK, chosen, pool
from analytics.forecasting.quantiles import Misses, quantiles
from analytics.forecasting.request import Request
from analytics.forecasting.rolling_origin import (
    Backtest,
    Failure,
    OriginPlan,
    failures_of,
    origin_plan,
    rolling_origin,
    typical_length,
)
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.inputs import FloatArray

BLOCK_SERIES = 400


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Series of one pool. panel has no gaps, observed is NaN where a quantity is not known or was impossible; closed
    is (periods + horizon) x series; columns: their positions in the run."""

    columns: IntArray
    labels: NDArray[np.str_]
    panel: Panel
    observed: FloatArray
    closed: NDArray[np.bool_]
    methods: tuple[Forecaster, ...]
    plan: OriginPlan
    model: GlobalModel | None

    @property
    def regular(self) -> bool:
        """Whether demand comes often enough to be judged by absolute error."""
        return bool(np.isin(self.labels, (SMOOTH, ERRATIC)).all())


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """cumulative are quantiles of the sum of demand since the origin, probabilities x horizon x series; fitted is
    periods x series of panel; components add up to the mean."""

    panel: Panel
    cumulative: FloatArray
    fitted: FloatArray
    components: Components
    evidence: Evidence
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BlockForecast:
    """mean is horizon x series, quantiles are probabilities x horizon x series, share is methods x series; reasons are
    None where only figures were asked for."""

    columns: IntArray
    mean: FloatArray
    quantiles: FloatArray
    names: tuple[str, ...]
    share: FloatArray
    reasons: Reasons | None


def blocks(
    panel: Panel, *, observed: FloatArray, closed: NDArray[np.bool_], groups: dict[str, str], request: Request
) -> Iterator[Block]:
    """The series of a run by pool, in blocks of about equal size; in full mode with the model of their pool.

    Inputs: panel: series without gaps; observed: the same with NaN where not known; closed: (periods + horizon) x
        series; groups: of look-alikes, by id; request: what is asked.
    Returns: blocks; every series is in one of them.
    Raises: nothing.
    Source: house convention.
    """
    labels = series_classes(panel)
    course = launch_course(panel, new=labels == NEW, groups=groups, seed=request.seed)
    offered = {label: _offered(label, panel, course, request) for label in np.unique(labels)}
    for methods in dict.fromkeys(offered.values()):
        members = np.flatnonzero(np.isin(labels, [label for label in offered if offered[label] == methods]))
        # Series of like length together: arrays have fewer rows before the first demand.
        members = members[np.argsort(panel.lengths()[members], kind="stable")]
        plan = origin_plan(
            typical_length(panel.lengths()[members]),
            horizon_periods=request.horizon_periods,
            season_periods=panel.season_periods,
            origins=request.origins,
        )
        part = Block(members, labels[members], *_slice(panel, observed, closed, members), methods, plan, None)
        model = _model(part, request) if request.mode == "full" else None
        for columns in np.array_split(np.arange(len(members)), max(1, round(len(members) / BLOCK_SERIES))):
            place = members[columns]
            yield Block(place, labels[place], *_slice(panel, observed, closed, place), methods, plan, model)


def _offered(label: str, panel: Panel, course: LaunchCourse | None, request: Request) -> tuple[Forecaster, ...]:
    methods = pool(label, panel=panel)
    if label == NEW and course is not None:
        methods = (*methods, course)
    return chosen(methods, label=label, names=request.methods)


def _slice(
    panel: Panel, observed: FloatArray, closed: NDArray[np.bool_], columns: IntArray
) -> tuple[Panel, FloatArray, NDArray[np.bool_]]:
    """These series only, without the rows before the first of them begins."""
    part = panel.columns(columns)
    longest = max(int(part.lengths().max()), 1)
    seen = np.ascontiguousarray(observed[-longest:, columns])
    return part.recent(periods=longest), seen, closed[len(panel.periods) - longest :, columns]


def _model(block: Block, request: Request) -> GlobalModel:
    return train_global_model(
        block.panel,
        observed=block.observed,
        horizon_periods=request.horizon_periods,
        held_out_periods=block.plan.held_out_periods,
        absolute=block.regular,
        seed=request.seed,
    )


def forecast_block(block: Block, request: Request) -> BlockForecast:
    """Judge the methods of a block at its rolling origins, weigh them, and forecast with the combination.

    Inputs: block; request: what is asked.
    Returns: BlockForecast.
    Raises: nothing but what a method raises.
    Source: combination by rolling-origin error, Bates & Granger 1969, Tashman 2000; the parts name their own.
    """
    benchmark = () if any(method.name == BENCHMARK for method in block.methods) else (SeasonalNaive(),)
    backtest = _judged(block, (*block.methods, *benchmark))
    judged = combination.origin_errors(backtest.actual, backtest.forecast, squared=not block.regular)
    paths = [method.forecast(block.panel, horizon_periods=request.horizon_periods) for method in block.methods]
    ahead = _ahead(block, [found.mean for found in paths], request)
    competing = len(ahead)  # the benchmark, where it is not one of the pool, stands last and does not compete
    score = combination.scores(judged[:competing])
    votes = np.where(np.array(backtest.methods[:competing]) == global_model.NAME, global_model.votes(block.panel), 1.0)
    share = combination.weights(score, able=np.asarray(~np.isnan(ahead).any(axis=1)), votes=votes)
    mean = _possible(combination.combined(ahead, share), block)
    misses = Misses(backtest.actual, combination.combined(backtest.forecast[:competing], share))
    around = quantiles(mean, misses=misses, panel=block.panel, probabilities=request.probabilities)
    return BlockForecast(
        columns=block.columns,
        mean=mean,
        quantiles=_possible(around, block),
        names=backtest.methods[:competing],
        share=share,
        reasons=_reasons(block, request, _Found(backtest, paths, score, share, misses, mean))
        if request.evidence
        else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a block came to, on the way to its reasons."""

    backtest: Backtest
    paths: list[Paths]
    score: FloatArray
    share: FloatArray
    misses: Misses
    mean: FloatArray


def _judged(block: Block, methods: tuple[Forecaster, ...]) -> Backtest:
    """The methods at the rolling origins, the global model after those of the pool."""
    found = rolling_origin(block.panel, observed=block.observed, methods=methods, plan=block.plan)
    names, forecast = found.methods, found.forecast
    if block.model is not None:
        place, own = len(block.methods), np.full(forecast.shape[1:], np.nan)
        for origin, held_out in enumerate(block.plan.held_out_periods):
            own[origin] = _at_origin(block, block.model, held_out)
        names = (*names[:place], global_model.NAME, *names[place:])
        forecast = np.insert(forecast, place, own, axis=0)
    rows = len(block.panel.periods)
    for origin, held_out in enumerate(block.plan.held_out_periods):
        shut = block.closed[rows - held_out :][: block.plan.steps]
        forecast[:, origin, : len(shut)] = np.where(shut, 0.0, forecast[:, origin, : len(shut)])
    return Backtest(names, found.held_out_periods, found.actual, forecast, found.failures)


def _at_origin(block: Block, model: GlobalModel, held_out: int) -> FloatArray:
    known = block.panel.before(held_out_periods=held_out)
    found = model.at_origin(known, horizon_periods=block.plan.steps)
    return within_reason(found, history=known.values)


def _ahead(block: Block, means: list[FloatArray], request: Request) -> FloatArray:
    """Methods x horizon x series, the global model last."""
    if block.model is not None:
        means = [*means, block.model.ahead(block.panel, horizon_periods=request.horizon_periods)]
    return np.stack([within_reason(mean, history=block.panel.values) for mean in means])


def _possible(paths: FloatArray, block: Block) -> FloatArray:
    """Nothing is sold while closed, and nothing is known of a series without any demand."""
    shut = block.closed[len(block.panel.periods) :][: paths.shape[-2]]
    return np.where(shut, 0.0, np.nan_to_num(paths))


def _reasons(block: Block, request: Request, found: _Found) -> Reasons:
    total, misses = np.cumsum(found.mean, axis=0), found.misses.cumulative()
    cumulative = quantiles(total, misses=misses, panel=block.panel, probabilities=request.probabilities)
    failures = [
        failure
        for method, paths in zip(block.methods, found.paths, strict=True)
        for failure in failures_of(paths, method=method.name, ids=block.panel.ids)
    ]
    return Reasons(
        panel=block.panel,
        cumulative=cumulative,
        fitted=_fitted([paths.fitted for paths in found.paths], found.share),
        components=components(found.mean, panel=block.panel),
        evidence=_evidence(block, request, found),
        failures=(*found.backtest.failures, *failures),
    )


def _fitted(paths: list[FloatArray], share: FloatArray) -> FloatArray:
    """One-step path of the combination; the global model has none, so the others stand for it."""
    return combination.combined(np.stack(paths), share[: len(paths)])


def _evidence(block: Block, request: Request, found: _Found) -> Evidence:
    """The band of the past is the band of today around the forecasts of the past."""
    missing = len(found.backtest.methods) - len(found.score)
    never = np.full((missing, len(block.columns)), np.nan)
    outer = (request.probabilities[0], request.probabilities[-1])
    lower, upper = np.full((2, *found.misses.forecast.shape), np.nan)
    for origin, forecast in enumerate(found.misses.forecast):
        lower[origin], upper[origin] = quantiles(forecast, misses=found.misses, panel=block.panel, probabilities=outer)
    return Evidence(
        labels=block.labels,
        backtest=found.backtest,
        benchmark=found.backtest.methods.index(BENCHMARK),
        combined=found.misses.forecast,
        lower=lower,
        upper=upper,
        score=np.concatenate([found.score, never]),
        share=np.concatenate([found.share, np.zeros_like(never)]),
    )
