"""Items of class A that somebody has to look at in a cycle, and confirming those that are right as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import cycles as rows
from services.audit import record
from services.cycle_case import ITEM, Case, case_of
from services.cycle_lock import DEMAND, require_open
from services.form_values import row_id
from services.plain_rows import plain_rows

NEAR_MONTHS = 3
MOST_SHOWN = 500
NAMES = ["product", "product_name", "location"]


def to_review(viewer: Viewer) -> tuple[list[dict[str, Any]], int]:
    """A items that nobody has edited, remarked upon or confirmed in the running cycle, the most revenue first.

    Inputs: a viewer with plan.read.
    Returns: at most MOST_SHOWN dictionaries of id (“product:location”), product, product_name, location, near (units of
        the next NEAR_MONTHS months), last_year (of the same months, None where it is not known), change (a share) and
        revenue (RM); and how many there are.
    Raises: NotAllowed.
    Source: issue of the S&OP cycle: all A items reviewed.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        case = _case(session, viewer)
        if case is None or case.to_review.empty:
            return [], 0
        return plain_rows(_listed(case).head(MOST_SHOWN)), len(case.to_review)


def confirm_reviewed(viewer: Viewer, items: Sequence[object]) -> int:
    """Confirm that the plan of A items is right as it is.

    Inputs: a viewer with demand.edit; ids as of to_review.
    Returns: how many were not confirmed before.
    Raises: NotAllowed; Conflict while no cycle runs, or its step Demand is closed; InvalidInput without an A item.
    Source: issue of the S&OP cycle.
    """
    require(viewer, Permission.DEMAND_EDIT)
    wanted = [_item(each) for each in items]
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        case = _case(session, viewer)
        if case is None:
            raise Conflict(_("No cycle is running. Start one under S&OP › Cycle."))
        found = [item for item in dict.fromkeys(wanted) if item in case.a_items]
        if not found:
            raise InvalidInput(_("Select at least one item to confirm."))
        count = rows.add_reviews(session, case.cycle_id, found, reviewed_by=viewer.user_id)
        after = {"items": [f"{product}:{location}" for product, location in found]}
        record(session, viewer, "cycle.confirm_items", subject="sop_cycle", subject_id=case.cycle_id, after=after)
    return count


def _case(session: Session, viewer: Viewer) -> Case | None:
    """Of the cycle that runs."""
    running = next((row for row in rows.cycles(session) if row.status == "open"), None)
    return None if running is None else case_of(session, viewer, running)


def _listed(case: Case) -> pd.DataFrame:
    base = case.plan.base
    near = case.plan.consensus[:, :NEAR_MONTHS].sum(axis=1)
    leaves = base.leaves[[*ITEM, *NAMES]].assign(
        near=near,
        last_year=base.last_year()[:, :NEAR_MONTHS].sum(axis=1),
        revenue=near * base.leaves["price"].to_numpy(dtype=float),
    )
    leaves = leaves[pd.MultiIndex.from_frame(leaves[ITEM]).isin(case.to_review)]
    found = leaves.groupby([*ITEM, *NAMES], as_index=False).sum().sort_values("revenue", ascending=False)
    before = found["last_year"].where(found["last_year"] > 0)
    found["change"] = found["near"] / before - 1
    found["id"] = found["product_id"].astype(str) + ":" + found["location_id"].astype(str)
    return found.drop(columns=ITEM)


def _item(value: object) -> tuple[int, int]:
    product, _colon, location = value.partition(":") if isinstance(value, str) else ("", "", "")
    return _id(product), _id(location)


def _id(text: str) -> int:
    return row_id(int(text)) if text.isascii() and text.isdigit() and len(text) < 20 else 0
