"""Certificates, products with their halal cover, and blocked sources, as files."""

from __future__ import annotations

from collections.abc import Callable

from core.permissions import Permission
from core.viewer import Viewer
from services import halal
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.halal import BLOCKED_COLUMNS, CERTIFICATE_COLUMNS, PRODUCT_COLUMNS, HalalFilters, HalalPage
from services.listed_rows import PAGE_ROWS


def _certificates(viewer: Viewer, query: Query) -> Rows:
    wanted = HalalFilters(**chosen_filters(query, HalalFilters))
    return _pages(lambda **rows: halal.certificates(viewer, wanted, sort=sorting(query), **rows), CERTIFICATE_COLUMNS)


def _products(viewer: Viewer, query: Query) -> Rows:
    return _pages(lambda **rows: halal.products(viewer, sort=sorting(query), **rows), PRODUCT_COLUMNS)


def _blocked(viewer: Viewer, query: Query) -> Rows:
    return _pages(lambda **rows: halal.blocked(viewer, sort=sorting(query), **rows), BLOCKED_COLUMNS)


def _pages(found: Callable[..., HalalPage], columns: tuple[str, ...]) -> Rows:
    def page(first: int) -> tuple[list[Record], int]:
        some = found(start=first, end=first + PAGE_ROWS)
        return list(some.rows), some.total

    return pages(page, columns, size=PAGE_ROWS)


LISTS = {
    "certificates": DownloadList(Permission.INVENTORY_READ, CERTIFICATE_COLUMNS, _certificates),
    "halal-products": DownloadList(Permission.INVENTORY_READ, PRODUCT_COLUMNS, _products),
    "halal-blocked": DownloadList(Permission.INVENTORY_READ, BLOCKED_COLUMNS, _blocked),
}
