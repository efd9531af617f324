"""How streams are weighed in the consensus, why, and the switch between learned, equal and own weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from analytics.demand_consensus import BASELINE
from analytics.stream_weights import Rolling, StreamRecord, rolling_evaluation
from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import settings as stored
from services.audit import record
from services.consensus_weights import (
    HAND,
    KEY,
    MODES,
    SUBJECT,
    WEIGHED,
    LearnedWeights,
    WeightChoice,
    choice,
    learned,
    weighed,
    weights,
)
from services.cycle_lock import RECONCILE, require_open
from services.demand_plan import demand_base

MOST = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class WeightReport:
    """The weights in force and why. ``weights``: a row a category with category, cells, BASELINE and each of WEIGHED;
    ``learned``: the same as the past would have it; ``records``: each stream's past, the planner's and the consensus'
    too; ``rolling``: None while there is nothing to judge by."""

    choice: WeightChoice
    weights: list[dict[str, Any]]
    learned: list[dict[str, Any]]
    records: list[StreamRecord]
    rolling: Rolling | None


def report(viewer: Viewer) -> WeightReport:
    """Weights with their evidence, for the page that shows them.

    Inputs: a viewer with plan.read.
    Returns: WeightReport.
    Raises: NotAllowed.
    Source: Bates & Granger 1969; Tashman 2000.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        leaves = demand_base(session, viewer).leaves
        found, force = learned(session, viewer, leaves), weights(session, viewer, leaves)
        judged = weighed(found.evidence)
        rolling = shared_frame(
            session,
            viewer,
            "consensus_rolling",
            subjects=("demand", "products", "plan_version"),
            args=(today(),),
            compute=lambda: (rolling_evaluation(judged, groups=len(found.categories)),),
        )[0]
        decided = choice(session)
    cells = np.bincount(judged.group, minlength=len(found.categories)).tolist()
    return WeightReport(
        choice=decided,
        weights=[{"category": name, "cells": cells[at], **force[name]} for at, name in enumerate(found.categories)],
        learned=_learned_rows(found, cells),
        records=found.records,
        rolling=rolling,
    )


def choose(viewer: Viewer, mode: object, hand: Mapping[str, object], version: object) -> WeightChoice:
    """Decide how streams are weighed; the consensus follows at once.

    Inputs: a viewer with demand.edit; one of MODES; weights of the streams and of BASELINE, from 0 to MOST, needed for
        HAND; the version seen.
    Returns: what is now in force.
    Raises: NotAllowed; InvalidInput; Conflict when somebody else decided meanwhile, or the cycle's step is closed.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.DEMAND_EDIT)
    if mode not in MODES:
        raise InvalidInput(_("Choose how streams are weighed."))
    with session_scope(viewer) as session:
        require_open(session, RECONCILE)
        stored.lock(session, KEY)
        before = choice(session)
        if before.version != version:
            raise Conflict(_("Somebody else has changed the weights since you opened them. Reload the page."))
        entered = _by_hand(hand) if mode == HAND else dict(before.hand)
        after = WeightChoice(str(mode), entered, before.version + 1)
        stored.save(session, KEY, asdict(after))
        record(
            *(session, viewer, "consensus_weights.choose"),
            subject="setting",
            subject_id=KEY,
            before={"mode": before.mode, **before.hand},
            after={"mode": after.mode, **after.hand},
        )
        stored.bump(session, SUBJECT)
    return after


def _by_hand(hand: Mapping[str, object]) -> dict[str, float]:
    found = {name: _weight(name, hand.get(name)) for name in (BASELINE, *WEIGHED)}
    if not any(found.values()):
        raise InvalidInput(_("Weights: at least one must be above 0."))
    return found


def _weight(name: str, value: object) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not known or not 0 <= float(value) <= MOST:  # type: ignore[arg-type]
        raise InvalidInput(_("Weight of %(name)s: enter a number from 0 to %(most)s.", name=name, most=number(MOST)))
    return float(value)  # type: ignore[arg-type]


def _learned_rows(found: LearnedWeights, cells: list[int]) -> list[dict[str, Any]]:
    return [
        {"category": name, "cells": cells[at], **{stream: float(part[at]) for stream, part in found.weights.items()}}
        for at, name in enumerate(found.categories)
    ]
