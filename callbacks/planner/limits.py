"""Supply › Plan under limits: change what hours, stock and lateness cost, and see the plan that follows."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, html
from dash.development.base_component import Component

from components.figures.chart import Figure
from components.forms import chosen, status
from components.limits_columns import (
    binding_list,
    cost_chart,
    cost_table,
    family_columns,
    family_rows,
    resource_columns,
    resource_rows,
)
from core.guard import requires
from core.i18n import _, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import constrained_plan, limit_rules
from services.company_rules import as_entered
from services.constrained_plan import AIMS, STEPS, LimitedPlan, LimitFilters
from services.limit_rules import NAMES

PATH = "/supply/limits"
FILTERS = ("step", "aim", "late", "demand")


class Ids(PageIds):
    filters: str
    step: str
    aim: str
    late: str
    demand: str
    verdict: str
    binding: str
    costs: str
    chart: str
    families: str
    resources: str
    seen: str
    save: str
    outcome: str
    overtime_cost: str
    shift_cost: str
    overtime_share: str
    backlog_share: str
    second_source_share: str
    storage_value: str
    budget: str


@callback(
    Output(Ids.verdict, "children"),
    Output(Ids.binding, "children"),
    Output(Ids.costs, "children"),
    Output(Ids.chart, "figure"),
    Output(Ids.families, "columnDefs"),
    Output(Ids.families, "rowData"),
    Output(Ids.resources, "columnDefs"),
    Output(Ids.resources, "rowData"),
    Output(Ids.seen, "data"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    *(State(getattr(Ids, name), "value") for name in NAMES),
    State(Ids.seen, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_limits(_clicks: object, *given: object) -> tuple[Any, ...]:
    *entered, seen, filters = given
    rules = limit_rules.save_limit_rules(viewer(), dict(zip(NAMES, entered, strict=True)), seen=seen)
    wanted = wanted_plan(filters)
    found = constrained_plan.limited_plan(viewer(), wanted)
    return *plan_parts(found, wanted), as_entered(rules), _("Stored; the plan follows.")


def wanted_plan(filters: object) -> LimitFilters:
    """The filters of the page, from its own store or its address; what is unknown is as usual."""
    given = filters if isinstance(filters, dict) else {}
    asked = {name: chosen(given.get(name)) for name in FILTERS if given.get(name)}
    usual = LimitFilters()
    return LimitFilters(
        step=asked["step"] if asked.get("step") in STEPS else usual.step,
        aim=asked["aim"] if asked.get("aim") in AIMS else usual.aim,
        late="no" if asked.get("late") == "no" else usual.late,
        demand=asked.get("demand", usual.demand),
    )


def plan_parts(found: LimitedPlan, wanted: LimitFilters) -> tuple[Any, ...]:
    """What the page shows of a plan: verdict, what binds, costs, chart, families and resources with their columns."""
    return (
        verdict(found),
        binding_list(found.binding, feasible=found.feasible, step=wanted.step),
        cost_table(found.costs, found.free),
        chart_of(found),
        family_columns(found.periods, wanted.step),
        family_rows(found.families),
        resource_columns(found.periods, wanted.step),
        resource_rows(found.resources),
    )


def verdict(found: LimitedPlan) -> Component:
    """Whether it can be done and what the limits cost."""
    limited = sum(sum(values) for values in found.costs.values())
    without = sum(found.free.values())
    if not found.feasible:
        state = status(
            _("It can't be done within these limits: below is what has to give, and the plan if it does."), "bad"
        )
    elif found.binding:
        state = status(_("It can be done; the limits cost %(more)s.", more=money(limited - without)), "warn")
    else:
        state = status(_("It can be done, and no limit binds."), "good")
    told = _(
        " %(families)s families over %(periods)s periods; %(overtime)s hours of overtime, %(late)s units late at "
        "worst, %(elsewhere)s units made elsewhere.",
        families=number(len(found.families)),
        periods=number(len(found.periods)),
        overtime=number(sum(sum(row["overtime"]) for row in found.resources)),
        late=number(_worst(found, "late")),
        elsewhere=number(sum(sum(row["elsewhere"]) for row in found.families)),
    )
    return html.Span([state, told])


def chart_of(found: LimitedPlan) -> Figure:
    """Costs by kind and period."""
    return cost_chart(found.periods, found.costs)


def _worst(found: LimitedPlan, measure: str) -> float:
    """The most of all families together in a period."""
    return max((sum(values) for values in zip(*(row[measure] for row in found.families), strict=True)), default=0.0)
