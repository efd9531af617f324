"""Supply › Demand and supply: the plan added up at any level, with its gaps."""

from __future__ import annotations

from dataclasses import asdict, replace

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.as_of import AsOfView, as_of_view
from callbacks.planner.plan_levels import (
    PATH,
    Ids,
    choice_of,
    everything_text,
    level_columns,
    level_figure,
    level_names,
    totals_text,
    view_href,
    wanted_view,
)
from components.download import list_download
from components.figures.chart import chart
from components.figures.projected_stock import HEIGHT
from components.filters import choice_filter, filter_form
from components.forms import NOTHING
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.what_if_bar import opened_scenario, scenario_strip
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import plan_levels, positions, scenarios, supply_plan
from services.plan_levels import MONEY, MONTH, SCOPE, UNITS, WEEK, Levels, LevelView
from services.plan_versions import SUPPLY

PUBLISHED = ("demand", "receipts", "end_stock", "owed")

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Demand and supply",
    area=Area.SUPPLY,
    order=12,
    description="The supply plan added up by category, family, item, place, kind or supplier",
)


def layout(scenario: str = "", as_of: str = "", **query: str) -> Component:
    view, opened = wanted_view(query), opened_scenario(scenario)
    if not supply_plan.any_plan(viewer(), scenario=opened):
        return page_frame(_nothing(), title=_("Demand and supply"))
    found = plan_levels.levels(viewer(), view, scenario=opened)
    asked = {**asdict(view), "scenario": str(opened or "")}
    past = as_of_view((SUPPLY,), as_of)
    return page_frame(
        dcc.Store(id=Ids.view, data=asdict(view)),
        dcc.Store(id=Ids.scenario, data=opened),
        dcc.Location(id=Ids.go, refresh="callback-nav"),
        *_strip(opened),
        *past.strip(PATH),
        _filters(view, opened, past),
        *_scope(view, opened),
        *past.beside(Ids.as_of_rows, PUBLISHED, scope=_published_scope(view), shown=view.shown),
        _chart(found),
        _grid(found),
        title=_("Demand and supply"),
        lead=_("The supply plan added up: what is wanted, what comes, what is left, and what is served late."),
        actions=[list_download("plan-levels", asked)],
    )


def _strip(opened: int | None) -> list[Component]:
    if opened is None:
        return []
    return [scenario_strip(scenarios.scenario(viewer(), opened)["name"], scenario_id=opened, path=PATH)]


def _filters(view: LevelView, opened: int | None, past: AsOfView) -> Component:
    every = (NOTHING, _("All"))
    places = positions.filter_choices(viewer())["location"]
    plans = [(NOTHING, _("The plan")), *((str(one["id"]), one["name"]) for one in scenarios.scenarios(viewer()))]
    buckets = [(WEEK, _("Weeks")), (MONTH, _("Months"))]
    shown = [(MONEY, _("RM at cost")), (UNITS, _("Units"))]
    kept = [
        dcc.Input(type="hidden", name=name, value=getattr(view, name))
        for name in SCOPE
        if name not in ("location", "kind") and getattr(view, name)
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.by, "by", _("Rows"), list(level_names().items()), view.by),
        choice_filter(Ids.bucket, "bucket", _("Columns"), buckets, view.bucket),
        choice_filter(Ids.shown, "shown", _("Figures"), shown, view.shown),
        choice_filter(Ids.location, "location", _("Place"), [every, *places], choice_of(view.location)),
        choice_filter(Ids.kind, "kind", _("Kind"), [every, *plan_levels.kind_names().items()], choice_of(view.kind)),
        choice_filter(Ids.plan, "scenario", _("Plan or scenario"), plans, str(opened or NOTHING)),
        *past.choice(Ids.as_of),
        *kept,
    )


def _published_scope(view: LevelView) -> dict[str, str]:
    """What published figures can be narrowed to: they do not know suppliers."""
    return {name: getattr(view, name) for name in SCOPE if name != "supplier"}


def _scope(view: LevelView, opened: int | None) -> list[Component]:
    """What the view is narrowed to; each part can be taken off."""
    names = level_names()
    narrowed = [name for name in SCOPE if getattr(view, name)]
    if not narrowed:
        return []
    return [
        html.P(
            [
                dcc.Link(
                    f"{names[name]}: {getattr(view, name)} ✕",
                    href=view_href(replace(view, **{name: ""}, by=name), opened),
                    title=_("Take this off"),
                    className="level-scope",
                )
                for name in narrowed
            ],
            className="level-scopes",
        )
    ]


def _chart(found: Levels) -> Component:
    return panel(
        html.H2(everything_text(found), id=Ids.chart_title),
        chart(
            Ids.chart,
            level_figure(found, None),
            summary=_("Receipts, demand, stock and safety stock, as in the table below"),
            height=HEIGHT,
        ),
    )


def _grid(found: Levels) -> Component:
    return panel(
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            level_columns(found.buckets, found.view),
            row_id="id",
            selection="single",
            height=520,
            rowModelType="infinite",
            options={
                "rowClassRules": {"level-head": "params.data && params.data.head"},
                **said_when_empty(_("Nothing in the plan is like that. Take a filter off.")),
            },
        ),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is nothing to plan yet. Import products, stock and sales, run a forecast, then recalculate policies."),
        action=_("Import data"),
        href="/data/import",
    )
