"""Inventory › Rules: the figures that the company plans by."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.planning_rules import PATH, Ids
from components.page import page_frame, panel
from components.rule_inputs import rule_inputs
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import planning_rules
from services.company_rules import CompanyRules, as_entered, figures

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Rules",
    area=Area.INVENTORY,
    order=36,
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
    inputs = rule_inputs(
        figures(rules), id_of=lambda rule: {"type": Ids.rule, "index": f"{name}.{rule}"}, may_edit=may_edit
    )
    save = dbc.Button(_("Save"), id={"type": Ids.save, "index": name}, color="primary", size="sm")
    return panel(html.Div(inputs, className="rule-fields"), *([save] if may_edit else []), title=_titles()[name])


def _titles() -> dict[str, str]:
    return {
        "stocking": _("Policies"),
        "buffers": _("Buffers"),
        "stock": _("Picks, counts and certificates"),
        "delivery": _("On time and in full"),
        "receiving": _("Goods receipt"),
        "invoices": _("Supplier invoices"),
        "demand": _("Edits of the demand plan"),
        "orders": _("Changes and returns of customers"),
    }
