"""Lists as files: which there are, who may have them, and their rows. A new list is one entry of ``LISTS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.exchange.export import Cell, csv_chunks, started
from services import accuracy_downloads, forecast_run_downloads, forecast_series, order_lines, positions, sales
from services.forecast_series import SeriesFilters
from services.positions import PositionFilters

Query = Mapping[str, str]

POSITION_COLUMNS = (
    *("code", "name", "category", "location", "uom", "status", "on_hand", "expired", "on_order", "allocated"),
    *("position", "mean_daily_demand", "days_of_cover", "safety_stock", "reorder_point", "order_quantity"),
    *("order_up_to", "unit_cost", "stock_value", "next_receipt_on", "shortage_quantity", "excess_quantity"),
    *("surplus_order_quantity", "money_at_stake"),
)


@dataclass(frozen=True, slots=True)
class DownloadList:
    """One list: the right it needs, the names of its columns, and its rows for the filters in the address."""

    permission: Permission
    columns: Sequence[str]
    rows: Callable[[Viewer, Query], Iterable[Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Download:
    """A file under way; its pieces are made while they are sent."""

    file_name: str
    chunks: Iterator[bytes]


def download(viewer: Viewer, name: str, query: Query) -> Download:
    """A list as a CSV file, filtered as on its page.

    Inputs: a viewer with ``export`` and the right of the list, the name of the list, and the query of its page.
    Returns: Download; its first piece is there already, so that an error is an answer and not half a file.
    Raises: NotAllowed; NotFound for an unknown list; InvalidInput for filters the page would refuse too.
    Source: product.md: the analyst downloads every table; security.md F05.
    """
    require(viewer, Permission.EXPORT)
    wanted = LISTS.get(name)
    if wanted is None:
        raise NotFound(_("There is no such list."))
    require(viewer, wanted.permission)
    rows = ([_cell(cell) for cell in row] for row in wanted.rows(viewer, query))
    chunks = csv_chunks(wanted.columns, rows)
    return Download(f"{name}-{today():%Y-%m-%d}.csv", started(chunks))


def _cell(cell: Cell) -> Cell:
    """A whole number is written without a decimal point."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _sales(viewer: Viewer, query: Query) -> Iterable[Sequence[Cell]]:
    wanted = {name: query.get(name, "") for name in ("by", "start", "end", "search")}
    return sales.sales_download(viewer, sales.sales_filters(viewer, **wanted))


def _order_lines(viewer: Viewer, query: Query) -> Iterable[Sequence[Cell]]:
    wanted = {name: query.get(name, "") for name in ("start", "end", "show", "search")}
    return order_lines.lines_download(viewer, order_lines.line_filters(viewer, **wanted))


def _positions(viewer: Viewer, query: Query) -> Iterable[Sequence[Cell]]:
    """The whole list, a page at a time; "-" is how its page spells the choice of nothing."""
    asked = {field.name: query.get(field.name, "") for field in fields(PositionFilters)}
    chosen = {name: "" if value == "-" else value for name, value in asked.items()}
    for start in count(0, positions.PAGE_ROWS):
        page = positions.positions(viewer, PositionFilters(**chosen), start=start, end=start + positions.PAGE_ROWS)
        yield from ([row[name] for name in POSITION_COLUMNS] for row in page.rows)
        if start + positions.PAGE_ROWS >= page.total:
            return


def _forecast_series(viewer: Viewer, query: Query) -> Iterable[Sequence[Cell]]:
    return forecast_series.series_download(viewer, *_forecast(query))


def _forecast_values(viewer: Viewer, query: Query) -> Iterable[Sequence[Cell]]:
    return forecast_series.values_download(viewer, *_forecast(query))


def _forecast(query: Query) -> tuple[int, SeriesFilters]:
    """The run and the filters of the explorer's page; an id that is none becomes one that no run has."""
    asked = {field.name: query.get(field.name, "") for field in fields(SeriesFilters)}
    chosen = {name: "" if value == "-" else value for name, value in asked.items()}
    run = query.get("run", "")
    return int(run[:18]) if run.isascii() and run.isdigit() else 0, SeriesFilters(**chosen)


LISTS: dict[str, DownloadList] = {
    "sales": DownloadList(Permission.DEMAND_READ, sales.DOWNLOADED, _sales),
    "positions": DownloadList(Permission.INVENTORY_READ, POSITION_COLUMNS, _positions),
    "order-lines": DownloadList(Permission.DEMAND_READ, order_lines.DOWNLOADED, _order_lines),
    "forecast-series": DownloadList(Permission.FORECAST_READ, forecast_series.SERIES_DOWNLOADED, _forecast_series),
    "forecast-values": DownloadList(Permission.FORECAST_READ, forecast_series.VALUES_DOWNLOADED, _forecast_values),
    **{
        name: DownloadList(Permission.FORECAST_READ, columns, rows)
        for name, (columns, rows) in (accuracy_downloads.LISTS | forecast_run_downloads.LISTS).items()
    },
}
