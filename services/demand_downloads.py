"""Edits of the demand plan and what they were worth, as files."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import overrides, value_added
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.overrides import COLUMNS, OverrideFilters
from services.value_added import ITEM_COLUMNS, TOUCHLESS_COLUMNS, ValueFilters


def _overrides(viewer: Viewer, query: Query) -> Rows:
    wanted = OverrideFilters(**chosen_filters(query, OverrideFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = overrides.overrides(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, COLUMNS, size=PAGE_ROWS)


def _items(viewer: Viewer, query: Query) -> Rows:
    wanted = ValueFilters(**chosen_filters(query, ValueFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = value_added.items(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, ITEM_COLUMNS, size=PAGE_ROWS)


def _touchless(viewer: Viewer, query: Query) -> Rows:
    wanted = ValueFilters(**chosen_filters(query, ValueFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = value_added.touchless_items(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, TOUCHLESS_COLUMNS, size=PAGE_ROWS)


LISTS = {
    "value-added": DownloadList(Permission.PLAN_READ, ITEM_COLUMNS, _items),
    "touchless-items": DownloadList(Permission.PLAN_READ, TOUCHLESS_COLUMNS, _touchless),
    "overrides": DownloadList(Permission.PLAN_READ, COLUMNS, _overrides),
}
