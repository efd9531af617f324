"""S&OP › Cycle: the monthly cycle with its six steps, from right data to a published plan."""

from __future__ import annotations

from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.cycle_board import board_parts
from callbacks.planner.cycle import PATH, Ids
from components.forms import field, select
from components.page import page_frame, panel
from components.rule_inputs import rule_inputs
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import cycle, cycle_rules, cycle_template
from services.company_rules import as_entered, figures
from services.cycle_template import OWNERS, TemplateStep, step_name

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Cycle",
    area=Area.SOP,
    order=10,
    description="The monthly cycle: six steps with owners, due days, checklists, and a plan that is published",
)

TEMPLATE = "template"


def layout(month: str = "", step: str = "", show: str = "", **_query: str) -> Component:
    template = show == TEMPLATE and viewer().may(Permission.CYCLE_MANAGE)
    return page_frame(
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        html.Div(_template() if template else board_parts(Ids, month, step), id=Ids.board),
        title=_("Cycle"),
        lead=_("Six steps a month: each has an owner, a day, a checklist, and closes with what it publishes."),
        actions=_actions(template, month, step),
    )


def _actions(template: bool, shown: str, step: str) -> list[Component]:
    if template:
        return [dcc.Link(_("Back to the board"), href=PATH)]
    links = [dcc.Link(f"{month:%Y-%m}", href=f"{PATH}?month={month:%Y-%m}") for month in cycle.months(viewer())[:3]]
    links.append(dcc.Link(_("Meeting mode"), href=f"/sop/meeting?{urlencode({'cycle': shown, 'step': step})}"))
    if viewer().may(Permission.CYCLE_MANAGE):
        links.append(dcc.Link(_("Template and targets"), href=f"{PATH}?show={TEMPLATE}"))
    return links


def _template() -> list[Component]:
    steps, rules = cycle_template.template(viewer()), cycle_rules.rules_in_force(viewer())
    return [
        dcc.Store(id=Ids.template_seen, data=cycle_template.as_seen(steps)),
        dcc.Store(id=Ids.rules_seen, data=as_entered(rules)),
        panel(
            *(_step(step) for step in steps),
            dbc.Button(_("Save the template"), id=Ids.save_template, color="primary", size="sm"),
            title=_("What every cycle begins with"),
            note=_("Working days are Monday to Friday. The cycle that runs stays as it is."),
        ),
        panel(
            html.Div(
                rule_inputs(figures(rules), id_of=lambda rule: {"type": Ids.rule, "index": rule}, may_edit=True),
                className="rule-fields",
            ),
            dbc.Button(_("Save the targets"), id=Ids.save_rules, color="primary", size="sm"),
            title=_("Targets of the checklists"),
        ),
    ]


def _step(step: TemplateStep) -> Component:
    roles = [(role, _(role.capitalize())) for role in OWNERS]
    day = dbc.Input(id=_id(step, "due_day"), type="number", step="any", value=step.due_day, size="sm")
    agenda = field(_("Agenda"), dbc.Textarea(id=_id(step, "agenda"), value=step.agenda, rows=3))
    agenda.className = "field field-wide"
    return html.Fieldset(
        [
            html.Legend(step_name(step.step)),
            field(_("Owner"), select(_id(step, "role"), roles, step.role)),
            field(_("Working day"), day),
            agenda,
        ],
        className="form-line cycle-template",
    )


def _id(step: TemplateStep, name: str) -> dict[str, str]:
    return {"type": Ids.template, "index": f"{step.step}.{name}"}
