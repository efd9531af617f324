"""Inventory › Stock counts: making a count, entering what was found, counting again, approving, cancelling."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, dcc, no_update, set_props
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.grid import requested_page, selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.errors import UserError
from core.guard import requires
from core.i18n import _, counted, day, moment, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import stock_counts

PATH = "/inventory/counts"
HIDDEN = {"display": "none"}
STATUS_TONES = {"open": "warn", "approved": "good", "cancelled": "quiet"}
MADE = ("location", "category", "abc", "search", "name", "tolerance")


class Ids(PageIds):
    rows: str
    rows_renewed: str
    made: str
    opened: str
    outcome: str
    location: str
    category: str
    abc: str
    search: str
    name: str
    tolerance: str
    blind: str
    make: str
    count: str
    totals: str
    show: str
    lines: str
    changed: str
    renewed: str
    add_code: str
    add_lot: str
    add_quantity: str
    add_expires: str
    add: str
    recount: str
    approve: str
    reason: str
    deciding: str
    adding: str
    cancel: str


AFTER_CHANGE = ((Ids.outcome, "children"), (Ids.totals, "children"), (Ids.count, "data"), (Ids.changed, "data"))

for change_id, renewed_id, grid_id in (
    (Ids.changed, Ids.renewed, Ids.lines),
    (Ids.made, Ids.rows_renewed, Ids.rows),
):
    renew_rows(grid_id, after=change_id, renewed=renewed_id)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Input(Ids.rows, "getRowsRequest"),
    prevent_initial_call=True,
)
def show_counts(request: object) -> dict[str, Any]:
    answer, _found = requested_page(
        request, lambda start, end, _sort: stock_counts.counts(viewer(), start=start, end=end), count_row
    )
    return answer


@callback(
    Output(Ids.opened, "children"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def offer_count(selected: object) -> Component | str:
    row = selected_row(selected)
    return count_link(row.get("id"), str(row.get("name"))) if row else ""


@callback(
    Output(Ids.opened, "children", allow_duplicate=True),
    Output(Ids.made, "data"),
    Input(Ids.make, "n_clicks"),
    *(State(getattr(Ids, name), "value") for name in MADE),
    State(Ids.blind, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def make_count(_clicks: object, *typed: object) -> tuple[Component, int]:
    location, category, abc, search, name, tolerance, blind = typed
    made = stock_counts.make(
        viewer(),
        location=location,
        category=none_of(category),
        abc=none_of(abc),
        search=search,
        name=name,
        blind=blind == "yes",
        tolerance_percent=tolerance,
    )
    return count_link(made, _("the new count")), made


@callback(
    Output(Ids.lines, "getRowsResponse"),
    Input(Ids.lines, "getRowsRequest"),
    State(Ids.count, "data"),
    State(Ids.show, "value"),
    prevent_initial_call=True,
)
def show_lines(request: object, count: object, show: object) -> dict[str, Any]:
    count_id, _version = seen_count(count)
    answer, _found = requested_page(
        request,
        lambda start, end, _sort: stock_counts.lines(viewer(), count_id, show=none_of(show), start=start, end=end),
        line_row,
    )
    return answer


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.show, "value"),
    prevent_initial_call=True,
)
def show_others(show: object) -> str:
    return f"show {show}"


@callback(
    *(Output(*part) for part in AFTER_CHANGE),
    Input(Ids.lines, "cellValueChanged"),
    State(Ids.count, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_lines(changes: object, count: object) -> tuple[Any, ...]:
    """The grid keeps what was typed, so that nobody loses their place; refused, it reads the lines anew."""
    count_id, _version = seen_count(count)
    try:
        stock_counts.enter(viewer(), count_id, entries_of(changes))
    except UserError as refused:
        set_props(Shell.toasts, {"children": [toast(refused.message, kind="danger")]})
        return *changed_parts(count_id, refused.message)[:3], str(changes)[:200]
    return *changed_parts(count_id, "")[:3], no_update


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Output(Ids.add_lot, "value"),
    Output(Ids.add_quantity, "value"),
    Input(Ids.add, "n_clicks"),
    State(Ids.count, "data"),
    State(Ids.add_code, "value"),
    State(Ids.add_lot, "value"),
    State(Ids.add_quantity, "value"),
    State(Ids.add_expires, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def add_line(_clicks: object, count: object, *typed: object) -> tuple[Any, ...]:
    code, lot, quantity, expires_on = typed
    count_id, _version = seen_count(count)
    stock_counts.add_found(viewer(), count_id, code=code, lot=lot, quantity=quantity, expires_on=expires_on)
    return *changed_parts(count_id, _("Lot %(lot)s was added.", lot=lot)), "", None


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.recount, "n_clicks"),
    State(Ids.count, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def ask_recount(_clicks: object, count: object) -> tuple[Any, ...]:
    count_id, version = seen_count(count)
    again = stock_counts.recount(viewer(), count_id, version)
    told = counted("1 line is to be counted again.", "%(count)s lines are to be counted again.", again)
    return changed_parts(count_id, told if again else _("No line is beyond the tolerance that was not counted twice."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.approve, "n_clicks"),
    State(Ids.count, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def approve_count(_clicks: object, count: object) -> tuple[Any, ...]:
    count_id, version = seen_count(count)
    corrected = stock_counts.approve(viewer(), count_id, version)
    return changed_parts(
        count_id, counted("Approved; 1 lot was corrected.", "Approved; %(count)s lots were corrected.", corrected)
    )


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.count, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def cancel_count(_clicks: object, count: object, reason: object) -> tuple[Any, ...]:
    count_id, version = seen_count(count)
    stock_counts.cancel(viewer(), count_id, version, reason=reason)
    return changed_parts(count_id, _("Cancelled; the stock stays as it is."))


@callback(
    Output(Ids.deciding, "style"),
    Output(Ids.adding, "style"),
    Input(Ids.count, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def close_forms(count: object) -> tuple[dict[str, str], dict[str, str]]:
    """Approved or cancelled, a count has nothing left to press."""
    shown = {} if isinstance(count, dict) and count.get("open") else HIDDEN
    return shown, shown


def seen_count(count: object) -> tuple[object, object]:
    """The count that the browser remembers and its version, unchecked."""
    given = count if isinstance(count, dict) else {}
    return given.get("id"), given.get("version")


def none_of(value: object) -> str:
    """What a select holds, empty for its choice of nothing."""
    return "" if value in (None, "-") else str(value)


def entries_of(changes: object) -> list[tuple[object, object, object]]:
    """The cells that were edited: line, what stood there, what was typed."""
    edits = [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    rows = [(edit, edit["data"]) for edit in edits if isinstance(edit.get("data"), dict)]
    return [(row.get("id"), edit.get("oldValue"), edit.get("value")) for edit, row in rows]


def changed_parts(count_id: object, told: str) -> tuple[Any, ...]:
    """The values of AFTER_CHANGE."""
    found = stock_counts.count(viewer(), count_id)
    version = found["version"]
    return told, totals_text(found), remembered(found), f"{found['id']} {version}"


def remembered(found: dict[str, Any]) -> dict[str, Any]:
    """What the browser knows of the count it shows."""
    return {"id": found["id"], "version": found["version"], "open": found["status"] == "open"}


def count_link(count_id: object, name: str) -> Component:
    """The way to a count."""
    href = f"{PATH}?{urlencode({'count': str(count_id)})}"
    return dcc.Link(_("Open %(name)s", name=name), href=href, className="btn btn-primary btn-sm")


def count_row(row: dict[str, Any]) -> dict[str, Any]:
    """One count as the list shows it."""
    tone = STATUS_TONES[row["status"]]
    names = ("id", "name", "location", "lines", "counted", "recounts", "difference_value", "created_by")
    return {
        **{name: row[name] for name in names},
        "status": marked(status_name(row["status"]), tone),
        "tone": tone,
        "created_at": moment(row["created_at"]),
        "closed": f"{moment(row['closed_at'])} {row['closed_by'] or ''}" if row["closed_at"] else "",
    }


def line_row(row: dict[str, Any]) -> dict[str, Any]:
    """One line as the grid shows it."""
    names = ("id", "code", "name", "lot", "uom", "book_quantity", "unit_cost", "counted", "first_counted", "counted_by")
    state = _("to be counted again") if row["recount"] else _("beyond tolerance") if row["beyond"] else ""
    return {
        **{name: row[name] for name in names},
        "expires_on": day(row["expires_on"]) if row["expires_on"] else _("never"),
        "state": marked(state, "warn") if state else "",
        "tone": "warn",
    }


def status_name(status: str) -> str:
    """How far a count is."""
    return {"open": _("Open"), "approved": _("Approved"), "cancelled": _("Cancelled")}[status]


def totals_text(found: dict[str, Any]) -> str:
    """How far a count is and what it found so far."""
    text = _(
        "%(status)s · %(counted)s of %(lines)s lines counted",
        status=status_name(found["status"]),
        counted=number(found["counted"]),
        lines=number(found["lines"]),
    )
    if found["recounts"]:
        text += _(" · %(count)s to be counted again", count=number(found["recounts"]))
    if found["difference_value"] is None:
        return text + _(" · blind: the books are shown once it is approved or cancelled")
    return text + _(" · difference at cost %(value)s", value=money(found["difference_value"]))
