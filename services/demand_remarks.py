"""Comments on rows and cells of the demand review: which thing each is about, and where it is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from core.viewer import Viewer
from data.db import session_scope
from data.queries import demand_review as rows
from services import comments
from services.demand_levels import SCOPE

SUBJECT = "demand"
PATH = "/demand/review"
ROW = "row"
ABOVE = {"product": ("category", "family", "brand"), "location": ("region",)}
"""What a product and a location belong to anyway."""

About = tuple[tuple[str, str], ...]
Remarks = Mapping[About, Mapping[str, int]]
NO_REMARKS: Remarks = {}


def about(scope: Mapping[str, str]) -> About:
    """A scope in one way of naming it.

    Inputs: keys by level.
    Returns: level and key in the order of SCOPE, without what follows from another.
    Raises: nothing.
    Source: none; ours.
    """
    implied = {name for below, above in ABOVE.items() if scope.get(below) for name in above}
    return tuple((name, scope[name]) for name in SCOPE if scope.get(name) and name not in implied)


def remark_id(scope: Mapping[str, str], month: date | None) -> str:
    """What a comment is about, as it is stored.

    Inputs: scope: keys by level; the month of a cell, None for the row.
    Returns: a text, the same for the same thing.
    Raises: nothing.
    Source: none; ours.
    """
    return urlencode([*about(scope), *([("month", f"{month:%Y-%m}")] if month else [])])


def thread(viewer: Viewer, scope: Mapping[str, str], month: date | None) -> list[dict[str, Any]]:
    """What was said about a row or a cell.

    Inputs: a viewer with plan.read; the scope and the month.
    Returns: as services.comments.thread.
    Raises: NotAllowed.
    Source: screens.md 3.
    """
    return comments.thread(viewer, SUBJECT, remark_id(scope, month))


def say(viewer: Viewer, scope: Mapping[str, str], month: date | None, body: object, *, name: str) -> int:
    """Add a comment; whoever is named in it finds it in the inbox.

    Inputs: a viewer with plan.read; the scope and the month; the comment; name: what people call the thing.
    Returns: the id of the comment.
    Raises: as services.comments.say.
    Source: screens.md 3.
    """
    by = "leaf" if scope.get("product") else "product"
    href = f"{PATH}?{urlencode([*about(scope), ('by', by)])}"
    return comments.say(viewer, SUBJECT, remark_id(scope, month), body, about=name, href=href)


def counts(viewer: Viewer) -> Remarks:
    """How many comments there are.

    Inputs: a viewer with plan.read.
    Returns: by scope (level and key, in the order of SCOPE) the number by month (YYYY-MM), or by ROW for all of it.
    Raises: nothing.
    Source: screens.md 3.
    """
    with session_scope(viewer) as session:
        stored = rows.remarks(session, subject=SUBJECT)
    found: dict[About, Counter[str]] = {}
    for subject_id, count in stored:
        parts = dict(parse_qsl(subject_id))
        of_scope = found.setdefault(about(parts), Counter())
        of_scope[ROW] += count
        if "month" in parts:
            of_scope[parts["month"]] += count
    return found
