"""How much each stream counts in the consensus: learned from its past, equal, or set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics import stream_weights as learning
from analytics.demand_consensus import BASELINE
from analytics.inputs import FloatArray
from analytics.stream_weights import Evidence, StreamRecord
from core.clock import today
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import consensus_weights as rows
from data.queries import settings as stored

WEIGHED = ("sales", "marketing", "customer", "finance")
"""The streams that are weighed, beside the baseline."""
LEARNED, EQUAL, HAND = MODES = ("learned", "equal", "hand")
LAGS = 3
MONTHS = 24
SUBJECT = "consensus_weights"
SUBJECTS = (SUBJECT, "plan_version")
"""Whose versions count what changes weights, beside demand and products."""
KEY = "consensus.weights"
_ORDINAL = 12


@dataclass(frozen=True, slots=True)
class WeightChoice:
    """What the company decided: ``mode`` is one of MODES; ``hand`` the weight of each stream and of the baseline."""

    mode: str = LEARNED
    hand: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys((BASELINE, *WEIGHED), 1.0))
    version: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LearnedWeights:
    """``weights`` by stream, (categories,); ``evidence`` holds the planner and the consensus too."""

    categories: list[str]
    evidence: Evidence
    weights: Mapping[str, FloatArray]
    records: list[StreamRecord]


def weights(session: Session, viewer: Viewer, leaves: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The weights in force.

    Inputs: an open session, the viewer, the leaves of the demand plan.
    Returns: by category the weight of each stream and of BASELINE.
    Raises: nothing of its own.
    Source: docs/demand-plan.md; Bates & Granger 1969.
    """
    found = _in_force(session, viewer, leaves)
    names = categories(leaves)
    return {name: {stream: float(part[at]) for stream, part in found.items()} for at, name in enumerate(names)}


def leaf_weights(session: Session, viewer: Viewer, leaves: pd.DataFrame) -> dict[str, FloatArray]:
    """The same for each leaf.

    Inputs: as weights.
    Returns: by stream, and by BASELINE, (leaves,).
    Raises: nothing of its own.
    Source: docs/demand-plan.md.
    """
    place = pd.Index(categories(leaves)).get_indexer(pd.Index(leaves["category"]))
    return {stream: part[place] for stream, part in _in_force(session, viewer, leaves).items()}


def choice(session: Session) -> WeightChoice:
    """What the company decided.

    Inputs: an open session.
    Returns: WeightChoice, learned weights while nothing is stored.
    Raises: nothing.
    Source: none; ours.
    """
    found = stored.value(session, KEY)
    return WeightChoice(**found) if found else WeightChoice()


def _in_force(session: Session, viewer: Viewer, leaves: pd.DataFrame) -> dict[str, FloatArray]:
    decided = choice(session)
    even = np.ones(len(categories(leaves)))
    if decided.mode == HAND:
        return {name: even * decided.hand[name] for name in (BASELINE, *WEIGHED)}
    if decided.mode == EQUAL:
        return dict.fromkeys((BASELINE, *WEIGHED), even)
    return {**dict.fromkeys(WEIGHED, even), **learned(session, viewer, leaves).weights}


def learned(session: Session, viewer: Viewer, leaves: pd.DataFrame) -> LearnedWeights:
    """What the past tells, whether it is in force or not, kept in memory.

    Inputs: as weights.
    Returns: LearnedWeights. Not to be changed.
    Raises: nothing of its own.
    Source: Bates & Granger 1969.
    """
    return shared_frame(
        session,
        viewer,
        "consensus_learned",
        subjects=("demand", "products", "plan_version"),
        args=(today(),),
        compute=lambda: _learn(session, leaves),
    )


def _learn(session: Session, leaves: pd.DataFrame) -> LearnedWeights:
    names = categories(leaves)
    evidence = _evidence(session, leaves, names)
    found = learning.learned_weights(weighed(evidence), groups=len(names))
    return LearnedWeights(names, evidence, found, learning.stream_records(evidence))


def _evidence(session: Session, leaves: pd.DataFrame, names: list[str]) -> Evidence:
    until = today().replace(day=1)
    since = (pd.Timestamp(until) - pd.DateOffset(months=MONTHS)).date()
    keys = ["product_id", "location_id", "channel_id"]
    found = rows.evidence(session, since=since, until=until, lags=LAGS)
    found = found.astype(dict.fromkeys(keys, "int64")).merge(leaves[[*keys, "category", "price"]], on=keys)
    origin, period = (pd.to_datetime(found[name]) for name in ("origin", "period"))
    return Evidence(
        group=np.asarray(pd.Index(names).get_indexer(pd.Index(found["category"])), dtype=np.int64),
        origin=_month_number(origin),
        period=_month_number(period),
        actual=found["actual"].to_numpy(dtype=float),
        baseline=found["baseline"].to_numpy(dtype=float),
        said={name: found[name].to_numpy(dtype=float) for name in (*WEIGHED, "planner", "consensus")},
        value=found["price"].to_numpy(dtype=float),
    )


def _month_number(days: pd.Series[Any]) -> Any:
    return (days.dt.year * _ORDINAL + days.dt.month - 1).to_numpy(dtype=np.int64)


def weighed(evidence: Evidence) -> Evidence:
    """Evidence without what is not weighed, and without the cells of which only the planner spoke.

    Inputs: evidence of all streams.
    Returns: Evidence of WEIGHED.
    Raises: nothing.
    Source: none; ours.
    """
    said = {name: evidence.said[name] for name in WEIGHED}
    spoke = np.isfinite(np.column_stack(list(said.values()))).any(axis=1)
    whole = evidence.only(np.asarray(spoke))
    return Evidence(
        *(whole.group, whole.origin, whole.period, whole.actual, whole.baseline),
        {name: whole.said[name] for name in WEIGHED},
        whole.value,
    )


def categories(leaves: pd.DataFrame) -> list[str]:
    """What a weight is learned for.

    Inputs: leaves.
    Returns: names in their order.
    Raises: nothing.
    Source: none; ours.
    """
    return sorted(set(leaves["category"]))
