"""Data › Master data: products, customers, suppliers and every other kind of row, to look at and to edit."""

from __future__ import annotations

from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.records import CLOSED, PATH, ROW_ID, Ids, shown_fields
from components.download import download_buttons
from components.filters import filter_form, text_filter
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.record_columns import record_columns
from components.record_entities import ShownEntity, entity_links, first
from core.errors import NotFound
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import records

register_page(
    __name__,
    path=PATH,
    permission=Permission.MASTER_READ,
    name="Master data",
    area=Area.DATA,
    order=20,
    description="Products, customers, suppliers and every other kind of row, to look at and to edit",
)

# A grid that reads its rows bit by bit can't tick all of them.
SELECTION = {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": True}


def layout(entity: str = "", search: str = "", finding: str = "", **_query: str) -> Component:
    known = records.readable(viewer())
    shown = {name: ShownEntity(name, _(found.label), _(found.help)) for name, found in known.items()}
    wanted = entity or first(shown)
    try:
        label = records.finding_label(viewer(), wanted, finding)
    except NotFound as missing:
        links = entity_links(PATH, shown, wanted)
        return page_frame(links, empty_state(missing.message), title=_("Master data"))
    may_edit = records.editable(viewer(), wanted)
    return page_frame(
        dcc.Store(id=Ids.view, data={"entity": wanted, "search": search, "finding": finding}),
        *(dcc.Store(id=store) for store in (Ids.shown, Ids.changed, Ids.edited, Ids.renewed, Ids.mode)),
        entity_links(PATH, shown, wanted),
        _filters(wanted, search, finding, label),
        html.Div([_list(wanted, may_edit=may_edit), _detail()], id=Ids.split, className=CLOSED[0]),
        title=shown[wanted].label,
        lead=shown[wanted].help,
        trail=[(_("Master data"), PATH)],
        actions=_files(wanted, search, finding),
    )


def _filters(entity: str, search: str, finding: str, label: str) -> Component:
    kept = [dbc.Input(id=Ids.entity, type="hidden", name="entity", value=entity)]
    if finding:
        kept.append(dbc.Input(id=Ids.finding, type="hidden", name="finding", value=finding))
    form = filter_form(
        PATH, *kept, text_filter(Ids.search, "search", _("Search"), search, placeholder=_("code or name"))
    )
    if not finding:
        return form
    every = dcc.Link(_("Show all rows"), href=f"{PATH}?entity={entity}")
    note = html.P([_("Only rows with this finding: %(finding)s.", finding=label), " ", every], className="questions")
    return html.Div([note, form])


def _files(entity: str, search: str, finding: str) -> list[Component]:
    """Files out and in, for who may."""
    asked = {name: value for name, value in (("search", search), ("finding", finding)) if value}
    mark = f"?{urlencode(asked)}" if asked else ""
    files: list[Component] = []
    if viewer().may(Permission.EXPORT):
        addresses = {text: f"/data/export/{entity}.{kind}{mark}" for kind, text in (("csv", "CSV"), ("xlsx", "XLSX"))}
        files.append(download_buttons(addresses, Ids.rows))
    if viewer().may(Permission.IMPORT_READ):
        template = f"/data/template/{entity}.xlsx"
        files.append(html.A(_("Template"), href=template, download="", className="btn btn-outline-primary btn-sm"))
    if viewer().may(Permission.IMPORT_RUN):
        href = f"/data/import?entity={entity}"
        files.append(dcc.Link(_("Import"), href=href, className="btn btn-outline-primary btn-sm"))
    return files


def _list(entity: str, *, may_edit: bool) -> Component:
    hint = _("Double-click a cell, or press Enter on it, to edit it; Esc leaves it as it was.") if may_edit else ""
    return panel(
        html.Div(
            [
                html.P("", id=Ids.totals, className="totals", role="status"),
                html.P("", id=Ids.selection, className="note", role="status"),
                html.Div(_buttons(entity, may_edit=may_edit), className="page-actions"),
            ],
            className="record-bar",
        ),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        grid(
            Ids.rows,
            record_columns(shown_fields(entity), editable=may_edit),
            row_id=ROW_ID,
            height=560,
            rowModelType="infinite",
            options={
                "rowSelection": SELECTION,
                "selectionColumnDef": {"pinned": "left"},
                **said_when_empty(_("No row fits.")),
            },
        ),
        html.P(hint, className="note"),
    )


def _buttons(entity: str, *, may_edit: bool) -> list[Component]:
    """Who may not edit still finds their ids: callbacks listen to them."""
    found = records.readable(viewer())[entity]
    shown = {} if may_edit else {"display": "none"}
    retired = shown if found.retire else {"display": "none"}
    quiet = {"color": "primary", "outline": True, "size": "sm"}
    new = shown if records.creatable(entity) else {"display": "none"}
    return [
        dbc.Button(_("New"), id=Ids.new, color="primary", size="sm", style=new),
        dbc.Button(_("Change together"), id=Ids.change, **quiet, style=shown),
        dbc.Button(_("Retire"), id=Ids.retire, disabled=True, **quiet, style=retired),
        dbc.Button(_("History"), id=Ids.log, disabled=True, **quiet),
        dbc.Button(_("Undo"), id=Ids.undo, disabled=True, title=_("Undo the last edit"), **quiet, style=shown),
    ]


def _detail() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2("", id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", **{"aria-label": _("Close")}),
                ],
                className="panel-head",
            ),
            html.Div(id=Ids.body),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen rows")},
    )
