"""Edits of the demand plan and what they were worth, as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import overrides
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.overrides import COLUMNS, OverrideFilters


def _overrides(viewer: Viewer, query: Query) -> Rows:
    wanted = OverrideFilters(**chosen_filters(query, OverrideFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = overrides.overrides(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, COLUMNS, size=PAGE_ROWS)


LISTS = {
    "overrides": DownloadList(Permission.PLAN_READ, COLUMNS, _overrides),
}
