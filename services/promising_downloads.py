"""The master schedule's items and the reservations, as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import master_schedule, reservations
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.master_schedule import ScheduleFilters

SCHEDULE_COLUMNS = (
    *("code", "name", "category", "location", "uom", "over", "over_value", "over_week", "stock", "ordered"),
    *("reserved", "receipts", "atp_now", "atp_soon", "atp", "lowest"),
)
RESERVATION_COLUMNS = (
    *("id", "status", "code", "name", "location", "uom", "quantity", "wanted_on", "promised_on", "expires_at"),
    *("channel", "customer", "note", "made_by", "created_at"),
)


def _schedule(viewer: Viewer, query: Query) -> Rows:
    wanted, size = ScheduleFilters(**chosen_filters(query, ScheduleFilters)), PAGE_ROWS

    def page(first: int) -> tuple[list[Record], int]:
        found = master_schedule.schedule_page(viewer, wanted, start=first, end=first + size, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, SCHEDULE_COLUMNS, size=size)


def _reservations(viewer: Viewer, query: Query) -> Rows:
    live, size = query.get("show") != "all", PAGE_ROWS

    def page(first: int) -> tuple[list[Record], int]:
        found = reservations.reservations(viewer, live=live, start=first, end=first + size, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, RESERVATION_COLUMNS, size=size)


LISTS = {
    "master-schedule": DownloadList(Permission.PURCHASE_READ, SCHEDULE_COLUMNS, _schedule),
    "reservations": DownloadList(Permission.INVENTORY_READ, RESERVATION_COLUMNS, _reservations),
}
