"""Figures as they were published, beside the plan of now: what a screen shows “as of” an earlier plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.permissions import Permission
from core.viewer import Viewer
from services import plan_versions
from services.plan_comparison import MONEY, NOW, compare, head_name


@dataclass(frozen=True, slots=True)
class AsOf:
    """The published plan that is looked at: who published it and when."""

    version_id: int
    name: str
    published_at: datetime
    published_by: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A published plan beside the plan of now in the months that both have: a row a measure with the figures of a
    month each as published, now, and their change."""

    months: list[date]
    rows: list[tuple[str, list[float], list[float], list[float]]]


def choices(viewer: Viewer, kinds: Sequence[str]) -> list[AsOf]:
    """The published plans that a screen can show.

    Inputs: any viewer; kinds of plans.
    Returns: those of the newest month first; none for a viewer without plan.read.
    Raises: nothing.
    Source: screens.md 24.
    """
    if not viewer.may(Permission.PLAN_READ):
        return []
    heads = [SimpleNamespace(**head) for head in plan_versions.versions(viewer) if head["kind"] in kinds]
    return [AsOf(head.id, head_name(head), head.published_at, head.published_by) for head in heads]


def chosen_plan(known: Sequence[AsOf], asked: object) -> AsOf | None:
    """The one that an address asks for.

    Inputs: known: as choices; asked: its id as text.
    Returns: AsOf; None for the plan of now, or when there is no such plan.
    Raises: nothing.
    Source: screens.md 24.
    """
    return next((found for found in known if str(found.version_id) == asked), None)


def beside_now(
    viewer: Viewer, plan: AsOf, measures: Sequence[str], *, shown: str = MONEY, scope: Mapping[str, Any]
) -> Beside:
    """A published plan beside the plan of now, all items together.

    Inputs: a viewer with plan.read; the plan; measures of its kind; shown and scope as plan_comparison.compare.
    Returns: Beside.
    Raises: NotAllowed; NotFound.
    Source: screens.md 24.
    """
    found = [compare(viewer, plan.version_id, NOW, measure=name, shown=shown, **scope) for name in measures]
    rows = []
    for one in found:
        published, now = one.totals["one"], one.totals["other"]
        rows.append((one.measure, published, now, (np.array(now) - np.array(published)).tolist()))
    return Beside(found[0].months if found else [], rows)
