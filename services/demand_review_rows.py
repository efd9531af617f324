"""The demand review as rows of a grid: one a measure of a group, one column a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.demand_consensus import Ints
from core.i18n import _
from services.demand_levels import BETWEEN
from services.demand_plan import DECIDED, WEIGHED
from services.demand_remarks import NO_REMARKS, ROW, Remarks, about
from services.demand_review import Review, scope_of
from services.demand_review_lines import Lines, added_up
from services.listed_rows import PAGE_ROWS

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


def stream_of(measure: str) -> str:
    """The stream whose figures a row takes: the consensus takes what the planner decides.

    Inputs: one of MEASURES.
    Returns: one of STREAMS, or "" for a row that is only read.
    Raises: nothing.
    Source: issue 6.
    """
    return DECIDED if measure == "consensus" else measure if measure in WEIGHED else ""


def review_rows(found: Review, *, start: int = 0, end: int = PAGE_ROWS, remarks: Remarks = NO_REMARKS) -> ReviewPage:
    """Rows of the grid, the groups of most money first.

    Inputs: found; the first row and the one after the last; remarks: as of demand_remarks.counts.
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
    rows = group_rows(found, groups, remarks=remarks)
    skipped = first % a_group
    return ReviewPage(rows[skipped : skipped + last - first], total)


def group_rows(found: Review, groups: Ints, *, remarks: Remarks = NO_REMARKS) -> list[Row]:
    """All rows of some groups.

    Inputs: found; numbers of groups at the level of the view; remarks.
    Returns: rows as in ReviewPage: id, key, group, line (the part of its name that stands there), measure, stream
        (which can be edited there, or ""), leaves, head (whether the group begins here), over and held (by month field
        how many leaves have a figure of the stream, or hold it), remarks (how many comments, by month field and as
        “row”) and the figures.
    Raises: nothing.
    Source: screens.md 2.
    """
    lines = added_up(found, groups)
    return [
        {**_row(found, lines, (at, int(group)), measure), **(said if measure == "consensus" else {})}
        for at, group in enumerate(groups)
        for said in [_remarks(found, int(group), remarks)]
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
    rows = [_row(found, lines, (0, None), measure) for measure in found.measures]
    shown = [row for row in rows if row["measure"] in ("history", "consensus", "aop")]
    return [{**row, "line": "" if place else _("Total"), "head": not place} for place, row in enumerate(shown)]


def _row(found: Review, lines: Lines, place: tuple[int, int | None], measure: str) -> Row:
    """``place``: the row of ``lines`` and the number of the group."""
    at, group = place
    key = "" if group is None else str(found.level.keys[group])
    stream = stream_of(measure)
    fields = [month_field(month) for month in found.months]
    # What belongs to no member of a level can't be named, so it is planned at another level.
    nameable = group is not None and (bool(key) or found.view.by == "all")
    return {
        "id": f"{key}|{measure}",
        "key": key,
        "group": _("Total") if group is None else str(found.level.names[group]),
        "line": dict(enumerate(_name_lines(found, group))).get(found.measures.index(measure), ""),
        "measure": measure,
        "stream": stream if nameable and stream in found.mine else "",
        "leaves": int(lines.leaves[at]),
        "head": measure == found.measures[0],
        "over": _counted(fields, lines.spoken[stream][at]) if stream else {},
        "held": _counted(fields, lines.held[stream][at]) if stream in lines.held else {},
        **{
            month_field(month): None if not np.isfinite(value) else round(float(value), 2)
            for month, value in zip(found.shown, lines.figures[measure][at][found.first :], strict=True)
        },
    }


def _name_lines(found: Review, group: int | None) -> list[str]:
    """The name of a group over several rows: the code first."""
    if group is None:
        return [_("Total")]
    key, name = str(found.level.keys[group]), str(found.level.names[group])
    codes = key.split(BETWEEN)
    if not name.startswith(codes[0]) or name == key:
        return [name]
    return [codes[0], name.split(BETWEEN, maxsplit=1)[0].removeprefix(codes[0]).strip(), *codes[1:]]


def _remarks(found: Review, group: int, remarks: Remarks) -> Row:
    """How many comments there are of a group, and of its months."""
    said = remarks.get(about(scope_of(found, group)), {}) if remarks else {}
    return {"remarks": {name if name == ROW else f"m{name.replace('-', '')}": count for name, count in said.items()}}


def _counted(fields: list[str], counts: Ints) -> dict[str, int]:
    return {fields[month]: int(counts[month]) for month in np.flatnonzero(counts)}
