"""How much each stream of the demand plan is to count, learned from how well it foresaw months that are over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.accuracy import bias, wmape
from analytics.demand_consensus import BASELINE, Cells, Ints, consensus
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

SHRINK_CELLS = 60
"""So many cells of evidence count as much as what is believed without them."""
LARGEST_WEIGHT = 4.0
"""No stream weighs more than that, or less than its inverse, against the baseline."""
EQUAL, LEARNED, BEST = "equal", "learned", "best"


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Months that are over, as published plans foresaw them; a row a cell of a plan, at least one stream spoke.

    ``group``: what a weight is learned for, from 0; ``origin``, ``period``: months as whole numbers: the first month of
    the plan, and the one foreseen; ``actual``, ``baseline``: units; ``said``: by stream, NaN where it was silent;
    ``value``: RM a unit."""

    group: Ints
    origin: Ints
    period: Ints
    actual: FloatArray
    baseline: FloatArray
    said: Mapping[str, FloatArray]
    value: FloatArray

    def __post_init__(self) -> None:
        rows = self.actual.shape
        parts = (self.group, self.origin, self.period, self.baseline, self.value, *self.said.values())
        if any(part.shape != rows for part in parts):
            raise AnalyticsError("every part of the evidence needs one value a cell")

    def only(self, chosen: NDArray[np.bool_]) -> Evidence:
        """Some of the cells."""
        return Evidence(
            group=self.group[chosen],
            origin=self.origin[chosen],
            period=self.period[chosen],
            actual=self.actual[chosen],
            baseline=self.baseline[chosen],
            said={name: part[chosen] for name, part in self.said.items()},
            value=self.value[chosen],
        )


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """How a stream did on the cells where it spoke, errors in RM, beside the baseline on the same cells."""

    stream: str
    cells: int
    wmape: float
    bias: float
    baseline_wmape: float
    baseline_bias: float


@dataclass(frozen=True, slots=True, eq=False)
class Rolling:
    """Ways to make one figure of several, judged on plans whose months no weight had seen. ``wmape`` and ``bias`` by
    way over all cells, ``by_origin`` WMAPE by way and plan of ``origins``."""

    origins: list[int]
    cells: int
    wmape: Mapping[str, float]
    bias: Mapping[str, float]
    by_origin: Mapping[str, list[float]]


def learned_weights(evidence: Evidence, *, groups: int) -> dict[str, FloatArray]:
    """Weights by the inverse of the mean squared error, the baseline weighing 1.

    Inputs: evidence; groups: how many there are.
    Returns: by stream and BASELINE, (groups,). A stream is compared with the baseline where it spoke, errors in RM; the
        ratio of a group is shrunk towards that of all groups, and that towards 1, on the log scale and by SHRINK_CELLS;
        no weight is above LARGEST_WEIGHT or below its inverse. Without evidence all weigh 1.
    Raises: nothing.
    Source: Bates & Granger 1969; shrinkage towards equal weights: Diebold & Pauly 1990.
    """
    weights = {BASELINE: np.ones(groups)}
    own = _squared(evidence.baseline, evidence)
    for name, said in evidence.said.items():
        spoke = ~np.isnan(said)
        group = evidence.group[spoke]
        errors = _squared(said, evidence)[spoke]
        parts = (np.ones(len(group)), errors, own[spoke])
        count, theirs, ours = (_sums(part, group, groups) for part in parts)
        company = _shrunk(_log_ratio(theirs.sum(keepdims=True), ours.sum(keepdims=True)), count.sum(keepdims=True), 0.0)
        weights[name] = np.exp(-_shrunk(_log_ratio(theirs, ours), count, company))
    return weights


def stream_records(evidence: Evidence) -> list[StreamRecord]:
    """The record of each stream that spoke.

    Inputs: evidence.
    Returns: one StreamRecord a stream in the order of ``said``.
    Raises: nothing.
    Source: formulas.md 3.1: WMAPE and bias.
    """
    return [_record(name, evidence.only(~np.isnan(said))) for name, said in evidence.said.items() if _any(said)]


