"""Supply › Plan: every item and place projected week by week, with the orders that it takes."""

from __future__ import annotations

from dataclasses import asdict, replace

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.supply_plan import CLOSED, PATH, Ids, choose_week_text, plan_cards, wanted_plan
from components.figures.chart import chart
from components.figures.projected_stock import HEIGHT
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from components.step_lock import lock_banner
from components.two_line_grid import state_column
from components.what_if_bar import opened_scenario, scenario_strip, what_if_bar
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions, scenarios, supply_plan
from services.cycle_lock import SUPPLY, step_lock
from services.supply_plan import PlanFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Supply plan",
    area=Area.SUPPLY,
    order=10,
    description="Every item and place projected week by week, with the orders that it takes",
)


def layout(
    only: str = "", location: str = "", kind: str = "", search: str = "", scenario: str = "", **_query: str
) -> Component:
    wanted = wanted_plan({"only": only, "location": location, "kind": kind, "search": search})
    opened = opened_scenario(scenario)
    there = supply_plan.any_plan(viewer(), scenario=opened)
    content = [_cards(wanted, opened), _filters(wanted, opened), _list(), _item(opened)] if there else [_nothing()]
    return page_frame(
        lock_banner(step_lock(viewer(), SUPPLY)),
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.scenario, data=opened),
        dcc.Store(id=Ids.seen),
        *_strip(opened),
        *content,
        title=_("Supply plan"),
        lead=_(
            "Forecast and orders against stock by expiry, open orders and safety stock, exploded through the recipes: "
            "what has to be released when, and what comes late. Capacity does not limit it."
        ),
    )


def _strip(opened: int | None) -> list[Component]:
    if opened is None:
        return []
    name = scenarios.scenario(viewer(), opened)["name"]
    return [scenario_strip(name, scenario_id=opened, path=PATH)]


def _cards(wanted: PlanFilters, opened: int | None) -> Component:
    every, short, release = (
        supply_plan.plan_page(viewer(), replace(wanted, only=only), end=0, scenario=opened)
        for only in ("", "short", "release")
    )
    return html.Div(plan_cards(every, short, release, scenario=opened), className="todo-cards")


def _filters(wanted: PlanFilters, opened: int | None) -> Component:
    every = [(NOTHING, _("All"))]
    only = [
        ("short", _("Running short")),
        ("limited", _("Short by suppliers' limits")),
        ("release", _("To release this week")),
    ]
    kinds = [
        ("finished", _("Finished goods")),
        ("semi_finished", _("Semi-finished goods")),
        ("material", _("Materials")),
        ("packaging", _("Packaging")),
    ]
    places = positions.filter_choices(viewer())["location"]
    plans = [(NOTHING, _("The plan")), *((str(one["id"]), one["name"]) for one in scenarios.scenarios(viewer()))]
    return filter_form(
        PATH,
        choice_filter(Ids.shown, "scenario", _("Plan or scenario"), plans, str(opened or NOTHING)),
        choice_filter(Ids.only, "only", _("Show"), [*every, *only], wanted.only or NOTHING),
        choice_filter(Ids.location, "location", _("Location"), [*every, *places], wanted.location or NOTHING),
        choice_filter(Ids.kind, "kind", _("Kind"), [*every, *kinds], wanted.kind or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is nothing to plan yet. Import products, stock and sales, run a forecast, then recalculate policies."),
        action=_("Import data"),
        href="/data/import",
    )


def _list() -> Component:
    columns = [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("Place"), minWidth=82, maxWidth=100, tooltipField="location_name"),
        state_column("state", _("State"), minWidth=150, maxWidth=170, sortable=False),
        figure_column("short_quantity", _("Short by"), minWidth=85),
        figure_column("short_value", _("Short RM"), minWidth=95),
        figure_column("stock", _("On hand"), minWidth=85),
        figure_column("demand", _("4 weeks"), minWidth=85, headerTooltip=_("Demand of four weeks")),
        figure_column("firm", _("Firm orders"), minWidth=95),
        figure_column("release_quantity", _("Release"), minWidth=85),
        figure_column("planned", _("Planned"), minWidth=85),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=340,
            rowModelType="infinite",
        ),
    )


