"""Data › Master data: the rows of an entity, edited in the grid, made, changed together, retired, looked back on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update, set_props
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen
from components.grid import requested_rows, requested_sort, selected_row
from components.record_fields import DAY, FIGURE, TEXT, ShownField
from components.record_form import change_form, new_form, record_input
from components.record_history import ChangeLine, change_list
from components.shell import Ids as Shell
from components.shell import toast
from core.errors import InvalidInput, UserError
from core.guard import requires
from core.i18n import _, counted, moment, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import records
from services.records import Change, Edit, EditRefused, RecordFilters, Saved
from services.records_values import cell_of

PATH = "/data/records"
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")
CHOSEN, ALL_SHOWN = "chosen", "all"
KINDS = {"decimal": FIGURE, "integer": FIGURE, "day": DAY, "moment": DAY}
ROW_ID = "_key"


class Ids(PageIds):
    view: str
    search: str
    entity: str
    finding: str
    rows: str
    totals: str
    shown: str
    selection: str
    outcome: str
    changed: str
    edited: str
    renewed: str
    split: str
    detail: str
    close: str
    mode: str
    title: str
    body: str
    new: str
    change: str
    retire: str
    log: str
    undo: str
    new_value: str
    new_error: str
    save_new: str
    cancel_new: str
    scope: str
    field: str
    value_place: str
    value: str
    emptied: str
    apply: str


PANEL = ((Ids.split, "className"), (Ids.detail, "className"), (Ids.title, "children"), (Ids.body, "children"))

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Output(Ids.shown, "data"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_rows(request: object, view: object) -> tuple[dict[str, Any], str, dict[str, Any]]:
    start, count = requested_rows(request)
    model = request.get("filterModel") if isinstance(request, dict) else None
    filters = wanted_rows(view, model)
    found = records.record_page(
        viewer(), entity_of(view), filters, start=start, end=start + count, sort=requested_sort(request)
    )
    keys = key_names(entity_of(view))
    rows = [{**row, ROW_ID: " | ".join(cell_of(row[name]) for name in keys)} for row in found.rows]
    shown = {"total": found.total, "fields": dict(filters.fields)}
    return {"rowData": rows, "rowCount": found.total}, counted("1 row", "%(count)s rows", found.total), shown


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.changed, "data"),
    Output(Ids.edited, "data"),
    Input(Ids.rows, "cellValueChanged"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def save_cells(changes: object, view: object) -> tuple[Any, ...]:
    """A refused edit is told, and the grid reads the rows anew: the cell shows what is stored."""
    entity = entity_of(view)
    edits = edited_rows(changes, entity)
    try:
        saved = records.save(viewer(), entity, edits)
    except UserError as refused:
        set_props(Shell.toasts, {"children": [toast(refused.message, kind="danger")]})
        return _("Not saved: %(why)s", why=refused.message), str(changes), no_update
    names = ", ".join(" | ".join(edit.key.values()) for edit in edits)
    return _("Saved: %(rows)s.", rows=names), no_update, edit_of(saved)


@callback(
    Output(Ids.selection, "children"),
    Output(Ids.retire, "disabled"),
    Output(Ids.log, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[str, bool, bool]:
    count = len(chosen_rows(selected))
    return _("%(count)s chosen", count=number(count)) if count else "", not count, count != 1


@callback(
    *(Output(*part, allow_duplicate=True) for part in PANEL),
    Output(Ids.mode, "data", allow_duplicate=True),
    Input(Ids.new, "n_clicks"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def open_new(_clicks: object, view: object) -> tuple[Any, ...]:
    entity = entity_of(view)
    form = new_form(
        shown_fields(entity),
        value_type=Ids.new_value,
        error_type=Ids.new_error,
        save_id=Ids.save_new,
        cancel_id=Ids.cancel_new,
    )
    return *OPEN, _("New row: %(entity)s", entity=entity_label(entity)), form, "new"


@callback(
    *(Output(*part, allow_duplicate=True) for part in PANEL),
    Output(Ids.mode, "data", allow_duplicate=True),
    Input(Ids.change, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def open_change(_clicks: object, selected: object, view: object) -> tuple[Any, ...]:
    scopes = [(CHOSEN, _("The chosen rows")), (ALL_SHOWN, _("All rows of this list"))]
    form = change_form(
        shown_fields(entity_of(view)),
        scopes if chosen_rows(selected) else scopes[::-1],
        scope_id=Ids.scope,
        field_id=Ids.field,
        value_id=Ids.value_place,
        emptied_id=Ids.emptied,
        apply_id=Ids.apply,
    )
    return *OPEN, _("Change together"), form, "change"


@callback(
    Output(Ids.value_place, "children"),
    Input(Ids.field, "value"),
    State(Ids.view, "data"),
)
@requires(Permission.MASTER_EDIT)
def show_value(name: object, view: object) -> Component | None:
    fields = {field.name: field for field in shown_fields(entity_of(view))}
    found = fields.get(str(name))
    return record_input(found, {"type": Ids.value, "index": found.name}) if found else None


@callback(
    *(Output(*part, allow_duplicate=True) for part in PANEL),
    Output(Ids.mode, "data", allow_duplicate=True),
    Input(Ids.log, "n_clicks"),
    Input(Ids.rows, "selectedRows"),
    Input(Ids.edited, "data"),
    State(Ids.mode, "data"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_history(_clicks: object, selected: object, _edited: object, mode: object, view: object) -> tuple[Any, ...]:
    """Opened by its button; open, it follows what is chosen and what is edited."""
    row = selected_row(selected)
    if row is None or (ctx.triggered_id != Ids.log and mode != "history"):
        return (no_update,) * (len(PANEL) + 1)
    key = row_key(row, entity_of(view))
    changes = records.history(viewer(), entity_of(view), key)
    named = " | ".join(key.values())
    return (
        *OPEN,
        _("History of %(row)s", row=named),
        change_list([change_line(change) for change in changes]),
        "history",
    )


@callback(
    *(Output(*part, allow_duplicate=True) for part in PANEL),
    Output(Ids.mode, "data", allow_duplicate=True),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_panel(_clicks: object) -> tuple[Any, ...]:
    return *CLOSED, "", "", ""


@callback(
    *(Output(*part, allow_duplicate=True) for part in PANEL),
    Output(Ids.mode, "data", allow_duplicate=True),
    Input(Ids.cancel_new, "n_clicks"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def cancel_new(clicks: int | None) -> tuple[Any, ...]:
    return (*CLOSED, "", "", "") if clicks else (no_update,) * (len(PANEL) + 1)


@callback(
    *(Output(*part, allow_duplicate=True) for part in PANEL),
    Output(Ids.mode, "data", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.edited, "data", allow_duplicate=True),
    Input(Ids.save_new, "n_clicks"),
    State({"type": Ids.new_value, "index": ALL}, "value"),
    State({"type": Ids.new_value, "index": ALL}, "id"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def save_new(clicks: int | None, values: list[Any], names: list[dict[str, str]], view: object) -> tuple[Any, ...]:
    """What is wrong with a field stands below it; the form stays as it was typed."""
    unmoved = (no_update,) * (len(PANEL) + 1)
    if not clicks:
        return *unmoved, no_update, no_update, no_update
    entity = entity_of(view)
    given = {name["index"]: chosen(value) for name, value in zip(names, values, strict=True)}
    try:
        saved = records.create(viewer(), entity, given)
    except EditRefused as refused:
        found = errors_of(refused)
        for name in given:
            set_props({"type": Ids.new_error, "index": name}, {"children": found.get(name, "")})
        return *unmoved, _("Not added: %(why)s", why=refused.message), no_update, no_update
    key = " | ".join(given[name] for name in key_names(entity) if given.get(name))
    return *CLOSED, "", "", "", _("Added: %(row)s.", row=key), edit_of(saved), edit_of(saved)


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.edited, "data", allow_duplicate=True),
    Input(Ids.apply, "n_clicks"),
    State(Ids.scope, "value"),
    State({"type": Ids.value, "index": ALL}, "value"),
    State({"type": Ids.value, "index": ALL}, "id"),
    State(Ids.emptied, "value"),
    State(Ids.rows, "selectedRows"),
    State(Ids.shown, "data"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def apply_change(  # noqa: PLR0917
    clicks: int | None,
    scope: object,
    values: list[Any],
    names: list[dict[str, str]],
    emptied: object,
    selected: object,
    shown: object,
    view: object,
) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    entity = entity_of(view)
    given = {name["index"]: chosen(value) for name, value in zip(names, values, strict=True)}
    if not given or any(bool(text) == bool(emptied) for text in given.values()):
        raise InvalidInput(_("Choose a field, and enter the value for all these rows or tick that it shall be empty."))
    if scope == CHOSEN:
        if not chosen_rows(selected):
            raise InvalidInput(_("Choose the rows first."))
        edits = [Edit(row_key(row, entity), after=given) for row in chosen_rows(selected)]
        saved = records.save(viewer(), entity, edits)
    else:
        fields = shown.get("fields") if isinstance(shown, dict) else None
        filters = wanted_rows(view, fields)
        saved = records.change_all(viewer(), entity, filters, given, expected=seen_total(shown))
    # On a phone the form covers the line that tells it.
    set_props(Shell.toasts, {"children": [toast(saved_text(saved))]})
    return saved_text(saved), edit_of(saved), edit_of(saved)


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.edited, "data", allow_duplicate=True),
    Input(Ids.retire, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def retire_rows(clicks: int | None, selected: object, view: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    entity = entity_of(view)
    saved = records.retire(viewer(), entity, [row_key(row, entity) for row in chosen_rows(selected)])
    return _("Retired. %(rows)s", rows=saved_text(saved)), edit_of(saved), edit_of(saved)


@callback(
    Output(Ids.undo, "disabled"),
    Input(Ids.edited, "data"),
    prevent_initial_call=True,
)
def show_undo(edited: object) -> bool:
    return not edited


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.edited, "data", allow_duplicate=True),
    Input(Ids.undo, "n_clicks"),
    State(Ids.edited, "data"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def undo_edit(clicks: int | None, edited: object, view: object) -> tuple[Any, ...]:
    """The last edit made on this page; once."""
    if not clicks:
        return (no_update,) * 3
    rows = records.undo(viewer(), entity_of(view), edited)
    told = counted("Undone: 1 row is as it was.", "Undone: %(count)s rows are as they were.", rows)
    return told, f"undone {edited}", None


def wanted_rows(view: object, model: object = None) -> RecordFilters:
    """The filters of the page and those of the grid's columns."""
    given = view if isinstance(view, dict) else {}
    fields = {str(name): one for name, one in model.items() if isinstance(one, dict)} if isinstance(model, dict) else {}
    return RecordFilters(chosen(given.get("search")), fields, chosen(given.get("finding")))


