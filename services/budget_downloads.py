"""What stock is planned by, as files: the items of a budget, the steps of the next money, buffers."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import buffers, stock_budget
from services.buffers import COLUMNS, BufferFilters
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.stock_budget import ITEM_COLUMNS, STEP_COLUMNS, BudgetFilters


def _budget(viewer: Viewer, query: Query) -> Rows:
    wanted = BudgetFilters(**chosen_filters(query, BudgetFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = stock_budget.budget_items(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, ITEM_COLUMNS, size=PAGE_ROWS)


def _steps(viewer: Viewer, query: Query) -> Rows:
    wanted = BudgetFilters(**chosen_filters(query, BudgetFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = stock_budget.next_steps(viewer, wanted, start=first, end=first + PAGE_ROWS)
        return list(found.rows), found.total

    return pages(page, STEP_COLUMNS, size=PAGE_ROWS)


def _buffers(viewer: Viewer, query: Query) -> Rows:
    wanted = BufferFilters(**chosen_filters(query, BufferFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = buffers.buffers(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, COLUMNS, size=PAGE_ROWS)


LISTS = {
    "buffers": DownloadList(Permission.INVENTORY_READ, COLUMNS, _buffers),
    "stock-budget": DownloadList(Permission.INVENTORY_READ, ITEM_COLUMNS, _budget),
    "stock-budget-steps": DownloadList(Permission.INVENTORY_READ, STEP_COLUMNS, _steps),
}
