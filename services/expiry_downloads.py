"""Lots that won't be sold in time and what was done about them, as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import expiry_board
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.expiry_board import BoardFilters
from services.listed_rows import PAGE_ROWS

LOT_COLUMNS = (
    *("code", "name", "category", "location", "uom", "lot", "quantity", "received_on", "expires_on", "days_left"),
    *("mean_daily_demand", "demand_until", "unit_cost", "quantity_at_risk", "value_at_risk", "action_kind"),
    *("action_status", "action_due_on", "planned_quantity", "expected_recovery"),
)
ACTION_COLUMNS = (
    *("id", "status", "kind", "code", "name", "location", "uom", "lot", "quantity", "recovery_share"),
    *("expected_recovery", "due_on", "done_quantity", "recovered", "finished_on", "event", "proposed_by", "created_at"),
    "note",
)


def _lots(viewer: Viewer, query: Query) -> Rows:
    wanted = BoardFilters(**chosen_filters(query, BoardFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = expiry_board.board(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, LOT_COLUMNS, size=PAGE_ROWS)


def _actions(viewer: Viewer, query: Query) -> Rows:
    def page(first: int) -> tuple[list[Record], int]:
        found = expiry_board.actions(viewer, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, ACTION_COLUMNS, size=PAGE_ROWS)


LISTS = {
    "expiry-board": DownloadList(Permission.INVENTORY_READ, LOT_COLUMNS, _lots),
    "expiry-actions": DownloadList(Permission.INVENTORY_READ, ACTION_COLUMNS, _actions),
}
