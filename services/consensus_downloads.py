"""What the consensus is made of, as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import consensus_streams
from services.consensus_streams import LAYERS, StreamView
from services.demand_plan import STREAMS
from services.download_list import DownloadList, Query, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS

STREAM_COLUMNS = ("id", "name", *LAYERS, "spread", "spread_share", *(f"cover_{name}" for name in STREAMS))


def _streams(viewer: Viewer, query: Query) -> Rows:
    view = consensus_streams.stream_view(chosen_filters(query, StreamView))
    found = consensus_streams.streams(viewer, view)

    def page(first: int) -> tuple[list[dict[str, object]], int]:
        shown = consensus_streams.stream_rows(found, view, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return shown.rows, shown.total

    return pages(page, STREAM_COLUMNS, size=PAGE_ROWS)


LISTS = {"consensus-streams": DownloadList(Permission.PLAN_READ, STREAM_COLUMNS, _streams)}
