"""Pages to begin with, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterable

from dash import dcc, html
from dash.development.base_component import Component


def step_links(steps: Iterable[tuple[str, str, str]]) -> Component:
    """One link for each name, text and path. One component each, so that a page can hold many: the name is the first
    line, which the style sheet sets apart."""
    return html.Nav([dcc.Link(f"{name}\n{text}", href=path) for name, text, path in steps], className="steps")
