"""The demand review as rows of a grid: one a measure of a group, one column a month."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.demand_consensus import Ints
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from services.demand_plan import DECIDED, WEIGHED
from services.demand_review import Review
from services.demand_review_lines import Lines, added_up
from services.listed_rows import PAGE_ROWS

RIGHTS = {
    DECIDED: Permission.DEMAND_EDIT,
    "sales": Permission.STREAM_SALES,
    "marketing": Permission.STREAM_MARKETING,
    "customer": Permission.STREAM_CUSTOMER,
    "finance": Permission.STREAM_FINANCE,
}
"""Who may give the figures of a stream."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Rows of the grid: one a measure of a group, with the field of each month (see month_field)."""

    rows: list[Row]
    total: int


def month_field(month: date) -> str:
    """The field of a month in the rows of the grid.

    Inputs: the first day of a month.
    Returns: such as m202611.
    Raises: nothing.
    Source: none; ours.
    """
    return f"m{month:%Y%m}"


def may_give(viewer: Viewer, stream: str) -> bool:
    """Whether somebody may give the figures of a stream.

    Inputs: the viewer; one of STREAMS.
    Returns: the answer.
    Raises: nothing.
    Source: issue 6.
    """
    return stream in RIGHTS and viewer.may(RIGHTS[stream])


def stream_of(measure: str) -> str:
    """The stream whose figures a row takes: the consensus takes what the planner decides.

    Inputs: one of MEASURES.
    Returns: one of STREAMS, or "" for a row that is only read.
    Raises: nothing.
    Source: issue 6.
    """
    return DECIDED if measure == "consensus" else measure if measure in WEIGHED else ""


def review_rows(found: Review, *, start: int = 0, end: int = PAGE_ROWS, viewer: Viewer) -> ReviewPage:
    """Rows of the grid, the groups of most money first.

    Inputs: found; the first row and the one after the last; the viewer, who decides what can be edited.
    Returns: ReviewPage.
    Raises: nothing.
    Source: screens.md 2.
    """
    a_group = len(found.measures)
    total = len(found.order) * a_group
    first = max(start, 0)
    last = min(max(end, first), first + PAGE_ROWS, total)
    if first >= last:
        return ReviewPage([], total)
    groups = found.order[first // a_group : -(-last // a_group)]
    rows = group_rows(found, groups, viewer=viewer)
    skipped = first % a_group
    return ReviewPage(rows[skipped : skipped + last - first], total)


def group_rows(found: Review, groups: Ints, *, viewer: Viewer) -> list[Row]:
    """All rows of some groups.

    Inputs: found; numbers of groups at the level of the view; the viewer.
    Returns: rows as in ReviewPage: id, key, group, measure, stream (which can be edited there, or ""), leaves, unit,
        head (whether the group begins here), over (by month field how many leaves have a figure of the stream) and the
        figures.
    Raises: nothing.
    Source: screens.md 2.
    """
    lines = added_up(found, groups)
    mine = {stream for stream in RIGHTS if may_give(viewer, stream)}
    return [
        _row(found, lines, (at, int(group)), measure, mine)
        for at, group in enumerate(groups)
        for measure in found.measures
    ]


def total_rows(found: Review) -> list[Row]:
    """The rows of everything that the view is about.

    Inputs: found.
    Returns: rows as in ReviewPage; none of them can be edited.
    Raises: nothing.
    Source: screens.md 22.
    """
    lines = added_up(found, None)
    rows = [_row(found, lines, (0, None), measure, ()) for measure in found.measures]
    return [row for row in rows if row["measure"] in ("history", "consensus", "aop")]


def _row(found: Review, lines: Lines, place: tuple[int, int | None], measure: str, mine: Container[str]) -> Row:
    """``place``: the row of ``lines`` and the number of the group."""
    at, group = place
    key = "" if group is None else str(found.level.keys[group])
    stream = stream_of(measure)
    counts = lines.spoken[stream][at] if stream else np.zeros(len(found.months), dtype=np.int64)
    # What belongs to no member of a level can't be named, so it is planned at another level.
    nameable = group is not None and (bool(key) or found.view.by == "all")
    return {
        "id": f"{key}|{measure}",
        "key": key,
        "group": _("Total") if group is None else str(found.level.names[group]),
        "measure": measure,
        "stream": stream if nameable and stream in mine else "",
        "leaves": int(lines.leaves[at]),
        "head": measure == found.measures[0],
        "over": {month_field(found.months[month]): int(counts[month]) for month in np.flatnonzero(counts)},
        **{
            month_field(month): None if not np.isfinite(value) else round(float(value), 2)
            for month, value in zip(found.shown, lines.figures[measure][at][found.first :], strict=True)
        },
    }