def entity_of(view: object) -> str:
    """The entity of the page, from its own store or its address."""
    return chosen(view.get("entity")) if isinstance(view, dict) else ""


def entity_label(name: str) -> str:
    return _(records.entity_of(viewer(), name).label)


def key_names(name: str) -> list[str]:
    found = records.readable(viewer()).get(name)
    return [field.name for field in found.keys] if found else []


def shown_fields(name: str) -> list[ShownField]:
    """The fields of an entity with everything they may hold, where that is little enough to choose from."""
    found = records.readable(viewer()).get(name)
    if found is None:
        return []
    codes = records.reference_codes(viewer(), name)
    return [_shown_field(field, codes) for field in found.fields]


def row_key(row: Mapping[str, Any], entity: str) -> dict[str, str]:
    """The key of a row as the browser sent it."""
    return {name: cell_of(row.get(name)) for name in key_names(entity)}


def chosen_rows(selected: object) -> list[dict[str, Any]]:
    return [row for row in selected if isinstance(row, dict)] if isinstance(selected, list) else []


def seen_total(shown: object) -> int:
    """How many rows the grid has shown last."""
    total = shown.get("total") if isinstance(shown, dict) else None
    return total if isinstance(total, int) else 0


def edited_rows(changes: object, entity: str) -> list[Edit]:
    """The cells that were edited, by row."""
    if not isinstance(changes, list):
        raise InvalidInput(_("Nothing was edited."))
    edits: dict[str, Edit] = {}
    for change in changes:
        row, name = (change.get("data"), change.get("colId")) if isinstance(change, dict) else (None, None)
        if not isinstance(row, dict) or not isinstance(name, str):
            raise InvalidInput(_("Nothing was edited."))
        key = row_key(row, entity)
        seen = edits.get(str(key), Edit(key))
        before = {name: cell_of(change.get("oldValue"))} | dict(seen.before)
        edits[str(key)] = Edit(key, before, {**seen.after, name: cell_of(change.get("value"))})
    return list(edits.values())


