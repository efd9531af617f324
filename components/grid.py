"""AG Grid as Tandem uses it: dense, figures right-aligned, following the theme, with a fixed height."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

BLOCK_ROWS = 100
LAST_ROW = 10_000_000
SORTED_BY = 3

Sort = tuple[tuple[str, bool], ...]


class RowPage(Protocol):
    """Some rows of a list, and how many it has."""

    @property
    def rows(self) -> list[dict[str, Any]]: ...

    @property
    def total(self) -> int: ...


Page = TypeVar("Page", bound=RowPage)

THEME = (
    "themeQuartz.withParams({backgroundColor:'var(--surface)',foregroundColor:'var(--ink)',"
    "borderColor:'var(--line)',headerBackgroundColor:'var(--page)',headerTextColor:'var(--ink-soft)',"
    "accentColor:'var(--accent)',rowHoverColor:'var(--accent-soft)',selectedRowBackgroundColor:'var(--accent-soft)',"
    "fontFamily:'inherit',fontSize:13,rowHeight:30,headerHeight:32,wrapperBorderRadius:6,spacing:5})"
)


def text_column(field: str, name: str, **options: Any) -> dict[str, Any]:
    return {"field": field, "headerName": name, **options}


def figure_column(field: str, name: str, *, decimals: int = 0, **options: Any) -> dict[str, Any]:
    """A number: right-aligned, thousands separated, an en dash when missing. Sorting stays numeric."""
    shown = f"params.value == null ? '–' : d3.format(',.{decimals}f')(params.value)"
    return {
        "field": field,
        "headerName": name,
        "type": "rightAligned",
        "cellClass": "figure",
        "valueFormatter": {"function": shown},
        **options,
    }


# A number editor leaves out what it does not know while it is typed: 1,5 becomes 15, a word becomes nothing. What is
# typed is judged where it is stored; what was not changed stays the number that it was, what was emptied is none.
_KEPT_OR_TYPED = "params.newValue === '' + params.oldValue ? params.oldValue : params.newValue || null"
TYPED = MappingProxyType({"editable": True, "singleClickEdit": True})
TYPED_FIGURE = MappingProxyType(
    {"cellDataType": False, "cellEditor": "agTextCellEditor", "valueParser": {"function": _KEPT_OR_TYPED}}
)


def percent_column(field: str, name: str, *, decimals: int = 1, **options: Any) -> dict[str, Any]:
    """A share (0.123) shown as per cent."""
    shown = f"params.value == null ? '–' : d3.format(',.{decimals}f')(params.value * 100) + ' %'"
    return figure_column(field, name, **{"valueFormatter": {"function": shown}, **options})


# A grid that reads its rows bit by bit asks for one part at a time.
PAGED = {"cacheBlockSize": BLOCK_ROWS, "maxConcurrentDatasourceRequests": 1}


def grid(
    component_id: str,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]] | None = None,
    *,
    height: int = 420,
    row_id: str | None = None,
    selection: str | None = None,
    options: dict[str, Any] | None = None,
    **dash_options: Any,
) -> Component:
    """A grid. ``rows`` None means that a callback fills it; ``selection`` is "single" or "multiple"."""
    paged = dash_options.get("rowModelType") == "infinite"
    grid_options: dict[str, Any] = {
        "theme": {"function": THEME},
        "animateRows": False,
        "suppressCellFocus": False,
        "enableCellTextSelection": True,
        "tooltipShowDelay": 300,
        # What is typed counts when a button is pressed straight after it.
        "stopEditingWhenCellsLoseFocus": True,
        **(PAGED if paged else {}),
        **(options or {}),
    }
    if selection:
        grid_options["rowSelection"] = {
            "mode": "singleRow" if selection == "single" else "multiRow",
            "checkboxes": selection == "multiple",
            # A grid that reads its rows bit by bit can't tick all of them.
            "headerCheckbox": selection == "multiple" and not paged,
            "enableClickSelection": True,
        }
        # Beside a pinned column the ticks would stand behind it; fitted to the page it would grow with the others.
        grid_options["selectionColumnDef"] = {"pinned": "left", "width": 50, "maxWidth": 50}
    return html.Div(
        dag.AgGrid(
            id=component_id,
            columnDefs=list(columns),
            rowData=None if rows is None else list(rows),
            defaultColDef={"resizable": True, "sortable": True, "suppressHeaderMenuButton": True},
            columnSize="responsiveSizeToFit",
            dashGridOptions=grid_options,
            style={"height": f"{height}px", "width": "100%"},
            **({"getRowId": f"'' + params.data.{row_id}"} if row_id else {}),
            **dash_options,
        ),
        className="grid-wrap",
        style={"minHeight": f"{height}px"},
    )


def said_when_empty(message: str) -> dict[str, Any]:
    """Grid options: what stands in a grid without rows."""
    return {"localeText": {"noRowsToShow": message}}


def selected_row(selected: object) -> dict[str, Any] | None:
    """The one selected row as the browser sent it, its values unchecked; None without exactly one."""
    if isinstance(selected, list) and len(selected) == 1 and isinstance(selected[0], dict):
        return selected[0]
    return None


def selected_rows(selected: object) -> list[dict[str, Any]]:
    """The selected rows as the browser sent them, their values unchecked."""
    return [row for row in selected if isinstance(row, dict)] if isinstance(selected, list) else []


def requested_rows(request: object) -> tuple[int, int]:
    """First row and number of rows that an infinite grid asks for, whatever the browser wrote there."""
    asked = request if isinstance(request, dict) else {}
    start, end = asked.get("startRow"), asked.get("endRow")
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= LAST_ROW):
        return 0, BLOCK_ROWS
    return start, min(end - start, BLOCK_ROWS)


def requested_page(
    request: object,
    page_of: Callable[[int, int, Sort], Page],
    row_of: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> tuple[dict[str, Any], Page]:
    """What an infinite grid is answered, and the page behind it.

    ``page_of`` gives the rows from the first to the one before the last, sorted by some columns; ``row_of`` makes of
    each what the grid shows.
    """
    start, count = requested_rows(request)
    found = page_of(start, start + count, requested_sort(request))
    return {"rowData": [row_of(row) for row in found.rows], "rowCount": found.total}, found


def requested_sort(request: object) -> Sort:
    """Columns an infinite grid is sorted by, each with whether descending; their names are not checked here."""
    asked = request.get("sortModel") if isinstance(request, dict) else None
    sorted_by = [item for item in asked if isinstance(item, dict)] if isinstance(asked, list) else []
    return tuple((str(item.get("colId")), item.get("sort") == "desc") for item in sorted_by[:SORTED_BY])
