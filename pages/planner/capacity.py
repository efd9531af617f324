"""Supply › Capacity: the load of every resource by the supply plan, and what can be done about it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.capacity import HIDDEN, PATH, Ids, lever_parts, load_columns, load_rows, summary
from components.capacity_effect import kind_name
from components.figures.chart import chart, empty_figure
from components.figures.stacked_parts import HEIGHT
from components.forms import field, select
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import capacity
from services.capacity import KINDS, MOST_WEEKS

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Capacity",
    area=Area.SUPPLY,
    order=22,
    description="Hours that the supply plan asks of each resource, week by week, and levers against too few of them",
)
ROW, HEAD, SHORTEST = 31, 42, 160


def layout(**_query: str) -> Component:
    weeks, found = capacity.board(viewer())
    content = (
        [
            html.P(summary(found, weeks), id=Ids.totals, className="totals", role="status"),
            panel(
                _legend(),
                grid(
                    Ids.load,
                    load_columns(weeks),
                    load_rows(found),
                    row_id="code",
                    height=max(HEAD + ROW * len(found), SHORTEST),
                ),
            ),
            _week(),
            _applied(),
        ]
        if found
        else [_nothing()]
    )
    return page_frame(
        dcc.Store(id=Ids.cell),
        dcc.Store(id=Ids.seen),
        *content,
        title=_("Capacity"),
        lead=_("Hours that planned and open production asks of each resource, as a share of those there are."),
    )


def _legend() -> Component:
    steps = (
        ("load-free", _("up to 85 %")),
        ("load-tight", _("85 to 100 %")),
        ("load-over", _("more than there is, or closed")),
    )
    return html.P(
        [html.Span(text, className=f"load load-key {name}") for name, text in steps],
        className="note load-legend",
    )


def _week() -> Component:
    columns = [
        text_column("code", _("Item"), minWidth=95, maxWidth=120),
        text_column("name", _("Name"), minWidth=120, tooltipField="name"),
        text_column("location", _("For"), minWidth=85, maxWidth=110),
        figure_column("quantity", _("Quantity"), minWidth=90),
        figure_column("hours", _("Hours"), decimals=1, minWidth=75),
    ]
    empty = said_when_empty(_("Choose a week of a resource above."))
    message = _("Choose a week of a resource above.")
    return panel(
        html.H2(_("What loads it"), id=Ids.title),
        html.P(message, id=Ids.note, className="note"),
        html.Div(
            [
                chart(
                    Ids.chart,
                    empty_figure(message, height=HEIGHT),
                    summary=_("Hours of the chosen resource by product and week, with the hours there are"),
                    height=HEIGHT,
                ),
                grid(Ids.products, columns, [], row_id="id", height=HEIGHT, selection="single", options=empty),
            ],
            className="capacity-week",
        ),
        _levers(),
    )


def _levers() -> Component:
    kinds = [(kind, kind_name(kind)) for kind in KINDS]
    figures = {"type": "number", "min": 0, "step": "any"}
    weeks = field(_("Weeks"), dbc.Input(id=Ids.weeks, type="number", min=1, max=MOST_WEEKS, step=1, value=4))
    to = field(_("Other resource"), select(Ids.to, [], ""))
    for part, part_id in ((weeks, Ids.weeks_field), (to, Ids.to_field)):
        part.id, part.style = part_id, HIDDEN
    return html.Div(
        [
            html.H3(_("What to do about it")),
            html.Div(
                [
                    field(_("Lever"), select(Ids.kind, kinds, "overtime")),
                    field(_("Hours (of a shift: a week)"), dbc.Input(id=Ids.hours, **figures)),
                    weeks,
                    to,
                    dbc.Button(_("Apply"), id=Ids.apply, color="primary", disabled=True),
                ],
                className="form-line",
            ),
            html.P(
                _("To move an item to another resource or to make it earlier, select it in the table above."),
                className="note",
            ),
            html.Div("", id=Ids.effect, role="status"),
        ],
        id=Ids.levers,
        className="capacity-form",
        style=HIDDEN,
    )


def _applied() -> Component:
    view, options, style = lever_parts()
    chosen = select(Ids.chosen, [(option["value"], option["label"]) for option in options], "")
    return panel(
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        html.Div(view, id=Ids.applied),
        html.Div(
            [
                field(_("Lever to take back"), chosen),
                dbc.Button(_("Take back"), id=Ids.back, color="primary", outline=True, size="sm"),
            ],
            id=Ids.taking,
            className="form-line",
            style=style,
        ),
        title=_("Levers"),
    )


def _nothing() -> Component:
    return empty_state(
        _("There are no resources in use. Import resources and routings to see what the plan asks of them."),
        action=_("Import data"),
        href="/data/import?entity=resources",
    )
