"""What past events brought, beside what was expected of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import planning_events as event_rows
from services.event_history import event_history
from services.listed_rows import Sort, one_page
from services.plain_rows import plain_rows

LATEST: Sort = (("ends_on", True), ("id", True))
DOWNLOADED = (
    *("code", "name", "starts_on", "ends_on", "works_by", "discount", "budget", "expected_uplift", "actual_uplift"),
    *("incremental_units", "incremental_margin", "roi", "pull_forward", "actual_pull_forward", "lessons"),
)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Some past events, and how many there are."""

    rows: list[dict[str, Any]]
    total: int


def event_results(viewer: Viewer, *, start: int = 0, end: int = 100, sort: Sort = ()) -> ResultPage:
    """Past events with their results, the latest first.

    Inputs: a viewer with plan.read; a part of the list; columns to sort by.
    Returns: ResultPage; rows have id and DOWNLOADED. Shares are of usual sales; margin is revenue less unit cost on top
        of usual, less what was missing in the week after; roi is (incremental margin - budget) / budget, None without
        a budget.
    Raises: NotAllowed.
    Source: Blattberg & Neslin 1990, chapter 9.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        summed = _summed(event_history(session, viewer).past)
        about = event_rows.remarks(session, [int(value) for value in summed.index])
    listed = summed.join(about.set_index("id"), how="inner").reset_index(names="id")
    budget = listed["budget"].astype(float)
    spent = budget.where(budget > 0)
    listed = listed.assign(roi=(listed["incremental_margin"] - spent) / spent)
    shown = one_page(listed, sort, start=start, end=end, otherwise=LATEST, sortable=DOWNLOADED)
    return ResultPage(plain_rows(shown[["id", *DOWNLOADED]]), len(listed))


def result_of(session: Session, viewer: Viewer, event_id: int) -> dict[str, Any] | None:
    """What one past event brought.

    Inputs: an open session, the viewer, the event.
    Returns: actual_uplift, actual_pull_forward, incremental_units and incremental_margin as of event_results; None
        while it or the week after it is not over, or nothing was sold around it.
    Raises: nothing.
    Source: as event_results.
    """
    past = event_history(session, viewer).past
    own = past[past["event_id"] == event_id]
    return None if own.empty else plain_rows(_summed(own))[0]


def _summed(past: pd.DataFrame) -> pd.DataFrame:
    """All products and channels of each event together, by id."""
    cost = past["unit_cost"].fillna(0.0)
    added = past["actual"] - past["usual"]
    missing = past["usual_after"] - past["actual_after"]
    revenue = past["actual_revenue"] - past["usual_revenue"]
    lost = past["usual_after_revenue"] - past["actual_after_revenue"]
    parts = pd.DataFrame(
        {
            "event_id": past["event_id"],
            "usual": past["usual"],
            "usual_after": past["usual_after"],
            "added": added,
            "missing": missing,
            "incremental_margin": revenue - added * cost - (lost - missing * cost),
        }
    ).dropna()
    total = parts.groupby("event_id").sum()
    return pd.DataFrame(
        {
            "actual_uplift": total["added"] / total["usual"].where(total["usual"] > 0),
            "actual_pull_forward": total["missing"] / total["usual_after"].where(total["usual_after"] > 0),
            "incremental_units": total["added"] - total["missing"],
            "incremental_margin": total["incremental_margin"],
        }
    )
