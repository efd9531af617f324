"""Demand › Forecast accuracy: the lists, and the cell of the triangle that the list of series is narrowed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, ctx, no_update

from callbacks.grid_renewal import renew_rows
from components.accuracy_triangle import chosen_lag
from components.figures.accuracy import pareto
from components.figures.chart import Figure
from components.forms import chosen
from components.grid import requested_rows, requested_sort
from core.i18n import _, counted, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from services import forecast_accuracy
from services.accuracy_filters import AccuracyFilters, Cell, accuracy_cell, accuracy_filters
from services.accuracy_tables import AccuracyPage, period_name

PATH = "/demand/accuracy"
EXPLORER_PATH = "/demand/forecast"
FILTERS = ("view", "frequency", "by", "level", "weight", "demand_class", "method", "lag", "start", "end", "run")
CELL = ("cell_period", "cell_lag")
NO_CELL = dict.fromkeys(CELL, "")
PARETO_SERIES = 20
# What the lists show of a series and of a run; the rest of their figures are in the files.
SERIES_SHOWN = (
    *("label", "name", "location", "missed_money", "share", "cumulative_share", "wmape", "naive_wmape", "bias"),
    *("coverage", "tracking_signal", "pairs", "method", "demand_class"),
)
RUN_SHOWN = (
    *("run_id", "first_period", "label", "series", "share", "wmape", "naive_wmape", "vs_naive_wmape", "bias", "mase"),
    *("rmsse", "coverage", "alarms"),
)


class Ids(PageIds):
    place: str
    filters: str
    view: str
    frequency: str
    by: str
    level: str
    weight: str
    demand_class: str
    method: str
    lag: str
    start: str
    end: str
    run: str
    table: str
    table_totals: str
    periods: str
    triangle: str
    cell: str
    all_cells: str
    renewed: str
    scope: str
    pareto: str
    series: str
    runs: str
    run_list: str
    lived_drift: str
    tested_drift: str


renew_rows(Ids.series, after=Ids.cell, renewed=Ids.renewed)


@callback(
    Output(Ids.table, "getRowsResponse"),
    Output(Ids.table_totals, "children"),
    Input(Ids.table, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_table(request: object, filters: object) -> tuple[dict[str, Any], str]:
    first, count = requested_rows(request)
    found = forecast_accuracy.accuracy_table(
        viewer(), wanted_filters(filters), sort=requested_sort(request), first=first, limit=count
    )
    return {"rowData": found.rows, "rowCount": found.total}, counted("1 row", "%(count)s rows", found.total)


@callback(
    Output(Ids.series, "getRowsResponse"),
    Input(Ids.series, "getRowsRequest"),
    State(Ids.filters, "data"),
    State(Ids.cell, "data"),
    prevent_initial_call=True,
)
def show_series(request: object, filters: object, cell: object) -> dict[str, Any]:
    first, count = requested_rows(request)
    wanted = wanted_filters(filters)
    found = forecast_accuracy.series_table(
        viewer(),
        wanted,
        cell=wanted_cell(cell, wanted),
        sort=requested_sort(request),
        first=first,
        limit=count,
    )
    return {"rowData": [series_row(row) for row in found.rows], "rowCount": found.total}


@callback(
    Output(Ids.cell, "data"),
    Output(Ids.pareto, "figure"),
    Output(Ids.scope, "children"),
    Output(Ids.place, "search"),
    Input(Ids.triangle, "cellClicked"),
    Input(Ids.all_cells, "n_clicks"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def choose_cell(clicked: object, _all: int | None, filters: object) -> tuple[Any, ...]:
    named = NO_CELL if ctx.triggered_id == Ids.all_cells else clicked_cell(clicked)
    if named is None:
        return (no_update,) * 4
    wanted = wanted_filters(filters)
    cell = wanted_cell(named, wanted)
    found = forecast_accuracy.series_table(viewer(), wanted, cell=cell, limit=PARETO_SERIES)
    return named, largest(found), scope_text(found, wanted, cell), f"?{urlencode(address(wanted, named))}"


def wanted_filters(query: object) -> AccuracyFilters:
    """The filters of the page, from its own store or its address."""
    given = query if isinstance(query, dict) else {}
    return accuracy_filters(viewer(), {name: chosen(given.get(name)) for name in FILTERS})


def wanted_cell(query: object, filters: AccuracyFilters) -> Cell | None:
    """The cell of the triangle that is looked at, from its own store or the page's address."""
    given = query if isinstance(query, dict) else {}
    return accuracy_cell(given.get("cell_period"), given.get("cell_lag"), filters)


def clicked_cell(clicked: object) -> dict[str, str] | None:
    """The cell as the address names it; None for one that holds no error."""
    at = clicked if isinstance(clicked, dict) else {}
    lag = chosen_lag(at.get("colId"))
    if not lag or at.get("value") is None:
        return None
    return {"cell_period": str(at.get("rowId"))[:10], "cell_lag": str(lag)}


def address(filters: AccuracyFilters, cell: Mapping[str, str] = NO_CELL, **changed: str) -> dict[str, str]:
    """The filters as they stand in the address; what is not chosen is left out."""
    said = {name: getattr(filters, name) for name in FILTERS} | {
        "start": day(filters.start) if filters.start else "",
        "end": day(filters.end) if filters.end else "",
        **cell,
        **changed,
    }
    return {name: str(value) for name, value in said.items() if value}


def largest(found: AccuracyPage) -> Figure:
    """The series that miss the most money."""
    rows = [row for row in found.rows[:PARETO_SERIES] if row["missed_money"]]
    return pareto(
        [f"{row['label']} · {row['location']}" for row in rows],
        [row["missed_money"] for row in rows],
        [row["cumulative_share"] for row in rows],
    )


def scope_text(found: AccuracyPage, filters: AccuracyFilters, cell: Cell | None) -> str:
    """What the list of series holds, and what its largest make of all."""
    shown = [row for row in found.rows[:PARETO_SERIES] if row["missed_money"]]
    if not shown:
        return _("Nothing was missed.")
    counted = _(
        "%(count)s series; the first %(shown)s miss %(money)s, %(share)s of all.",
        count=number(found.total),
        shown=number(len(shown)),
        money=money(sum(row["missed_money"] for row in shown)),
        share=percent(shown[-1]["cumulative_share"], decimals=0),
    )
    if cell is None:
        return counted
    period = period_name(cell.period, filters.frequency)
    return _("Only %(period)s at lag %(lag)s: ", period=period, lag=cell.lag) + counted


def series_row(row: dict[str, Any]) -> dict[str, Any]:
    """One series as a grid shows it, with the way to where it is explained."""
    query = urlencode({"run": row["run_id"], "product": row["product_id"], "location": row["location_id"]})
    text = _("Explain")
    return {name: row.get(name) for name in SERIES_SHOWN} | {
        "id": f"{row['product_id']}-{row['location_id']}",
        "explorer": f"[{text}]({EXPLORER_PATH}?{query})",
    }
