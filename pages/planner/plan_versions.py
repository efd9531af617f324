"""S&OP › Plan versions: what was published, how two plans differ, how good and how steady plans were."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.as_of import measure_names
from callbacks.planner.plan_versions import PATH, Ids, address, version_row, wanted_address
from components.accuracy_triangle import triangle
from components.figures.chart import chart
from components.figures.scenario_months import HEIGHT, scenario_months
from components.filters import choice_filter, filter_form
from components.forms import NOTHING
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.rule_inputs import rule_inputs
from components.version_columns import (
    change_columns,
    changed_columns,
    missed_columns,
    stability_columns,
    version_columns,
)
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import plan_comparison, plan_rules, plan_versions, published_plans
from services.company_rules import as_entered, figures
from services.glossary import definition
from services.plan_comparison import LEVELS, MEASURES, MONEY, NOW, UNITS, head_name
from services.plan_rules import FrozenRules

BIAS_LAG = 1
HEAD, ROW, TALLEST = 40, 30, 300

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Plan versions",
    area=Area.SOP,
    order=60,
    description="Published plans, compared with each other, with now and with what was sold",
)


def layout(**query: str) -> Component:
    asked = wanted_address(query)
    heads = [SimpleNamespace(**head) for head in plan_versions.versions(viewer())]
    return page_frame(
        dcc.Store(id=Ids.asked, data=asked),
        *(dcc.Store(id=name) for name in (Ids.cell, Ids.plan, Ids.missed_renewed, Ids.changed_renewed)),
        dcc.Location(id=Ids.go, refresh="callback-nav"),
        *([_list(heads), _compare(heads, asked), *_judged(asked)] if heads else [_nothing()]),
        title=_("Plan versions"),
        lead=_("Every plan that was published, kept as it was."),
        actions=[dcc.Link(_("What is a lag?"), href=definition("lag").href, className="note")],
    )


def _nothing() -> Component:
    return empty_state(
        _("No plan has been published yet. Closing a step of the S&OP cycle publishes its plan."),
        action=_("Go to the cycle"),
        href="/sop/cycle",
    )


def _list(heads: list[SimpleNamespace]) -> Component:
    return panel(
        grid(
            Ids.versions,
            version_columns(),
            [version_row(head) for head in heads],
            row_id="id",
            selection="single",
            height=min(HEAD + ROW * len(heads) + 8, TALLEST),
        ),
        title=_("Published plans"),
        note=_("Choose one to see it beside the plan of now."),
    )


def _compare(heads: list[SimpleNamespace], asked: dict[str, str]) -> Component:
    one = next((head for head in heads if str(head.id) == asked["one"]), heads[0])
    alike = [head for head in heads if head.id != one.id and MEASURES[head.kind] == MEASURES[one.kind]]
    beside = next((head for head in alike if str(head.id) == asked["other"]), None)
    by = asked["by"] if asked["by"] in LEVELS else LEVELS[0]
    found = plan_comparison.compare(
        viewer(),
        one.id,
        beside.id if beside else NOW,
        by=by,
        measure=asked["measure"],
        shown=asked["shown"],
        category=asked["category"],
        family=asked["family"],
    )
    unit = "RM" if asked["shown"] != UNITS else ""
    return panel(
        _comparison_form(heads, alike, one=one, other=str(beside.id) if beside else NOW, asked=asked, by=by),
        _scope(asked),
        chart(
            Ids.months,
            scenario_months(found.months, [found.one, found.other], list(found.totals.values()), unit=unit),
            summary=_("Both plans by month; the table holds the changes of every group."),
            height=HEIGHT,
        ),
        grid(
            Ids.changes,
            change_columns(found.months, by=by, one=found.one, other=found.other),
            found.rows,
            row_id="key",
            selection="single",
            height=min(HEAD + ROW * max(len(found.rows), 3) + 24, TALLEST),
            options=said_when_empty(_("The two plans have no month in common.")),
        ),
        title=_("%(one)s → %(other)s", one=found.one, other=found.other),
        note=_("In the months that both have, the largest change first. Choose a row to open the level below."),
    )


def _comparison_form(
    heads: list[SimpleNamespace],
    alike: list[SimpleNamespace],
    *,
    one: SimpleNamespace,
    other: str,
    asked: dict[str, str],
    by: str,
) -> Component:
    names = measure_names()
    levels = [("category", _("Category")), ("family", _("Family")), ("product", _("Item"))]
    measures = MEASURES[one.kind]
    measure = asked["measure"] if asked["measure"] in measures else measures[0]
    kept = [
        dcc.Input(type="hidden", name=name, value=asked[name]) for name in ("kind", "category", "family") if asked[name]
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.one, "one", _("Plan"), [(str(head.id), head_name(head)) for head in heads], str(one.id)),
        choice_filter(
            Ids.other,
            "other",
            _("Beside"),
            [(NOW, _("The plan of now")), *((str(head.id), head_name(head)) for head in alike)],
            other,
        ),
        choice_filter(Ids.by, "by", _("Rows"), levels, by),
        choice_filter(Ids.measure, "measure", _("Of"), [(name, names[name]) for name in measures], measure),
        choice_filter(
            Ids.shown,
            "shown",
            _("Figures"),
            [(MONEY, _("RM")), (UNITS, _("Units"))],
            UNITS if asked["shown"] == UNITS else MONEY,
        ),
        *kept,
    )


def _scope(asked: dict[str, str]) -> Component:
    """What the comparison is narrowed to; each part can be taken off."""
    links = [
        dcc.Link(
            f"{asked[name]} ✕",
            href=address({**asked, name: "", "by": name}),
            title=_("Take this off"),
            className="level-scope",
        )
        for name in ("category", "family")
        if asked[name]
    ]
    return html.P(links, className="level-scopes")


def _judged(asked: dict[str, str]) -> list[Component]:
    cells = published_plans.lag_triangle(viewer(), kind=asked["kind"])
    if not cells:
        return [panel(html.P(_("No month of a published demand plan is over yet.")), title=_("Accuracy by lag"))]
    return [_kinds(asked), html.Div([_accuracy(cells), _stability(asked)], className="two-columns accuracy-columns")]


def _kinds(asked: dict[str, str]) -> Component:
    kinds = [(NOTHING, _("The last of each month")), ("demand", _("Demand review")), ("consensus", _("Consensus"))]
    kept = [dcc.Input(type="hidden", name=name, value=asked[name]) for name in ("one", "other") if asked[name]]
    return filter_form(
        PATH, choice_filter(Ids.kind, "kind", _("Judged demand plans"), kinds, asked["kind"] or NOTHING), *kept
    )


def _accuracy(cells: list[dict[str, object]]) -> Component:
    return panel(
        triangle(Ids.triangle, cells, bias_lag=BIAS_LAG),
        html.P("", id=Ids.missed_total, className="totals", role="status"),
        _items(Ids.missed, missed_columns()),
        title=_("Error by month and lag"),
        note=_("WMAPE of published plans; lag 1 is the last plan before the month. Choose a figure to list its items."),
    )


def _stability(asked: dict[str, str]) -> Component:
    rules = plan_rules.rules_in_force(viewer(), FrozenRules)
    may_edit = viewer().may(Permission.DEMAND_EDIT)
    inputs = rule_inputs(figures(rules), id_of=lambda _name: str(Ids.frozen), may_edit=may_edit)
    button = dbc.Button(_("Save"), id=Ids.save, color="primary", size="sm") if may_edit else html.Div()
    rows = published_plans.stability(viewer(), kind=asked["kind"])
    return panel(
        dcc.Store(id=Ids.seen, data=as_entered(rules)),
        html.Div([*inputs, button], className="form-line"),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        grid(
            Ids.stability,
            stability_columns(),
            rows,
            row_id="id",
            selection="single",
            height=min(HEAD + ROW * max(len(rows), 2) + 8, TALLEST),
            options=said_when_empty(_("Two plans of months that follow are needed.")),
        ),
        html.P("", id=Ids.changed_total, className="totals", role="status"),
        _items(Ids.changed, changed_columns()),
        title=_("Nervousness and adherence"),
        note=_("What a plan changed of the one before in its first, frozen months: Σ|now − before| / Σ before."),
    )


def _items(component_id: str, columns: list[dict[str, Any]]) -> Component:
    empty = said_when_empty(_("Nothing is chosen yet."))
    return grid(component_id, columns, row_id="id", height=TALLEST, rowModelType="infinite", options=empty)
