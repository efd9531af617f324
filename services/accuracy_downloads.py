"""The figures of forecast accuracy as files: the columns and rows of each list, for the filters in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from core.viewer import Viewer
from services import forecast_accuracy
from services.accuracy_filters import accuracy_cell, accuracy_filters
from services.accuracy_tables import FIGURES, NAMES, PAGE_ROWS, SHARES, AccuracyPage

Query = Mapping[str, str]
Rows = Iterator[Sequence[Any]]

TABLE_COLUMNS = ("label", "name", "location", *FIGURES, "alarms")
SERIES_COLUMNS = (*NAMES, *FIGURES, *SHARES, "run_id")
TRIANGLE_COLUMNS = ("period", "lag", *FIGURES)
RUN_COLUMNS = ("run_id", "first_period", "label", "share", *FIGURES, "alarms")


def _table(viewer: Viewer, query: Query) -> Rows:
    filters = accuracy_filters(viewer, query)
    return _paged(partial(forecast_accuracy.accuracy_table, viewer, filters), TABLE_COLUMNS)


def _series(viewer: Viewer, query: Query) -> Rows:
    filters = accuracy_filters(viewer, query)
    cell = accuracy_cell(query.get("cell_period"), query.get("cell_lag"), filters)
    return _paged(partial(forecast_accuracy.series_table, viewer, filters, cell=cell), SERIES_COLUMNS)


def _triangle(viewer: Viewer, query: Query) -> Rows:
    found = forecast_accuracy.overview(viewer, accuracy_filters(viewer, query))
    return _chosen(found.triangle if found else [], TRIANGLE_COLUMNS)


def _runs(viewer: Viewer, query: Query) -> Rows:
    return _chosen(forecast_accuracy.run_history(viewer, accuracy_filters(viewer, query)), RUN_COLUMNS)


def _drift(viewer: Viewer, query: Query) -> Rows:
    filters = accuracy_filters(viewer, query)
    return _paged(partial(forecast_accuracy.drifting_series, viewer, filters, view=filters.view), SERIES_COLUMNS)


def _paged(page_of: Callable[..., AccuracyPage], columns: Sequence[str]) -> Rows:
    """The whole list, a page at a time."""
    for first in count(0, PAGE_ROWS):
        page = page_of(first=first, limit=PAGE_ROWS)
        yield from _chosen(page.rows, columns)
        if first + PAGE_ROWS >= page.total:
            return


def _chosen(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Rows:
    return ([row.get(name) for name in columns] for row in rows)


LISTS: dict[str, tuple[Sequence[str], Callable[[Viewer, Query], Rows]]] = {
    "forecast-accuracy": (TABLE_COLUMNS, _table),
    "forecast-accuracy-series": (SERIES_COLUMNS, _series),
    "forecast-accuracy-triangle": (TRIANGLE_COLUMNS, _triangle),
    "forecast-accuracy-runs": (RUN_COLUMNS, _runs),
    "forecast-drift": (SERIES_COLUMNS, _drift),
}
