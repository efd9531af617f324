"""Events as flags on the chart of the demand review."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.demand_consensus import Ints
from core.i18n import counted
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import demand_review as rows
from services.demand_plan import LEAF
from services.demand_review import Review

NAMED = 3


def flags(viewer: Viewer, found: Review, group: int | None) -> list[tuple[date, str]]:
    """What begins in the months that are shown.

    Inputs: a viewer with plan.read; the review; the number of a group, None for all that the view is about.
    Returns: months with the names of approved events that are for any of its leaves, the first NAMED of them.
    Raises: NotAllowed.
    Source: screens.md 5.
    """
    require(viewer, Permission.PLAN_READ)
    if not found.shown:
        return []
    since, last = found.shown[0], found.shown[-1]
    before = (pd.Timestamp(last) + pd.DateOffset(months=1)).date()
    with session_scope(viewer) as session:
        events: pd.DataFrame = shared_frame(
            session,
            viewer,
            "demand_events",
            subjects=("event", "products"),
            args=(since, before),
            compute=lambda: rows.events(session, since=since, before=before),
        )
    own = found.own if group is None else found.own[found.group == group]
    meant = events[_meant(found, own, events)].drop_duplicates("id")
    starts = zip(meant["starts_on"], meant["name"], strict=True)
    names: dict[date, dict[str, None]] = {}
    for day, name in starts:
        names.setdefault(day.replace(day=1), {})[name] = None
    return [(month, _text(list(named))) for month, named in names.items()]


def _meant(found: Review, own: Ints, events: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Events for any of the leaves: named products, locations and channels are each looked at on their own."""
    leaves = found.plan.base.leaves.iloc[own]
    inside = np.ones(len(events), dtype=bool)
    for name in LEAF:
        inside &= (events[name].isna() | events[name].isin(leaves[name].unique())).to_numpy()
    return inside


def _text(names: list[str]) -> str:
    told = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return told if more <= 0 else told + " " + counted("and %(count)s more", "and %(count)s more", more)
