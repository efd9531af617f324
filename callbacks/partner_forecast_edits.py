"""What happens on the page of a partner's forecast: the same for customers and OEMs."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update, set_props
from dash.development.base_component import Component

from callbacks.partner_forecast_views import ForecastIds, compared, dry_run_told, sheet_rows, state_line
from components.grid import selected_rows
from components.shell import Ids as Shell
from components.shell import toast
from core.errors import UserError
from core.i18n import _, counted
from core.identity import viewer
from services import partner_forecast_cells, partner_forecasts


def serve(ids: type[ForecastIds]) -> None:
    """Callbacks of one page; ``ids`` name its parts and so its right."""
    written = (Output(ids.rows, "rowData", allow_duplicate=True), Output(ids.state, "children", allow_duplicate=True))

    @callback(*written, Input(ids.rows, "cellValueChanged"), prevent_initial_call=True)
    def save_cells(changes: object) -> tuple[Any, Any]:
        return kept(lambda: partner_forecast_cells.save(viewer(), typed_cells(changes)), tell=False)

    @callback(*written, Input(ids.pasted, "data"), prevent_initial_call=True)
    def save_block(pasted: object) -> tuple[Any, Any]:
        return kept(lambda: partner_forecast_cells.save(viewer(), pasted_cells(pasted)))

    @callback(
        *written,
        Input(ids.fill, "n_clicks"),
        State(ids.rule, "value"),
        State(ids.percent, "value"),
        State(ids.rows, "selectedRows"),
        prevent_initial_call=True,
    )
    def fill_forecast(_clicks: object, rule: object, percent: object, selected: object) -> tuple[Any, Any]:
        items = [row.get("id") for row in selected_rows(selected)]
        return kept(lambda: partner_forecast_cells.fill(viewer(), rule, items, percent))

    @callback(
        Output(ids.found, "children"),
        Output(ids.take, "disabled"),
        Output(ids.contents, "data"),
        Input(ids.file, "contents"),
        prevent_initial_call=True,
    )
    def check_file(contents: object) -> tuple[list[Component], bool, object]:
        found = partner_forecast_cells.dry_run(viewer(), contents)
        return dry_run_told(found), bool(found.problems) or not found.changed, contents

    @callback(
        *written,
        Output(ids.take, "disabled", allow_duplicate=True),
        Input(ids.take, "n_clicks"),
        State(ids.contents, "data"),
        prevent_initial_call=True,
    )
    def take_file(_clicks: object, contents: object) -> tuple[Any, ...]:
        return *kept(lambda: partner_forecast_cells.take_over(viewer(), contents)), True

    @callback(
        *written,
        Output(ids.note, "value"),
        Input(ids.send, "n_clicks"),
        State(ids.note, "value"),
        prevent_initial_call=True,
    )
    def send_forecast(_clicks: object, note: object) -> tuple[Any, ...]:
        sent = partner_forecasts.send(viewer(), note=note)
        told(_("Version %(number)s is sent. You find the answer here.", number=sent))
        return *now_written(), ""

    @callback(*written, Input(ids.withdraw, "n_clicks"), prevent_initial_call=True)
    def withdraw_forecast(_clicks: object) -> tuple[Any, Any]:
        partner_forecasts.withdraw(viewer())
        told(_("Withdrawn. It is a draft again."))
        return now_written()

    @callback(
        Output(ids.compared, "children"),
        Input(ids.older, "value"),
        Input(ids.newer, "value"),
        prevent_initial_call=True,
    )
    def compare_versions(older: object, newer: object) -> list[Component]:
        return compared(older, newer)


def kept(write: Any, *, tell: bool = True) -> tuple[Any, Any]:
    """The page after a change; refused, the grid shows again what is stored."""
    try:
        changed = write()
    except UserError as refused:
        set_props(Shell.toasts, {"children": [toast(refused.message, kind="danger")]})
        return now_written()
    if tell:
        told(counted("%(count)s figure changed", "%(count)s figures changed", changed))
        return now_written()
    return no_update, state_line(partner_forecasts.sheet(viewer()))


def now_written() -> tuple[Any, Any]:
    """Rows and state as they are stored."""
    found = partner_forecasts.sheet(viewer())
    return sheet_rows(found), state_line(found)


def told(message: str) -> None:
    set_props(Shell.toasts, {"children": [toast(message)]})


def typed_cells(changes: object) -> list[dict[str, Any]]:
    """Cells as the grid says that they were typed."""
    listed = [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    return [
        {
            "item": (change.get("data") or {}).get("id") if isinstance(change.get("data"), dict) else None,
            "month": str(change.get("colId") or "").removeprefix("m"),
            "quantity": change.get("value"),
            "before": change.get("oldValue"),
        }
        for change in listed
    ]


def pasted_cells(pasted: object) -> list[dict[str, Any]]:
    """Cells of a block as the script found them, whatever else the browser may send."""
    cells = pasted.get("cells") if isinstance(pasted, dict) else None
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