def _item(opened: int | None) -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H2("", id=Ids.title),
                            html.P("", id=Ids.place, className="note"),
                            dcc.Link(_("Supply path"), id=Ids.path, href="/supply/path"),
                        ]
                    ),
                    _what_if(opened),
                ],
                className="panel-head",
            ),
            html.P("", id=Ids.late, className="note"),
            html.P("", id=Ids.tried, className="note plan-tried", role="status"),
            chart(Ids.chart, summary=_("Stock of the item week by week, as in the table below"), height=HEIGHT),
            grid(Ids.weeks, [], [], height=290),
            html.Div([_served(), _levers()], className="plan-orders"),
            html.Div([_orders(), _why()], className="plan-orders"),
        ],
        id=Ids.item,
        className=CLOSED,
        **{"aria-label": _("The chosen item")},
    )


def _what_if(opened: int | None) -> Component:
    fields = (
        (_("Demand ± %"), Ids.demand),
        (_("Lead time, weeks"), Ids.lead),
        (_("Safety stock"), Ids.safety),
        (_("Least order"), Ids.minimum),
    )
    into = [(one["id"], one["name"]) for one in scenarios.scenarios(viewer()) if one["status"] in scenarios.OPEN]
    return what_if_bar(
        Ids,
        [
            field(name, dbc.Input(id=component_id, type="number", step="any", debounce=True, size="sm"))
            for name, component_id in fields
        ],
        scenarios=into,
        into=opened,
    )


def _served() -> Component:
    columns = [
        text_column("supply", _("Served by"), minWidth=120),
        text_column("number", _("Number"), minWidth=95),
        text_column("arrives", _("Week of arrival"), minWidth=105),
        text_column("for", _("For"), minWidth=110, tooltipField="for"),
        figure_column("quantity", _("Quantity"), minWidth=85),
        text_column("late", _("Late"), minWidth=95),
    ]
    empty = said_when_empty(_("No week is chosen."))
    return html.Div(
        [
            html.H3(_("What serves a week")),
            html.P(choose_week_text(), id=Ids.served_title, className="note"),
            grid(Ids.served, columns, [], row_id="id", height=190, options=empty),
        ]
    )


def _levers() -> Component:
    columns = [
        text_column("lever", _("Change"), minWidth=210, tooltipField="lever"),
        figure_column("prevented", _("Less late RM"), minWidth=105),
        figure_column("cost", _("Costs RM"), minWidth=90, headerTooltip=_("More for purchases over the plan")),
        figure_column("stock", _("More stock RM"), minWidth=115, headerTooltip=_("On average over the plan")),
    ]
    empty = said_when_empty(_("Nothing is tried yet."))
    return html.Div(
        [
            html.Div(
                [
                    html.H3(_("What would change it")),
                    dbc.Button(_("Try"), id=Ids.try_levers, color="primary", outline=True, size="sm"),
                ],
                className="plan-levers-head",
            ),
            html.P("", id=Ids.levers_title, className="note", role="status"),
            grid(Ids.levers, columns, [], row_id="id", height=190, options=empty),
        ]
    )


def _orders() -> Component:
    columns = [
        text_column("what", _("Order"), minWidth=130),
        text_column("number", _("Number"), minWidth=100),
        text_column("from", _("From"), minWidth=130, tooltipField="from"),
        text_column("release", _("Release"), minWidth=95),
        text_column("arrives", _("Week of arrival"), minWidth=110),
        figure_column("quantity", _("Quantity"), minWidth=90),
    ]
    empty = said_when_empty(_("The plan needs no order of this item."))
    return html.Div(
        [
            html.H3(_("Orders")),
            grid(Ids.orders, columns, [], row_id="id", selection="single", height=260, options=empty),
        ]
    )


def _why() -> Component:
    columns = [
        text_column("item", _("Demand of"), minWidth=180, tooltipField="item"),
        text_column("week", _("Week of"), minWidth=95, maxWidth=120),
        figure_column("quantity", _("Quantity"), minWidth=90, maxWidth=130),
    ]
    empty = said_when_empty(_("No planned order is chosen."))
    return html.Div(
        [
            html.H3(_("Why this order")),
            html.P(_("Choose a planned order to see what it is for."), id=Ids.why_title, className="note"),
            grid(Ids.why, columns, [], row_id="id", height=260, options=empty),
        ]
    )
