"""Supply › Production: planned orders to release, and the orders of the plant with their progress."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.production import CLOSED, HIDDEN, PATH, Ids, cards, totals_text, wanted_list, wanted_orders
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import grid, said_when_empty
from components.page import page_frame, panel
from components.production_columns import make_columns, make_row, order_columns
from components.two_line_grid import ROW_HEIGHT
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import production, production_orders
from services.production import MakeList
from services.production_steps import REASON_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Production",
    area=Area.SUPPLY,
    order=18,
    description="Planned production orders to release, and the orders of the plant with their progress",
)


def layout(weeks: str = "", show: str = "", resource: str = "", search: str = "", **_query: str) -> Component:
    asked = {"weeks": weeks, "show": show, "resource": resource, "search": search}
    return page_frame(
        dcc.Store(id=Ids.filters, data=asked),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.seen),
        html.Div(cards(asked), id=Ids.cards, className="todo-cards stock-cards"),
        _filters(asked),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _planned(production.make_list(viewer(), wanted_list(asked)), asked),
        html.Div([html.Div(_orders(asked)), _detail()], id=Ids.split, className=CLOSED[0]),
        title=_("Production"),
        lead=_("What the plan wants made soon, accepted as orders to the plant; and how far the plant's orders are."),
    )


def _filters(asked: dict[str, str]) -> Component:
    wanted, orders = wanted_list(asked), wanted_orders(asked)
    lines = [(NOTHING, _("All")), *production_orders.resources(viewer())]
    weeks = [
        ("1", _("this week")),
        ("2", _("within 2 weeks")),
        ("4", _("within 4 weeks")),
        ("8", _("within 8 weeks")),
    ]
    shown = [
        ("open", _("Open")),
        ("late", _("Late")),
        ("planned", _("Planned")),
        ("released", _("Released")),
        ("running", _("Running")),
        ("done", _("Done")),
        ("cancelled", _("Called off")),
        ("all", _("All")),
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.weeks, "weeks", _("To release"), weeks, wanted.weeks),
        choice_filter(Ids.show, "show", _("Orders"), shown, orders.show),
        choice_filter(Ids.resource, "resource", _("Resource"), lines, wanted.resource or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code, name or order")),
    )


def _planned(found: MakeList, asked: dict[str, str]) -> Component:
    may_accept = viewer().may(Permission.INVENTORY_EDIT) and viewer().may(Permission.PROPOSAL_DECIDE)
    empty = said_when_empty(_("Nothing has to be released: choose more weeks or other filters."))
    return panel(
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        _decisions() if may_accept else html.Div(),
        grid(
            Ids.rows,
            make_columns(),
            [make_row(row) for row in found.rows],
            row_id="id",
            selection="multiple" if may_accept else "single",
            height=380,
            options={"rowHeight": ROW_HEIGHT, **empty},
        ),
        html.P("", id=Ids.made_for, className="note production-for", role="status"),
        title=_("To release"),
        actions=[list_download("planned-production", asked, name=_("To release"))],
    )


def _decisions() -> Component:
    return html.Div(
        [
            dbc.Button(_("Select all"), id=Ids.select, color="primary", outline=True, size="sm"),
            dbc.Button(_("Accept selected"), id=Ids.accept, color="primary", size="sm", disabled=True),
            html.Span("", id=Ids.selected, className="note", role="status"),
        ],
        className="decisions",
    )


def _orders(asked: dict[str, str]) -> Component:
    empty = said_when_empty(_("No orders here: accept planned ones above or choose other filters."))
    return panel(
        html.P("", id=Ids.order_totals, className="totals", role="status"),
        grid(
            Ids.orders,
            order_columns(),
            row_id="id",
            selection="single",
            height=430,
            rowModelType="infinite",
            options={
                "rowHeight": ROW_HEIGHT,
                **empty,
            },
        ),
        title=_("Production orders"),
        actions=[list_download("production-orders", asked, grid_id=Ids.orders, name=_("Orders"))],
    )


def _detail() -> Component:
    close = {"aria-label": _("Close the detail")}
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.place, className="note")]),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", **close),
                ],
                className="panel-head",
            ),
            html.P("", id=Ids.told, className="note outcome", role="status"),
            html.Div(id=Ids.about),
            *_steps(),
            html.H3(_("Components")),
            html.Div(id=Ids.components),
            html.H3(_("History")),
            html.Div(id=Ids.history),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen order")},
    )


def _steps() -> list[Component]:
    figures = {"type": "number", "min": 0, "step": "any", "size": "sm"}
    reason = field(_("Why it is called off"), dbc.Input(id=Ids.reason, size="sm", maxLength=REASON_LENGTH))
    reason.className = "field field-wide"
    return [
        html.Div(
            [
                dbc.Button(_("Release"), id=Ids.release, color="primary", outline=True, size="sm", style=HIDDEN),
                dbc.Button(_("Start"), id=Ids.start, color="primary", size="sm"),
            ],
            id=Ids.begin,
            className="form-line production-step",
            style=HIDDEN,
        ),
        html.Div(
            [
                field(_("Made since the last report"), dbc.Input(id=Ids.made, **figures)),
                field(_("Scrap"), dbc.Input(id=Ids.scrap, **figures)),
                dbc.Button(_("Report"), id=Ids.report, color="primary", size="sm"),
                dbc.Button(_("Finish"), id=Ids.finish, color="primary", outline=True, size="sm"),
            ],
            id=Ids.reporting,
            className="form-line production-step",
            style=HIDDEN,
        ),
        html.Div(
            dbc.Checkbox(
                id=Ids.anyway, label=_("Go on though components are lacking: take what there is"), value=False
            ),
            id=Ids.lacking,
            style=HIDDEN,
        ),
        html.Div(
            [reason, dbc.Button(_("Call off"), id=Ids.cancel, color="primary", outline=True, size="sm")],
            id=Ids.calling_off,
            className="form-line production-step",
            style=HIDDEN,
        ),
    ]
