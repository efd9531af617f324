"""A row of filters as a plain form: what is chosen stands in the address, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms import field
from core.i18n import _


def filter_form(path: str, *fields: Component) -> Component:
    """The form of a list; ``fields`` name their place in the query."""
    return html.Form(
        [*fields, dbc.Button(_("Show"), type="submit", color="primary")],
        action=path,
        method="get",
        className="filters",
        role="search",
    )


def order_filters(
    path: str, *, show_id: str, search_id: str, name: str, choices: Sequence[tuple[str, str]], show: str, search: str
) -> Component:
    """The form of a partner's list of orders: which of them, and a text to search for."""
    return filter_form(
        path,
        choice_filter(show_id, "show", name, choices, show),
        text_filter(search_id, "search", _("Search"), search, placeholder=_("order or item")),
    )


def day_filter(component_id: str, name: str, label: str, value: str) -> Component:
    return field(label, dbc.Input(id=component_id, name=name, type="date", value=value))


def text_filter(component_id: str, name: str, label: str, value: str, *, placeholder: str) -> Component:
    control = dbc.Input(id=component_id, name=name, type="search", value=value, placeholder=placeholder, maxLength=80)
    return field(label, control)


def choice_filter(
    component_id: str, name: str, label: str, choices: Sequence[tuple[str, str]], value: str
) -> Component:
    options = [{"value": key, "label": text} for key, text in choices]
    return field(label, dbc.Select(id=component_id, name=name, options=options, value=value))
