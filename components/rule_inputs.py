"""The fields in which figures of the company are changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import dash_bootstrap_components as dbc
from dash.development.base_component import Component

from components.forms import field


def rule_inputs(
    figures: Iterable[tuple[str, str, float]], *, id_of: Callable[[str], str | dict[str, str]], may_edit: bool
) -> list[Component]:
    """One field a figure: its name in the program, its name for a reader, and its value as it is entered."""
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    return [
        field(
            label,
            dbc.Input(id=id_of(name), type="number", step="any", value=value, disabled=not may_edit, size="sm"),
        )
        for name, label, value in figures
    ]
