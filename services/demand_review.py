"""The demand review: every layer of the demand plan, month by month, at any level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.demand_consensus import Ints
from analytics.inputs import FloatArray
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.cycle_lock import DEMAND, lock_of
from services.demand_layers import Held, Published, corrected, held_cells, last_published, targets_of
from services.demand_ledger import RIGHTS
from services.demand_levels import LEVELS, SCOPE, Level, leaf_levels, leaves_of
from services.demand_plan import WEIGHED, DemandPlan, demand_plan

MEASURES = (
    *("history", "cleaned", "last_year", "statistical", "uplift"),
    *WEIGHED,
    *("consensus", "aop", "published"),
)
"""The rows of a group, in their order."""
ROWS = {
    "plan": ("history", "last_year", "statistical", "uplift", "consensus", "aop", "published"),
    "people": ("statistical", "uplift", *WEIGHED, "consensus", "aop"),
    "all": MEASURES,
}
"""Sets of rows."""
SPANS = {"half": 6, "year": 12, "all": 36}
"""Months of history in front of the plan."""
UNITS, MONEY = "units", "money"


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What is asked for: rows ``by`` a level, a set of ``rows`` and a ``span`` of history, ``shown`` in units or money
    at the realised price, of the part of the plan that the other texts name; an empty one narrows nothing."""

    by: str = "category"
    shown: str = MONEY
    rows: str = "plan"
    span: str = "half"
    category: str = ""
    family: str = ""
    brand: str = ""
    product: str = ""
    region: str = ""
    location: str = ""
    channel: str = ""

    @property
    def scope(self) -> dict[str, str]:
        """What narrows the view, by level."""
        return {name: value for name, value in asdict(self).items() if name in SCOPE and value}


def review_view(asked: Mapping[str, str]) -> ReviewView:
    """What is asked for, the usual where nothing or nothing known is said.

    Inputs: asked: texts by the names of ReviewView, from an address or a form.
    Returns: ReviewView; a level that is none stays, and is refused by review.
    Raises: nothing.
    Source: none; ours.
    """
    usual = ReviewView()
    given = {field.name: asked.get(field.name) or getattr(usual, field.name) for field in fields(ReviewView)}
    for name, known in (("shown", (UNITS, MONEY)), ("rows", ROWS), ("span", SPANS)):
        given[name] = given[name] if given[name] in known else getattr(usual, name)
    return ReviewView(**given)


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """A view of the plan, opened. ``own``: the leaves it is about; ``group``: by leaf of them the number of its group;
    ``order``: groups, those of most money first; ``months``: all months from the first of history to the last of the
    plan, of which those from ``first`` on are shown and those from ``now`` on are planned; ``mine``: streams
    whose figures the reader may give now."""

    view: ReviewView
    plan: DemandPlan
    levels: Mapping[str, Level]
    own: Ints
    group: Ints
    order: Ints
    months: list[date]
    first: int
    now: int
    published: Published | None
    history_corrected: FloatArray
    held: Mapping[str, Held]
    mine: frozenset[str]
    targets: pd.DataFrame

    @property
    def level(self) -> Level:
        return self.levels[self.view.by]

    @property
    def measures(self) -> tuple[str, ...]:
        """The rows of a group; what there is nothing of anywhere is left out."""
        missing = set()
        if self.history_corrected is self.plan.base.history:
            missing.add("cleaned")
        if not self.plan.uplift.any():
            missing.add("uplift")
        if self.published is None:
            missing.add("published")
        if self.view.by != "all" and not (self.targets["level"] == self.view.by).any():
            missing.add("aop")
        return tuple(name for name in ROWS[self.view.rows] if name not in missing)

    @property
    def shown(self) -> list[date]:
        return self.months[self.first :]

    @property
    def plan_months(self) -> list[date]:
        """The months that can be planned."""
        return self.plan.base.months


def review(viewer: Viewer, view: ReviewView) -> Review:
    """Open a view of the demand plan.

    Inputs: a viewer with plan.read, what is asked for.
    Returns: Review; without a forecast it has no months to plan.
    Raises: NotAllowed; InvalidInput for a level that is none.
    Source: screens.md 2, 3.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return opened(session, viewer, view)


def opened(session: Session, viewer: Viewer, view: ReviewView) -> Review:
    """The same within an open session.

    Inputs: an open session, the viewer, what is asked for.
    Returns: Review.
    Raises: InvalidInput for a level that is none.
    Source: screens.md 2, 3.
    """
    if view.by not in LEVELS:
        raise InvalidInput(_("Choose what the rows stand for."))
    plan, levels = demand_plan(session, viewer), leaf_levels(session, viewer)
    base = plan.base
    own = leaves_of(levels, view.scope)
    known, group = np.unique(levels[view.by].number[own], return_inverse=True)
    # By statistics, so that no group moves away from somebody who types into it.
    value = base.statistical[own].sum(axis=1) * base.leaves["price"].to_numpy(dtype=float)[own]
    worth = np.bincount(group, weights=value, minlength=len(known))
    months = [*base.past, *(month for month in base.months if month > base.past[-1])]
    now = months.index(base.months[0]) if base.months else len(months)
    return Review(
        view=view,
        plan=plan,
        levels=levels,
        own=own,
        group=known[group] if len(known) else np.zeros(0, dtype=np.int64),
        order=known[np.lexsort((known, -worth))],
        months=months,
        first=max(now - SPANS[view.span], 0),
        now=now,
        published=last_published(session, viewer, base),
        history_corrected=corrected(session, base),
        held=held_cells(session, base),
        mine=_mine(session, viewer),
        targets=targets_of(session, base.past[0]),
    )


def scope_of(found: Review, group: int | None) -> dict[str, str]:
    """What a group of the view is made of, by level.

    Inputs: found; the number of the group, None for everything that the view is about.
    Returns: the keys of members by level.
    Raises: nothing.
    Source: none; ours.
    """
    if group is None or found.view.by == "all":
        return found.view.scope
    if found.view.by != "leaf":
        return {**found.view.scope, found.view.by: str(found.level.keys[group])}
    leaf = int(np.flatnonzero(found.level.number == group)[0])
    chosen = found.plan.base.leaves.iloc[leaf]
    return {**found.view.scope, **{name: str(chosen[name]) for name in ("product", "location", "channel")}}


def _mine(session: Session, viewer: Viewer) -> frozenset[str]:
    """None while the step of the cycle is closed."""
    if lock_of(session, DEMAND) is not None:
        return frozenset()
    return frozenset(stream for stream, right in RIGHTS.items() if viewer.may(right))
