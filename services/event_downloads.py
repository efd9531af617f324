"""Past events with their results as a file."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services.download_list import DownloadList, Query, Record, Rows, pages, sorting
from services.event_results import DOWNLOADED, event_results
from services.listed_rows import PAGE_ROWS


def _results(viewer: Viewer, query: Query) -> Rows:
    def page(first: int) -> tuple[list[Record], int]:
        found = event_results(viewer, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, DOWNLOADED, size=PAGE_ROWS)


LISTS = {"past-events": DownloadList(Permission.PLAN_READ, DOWNLOADED, _results)}
