"""The figures of forecast accuracy as files: the columns and rows of each list, for the filters in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from core.permissions import Permission
from core.viewer import Viewer
from services import forecast_accuracy
from services.accuracy_filters import accuracy_cell, accuracy_filters
from services.accuracy_tables import FIGURES, NAMES, SHARES, AccuracyPage
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen, pages, reordered, sorting
from services.listed_rows import PAGE_ROWS

TABLE_COLUMNS = ("label", "name", "location", *FIGURES, "alarms")
SERIES_COLUMNS = (*NAMES, *FIGURES, *SHARES, "run_id")
TRIANGLE_COLUMNS = ("period", "lag", *FIGURES)
RUN_COLUMNS = ("run_id", "first_period", "label", "share", *FIGURES, "alarms")


def _table(viewer: Viewer, query: Query) -> Rows:
    filters = accuracy_filters(viewer, query)
    return _paged(partial(forecast_accuracy.accuracy_table, viewer, filters, sort=sorting(query)), TABLE_COLUMNS)


def _series(viewer: Viewer, query: Query) -> Rows:
    filters = accuracy_filters(viewer, query)
    cell = accuracy_cell(query.get("cell_period"), query.get("cell_lag"), filters)
    return _paged(
        partial(forecast_accuracy.series_table, viewer, filters, cell=cell, sort=sorting(query)), SERIES_COLUMNS
    )


def _triangle(viewer: Viewer, query: Query) -> Rows:
    found = forecast_accuracy.overview(viewer, accuracy_filters(viewer, query))
    return chosen(found.triangle if found else [], TRIANGLE_COLUMNS)


def _runs(viewer: Viewer, query: Query) -> Rows:
    found = sorted(
        forecast_accuracy.run_history(viewer, accuracy_filters(viewer, query)), key=lambda row: -row["run_id"]
    )
    return chosen(as_shown(found, query, {}), RUN_COLUMNS)


def _drift(viewer: Viewer, query: Query) -> Rows:
    filters = accuracy_filters(viewer, query)
    found = _paged(partial(forecast_accuracy.drifting_series, viewer, filters, view=filters.view), SERIES_COLUMNS)
    return reordered(found, query, SERIES_COLUMNS)


def _paged(page_of: Callable[..., AccuracyPage], columns: Sequence[str]) -> Rows:
    def page(first: int) -> tuple[Sequence[Record], int]:
        found = page_of(first=first, limit=PAGE_ROWS)
        return found.rows, found.total

    return pages(page, columns, size=PAGE_ROWS)


LISTS = {
    name: DownloadList(Permission.FORECAST_READ, columns, rows)
    for name, columns, rows in (
        ("forecast-accuracy", TABLE_COLUMNS, _table),
        ("forecast-accuracy-series", SERIES_COLUMNS, _series),
        ("forecast-accuracy-triangle", TRIANGLE_COLUMNS, _triangle),
        ("forecast-accuracy-runs", RUN_COLUMNS, _runs),
        ("forecast-drift", SERIES_COLUMNS, _drift),
    )
}
