"""Supply › Scenarios: what if, kept, changed, and compared with the plan."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.scenarios import (
    HIDDEN,
    PATH,
    SHOWN,
    Ids,
    kind_names,
    metric_names,
    mode_names,
)
from components.figures.chart import chart
from components.figures.scenario_months import HEIGHT
from components.figures.waterfall import HEIGHT as BRIDGE_HEIGHT
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from components.what_if_bar import opened_scenario
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import scenarios, supply_plan
from services.scenarios import LONGEST_NAME, LONGEST_NOTE

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Scenarios",
    area=Area.SUPPLY,
    order=30,
    description="What if, kept: other demand, terms or capacity, compared with the plan",
)


def layout(scenario: str = "", **_query: str) -> Component:
    opened = opened_scenario(scenario)
    content = [_new(), _list(opened), _detail(), _comparison()] if supply_plan.any_plan(viewer()) else [_nothing()]
    return page_frame(
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.seen),
        *content,
        title=_("Scenarios"),
        lead=_(
            "A scenario is a list of changes; its plan is worked out anew from today's data whenever it is looked at. "
            "Tick one to see and change it, up to four to compare them with the plan."
        ),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is nothing to plan yet, so there is nothing to change. Import products, stock and sales first."),
        action=_("Import data"),
        href="/data/import",
    )


def _new() -> Component:
    form = html.Div(
        [
            field(_("New scenario"), dbc.Input(id=Ids.new_name, size="sm", maxLength=LONGEST_NAME)),
            field(_("Starts from"), select(Ids.new_base, [(NOTHING, _("the plan"))], NOTHING)),
            _wide(field(_("Note"), dbc.Input(id=Ids.new_note, size="sm", maxLength=LONGEST_NOTE))),
            dbc.Button(_("Create"), id=Ids.create, color="primary", size="sm"),
        ],
        className="form-line",
        style=SHOWN if viewer().may(Permission.PURCHASE_EDIT) else HIDDEN,
    )
    return html.Div([form, html.P("", id=Ids.told, className="note", role="status")], className="scenario-new")


def _list(opened: int | None) -> Component:
    columns = [
        text_column("name", _("Scenario"), minWidth=190, tooltipField="name"),
        state_column("status", _("Status"), minWidth=100, maxWidth=120),
        figure_column("changes", _("Changes"), minWidth=85, maxWidth=100),
        text_column("based_on", _("Starts from"), minWidth=130, tooltipField="based_on"),
        text_column("note", _("Note"), minWidth=170, tooltipField="note"),
        text_column("created_by", _("By"), minWidth=120),
        text_column("created_at", _("Made"), minWidth=130),
    ]
    empty = said_when_empty(
        _("No scenario is kept yet. Name one above, or try a change in the supply plan and keep it.")
    )
    return panel(
        grid(
            Ids.rows,
            columns,
            [],
            row_id="id",
            selection="multiple",
            height=240,
            options=empty,
            selectedRows={"ids": [str(opened)]} if opened else [],
        )
    )


def _detail() -> Component:
    columns = [
        text_column("what", _("What"), minWidth=120, maxWidth=160),
        text_column("how", _("Change"), minWidth=110, maxWidth=150),
        text_column("of", _("Of"), minWidth=170, tooltipField="of"),
        text_column("weeks", _("Weeks"), minWidth=150),
        text_column("note", _("Note"), minWidth=150, tooltipField="note"),
    ]
    empty = said_when_empty(_("Without changes a scenario is the plan. Add one below."))
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.about, className="note")]),
                    html.Div(
                        dcc.Link(
                            _("Open in the supply plan"),
                            id=Ids.open,
                            href="/supply/plan",
                            className="btn btn-outline-primary btn-sm",
                        ),
                        className="page-actions",
                    ),
                ],
                className="panel-head",
            ),
            html.Div(
                [
                    field(_("Name"), dbc.Input(id=Ids.name, size="sm", maxLength=LONGEST_NAME)),
                    _wide(field(_("Note"), dbc.Input(id=Ids.note, size="sm", maxLength=LONGEST_NOTE))),
                    dbc.Button(_("Rename"), id=Ids.rename, color="primary", outline=True, size="sm"),
                    dbc.Button(_("Keep"), id=Ids.keep, color="primary", size="sm"),
                    dbc.Button(_("Archive"), id=Ids.archive, color="primary", outline=True, size="sm"),
                    dbc.Button(_("Drop"), id=Ids.drop, color="danger", outline=True, size="sm"),
                ],
                id=Ids.editing,
                className="form-line",
            ),
            html.Div(
                [
                    _wide(field(_("Why"), dbc.Input(id=Ids.why, size="sm", maxLength=LONGEST_NOTE))),
                    dbc.Button(_("Ask for it to become the plan"), id=Ids.ask, color="primary", size="sm"),
                    dbc.Button(_("Approve"), id=Ids.approve, color="primary", size="sm"),
                    dbc.Button(_("Turn down"), id=Ids.reject, color="danger", outline=True, size="sm"),
                    dbc.Button(_("Make it the plan"), id=Ids.promote, color="primary", size="sm"),
                ],
                id=Ids.deciding,
                className="form-line",
            ),
            html.Div(id=Ids.effects),
            html.H3(_("Changes")),
            grid(Ids.changes, columns, [], row_id="id", selection="single", height=200, options=empty),
            _change_form(),
        ],
        id=Ids.detail,
        className="panel",
        style=HIDDEN,
        **{"aria-label": _("The chosen scenario")},
    )


def _change_form() -> Component:
    known = scenarios.scope_choices(viewer())
    every = (NOTHING, _("all"))

    def scope(component_id: str, name: str, what: str) -> Component:
        return field(name, select(component_id, [every, *known[what]], NOTHING))

    return html.Div(
        [
            field(_("What changes"), select(Ids.kind, list(kind_names().items()), "demand")),
            field(_("How"), select(Ids.mode, list(mode_names().items()), "share")),
            field(_("Value"), dbc.Input(id=Ids.value, type="number", step="any", size="sm")),
            field(
                _("Discount %"),
                dbc.Input(id=Ids.discount, type="number", min=0, max=100, size="sm", placeholder=_("promotion")),
            ),
            field(_("Item code"), dbc.Input(id=Ids.product, size="sm", maxLength=60, placeholder=_("all"))),
            scope(Ids.category, _("Category"), "category"),
            scope(Ids.location, _("Location"), "location"),
            scope(Ids.channel, _("Channel"), "channel"),
            scope(Ids.resource, _("Resource"), "resource"),
            field(_("From week"), dbc.Input(id=Ids.from_week, type="date", size="sm")),
            field(_("To week"), dbc.Input(id=Ids.to_week, type="date", size="sm")),
            _wide(field(_("Note"), dbc.Input(id=Ids.change_note, size="sm", maxLength=LONGEST_NOTE))),
            dbc.Button(_("Add"), id=Ids.add, color="primary", size="sm"),
            dbc.Button(_("Change the chosen one"), id=Ids.save, color="primary", outline=True, size="sm"),
            dbc.Button(_("Remove the chosen one"), id=Ids.remove, color="primary", outline=True, size="sm"),
        ],
        id=Ids.changing,
        className="form-line scenario-change-form",
    )


def _comparison() -> Component:
    return panel(
        html.Div(html.P(_("Tick scenarios above."), className="note"), id=Ids.total),
        html.Div(
            [
                field(_("By month"), select(Ids.metric, list(metric_names().items()), "margin")),
                chart(Ids.chart, summary=_("The chosen metric by month, as in the table below"), height=HEIGHT),
                html.Div(id=Ids.months),
                html.H3(_("What each change of the first one does")),
                chart(Ids.bridge, summary=_("From the plan to the scenario, change by change"), height=BRIDGE_HEIGHT),
            ],
            id=Ids.by_month,
            className="by-month",
            style=HIDDEN,
        ),
        title=_("Beside the plan"),
        note=_("Worked out by the same engine from today's data. Cash is revenue less planned purchases."),
    )


def _wide(component: Component) -> Component:
    component.className = "field field-wide"
    return component
