"""The layers of the demand plan added up to the groups of a review."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from analytics.demand_consensus import Cells, Ints
from analytics.inputs import FloatArray
from services.demand_layers import Held
from services.demand_plan import STREAMS, WEIGHED
from services.demand_review import MONEY, Review, scope_of

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Layers added up: by measure (groups, months of the review), NaN where there is nothing; by stream how many leaves
    of the group have a figure of their own (``spoken``) and how many are ``held``; ``leaves``: how many it has."""

    figures: dict[str, FloatArray]
    spoken: dict[str, Ints]
    held: dict[str, Ints]
    leaves: Ints


def added_up(found: Review, groups: Ints | None) -> Lines:
    """The layers of some groups, or of all that the view is about.

    Inputs: found; numbers of groups at the level of the view, or None for one row of everything.
    Returns: Lines, in units or money as the view says. A stream that spoke of some leaves of a group only counts the
        baseline for the others; one that spoke of none has no figure.
    Raises: nothing.
    Source: screens.md 2; docs/demand-plan.md.
    """
    base = found.plan.base
    member, own = _member(found, groups)
    price = base.leaves["price"].to_numpy(dtype=float)[own]
    weigh = member * price[None, :] if found.view.shown == MONEY else member
    now, end = found.now, len(found.months)

    def placed(values: FloatArray, start: int) -> FloatArray:
        table = np.full((member.shape[0], end), np.nan)
        table[:, start : start + values.shape[1]] = weigh @ values
        return table

    baseline = found.plan.baseline[own]
    history = base.history[own]
    figures = {
        "history": placed(history, 0),
        "cleaned": placed(found.history_corrected[own], 0) if len(found.history_corrected) else placed(history, 0),
        "last_year": _year_later(placed(history[:, :-1], 0)),
        "statistical": placed(base.statistical[own], now),
        "uplift": placed(found.plan.uplift[own], now),
        "consensus": placed(found.plan.consensus[own], now),
        "aop": _targets(found, groups),
        "published": np.full((member.shape[0], end), np.nan),
    }
    if found.published is not None:
        known = found.published.placed(found.months, own)
        figures["published"] = np.where(np.isfinite(known).any(axis=0), weigh @ np.nan_to_num(known), np.nan)

    def counted(flags: FloatArray) -> Ints:
        table = np.zeros((member.shape[0], end), dtype=np.int64)
        table[:, now:] = np.rint(member @ flags)
        return table

    spoken, held = {}, {}
    for name in STREAMS:
        dense = _of(found.plan.streams.get(name), own, baseline.shape)
        count = spoken[name] = counted(np.isfinite(dense).astype(float))
        if name in found.held:
            held[name] = counted(_held(found.held[name], own, baseline.shape))
        if name in WEIGHED:
            said = placed(np.where(np.isnan(dense), baseline, dense), now)
            figures[name] = np.where(count > 0, said, np.nan)
    leaves = np.rint(member.sum(axis=1)).astype(np.int64)
    return Lines(figures, spoken, held, leaves)


def _member(found: Review, groups: Ints | None) -> tuple[csr_array, Ints]:
    """(groups, leaves) ones, and the leaves."""
    if groups is None:
        own = found.own
        return csr_array(np.ones((1, len(own)))), own
    place = np.full(len(found.level.keys), -1, dtype=np.int64)
    place[groups] = np.arange(len(groups))
    at = place[found.group]
    inside = at >= 0
    own = found.own[inside]
    ones = (np.ones(len(own)), (at[inside], np.arange(len(own))))
    return csr_array(ones, shape=(len(groups), len(own))), own


def _held(cells: Held, own: Ints, shape: tuple[int, ...]) -> FloatArray:
    flags = _of(Cells(cells.row, cells.at, np.ones(len(cells.row))), own, shape)
    return np.nan_to_num(flags)


def _of(cells: Cells | None, own: Ints, shape: tuple[int, ...]) -> FloatArray:
    """A stream of some leaves, NaN where it said nothing."""
    dense = np.full(shape, np.nan)
    if cells is not None and len(own):
        at = np.minimum(np.searchsorted(own, cells.row), len(own) - 1)
        inside = own[at] == cells.row
        dense[at[inside], cells.period[inside]] = cells.quantity[inside]
    return dense


def _year_later(values: FloatArray) -> FloatArray:
    later = np.full(values.shape, np.nan)
    later[:, MONTHS_A_YEAR:] = values[:, :-MONTHS_A_YEAR]
    return later


def _targets(found: Review, groups: Ints | None) -> FloatArray:
    """Targets are set for the company or for one member of a level; any other part of the plan has none."""
    members: list[int | None] = [None] if groups is None else groups.tolist()
    table = np.full((len(members), len(found.months)), np.nan)
    if found.view.by == "leaf" and groups is not None:
        return table
    wanted = found.targets[found.targets["measure"] == ("revenue" if found.view.shown == MONEY else "volume")]
    for at, group in enumerate(members):
        scope = scope_of(found, group)
        if "family" in scope:
            scope.pop("category", None)
        if len(scope) > 1:
            continue
        level, member = next(iter(scope.items()), ("company", ""))
        own = wanted[(wanted["level"] == level) & (wanted["member"] == member)]
        places = pd.Index(found.months).get_indexer(pd.Index(own["period"]))
        table[at, places[places >= 0]] = own["value"].to_numpy(dtype=float)[places >= 0]
    return table
