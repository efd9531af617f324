"""The fields in which figures of the company are changed."""

from __future__ import annotations

from collections.abc import Callable

import dash_bootstrap_components as dbc
from dash.development.base_component import Component

from components.forms import field
from services.company_rules import CompanyRules, as_entered, declared


def rule_inputs(
    rules: CompanyRules, *, id_of: Callable[[str], str | dict[str, str]], may_edit: bool
) -> list[Component]:
    """One field a rule of a set, as they are entered."""
    entered = as_entered(rules)
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    return [
        field(
            known.label(),
            dbc.Input(id=id_of(name), type="number", step="any", value=entered[name], disabled=not may_edit, size="sm"),
        )
        for name, known in declared(type(rules)).items()
    ]
