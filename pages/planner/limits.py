"""Supply › Plan under limits: families by month or week within hours, room and money, and what each limit costs."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.limits import PATH, Ids, plan_parts, wanted_plan
from components.download import list_download
from components.figures.chart import chart
from components.figures.stacked_parts import HEIGHT
from components.filters import choice_filter, filter_form
from components.forms import field
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.rule_inputs import rule_inputs
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import constrained_plan, limit_rules
from services.company_rules import as_entered, figures
from services.constrained_plan import LEAST_DEMAND, MOST_DEMAND, LimitFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Plan under limits",
    area=Area.SUPPLY,
    order=24,
    description="Families by month or week within hours, overtime, room and money, and what each limit costs",
)
ROW, HEAD, SHORTEST, TALLEST = 31, 42, 160, 520


def layout(step: str = "", aim: str = "", late: str = "", demand: str = "", **_query: str) -> Component:
    wanted = wanted_plan({"step": step, "aim": aim, "late": late, "demand": demand})
    known = constrained_plan.any_family(viewer())
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.seen, data=as_entered(limit_rules.rules_in_force(viewer()))),
        _filters(wanted),
        *(_plan(wanted) if known else [_nothing()]),
        title=_("Plan under limits"),
        lead=_("What to make when there are only so many hours, so much room and money: at least cost or most margin."),
        actions=[list_download("plan-under-limits", asdict(wanted))] if known else [],
    )


def _filters(wanted: LimitFilters) -> Component:
    percent = {"type": "number", "min": LEAST_DEMAND, "max": MOST_DEMAND, "step": "any", "placeholder": "0"}
    return filter_form(
        PATH,
        choice_filter(Ids.step, "step", _("Periods"), [("month", _("Months")), ("week", _("Weeks"))], wanted.step),
        choice_filter(Ids.aim, "aim", _("Aim"), [("cost", _("Least cost")), ("margin", _("Most margin"))], wanted.aim),
        choice_filter(
            Ids.late, "late", _("Late"), [("yes", _("Allowed, at a cost")), ("no", _("Never"))], wanted.late or "yes"
        ),
        field(_("Try demand, % more"), dbc.Input(id=Ids.demand, name="demand", value=wanted.demand, **percent)),
    )


def _plan(wanted: LimitFilters) -> list[Component]:
    found = constrained_plan.limited_plan(viewer(), wanted)
    verdict, binding, costs, shown, family_columns, families, resource_columns, resources = plan_parts(found, wanted)
    return [
        html.P(verdict, id=Ids.verdict, className="totals", role="status"),
        html.Div(
            [
                panel(html.Div(binding, id=Ids.binding), title=_("What binds")),
                panel(
                    html.Div(costs, id=Ids.costs),
                    chart(Ids.chart, shown, summary=_("Costs but for making, by kind and period"), height=HEIGHT),
                    title=_("What it costs"),
                ),
            ],
            className="limits-columns",
        ),
        _limits(),
        panel(
            grid(
                Ids.families,
                family_columns,
                families,
                row_id="id",
                height=TALLEST,
                options=said_when_empty(_("No family has demand.")),
            ),
            title=_("Families"),
        ),
        panel(
            grid(
                Ids.resources,
                resource_columns,
                resources,
                row_id="code",
                height=min(max(HEAD + ROW * len(resources), SHORTEST), TALLEST),
                options=said_when_empty(_("No resource is in use: only room and money limit the plan.")),
            ),
            title=_("Resources"),
            note=_("Hours of new production as a share of those that open orders leave; above 100 % is overtime."),
        ),
    ]


def _limits() -> Component:
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    rules = limit_rules.rules_in_force(viewer())
    fields = rule_inputs(figures(rules), id_of=lambda name: str(getattr(Ids, name)), may_edit=may_edit)
    button = dbc.Button(_("Save limits"), id=Ids.save, color="primary") if may_edit else html.Div()
    return panel(
        html.Div([*fields, button], className="form-line limits-form"),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        title=_("Costs and limits"),
        note=_("Hours come from the resources and their calendars, what holding costs from the stocking rules."),
    )


def _nothing() -> Component:
    return empty_state(
        _("No finished item has demand. Forecast, or import orders, to see what can be made of it."),
        action=_("See the supply plan"),
        href="/supply/plan",
    )
