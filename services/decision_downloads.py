"""Decisions of the S&OP cycle as a file."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import decisions
from services.download_list import DownloadList, Query, Rows

COLUMNS = (
    *("month", "step", "kind", "title", "detail", "status", "owner", "due_on", "expected_value", "measure", "level"),
    *("member", "decided_by", "decided_at", "actual_value", "checked_on", "created_by", "created_at"),
)


def _decisions(viewer: Viewer, query: Query) -> Rows:
    for row in decisions.shown(decisions.decisions(viewer), query.get("show", "")):
        yield [row[name] for name in COLUMNS]


LISTS = {"decisions": DownloadList(Permission.PLAN_READ, COLUMNS, _decisions)}
