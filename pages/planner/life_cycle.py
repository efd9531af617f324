"""Demand › Life cycle: products that begin, end, and follow each other."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.life_cycle import HEIGHT, PATH, Ids, donor_rows, end_rows, link_rows, tracking_rows
from components.figures.chart import chart, empty_figure
from components.forms import field, select
from components.grid import figure_column, grid, percent_column, said_when_empty, text_column
from components.page import page_frame, panel
from components.step_lock import lock_banner
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import launches, phase_outs
from services.cycle_lock import PRODUCT, step_lock

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Life cycle",
    area=Area.DEMAND,
    order=45,
    description="Launches on the course of look-alikes, ends with a last buy, and successor chains",
)

Choices = list[tuple[str, str]]


def layout(**_query: str) -> Component:
    lock = step_lock(viewer(), PRODUCT)
    known = phase_outs.products(viewer())
    return page_frame(
        *([lock_banner(lock)] if lock else []),
        _launch(closed=lock is not None),
        _launched(),
        _ends(known, closed=lock is not None),
        _chains(known, closed=lock is not None),
        title=_("Life cycle"),
        lead=_("Products that begin, end, and follow each other, and what that does to the plan."),
    )


def _may(permission: Permission, *, closed: bool) -> bool:
    return not closed and viewer().may(permission)


def _launch(*, closed: bool) -> Component:
    known = launches.choices(viewer())
    first = known["product"][0][0] if known["product"] else ""
    rows = donor_rows(int(first)) if first else []
    others: Choices = known["product"]
    columns = [
        text_column("item", _("Look-alike"), minWidth=180),
        text_column("launched", _("Launched"), minWidth=100),
        figure_column("level", _("Steady level a month"), minWidth=120),
        text_column("reasons", _("Why"), minWidth=220, tooltipField="reasons"),
    ]
    empty = said_when_empty(_("No finished good with a launch date within the sales history has found its level."))
    buttons = [_button(Ids.preview, _("Preview"))]
    if _may(Permission.STREAM_MARKETING, closed=closed):
        buttons.append(_button(Ids.launch, _("Write into the plan"), outline=False))
    return panel(
        html.Div(
            [
                html.Div(field(_("New product"), select(Ids.product, others, first)), className="field field-wide"),
                field(_("Launch month"), select(Ids.month, known["month"], _first(known["month"]))),
                field(_("Place"), select(Ids.place, known["place"], _first(known["place"]))),
                field(_("Channel"), select(Ids.channel, known["channel"], _first(known["channel"]))),
                field(_("Steady level, units a month"), _figure(Ids.level)),
                field(_("Taken from others, %"), _figure(Ids.share, 0)),
            ],
            className="form-line",
        ),
        field(
            _("Products that lose these sales"),
            dcc.Dropdown(
                id=Ids.victims,
                options=[{"value": key, "label": name} for key, name in others],
                multi=True,
                placeholder=_("none"),
            ),
        ),
        grid(
            Ids.donors,
            columns,
            rows,
            row_id="id",
            selection="multiple",
            height=240,
            options=empty,
            selectedRows=rows[: launches.CHOSEN],
        ),
        html.Div([*buttons, html.Span("", id=Ids.told, className="note", role="status")], className="decisions"),
        chart(
            Ids.chart,
            empty_figure(_("Preview shows the course month by month."), height=HEIGHT),
            summary=_("The launch by month with the band of look-alikes"),
            height=HEIGHT,
        ),
        title=_("Launch"),
        note=_("Sales in the first months as parts of the level that look-alikes found, at the level you expect."),
    )


def _launched() -> Component:
    columns = [
        text_column("item", _("Product"), minWidth=180),
        text_column("first", _("Launch"), minWidth=90),
        figure_column("planned", _("Planned in all"), minWidth=110),
        figure_column("planned_to_date", _("Planned to date"), minWidth=110),
        figure_column("sold_to_date", _("Sold to date"), minWidth=110),
        percent_column("share", _("Sold of planned"), minWidth=110),
        text_column("state", _("State"), minWidth=150),
    ]
    empty = said_when_empty(_("No launch has been written into the plan yet."))
    return panel(
        grid(Ids.launched, columns, tracking_rows(), row_id="id", height=200, options=empty),
        title=_("Launches against their course"),
        note=_("Months that are over."),
    )


def _ends(known: Choices, *, closed: bool) -> Component:
    columns = [
        text_column("item", _("Product"), pinned="left", minWidth=150, tooltipField="item"),
        text_column("end", _("Last day"), minWidth=110),
        text_column("state", _("What to do"), minWidth=280, tooltipField="state"),
        figure_column("stock", _("Stock"), minWidth=90),
        figure_column("ordered", _("On order"), minWidth=90),
        figure_column("demand", _("Demand until then"), minWidth=110),
        figure_column("last_buy", _("Last buy"), minWidth=90),
        figure_column("left", _("Left over"), minWidth=90),
        figure_column("left_value", _("Left over, RM"), minWidth=110),
        figure_column("planned_after", _("Planned after it"), minWidth=110),
        text_column("successors", _("Successors"), minWidth=110),
    ]
    empty = said_when_empty(_("No finished good has a last day of sale ahead. Set one below."))
    form = html.Div(
        [
            html.Div(field(_("Product"), select(Ids.ending, known, _first(known))), className="field field-wide"),
            field(_("Last day of sale"), dbc.Input(id=Ids.last_day, type="date", size="sm")),
            _button(Ids.end, _("Set the end"), outline=False),
        ],
        className="form-line",
    )
    return panel(
        grid(Ids.ends, columns, end_rows(), row_id="id", height=280, options=empty),
        *([form] if _may(Permission.DEMAND_EDIT, closed=closed) else []),
        html.P("", id=Ids.ended, className="note outcome", role="status"),
        title=_("Ends"),
        note=_("The planner's figures after the last day become zero, those of its month the part up to it."),
        actions=[dcc.Link(_("Buy list"), href="/supply/buy-list?weeks=4", className="btn btn-outline-primary btn-sm")],
    )


def _chains(known: Choices, *, closed: bool) -> Component:
    columns = [
        text_column("chain", _("Chain"), pinned="left", minWidth=160, tooltipField="chain"),
        text_column("old", _("Predecessor"), minWidth=160, tooltipField="old"),
        text_column("new", _("Successor"), minWidth=160, tooltipField="new"),
        text_column("starts_on", _("From"), minWidth=100),
        percent_column("share", _("Share"), decimals=0, minWidth=80),
    ]
    empty = said_when_empty(_("No product follows another one yet. Link two below."))
    form = html.Div(
        [
            html.Div(field(_("Predecessor"), select(Ids.predecessor, known, "")), className="field field-wide"),
            html.Div(field(_("Successor"), select(Ids.successor, known, "")), className="field field-wide"),
            field(_("From"), dbc.Input(id=Ids.starts, type="date", size="sm")),
            field(_("Share, %"), _figure(Ids.part, 100)),
            _button(Ids.join, _("Link"), outline=False),
            _button(Ids.part_ways, _("Remove the selected link")),
        ],
        className="form-line",
    )
    return panel(
        grid(Ids.links, columns, link_rows(), row_id="id", selection="single", height=240, options=empty),
        *([form] if _may(Permission.DEMAND_EDIT, closed=closed) else []),
        html.P("", id=Ids.linked, className="note outcome", role="status"),
        chart(
            Ids.history,
            empty_figure(_("Choose a link: its successor is drawn with the history it carries."), height=HEIGHT),
            summary=_("Sales of the successor and what it carries on, by month"),
            height=HEIGHT,
        ),
        title=_("Successor chains"),
    )


def _first(choices: Choices) -> str:
    return choices[0][0] if choices else ""


def _figure(component_id: str, value: float | None = None) -> Component:
    return dbc.Input(id=component_id, type="number", min=0, step="any", value=value, size="sm")


def _button(component_id: str, text: str, *, outline: bool = True) -> Component:
    return dbc.Button(text, id=component_id, color="primary", outline=outline, size="sm")
