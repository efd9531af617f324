"""A figure that is changed by a slider or by typing; both hold the same value."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from core.i18n import _

DEBOUNCE_MS = 150


def slider_field(
    label: str,
    *,
    slider_id: str,
    typed_id: str,
    value: float,
    least: float,
    most: float,
    step: float,
    note: str,
) -> Component:
    """Each has its label, and the arrow keys move the slider.

    What is typed has no bounds here: a browser sends nothing for a value out of them, and nobody would learn why.
    """
    slider = dbc.Input(
        id=slider_id,
        type="range",
        min=least,
        max=most,
        step=step,
        value=value,
        debounce=DEBOUNCE_MS,
        class_name="slider",
    )
    typed = dbc.Input(id=typed_id, type="number", step="any", value=value, debounce=True, size="sm")
    return html.Div(
        [
            html.Label(label, htmlFor=typed_id, className="form-label"),
            html.Label(_("%(label)s, as a slider", label=label), htmlFor=slider_id, className="visually-hidden"),
            html.Div([slider, typed], className="slider-pair"),
            html.Span(note, className="note"),
        ],
        className="field slider-field",
    )