def rolling_evaluation(evidence: Evidence, *, groups: int) -> Rolling | None:
    """Would learned weights have been better? Each plan is judged with weights from months before its first one.

    Inputs: evidence; groups: how many there are.
    Returns: Rolling over the plans that had months to learn from, by way: BASELINE, each stream alone (the baseline
        where it is silent), EQUAL weights, LEARNED ones, and BEST: the single way that had been best until then.
        None without such a plan.
    Raises: nothing.
    Source: Tashman 2000 (rolling origin).
    """
    judged = []
    for origin in np.unique(evidence.origin):
        known, asked = evidence.only(evidence.period < origin), evidence.only(evidence.origin == origin)
        if known.actual.size:
            judged.append((int(origin), asked, _ways(known, asked, groups)))
    if not judged:
        return None
    actual = np.concatenate([asked.actual * asked.value for _origin, asked, _made in judged])
    made = {way: np.concatenate([ways[way] * asked.value for _origin, asked, ways in judged]) for way in judged[0][2]}
    return Rolling(
        origins=[origin for origin, _asked, _made in judged],
        cells=len(actual),
        wmape={way: wmape(actual, figures) for way, figures in made.items()},
        bias={way: bias(actual, figures) for way, figures in made.items()},
        by_origin={
            way: [wmape(asked.actual * asked.value, ways[way] * asked.value) for _origin, asked, ways in judged]
            for way in made
        },
    )


def _ways(known: Evidence, asked: Evidence, groups: int) -> dict[str, FloatArray]:
    """Forecasts of the asked cells by way, made with what was known."""
    even = {name: np.ones(groups) for name in (BASELINE, *asked.said)}
    alone = _alone(asked)
    return {
        **alone,
        EQUAL: _combined(asked, even),
        LEARNED: _combined(asked, learned_weights(known, groups=groups)),
        BEST: alone[_best(known)],
    }


def _alone(cells: Evidence) -> dict[str, FloatArray]:
    filled = {name: np.where(np.isnan(said), cells.baseline, said) for name, said in cells.said.items()}
    return {BASELINE: cells.baseline, **filled}


def _best(known: Evidence) -> str:
    errors = {name: float(_squared(figures, known).sum()) for name, figures in _alone(known).items()}
    return min(errors, key=lambda name: errors[name])


def _combined(cells: Evidence, weights: Mapping[str, FloatArray]) -> FloatArray:
    spoken = {name: np.flatnonzero(~np.isnan(said)) for name, said in cells.said.items()}
    streams = {
        name: Cells(row, np.zeros(len(row), dtype=np.int64), cells.said[name][row])
        for name, row in spoken.items()
        if len(row)
    }
    own = {name: weight[cells.group] for name, weight in weights.items()}
    return consensus(cells.baseline[:, None], streams, weights=own)[:, 0]


def _record(name: str, spoken: Evidence) -> StreamRecord:
    actual, said, expected = (part * spoken.value for part in (spoken.actual, spoken.said[name], spoken.baseline))
    own, beside = (wmape(actual, said), bias(actual, said)), (wmape(actual, expected), bias(actual, expected))
    return StreamRecord(name, len(actual), *own, *beside)


def _sums(part: FloatArray, group: Ints, groups: int) -> FloatArray:
    return np.bincount(group, weights=part, minlength=groups).astype(np.float64)


def _any(said: FloatArray) -> bool:
    return bool((~np.isnan(said)).any())


def _squared(forecast: FloatArray, evidence: Evidence) -> FloatArray:
    errors: FloatArray = ((forecast - evidence.actual) * evidence.value) ** 2
    return errors


def _log_ratio(theirs: FloatArray, ours: FloatArray) -> FloatArray:
    """Within the bounds of weights, 0 where both were right."""
    least = np.finfo(float).tiny
    found = np.log(np.maximum(theirs, least)) - np.log(np.maximum(ours, least))
    bound = np.log(LARGEST_WEIGHT)
    return np.asarray(np.clip(found, -bound, bound), dtype=np.float64)


def _shrunk(found: FloatArray, cells: FloatArray, believed: FloatArray | float) -> FloatArray:
    part = cells / (cells + SHRINK_CELLS)
    return np.asarray(part * found + (1 - part) * believed, dtype=np.float64)
