"""Lots in stock and their movements, as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import stock
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.stock import COLUMNS, StockFilters


def _lots(viewer: Viewer, query: Query) -> Rows:
    wanted = StockFilters(**chosen_filters(query, StockFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = stock.lots(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, COLUMNS, size=PAGE_ROWS)


LISTS = {
    "stock": DownloadList(Permission.INVENTORY_READ, COLUMNS, _lots),
}
