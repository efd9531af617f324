"""Lists as files: which there are, who may have them, and their rows. A new list is one entry of ``LISTS``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from services import (
    accuracy_downloads,
    admin_downloads,
    budget_downloads,
    consensus_downloads,
    count_sheets,
    decision_downloads,
    demand_downloads,
    demand_plan_download,
    event_downloads,
    expiry_downloads,
    forecast_run_downloads,
    forecast_series,
    halal_downloads,
    item_classes,
    order_lines,
    partner_downloads,
    picks,
    plan_gap_downloads,
    policy_downloads,
    portal_downloads,
    positions,
    promising_downloads,
    recipe_downloads,
    returns,
    sales,
    stock_downloads,
    supply_downloads,
)
from services.download_list import DownloadList, Query, Record, Rows, chosen_filters, pages, sorting
from services.forecast_series import SeriesFilters
from services.item_classes import ClassFilters
from services.listed_rows import PAGE_ROWS
from services.outgoing import Format, Outgoing, outgoing, table
from services.positions import PositionFilters

POSITION_COLUMNS = (
    *("code", "name", "category", "location", "uom", "status", "on_hand", "expired", "on_order", "allocated"),
    *("position", "mean_daily_demand", "days_of_cover", "safety_stock", "reorder_point", "order_quantity"),
    *("order_up_to", "unit_cost", "stock_value", "next_receipt_on", "shortage_quantity", "excess_quantity"),
    *("surplus_order_quantity", "money_at_stake"),
)


def download(viewer: Viewer, name: str, kind: Format, query: Query) -> Outgoing:
    """A list as a file, filtered and sorted as on its page.

    Inputs: a viewer with the right of the list and, but for partners and their own lists, with ``export``; the name of
        the list, csv or xlsx, and the query of its page with the ``sort`` and ``where`` of its grid.
    Returns: Outgoing, to be closed.
    Raises: NotAllowed; NotFound for an unknown list; InvalidInput for filters the page would refuse too, and for more
        rows than a workbook holds.
    Source: product.md: the analyst downloads every table; security.md F05.
    """
    wanted = LISTS.get(name)
    if wanted is None:
        raise NotFound(_("There is no such list."))
    if name not in portal_downloads.LISTS:
        require(viewer, Permission.EXPORT)
    require(viewer, wanted.permission)
    title = name.replace("-", " ").capitalize()
    made = table(kind, title, wanted.columns, _cells(wanted.rows(viewer, query)))
    return outgoing(f"{name}-{today():%Y-%m-%d}", kind, made)


def _cells(rows: Rows) -> Iterator[list[Any]]:
    for row in rows:
        yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> Any:
    """A whole number is written without a decimal point, a moment in UTC."""
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return cell.astimezone(UTC).replace(tzinfo=None)
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _sales(viewer: Viewer, query: Query) -> Rows:
    wanted = {name: query.get(name, "") for name in ("by", "start", "end", "search")}
    return sales.sales_download(viewer, sales.sales_filters(viewer, **wanted), sort=sorting(query))


def _order_lines(viewer: Viewer, query: Query) -> Rows:
    wanted = {name: query.get(name, "") for name in ("start", "end", "show", "search")}
    return order_lines.lines_download(viewer, order_lines.line_filters(viewer, **wanted), sort=sorting(query))


def _positions(viewer: Viewer, query: Query) -> Rows:
    wanted, size = PositionFilters(**chosen_filters(query, PositionFilters)), PAGE_ROWS

    def page(first: int) -> tuple[Sequence[Record], int]:
        found = positions.positions(viewer, wanted, start=first, end=first + size, sort=sorting(query))
        return found.rows, found.total

    return pages(page, POSITION_COLUMNS, size=size)


def _item_classes(viewer: Viewer, query: Query) -> Rows:
    wanted, size = ClassFilters(**chosen_filters(query, ClassFilters)), PAGE_ROWS

    def page(first: int) -> tuple[Sequence[Record], int]:
        found = item_classes.item_classes(viewer, wanted, start=first, end=first + size, sort=sorting(query))
        return found.rows, found.total

    return pages(page, item_classes.COLUMNS, size=size)


def _forecast_series(viewer: Viewer, query: Query) -> Rows:
    return forecast_series.series_download(viewer, *_forecast(query), sort=sorting(query))


def _forecast_values(viewer: Viewer, query: Query) -> Rows:
    return forecast_series.values_download(viewer, *_forecast(query))


def _forecast(query: Query) -> tuple[int, SeriesFilters]:
    """The run and the filters of the explorer's page; an id that is none becomes one that no run has."""
    run, filters = query.get("run", ""), SeriesFilters(**chosen_filters(query, SeriesFilters))
    return int(run[:18]) if run.isascii() and run.isdigit() else 0, filters


LISTS: dict[str, DownloadList] = {
    "sales": DownloadList(Permission.DEMAND_READ, sales.DOWNLOADED, _sales),
    "positions": DownloadList(Permission.INVENTORY_READ, POSITION_COLUMNS, _positions),
    "item-classes": DownloadList(Permission.INVENTORY_READ, item_classes.COLUMNS, _item_classes),
    "order-lines": DownloadList(Permission.DEMAND_READ, order_lines.DOWNLOADED, _order_lines),
    "forecast-series": DownloadList(Permission.FORECAST_READ, forecast_series.SERIES_DOWNLOADED, _forecast_series),
    "forecast-values": DownloadList(Permission.FORECAST_READ, forecast_series.VALUES_DOWNLOADED, _forecast_values),
    **accuracy_downloads.LISTS,
    **forecast_run_downloads.LISTS,
    **supply_downloads.LISTS,
    **consensus_downloads.LISTS,
    **expiry_downloads.LISTS,
    **event_downloads.LISTS,
    **policy_downloads.LISTS,
    **promising_downloads.LISTS,
    **stock_downloads.LISTS,
    **halal_downloads.LISTS,
    **count_sheets.LISTS,
    **decision_downloads.LISTS,
    **picks.LISTS,
    **budget_downloads.LISTS,
    **demand_downloads.LISTS,
    **demand_plan_download.LISTS,
    **partner_downloads.LISTS,
    **portal_downloads.LISTS,
    **admin_downloads.LISTS,
    **recipe_downloads.LISTS,
    **plan_gap_downloads.LISTS,
    **returns.LISTS,
}
