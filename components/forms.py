"""Labelled inputs."""

from __future__ import annotations

import json
from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from core.i18n import _


def field(label: str, control: Component, *, hint: str = "") -> Component:
    """An input with its label above and, if needed, a hint below."""
    return html.Div(
        [
            html.Label(label, htmlFor=written_id(control.id), className="form-label"),
            control,
            html.Div(hint, className="note") if hint else None,
        ],
        className="field",
    )


def written_id(component_id: str | dict[str, str]) -> str:
    """The id that a component has on the page: one of several parts is written as Dash writes it."""
    if isinstance(component_id, str):
        return component_id
    return json.dumps(component_id, sort_keys=True, separators=(",", ":"))


NOTHING = "-"  # a native select can't tell an empty choice from none at all


def chosen(value: object) -> str:
    """What a select holds, empty when it is the choice of nothing."""
    return "" if value in (None, NOTHING) else str(value)


def select(component_id: str | dict[str, str], choices: Sequence[tuple[str, str]], value: str) -> Component:
    """A native select of (value, text): short lists, keyboard first. Without a value it asks to choose."""
    return dbc.Select(
        id=component_id,
        options=[{"value": key, "label": text} for key, text in choices],
        value=value or None,
        placeholder=_("Please choose"),
    )


def facts(pairs: Sequence[tuple[str, str]]) -> Component:
    """Names and figures, one pair a line."""
    return html.Dl([part for name, value in pairs for part in (html.Dt(name), html.Dd(value))], className="facts")


def status(text: str, kind: str) -> Component:
    """A state by shape, text and colour: ``kind`` is good, warn, bad or quiet."""
    mark = {"good": "●", "warn": "▲", "bad": "◆", "quiet": "○"}[kind]
    return html.Span([html.Span(mark, **{"aria-hidden": "true"}), text], className=f"status status-{kind}")
