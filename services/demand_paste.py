"""A block of figures from a spreadsheet, pasted into the demand plan: all of it, or every bad cell is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from analytics.demand_consensus import Ints
from core.errors import InvalidInput
from core.i18n import _, number
from core.viewer import Viewer
from data.db import session_scope
from data.queries import demand_edits as rows
from services.cycle_lock import DEMAND, require_open
from services.demand_cells import Worked, selection
from services.demand_change import SET
from services.demand_ledger import Applied, Wish, keep, require_stream
from services.demand_plan import DemandPlan, demand_plan, require_months
from services.pasted_cells import told, typed_month, typed_quantity

MOST_PASTED = 20_000
KEY = ("product", "location", "channel")


class PasteRejected(InvalidInput):
    """A block that can't be pasted; ``problems`` tell row, column, value, problem and remedy of every bad cell."""

    def __init__(self, problems: Sequence[Mapping[str, Any]]) -> None:
        self.problems = [dict(problem) for problem in problems]
        super().__init__(told(_("Nothing was pasted."), problems))


def paste(
    viewer: Viewer,
    stream: str,
    cells: Sequence[Mapping[str, Any]],
    *,
    seen: int = 0,
    reason: str | None = None,
    expires_on: date | None = None,
) -> Applied:
    """Write a block of figures, all of it or nothing.

    Inputs: a viewer with the right of the stream; the stream; cells: product, location and channel (codes), month (its
        first day or YYYY-MM), quantity (a number, or as a spreadsheet shows it; an empty one is passed over) and, where
        it differs from its place in the list, ``row``; the newest edit on the reader's screen; why; until when.
    Returns: Applied.
    Raises: NotAllowed; PasteRejected; InvalidInput and Conflict as apply of demand_edits.
    Source: screens.md 2.
    """
    require_stream(viewer, stream)
    if len(cells) > MOST_PASTED:
        raise InvalidInput(_("That is more than %(most)s cells: paste a smaller block.", most=number(MOST_PASTED)))
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        rows.lock(session)
        plan = demand_plan(session, viewer)
        require_months(plan.base)
        worked = _worked(session, plan, stream, _read(plan, cells))
        head = {"scope": {}, "mode": SET, "source": "paste"}
        return keep(session, viewer, plan, worked, Wish(stream, head, reason, expires_on, seen))


def _worked(session: Session, plan: DemandPlan, stream: str, figures: dict[tuple[int, int], float]) -> Worked:
    if not figures:
        raise InvalidInput(_("There is no figure in what was pasted."))
    row, at = (np.unique(np.array([key[side] for key in figures], dtype=np.int64)) for side in (0, 1))
    held = rows.held(session, stream=stream, months=[plan.base.months[place] for place in at])
    chosen = selection(plan, stream, row, at, held=held)
    stated = chosen.figure.copy()
    wanted: Ints = np.array(list(figures), dtype=np.int64)
    stated[np.searchsorted(row, wanted[:, 0]), np.searchsorted(at, wanted[:, 1])] = list(figures.values())
    return Worked(chosen, stated)


def _read(plan: DemandPlan, cells: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], float]:
    """Figures by leaf and month."""
    leaves = {key: row for row, key in enumerate(zip(*(plan.base.leaves[name] for name in KEY), strict=True))}
    months = {month: place for place, month in enumerate(plan.base.months)}
    found: dict[tuple[int, int], float] = {}
    problems: list[dict[str, Any]] = []
    for place, cell in enumerate(cells, start=1):
        if cell.get("quantity") is None or not str(cell["quantity"]).strip():
            continue
        bad = len(problems)
        key = tuple(str(cell.get(name) or "").strip() for name in KEY)
        row, at = leaves.get(key, -1), months.get(typed_month(cell.get("month")) or date.min, -1)
        quantity, remark = typed_quantity(cell["quantity"])
        checks = (
            (row < 0, "product", " · ".join(key), *_no_leaf()),
            (at < 0, "month", cell.get("month"), *_no_month(plan.base.months)),
            (quantity is None, "quantity", cell["quantity"], remark, _("Enter zero or more, such as 1,200.")),
            ((row, at) in found, "month", cell.get("month"), _("It is in the block twice."), _("Keep one of the two.")),
        )
        problems += [
            {
                "row": cell.get("row", place),
                "column": column,
                "value": str(value or ""),
                "problem": said,
                "remedy": cure,
            }
            for wrong, column, value, said, cure in checks
            if wrong
        ]
        if len(problems) == bad:
            found[row, at] = float(quantity or 0.0)
    if problems:
        raise PasteRejected(problems)
    return found


def _no_leaf() -> tuple[str, str]:
    return (
        _("It is not sold there through that channel, and nothing is expected of it."),
        _("Write codes of a product, location and channel of the plan; new ones come with an import of forecasts."),
    )


def _no_month(months: Sequence[date]) -> tuple[str, str]:
    first, last = (f"{end:%Y-%m}" for end in (months[0], months[-1]))
    return _("It is not planned."), _("Write a month from %(first)s to %(last)s.", first=first, last=last)
