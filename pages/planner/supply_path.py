"""Supply › Supply path: what an item is made of, bought from and moved from, and where it goes."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.supply_path import PATH, Ids, choose_text, path_rows, path_text
from components.figures.chart import chart
from components.figures.supply_network import network_height, supply_network
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, chosen
from components.grid import figure_column, grid, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from components.what_if_bar import opened_scenario, scenario_strip
from core.i18n import _, counted
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions, scenarios, supply_path, supply_plan
from services.supply_path import WEEKS, SupplyPath

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Supply path",
    area=Area.SUPPLY,
    order=14,
    description="What an item is made of, bought from and moved from, and where it goes",
)


def layout(
    *,
    product: str = "",
    location: str = "",
    code: str = "",
    place: str = "",
    weeks: str = "8",
    scenario: str = "",
    **_query: str,
) -> Component:
    opened = opened_scenario(scenario)
    if not supply_plan.any_plan(viewer(), scenario=opened):
        return page_frame(_nothing(), title=_("Supply path"))
    if product or location:
        item = (opened_scenario(product) or 0, opened_scenario(location) or 0)
    else:
        item = supply_path.item_of(viewer(), chosen(code), chosen(place), scenario=opened)
    path = supply_path.supply_path(viewer(), *item, weeks=WEEKS.get(weeks, WEEKS["8"]), scenario=opened)
    this = next(node for node in path.nodes if node.id == path.chosen)
    return page_frame(
        dcc.Store(id=Ids.scenario, data=opened),
        *_strip(opened),
        _filters(this.code, this.location, weeks if weeks in WEEKS else "8", opened),
        _network(path, f"{this.code} {this.name} · {this.location}"),
        _table(path),
        title=_("Supply path"),
        lead=_("What the item is made of, bought from and moved from stands left of it, where it goes right."),
    )


def _strip(opened: int | None) -> list[Component]:
    if opened is None:
        return []
    return [scenario_strip(scenarios.scenario(viewer(), opened)["name"], scenario_id=opened, path=PATH)]


def _filters(code: str, place: str, weeks: str, opened: int | None) -> Component:
    places = positions.filter_choices(viewer())["location"]
    plans = [(NOTHING, _("The plan")), *((str(one["id"]), one["name"]) for one in scenarios.scenarios(viewer()))]
    spans = [(name, counted("%(count)s week", "%(count)s weeks", count)) for name, count in WEEKS.items()]
    return filter_form(
        PATH,
        text_filter(Ids.code, "code", _("Item"), code, placeholder=_("code")),
        choice_filter(Ids.place, "place", _("Place"), [(NOTHING, _("Any")), *places], place),
        choice_filter(Ids.weeks, "weeks", _("Quantities of"), spans, weeks),
        choice_filter(Ids.plan, "scenario", _("Plan or scenario"), plans, str(opened or NOTHING)),
    )


def _network(path: SupplyPath, title: str) -> Component:
    shown = supply_network(path.nodes, path.links, chosen=path.chosen, weeks=path.weeks)
    return panel(
        html.Div(
            html.Div(
                chart(Ids.chart, shown, summary=_("The network of the table below"), height=network_height(path.nodes)),
                className="path-network",
            ),
            className="path-scroll",
        ),
        title=title,
        note=path_text(path),
    )


def _table(path: SupplyPath) -> Component:
    columns = [
        text_column("code", _("Item or supplier"), pinned="left", minWidth=145, maxWidth=180, tooltipField="code"),
        text_column("name", _("Name"), minWidth=160, tooltipField="name"),
        text_column("place", _("Place"), minWidth=85, maxWidth=110),
        text_column("step", _("Where"), minWidth=115, maxWidth=140),
        text_column("kind", _("Kind"), minWidth=105),
        state_column("state", _("State"), minWidth=165, maxWidth=190),
        figure_column("short_quantity", _("Short by"), minWidth=95),
        figure_column("quantity", _("Wanted"), minWidth=95),
        text_column("unit", _("Unit"), minWidth=65, maxWidth=80),
    ]
    return panel(
        html.P(choose_text(), id=Ids.about, className="note", role="status"),
        grid(Ids.rows, columns, path_rows(path), row_id="id", selection="single", height=340),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is nothing to plan yet. Import products, stock and sales, run a forecast, then recalculate policies."),
        action=_("Import data"),
        href="/data/import",
    )
