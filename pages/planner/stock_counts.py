"""Inventory › Stock counts: the counts there are, and one of them with its sheet."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.stock_counts import HIDDEN, PATH, Ids, remembered, totals_text
from components.download import list_download
from components.forms import NOTHING, field, select
from components.grid import TYPED_FIGURE, figure_column, grid, said_when_empty, text_column
from components.import_panels import drop_zone
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from core.errors import NotFound
from core.i18n import _, percent
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions, stock_counts
from services.stock_adjustments import LONGEST_LOT, LONGEST_NOTE
from services.stock_counts import ABC, LONGEST_NAME
from services.stock_rules import rules_in_force

# As in a spreadsheet: type, Enter, and the next line is open.
KEYBOARD = {"singleClickEdit": True, "enterNavigatesVertically": True, "enterNavigatesVerticallyAfterEdit": True}
FOUND = "params.data == null || params.data.counted == null ? null : Number(params.data.counted)"

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Stock counts",
    area=Area.INVENTORY,
    order=16,
    description="Counts of stock: sheets, what was found, differences, approval",
)


def layout(count: str = "", **_query: str) -> Component:
    found = _chosen(count)
    return _one(found) if found else _all()


def _chosen(count: str) -> dict[str, Any] | None:
    try:
        return stock_counts.count(viewer(), int(count[:18]) if count.isascii() and count.isdigit() else 0)
    except NotFound:
        return None


def _all() -> Component:
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    any_item = positions.any_item(viewer())
    return page_frame(
        *([_making()] if may_edit and any_item else []),
        dcc.Store(id=Ids.made),
        dcc.Store(id=Ids.rows_renewed),
        html.Div("", id=Ids.opened, className="decisions"),
        _list() if any_item else _nothing(),
        title=_("Stock counts"),
        lead=_("Count the lots of a place, look at the differences, and approve them as corrections of the stock."),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no stock yet. Import the lots on hand with the days on which they expire."),
        action=_("Import data"),
        href="/data/import",
    )


def _making() -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    usual = percent(rules_in_force(viewer()).count_tolerance)
    blind = [("no", _("With the book quantity")), ("yes", _("Blind, without it"))]
    return panel(
        html.Div(
            [
                field(_("Place"), select(Ids.location, choices["location"], "")),
                field(_("Category"), select(Ids.category, [*every, *choices["category"]], NOTHING)),
                field(_("Class"), select(Ids.abc, [*every, *((name, name) for name in ABC)], NOTHING)),
                field(_("Search"), dbc.Input(id=Ids.search, maxLength=80, placeholder=_("code or name"))),
                field(_("Sheet"), select(Ids.blind, blind, "no")),
                field(
                    _("Tolerance, %"),
                    dbc.Input(id=Ids.tolerance, type="number", step="any", placeholder=usual),
                ),
                field(_("Name"), dbc.Input(id=Ids.name, maxLength=LONGEST_NAME)),
                dbc.Button(_("Make the count"), id=Ids.make, color="primary"),
            ],
            className="form-line",
        ),
        title=_("New count"),
    )


def _list() -> Component:
    columns = [
        state_column("status", _("Status"), pinned="left", minWidth=112, maxWidth=125, sortable=False),
        text_column("name", _("Name"), minWidth=170, tooltipField="name", sortable=False),
        text_column("location", _("Place"), minWidth=90, sortable=False),
        figure_column("lines", _("Lines"), minWidth=75, sortable=False),
        figure_column("counted", _("Counted"), minWidth=85, sortable=False),
        figure_column("recounts", _("Again"), minWidth=75, sortable=False),
        figure_column("difference_value", _("Difference RM"), minWidth=120, sortable=False),
        text_column("created_at", _("Made at"), minWidth=150, sortable=False),
        text_column("created_by", _("Made by"), minWidth=110, sortable=False),
        text_column("closed", _("Closed"), minWidth=180, tooltipField="closed", sortable=False),
    ]
    return panel(
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=430,
            rowModelType="infinite",
            options=said_when_empty(_("Nothing was counted yet: choose a place above and make a count.")),
        ),
        title=_("Counts"),
        note=_("Select one, then open it with the button above."),
    )


def _one(found: dict[str, Any]) -> Component:
    editing = found["status"] == "open" and viewer().may(Permission.INVENTORY_EDIT)
    return page_frame(
        dcc.Store(id=Ids.count, data=remembered(found)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _lines(found, editing=editing),
        html.Div([_adding(), _sheet(found)], id=Ids.adding, style={} if editing else HIDDEN),
        title=found["name"],
        lead=_(
            "%(place)s · tolerance %(tolerance)s of the book quantity",
            place=found["location_name"],
            tolerance=percent(found["tolerance_share"]),
        ),
        trail=[(_("Stock counts"), PATH)],
        actions=[list_download("count-sheet", {"count": str(found["id"])}, name=_("Sheet"))],
    )


def _lines(found: dict[str, Any], *, editing: bool) -> Component:
    shown = [
        (NOTHING, _("All")),
        ("open", _("Not counted")),
        ("recount", _("To be counted again")),
        ("beyond", _("Beyond the tolerance")),
        ("different", _("Different")),
    ]
    return panel(
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        html.Div(
            [field(_("Show"), select(Ids.show, shown, NOTHING)), _deciding(editing=editing)],
            className="form-line count-decisions",
        ),
        grid(
            Ids.lines,
            _columns(editing=editing),
            row_id="id",
            height=460,
            rowModelType="infinite",
            options={**KEYBOARD, **said_when_empty(_("No line here."))},
        ),
        html.P(
            _(
                "What counts is the difference to the books of the moment when the count was made. Approving applies "
                "it to the stock of now; lines that nobody counted change nothing."
            ),
            className="note",
        ),
    )


def _columns(*, editing: bool) -> list[dict[str, Any]]:
    difference = f"{FOUND} == null || params.data.book_quantity == null ? null : {FOUND} - params.data.book_quantity"
    found = {"cellClass": "figure editable", "editable": True, **TYPED_FIGURE} if editing else {}
    options: dict[str, Any] = {"sortable": False}
    return [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=125, **options),
        text_column("name", _("Name"), minWidth=150, tooltipField="name", **options),
        text_column("lot", _("Lot"), minWidth=140, tooltipField="lot", **options),
        text_column("expires_on", _("Expires"), minWidth=98, **options),
        text_column("uom", _("Unit"), minWidth=65, maxWidth=80, **options),
        figure_column("counted", _("Counted"), decimals=2, minWidth=95, **options, **found),
        figure_column("book_quantity", _("Books"), decimals=2, minWidth=90, **options),
        figure_column(
            "difference",
            _("Difference"),
            decimals=2,
            minWidth=95,
            valueGetter={"function": f"({difference})"},
            **options,
        ),
        figure_column(
            "difference_value",
            _("At cost RM"),
            minWidth=95,
            valueGetter={
                "function": f"({difference}) == null || params.data.unit_cost == null ? null : "
                f"({difference}) * params.data.unit_cost"
            },
            **options,
        ),
        figure_column("first_counted", _("First count"), decimals=2, minWidth=98, **options),
        state_column("state", _("State"), minWidth=150, sortable=False),
        text_column("counted_by", _("Counted by"), minWidth=110, **options),
    ]


def _deciding(*, editing: bool) -> Component:
    parts = [
        dbc.Button(_("Count again beyond tolerance"), id=Ids.recount, color="primary", outline=True),
        dbc.Button(_("Approve"), id=Ids.approve, color="primary"),
        field(_("Why it is cancelled"), dbc.Input(id=Ids.reason, maxLength=LONGEST_NOTE)),
        dbc.Button(_("Cancel count"), id=Ids.cancel, color="primary", outline=True),
    ]
    return html.Div(parts, id=Ids.deciding, className="form-line", style={} if editing else HIDDEN)


def _adding() -> Component:
    return panel(
        html.Div(
            [
                field(_("Item"), dbc.Input(id=Ids.add_code, size="sm", maxLength=80, placeholder=_("code"))),
                field(_("Lot"), dbc.Input(id=Ids.add_lot, size="sm", maxLength=LONGEST_LOT)),
                field(_("Counted"), dbc.Input(id=Ids.add_quantity, type="number", step="any", size="sm")),
                field(_("Expires on"), dbc.Input(id=Ids.add_expires, type="date", size="sm")),
                dbc.Button(_("Add"), id=Ids.add, color="primary", size="sm"),
            ],
            className="form-line",
        ),
        title=_("A lot that is not on the sheet"),
    )


def _sheet(found: dict[str, Any]) -> Component:
    return panel(
        drop_zone(
            upload_path=f"{PATH}/{found['id']}/sheet",
            open_path=f"{PATH}?count=",
            label=_("Send the filled-in sheet back (CSV)"),
            accept=".csv,.txt",
        ),
        title=_("Sheet"),
        note=_("Download the sheet as CSV, write what was found into the column “counted”, and send it back."),
    )
