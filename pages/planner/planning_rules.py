"""Inventory › Rules: the figures that the company plans by."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.planning_rules import PATH, Ids
from components.forms import field
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import planning_rules
from services.company_rules import CompanyRules, as_entered, declared

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Rules",
    area=Area.INVENTORY,
    order=90,
    description="The figures that the company plans by: service, costs, lead times, on time and in full",
)


def layout(**_query: str) -> Component:
    found = planning_rules.rules_in_force(viewer())
    return page_frame(
        dcc.Store(id=Ids.seen, data={name: as_entered(rules) for name, rules in found.items()}),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        *(_set(name, rules) for name, rules in found.items()),
        title=_("Rules"),
        lead=_(
            "What policies, orders and delivery figures are worked out from where an item has no figure of its own. "
            "The limits of classes stand on their own page."
        ),
    )


def _set(name: str, rules: CompanyRules) -> Component:
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    entered = as_entered(rules)
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    inputs = [
        field(
            known.label(),
            dbc.Input(
                id={"type": Ids.rule, "index": f"{name}.{rule}"},
                type="number",
                step="any",
                value=entered[rule],
                disabled=not may_edit,
                size="sm",
            ),
        )
        for rule, known in declared(type(rules)).items()
    ]
    save = dbc.Button(_("Save"), id={"type": Ids.save, "index": name}, color="primary", size="sm")
    return panel(html.Div(inputs, className="rule-fields"), *([save] if may_edit else []), title=_titles()[name])


def _titles() -> dict[str, str]:
    return {"stocking": _("Stock"), "buffers": _("Buffers"), "delivery": _("On time and in full")}
