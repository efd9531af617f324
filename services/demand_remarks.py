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


def remark_id(scope: Mapping[str, str], month: date | None) -> str:
    """What a comment is about, as it is stored.

    Inputs: scope: keys by level; the month of a cell, None for the row.
    Returns: a text, the same for the same thing.
    Raises: nothing.
    Source: none; ours.
    """
    named = [(name, scope[name]) for name in SCOPE if scope.get(name)]
    return urlencode([*named, *([("month", f"{month:%Y-%m}")] if month else [])])


def thread(viewer: Viewer, scope: Mapping[str, str], month: date | None) -> list[dict[str, Any]]:
    """What was said about a row or a cell.

    Inputs: a viewer with plan.read; the scope and the month.
    Returns: as services.comments.thread.
    Raises: NotAllowed.
    Source: screens.md 3.
    """
    return comments.thread(viewer, SUBJECT, remark_id(scope, month))


def say(viewer: Viewer, scope: Mapping[str, str], month: date | None, body: object, *, about: str) -> int:
    """Add a comment; whoever is named in it finds it in the inbox.

    Inputs: a viewer with plan.read; the scope and the month; the comment; about: what people call the thing.
    Returns: the id of the comment.
    Raises: as services.comments.say.
    Source: screens.md 3.
    """
    narrowed = {name: scope[name] for name in SCOPE if scope.get(name)}
    by = "leaf" if narrowed.get("product") else "product"
    href = f"{PATH}?{urlencode({**narrowed, 'by': by})}"
    return comments.say(viewer, SUBJECT, remark_id(scope, month), body, about=about, href=href)


def counts(viewer: Viewer) -> dict[tuple[tuple[str, str], ...], Counter[str]]:
    """How many comments there are.

    Inputs: a viewer with plan.read.
    Returns: by scope (level and key, in the order of SCOPE) the number by month (YYYY-MM), or by ROW for all of it.
    Raises: nothing.
    Source: screens.md 3.
    """
    with session_scope(viewer) as session:
        stored = rows.remarks(session, subject=SUBJECT)
    found: dict[tuple[tuple[str, str], ...], Counter[str]] = {}
    for subject_id, count in stored:
        parts = dict(parse_qsl(subject_id))
        scope = tuple((name, parts[name]) for name in SCOPE if name in parts)
        of_scope = found.setdefault(scope, Counter())
        of_scope[ROW] += count
        if "month" in parts:
            of_scope[parts["month"]] += count
    return found
