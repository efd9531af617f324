"""Demand › Value added: what each step and each person added to the plan, and which items to leave alone."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.value_added import (
    PATH,
    Ids,
    class_name,
    class_rows,
    headline,
    people_rows,
    step_rows,
    wanted_value,
)
from components.download import list_download
from components.figures.chart import chart
from components.figures.value_stair import HEIGHT, value_stair
from components.filters import choice_filter, filter_form
from components.forms import NOTHING
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.rule_inputs import rule_inputs
from components.value_added_columns import (
    class_columns,
    item_columns,
    people_columns,
    step_columns,
    step_name,
    touchless_columns,
)
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import plan_rules, value_added
from services.company_rules import as_entered, figures
from services.glossary import definition
from services.item_classes import BOXES
from services.plan_rules import TouchlessRules
from services.value_added import ValueAdded, ValueFilters

HEAD, ROW, TALLEST = 36, 30, 330

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Value added",
    area=Area.DEMAND,
    order=65,
    description="What each step and person added to the demand plan, and items that are better left alone",
)


def layout(lag: str = "", kind: str = "", box: str = "", step: str = "", person: str = "", **_query: str) -> Component:
    wanted = wanted_value({"lag": lag, "kind": kind, "box": box, "step": step, "person": person})
    found = value_added.value_added(viewer(), wanted)
    content = [_figures(found), _items(wanted), _touchless(wanted)] if found.steps else [_nothing(wanted)]
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.behind, data=asdict(wanted)),
        *(dcc.Store(id=name) for name in (Ids.renewed, Ids.changed, Ids.touchless_renewed)),
        _filters(wanted, found),
        *content,
        title=_("Value added"),
        lead=headline(found) if found.steps else "",
        actions=[dcc.Link(_("What is value added?"), href=definition("value-added").href, className="note")],
    )


def _filters(wanted: ValueFilters, found: ValueAdded) -> Component:
    every = (NOTHING, _("All"))
    lags = [(str(lag), _("Lag %(lag)s", lag=lag)) for lag in range(1, max(found.lags, 1) + 1)]
    kinds = [
        (NOTHING, _("The last of each month")),
        ("demand", _("Demand review")),
        ("consensus", _("Consensus")),
    ]
    boxes = [every, *((name, name) for name in BOXES), ("none", class_name("none"))]
    return filter_form(
        PATH,
        choice_filter(Ids.lag, "lag", _("Lag"), lags, str(found.lag)),
        choice_filter(Ids.kind, "kind", _("Plans"), kinds, wanted.kind or NOTHING),
        choice_filter(Ids.box, "box", _("Class"), boxes, wanted.box or NOTHING),
    )


def _nothing(wanted: ValueFilters) -> Component:
    if wanted.box or wanted.kind:
        return empty_state(_("No published plan fits: choose other filters."), action=_("Show all"), href=PATH)
    return empty_state(
        _("No month of a published plan is over yet. Plans are published when a step of the S&OP cycle closes."),
        action=_("See the published plans"),
        href="/sop/versions",
    )


def _figures(found: ValueAdded) -> Component:
    steps, people, classes = step_rows(found), people_rows(found), class_rows(found)
    stair = panel(
        chart(
            Ids.stair,
            value_stair([(step_name(step.step), step.error, step.added) for step in found.stair]),
            summary=_("WMAPE after each step over all cells; the table beside it holds value added."),
            height=HEIGHT,
        ),
        title=_("Error step by step"),
        note=_("WMAPE over all cells, a stream alone put onto statistics and events; below it points added."),
    )
    by_step = panel(
        grid(Ids.steps, step_columns(), steps, row_id="step", selection="single", height=HEAD + ROW * len(steps) + 8),
        title=_("By step"),
        note=_("Each on the cells where it spoke, against what stood there before. Choose a row to see its items."),
    )
    by_person = panel(
        grid(
            Ids.people,
            people_columns(),
            people,
            row_id="id",
            selection="single",
            height=_height(len(people)),
            options=said_when_empty(_("Nobody's edit was in these plans.")),
        ),
        title=_("By person"),
        note=_("By whose word a stream's figure was when the plan was published."),
    )
    by_class = panel(
        grid(Ids.classes, class_columns(), classes, row_id="box", selection="single", height=_height(len(classes))),
        title=_("By class"),
        note=_("The consensus against statistics and events, by ABC of revenue and XYZ of demand."),
    )
    return html.Div([stair, by_step, by_person, by_class], className="two-columns accuracy-columns")


def _height(rows: int) -> int:
    return min(HEAD + ROW * max(rows, 3) + 8, TALLEST)


def _items(wanted: ValueFilters) -> Component:
    return panel(
        html.P("", id=Ids.items_total, className="totals", role="status"),
        grid(Ids.items, item_columns(), row_id="id", height=360, rowModelType="infinite"),
        title=_("Items"),
        note=_("Those to which most error was added first."),
        actions=_download("value-added", wanted, Ids.items),
    )


def _touchless(wanted: ValueFilters) -> Component:
    rules = plan_rules.rules_in_force(viewer(), TouchlessRules)
    may_edit = viewer().may(Permission.DEMAND_EDIT)
    inputs = rule_inputs(figures(rules), id_of=lambda name: str(getattr(Ids, name)), may_edit=may_edit)
    button = dbc.Button(_("Save"), id=Ids.save, color="primary", size="sm") if may_edit else html.Div()
    return panel(
        dcc.Store(id=Ids.seen, data=as_entered(rules)),
        html.Div([*inputs, button], className="form-line"),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        html.P("", id=Ids.touchless_total, className="totals", role="status"),
        grid(
            Ids.touchless,
            touchless_columns(),
            row_id="id",
            height=360,
            rowModelType="infinite",
            options=said_when_empty(_("No item: people made each better that they spoke of often enough.")),
        ),
        title=_("Touchless list"),
        note=_(
            "Items nobody should edit in the next cycle: people spoke of them often enough and did not add what the "
            "company asks for."
        ),
        actions=_download("touchless-items", wanted, Ids.touchless),
    )


def _download(name: str, wanted: ValueFilters, grid_id: str) -> list[Component]:
    buttons = list_download(name, asdict(wanted), grid_id=grid_id)
    return [buttons] if buttons else []