def errors_of(refused: EditRefused) -> dict[str, str]:
    """What is wrong with each field."""
    told: dict[str, list[str]] = {}
    for problem in refused.problems:
        told.setdefault(problem.column or "", []).append(f"{problem.message} {problem.remedy}".strip())
    joined = {name: " ".join(texts) for name, texts in told.items()}
    return {name: text[:1].upper() + text[1:] for name, text in joined.items()}


def edit_of(saved: Saved) -> Any:
    """The edit that can be undone; what was there already is none."""
    return no_update if saved.batch_id is None else str(saved.batch_id)


def saved_text(saved: Saved) -> str:
    same = _("%(count)s had the value already.", count=number(saved.same)) if saved.same else ""
    return " ".join(
        part for part in (counted("1 row changed.", "%(count)s rows changed.", saved.changed), same) if part
    )


def change_line(change: Change) -> ChangeLine:
    """One change as a person reads it."""
    whole = {"insert": _("Added"), "delete": _("Removed")}
    how = _("by the file %(name)s", name=change.file) if change.file else _("by hand")
    said = _("%(who)s, %(how)s, %(when)s (UTC)", who=change.who, how=how, when=moment(change.at))
    return ChangeLine(whole.get(change.kind, change.label), change.before, change.after, said)


def _shown_field(field: Any, codes: Mapping[str, list[tuple[str, str]]]) -> ShownField:
    words = ("yes", "no") if field.kind == "boolean" else field.choices
    values = [(word, word) for word in words] or [
        (code, f"{code} · {name}" if name != code else code) for code, name in codes.get(field.name, ())
    ]
    return ShownField(
        name=field.name,
        label=_(field.label),
        help=_(field.help),
        example=field.example,
        kind=KINDS.get(field.kind, TEXT),
        key=field.key,
        needed=field.required,
        emptied=not field.required and not words,
        values=tuple(values),
        max_length=field.max_length,
    )
