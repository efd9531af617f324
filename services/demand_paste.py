"""A block of figures from a spreadsheet, pasted into the demand plan: all of it, or every bad cell is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from analytics.demand_consensus import Ints
from analytics.demand_split import LARGEST
from core.errors import InvalidInput, UserError
from core.i18n import _, counted, number
from core.viewer import Viewer
from data.db import session_scope
from data.queries import demand_edits as rows
from services.cycle_lock import DEMAND, require_open
from services.demand_cells import Worked, selection
from services.demand_change import SET
from services.demand_ledger import Applied, Wish, keep, require_stream
from services.demand_plan import DemandPlan, demand_plan, require_months
from services.form_values import calendar_day, quantity_of

MOST_PASTED = 20_000
TOLD = 5
KEY = ("product", "location", "channel")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class PasteRejected(InvalidInput):
    """A block that can't be pasted; ``problems`` tell row, column, value, problem and remedy of every bad cell."""

    def __init__(self, problems: Sequence[Mapping[str, Any]]) -> None:
        self.problems = [dict(problem) for problem in problems]
        told = [
            _("Row %(row)s, %(column)s “%(value)s”: %(problem)s %(remedy)s", **problem) for problem in problems[:TOLD]
        ]
        more = len(problems) - TOLD
        if more > 0:
            told.append(counted("And %(count)s more bad cell.", "And %(count)s more bad cells.", more))
        super().__init__("\n".join([_("Nothing was pasted."), *told]))


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
        row, at = leaves.get(key, -1), months.get(_month(cell.get("month")) or date.min, -1)
        quantity, remark = _quantity(cell["quantity"])
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


def _month(value: object) -> date | None:
    text = f"{value}-01" if isinstance(value, str) and _MONTH.fullmatch(value.strip()) else value
    try:
        return calendar_day(text.strip() if isinstance(text, str) else text, name=_("Month"))
    except UserError:
        return None


def _quantity(value: object) -> tuple[float | None, str]:
    text = str(value).strip() if isinstance(value, str) else value
    if isinstance(text, str) and _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        found = float(quantity_of(text, name=_("Quantity")))
    except UserError:
        return None, _("It is no number with at most four decimals.")
    if not 0 <= found <= LARGEST:
        return None, _("It is below zero or too large.")
    return found, ""
