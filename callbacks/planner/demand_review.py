"""Demand › Review: the demand plan at any level, in trees, a chart and a grid that can be typed into."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update, set_props

from callbacks.demand_review_views import (
    address,
    comment_lines,
    count_text,
    draft_text,
    filled_draft,
    group_of,
    kept_draft,
    month_of,
    preview_rows,
    preview_text,
    review_figure,
    review_grid_columns,
    scope_text,
    scope_title,
    shown_row,
    totals_data,
    typed_draft,
    undone_text,
    wanted_tree,
    wanted_view,
)
from components.demand_review_columns import split_columns
from components.download import list_download
from components.figures.chart import Figure
from components.forms import chosen
from components.grid import requested_rows, selected_row
from components.shell import Ids as Shell
from components.shell import toast
from core.errors import Conflict, UserError
from core.i18n import _, counted
from core.identity import viewer
from core.ids import PageIds
from services import (
    demand_edits,
    demand_paste,
    demand_remarks,
    demand_review,
    demand_review_rows,
    demand_trees,
    demand_typed,
    demand_undo,
)
from services.demand_review import Review, scope_of
from services.demand_typed import Typed
from services.form_values import row_id

PATH = "/demand/review"
TREES = ("product", "place", "channel")


class Ids(PageIds):
    view: str
    tree: str
    tree_key: str
    changed: str
    totals: str
    place: str
    by: str
    shown: str
    rows_shown: str
    span: str
    value: str
    search: str
    product_tree: str
    place_tree: str
    channel_tree: str
    scope: str
    chart: str
    chart_title: str
    rows: str
    count: str
    seen: str
    download: str
    undo: str
    redo: str
    remark: str
    echo: str
    fill: str
    pasted: str
    draft: str
    panel: str
    panel_title: str
    panel_text: str
    panel_rows: str
    panel_note: str
    rule: str
    reason: str
    expires_on: str
    apply: str
    cancel: str
    remark_at: str
    remark_panel: str
    remark_title: str
    remark_thread: str
    remark_body: str
    remark_person: str
    remark_say: str
    remark_close: str


TREE_IDS = (Ids.product_tree, Ids.place_tree, Ids.channel_tree)

clientside_callback(
    ClientsideFunction("review", "ask"),
    Output(Ids.view, "data"),
    Input(Ids.by, "value"),
    Input(Ids.shown, "value"),
    Input(Ids.rows_shown, "value"),
    Input(Ids.span, "value"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "choose"),
    Output(Ids.view, "data", allow_duplicate=True),
    Output(Ids.tree, "data"),
    Output(Ids.by, "value"),
    *(Input(tree, "cellClicked") for tree in TREE_IDS),
    Input(Ids.rows, "cellClicked"),
    State(Ids.view, "data"),
    State(Ids.tree, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "seek"),
    Output(Ids.tree, "data", allow_duplicate=True),
    Input(Ids.search, "value"),
    Input(Ids.value, "value"),
    State(Ids.tree, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "toggle"),
    Output(Ids.tree, "data", allow_duplicate=True),
    Input(Ids.tree_key, "data"),
    State(Ids.tree, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "echo"),
    Output(Ids.echo, "id"),
    Input(Ids.echo, "data"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "begin"),
    Output(Ids.rows, "className"),
    Input(Ids.rows, "getRowsResponse"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "cancel"),
    Output(Ids.draft, "data", allow_duplicate=True),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "focus"),
    Output(Ids.panel, "title"),
    Input(Ids.panel, "hidden"),
    State(Ids.reason, "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "remark"),
    Output(Ids.remark_at, "data"),
    Input(Ids.remark, "n_clicks"),
    Input(Ids.remark_close, "n_clicks"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "mention"),
    Output(Ids.remark_body, "value", allow_duplicate=True),
    Output(Ids.remark_person, "value"),
    Input(Ids.remark_person, "value"),
    State(Ids.remark_body, "value"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "renew"),
    Output(Ids.count, "title"),
    Input(Ids.totals, "data"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)


@callback(
    *(Output(tree, "rowData") for tree in TREE_IDS),
    Input(Ids.view, "data"),
    Input(Ids.tree, "data"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_trees(view: object, tree: object, _changed: object) -> tuple[Any, ...]:
    found = demand_trees.trees(demand_review.review(viewer(), wanted_view(view)), wanted_tree(tree))
    return tuple(found[name] for name in TREES)


@callback(
    Output(Ids.rows, "columnDefs"),
    Output(Ids.totals, "data"),
    Output(Ids.scope, "children"),
    Output(Ids.count, "children"),
    Output(Ids.seen, "data"),
    Output(Ids.place, "search"),
    Output(Ids.download, "children"),
    Input(Ids.view, "data"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_review(view: object, changed: object) -> tuple[Any, ...]:
    seen = demand_edits.newest_edit(viewer())
    found = demand_review.review(viewer(), wanted_view(view))
    return (
        review_grid_columns(found),
        totals_data(found, row_id(changed)),
        scope_text(found),
        count_text(found),
        seen,
        address(found.view),
        list_download("demand-plan", found.view.scope),
    )


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.chart_title, "children"),
    Input(Ids.view, "data"),
    Input(Ids.changed, "data"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_chart(view: object, _changed: object, selected: object) -> tuple[Figure, Any]:
    found = demand_review.review(viewer(), wanted_view(view))
    row = selected_row(selected)
    group = group_of(found, row.get("key") if row else None)
    return review_figure(found, group), scope_title(found, group)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_rows(request: object, view: object) -> dict[str, Any]:
    start, count = requested_rows(request)
    found = demand_review.review(viewer(), wanted_view(view))
    remarks = demand_remarks.counts(viewer())
    page = demand_review_rows.review_rows(found, start=start, end=start + count, remarks=remarks)
    return {"rowData": [shown_row(row, found) for row in page.rows], "rowCount": page.total}


@callback(
    Output(Ids.echo, "data"),
    Output(Ids.draft, "data"),
    Output(Ids.changed, "data"),
    Input(Ids.rows, "cellValueChanged"),
    Input(Ids.fill, "data"),
    State(Ids.view, "data"),
    State(Ids.seen, "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def type_in(changes: object, fill: object, view: object, seen: object, changed: object) -> tuple[Any, ...]:
    """A figure of a single series is written at once; more than one is looked at first."""
    draft = filled_draft(fill) if ctx.triggered_id == Ids.fill else typed_draft(changes)
    if draft is None:
        return (no_update,) * 3
    found = demand_review.review(viewer(), wanted_view(view))
    group = group_of(found, draft["key"])
    try:
        change = demand_typed.change_of(found, typed_of(found, draft), seen=row_id(seen))
        looked = demand_edits.preview(viewer(), change)
        if looked.cells > len(change.months) or looked.needs_reason or looked.needs_expiry or group is None:
            return no_update, draft, no_update
        demand_edits.apply(viewer(), change)
    except UserError as refused:
        return no_update, None, refused_with(refused, changed)
    return echo_of(view, draft["key"]), None, next_change(changed)


@callback(
    Output(Ids.panel, "hidden"),
    Output(Ids.panel_title, "children"),
    Output(Ids.panel_text, "children"),
    Output(Ids.panel_rows, "rowData"),
    Output(Ids.panel_rows, "columnDefs"),
    Output(Ids.panel_note, "children"),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.draft, "data"),
    Input(Ids.rule, "value"),
    State(Ids.view, "data"),
    State(Ids.seen, "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_preview(draft: object, rule: object, view: object, seen: object, changed: object) -> tuple[Any, ...]:
    closed = (True, *(no_update,) * 6)
    draft = kept_draft(draft)
    if draft is None:
        return closed
    found = demand_review.review(viewer(), wanted_view(view))
    if "pasted" in draft:
        return False, draft_text(found, draft), "", [], no_update, draft.get("note", ""), no_update
    try:
        change = demand_typed.change_of(found, typed_of(found, draft), seen=row_id(seen), rule=chosen(rule))
        looked = demand_edits.preview(viewer(), change)
    except UserError as refused:
        return (*closed[:-1], refused_with(refused, changed))
    return (
        False,
        draft_text(found, draft),
        preview_text(looked, change),
        preview_rows(looked),
        split_columns(change.measure),
        reason_text(looked),
        no_update,
    )


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.draft, "data", allow_duplicate=True),
    Output(Ids.reason, "value"),
    Output(Ids.expires_on, "value"),
    Output(Ids.panel_note, "children", allow_duplicate=True),
    Output(Ids.echo, "data", allow_duplicate=True),
    Input(Ids.apply, "n_clicks"),
    Input(Ids.reason, "n_submit"),
    State(Ids.draft, "data"),
    State(Ids.rule, "value"),
    State(Ids.reason, "value"),
    State(Ids.expires_on, "value"),
    State(Ids.view, "data"),
    State(Ids.seen, "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def apply(_clicks: object, _submit: object, draft: object, *typed: object) -> tuple[Any, ...]:
    rule, reason, expires_on, view, seen, changed = typed
    draft = kept_draft(draft)
    if draft is None:
        return (no_update,) * 6
    found = demand_review.review(viewer(), wanted_view(view))
    said, until = chosen(reason), chosen(expires_on)
    try:
        if "pasted" in draft:
            done = paste_into(found, draft, seen=row_id(seen), reason=said)
        else:
            change = demand_typed.change_of(
                found, typed_of(found, draft), seen=row_id(seen), rule=chosen(rule), reason=said, expires_on=until
            )
            done = demand_edits.apply(viewer(), change)
    except Conflict as conflict:
        return refused_with(conflict, changed), None, no_update, no_update, "", no_update
    except UserError as refused:
        return no_update, no_update, no_update, no_update, refused.message, no_update
    told = counted("%(count)s figure was changed.", "%(count)s figures were changed.", done.cells)
    set_props(Shell.toasts, {"children": [toast(told)]})
    return next_change(changed), None, "", "", "", echo_of(view, draft.get("key"))


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.draft, "data", allow_duplicate=True),
    Input(Ids.pasted, "data"),
    State(Ids.view, "data"),
    State(Ids.seen, "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def paste(pasted: object, view: object, seen: object, changed: object) -> tuple[Any, ...]:
    """A block that needs a reason is asked for it, any other is written at once."""
    if not isinstance(pasted, dict) or not isinstance(pasted.get("pasted"), list):
        return no_update, no_update
    found = demand_review.review(viewer(), wanted_view(view))
    try:
        done = paste_into(found, pasted, seen=row_id(seen), reason="")
    except (Conflict, demand_paste.PasteRejected) as refused:
        return refused_with(refused, changed), None
    except UserError as refused:
        if pasted.get("pasted") and found.view.by == "leaf" and found.view.shown == demand_review.UNITS:
            return no_update, {**pasted, "note": refused.message}
        return refused_with(refused, changed), None
    told = counted("%(count)s figure was pasted.", "%(count)s figures were pasted.", done.cells)
    set_props(Shell.toasts, {"children": [toast(told)]})
    return next_change(changed), None


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.undo, "n_clicks"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def undo(clicks: object, changed: object) -> Any:
    edit = next((edit for edit in demand_undo.undo_stack(viewer()) if not edit["undone"]), None)
    if not clicks or edit is None:
        set_props(Shell.toasts, {"children": [toast(_("There is no edit of yours to take back."))]})
        return no_update
    demand_undo.undo(viewer(), edit["id"])
    set_props(Shell.toasts, {"children": [toast(_("Taken back: %(edit)s", edit=undone_text(edit)))]})
    return next_change(changed)


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.redo, "n_clicks"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def redo(clicks: object, changed: object) -> Any:
    """What was taken back last, as long as nothing was edited since."""
    edits = demand_undo.undo_stack(viewer())
    standing = next((place for place, edit in enumerate(edits) if not edit["undone"]), len(edits))
    if not clicks or not standing:
        set_props(Shell.toasts, {"children": [toast(_("There is nothing to put back."))]})
        return no_update
    edit = edits[standing - 1]
    demand_undo.redo(viewer(), edit["id"])
    set_props(Shell.toasts, {"children": [toast(_("Put back: %(edit)s", edit=undone_text(edit)))]})
    return next_change(changed)


@callback(
    Output(Ids.remark_panel, "hidden"),
    Output(Ids.remark_title, "children"),
    Output(Ids.remark_thread, "children"),
    Input(Ids.remark_at, "data"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_thread(place: object, view: object) -> tuple[Any, ...]:
    if not isinstance(place, dict):
        return True, no_update, no_update
    found = demand_review.review(viewer(), wanted_view(view))
    group, month = group_of(found, place.get("key")), month_of(found, place.get("month"))
    said = demand_remarks.thread(viewer(), scope_of(found, group), month)
    return False, place_text(found, group, month), comment_lines(said)


@callback(
    Output(Ids.remark_thread, "children", allow_duplicate=True),
    Output(Ids.remark_body, "value"),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.remark_say, "n_clicks"),
    State(Ids.remark_body, "value"),
    State(Ids.remark_at, "data"),
    State(Ids.view, "data"),
    State(Ids.changed, "data"),
    prevent_initial_call=True,
)
def say(_clicks: object, body: object, place: object, view: object, changed: object) -> tuple[Any, ...]:
    if not isinstance(place, dict):
        return (no_update,) * 3
    found = demand_review.review(viewer(), wanted_view(view))
    group, month = group_of(found, place.get("key")), month_of(found, place.get("month"))
    scope = scope_of(found, group)
    demand_remarks.say(viewer(), scope, month, body, name=place_text(found, group, month))
    return comment_lines(demand_remarks.thread(viewer(), scope, month)), "", next_change(changed)


def typed_of(found: Review, draft: dict[str, Any]) -> Typed:
    return Typed(group_of(found, draft["key"]), draft["measure"], draft["months"], draft["value"])


def paste_into(found: Review, pasted: dict[str, Any], *, seen: int, reason: str) -> Any:
    stream, cells = demand_typed.pasted_cells(found, pasted.get("measure"), pasted.get("pasted"))
    return demand_paste.paste(viewer(), stream, cells, seen=seen, reason=reason or None)


def echo_of(view: object, key: object) -> dict[str, Any]:
    """The rows of one group as they are now."""
    found = demand_review.review(viewer(), wanted_view(view))
    group = group_of(found, key)
    if group is None:
        return {"rows": []}
    rows = demand_review_rows.group_rows(
        found, found.order[found.order == group], remarks=demand_remarks.counts(viewer())
    )
    return {"rows": [shown_row(row, found) for row in rows]}


def refused_with(refused: UserError, changed: object) -> int:
    """Say why; the grid reads its figures again, so that nothing stands there that was not written."""
    set_props(Shell.toasts, {"children": [toast(refused.message, kind="danger")]})
    return next_change(changed)


def reason_text(looked: demand_edits.Preview) -> str:
    if looked.needs_expiry:
        return _("A change of this size needs a reason and a last day.")
    return _("A change of this size needs a reason.") if looked.needs_reason else ""


def place_text(found: Review, group: int | None, month: Any) -> str:
    """What a comment is about."""
    return scope_title(found, group) + (f", {month:%b %Y}" if month else "")


def next_change(changed: object) -> int:
    """A figure that differs after every change, so that what is shown is read again."""
    return row_id(changed) + 1
