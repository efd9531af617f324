"""Proposed stocking policies as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import policy_review
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.policy_review import PolicyFilters

COLUMNS = (
    *("code", "name", "category", "location", "uom", "source", "method", "measure", "now_service_target"),
    *("service_target", "now_safety_stock", "safety_stock", "now_reorder_point", "reorder_point"),
    *("now_order_quantity", "order_quantity", "now_order_up_to", "order_up_to", "change_share", "stock_money_change"),
    *("simulated_cycle_service", "simulated_fill_rate", "reason", "created_by", "created_at"),
)


def _proposals(viewer: Viewer, query: Query) -> Rows:
    wanted = PolicyFilters(**chosen_filters(query, PolicyFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = policy_review.open_policy_proposals(
            viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query)
        )
        return [_with_service(row) for row in found.rows], found.total

    return pages(page, COLUMNS, size=PAGE_ROWS)


def _with_service(row: Record) -> Record:
    tried = row["simulated"] or {}
    cycle, fill = ((tried.get(measure) or [None])[0] for measure in ("cycle", "fill"))
    return {**row, "simulated_cycle_service": cycle, "simulated_fill_rate": fill}


LISTS = {"policy-proposals": DownloadList(Permission.INVENTORY_READ, COLUMNS, _proposals)}
