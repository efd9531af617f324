"""Forms of records: a new row, one value for many rows."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms import NOTHING, field, select, written_id
from components.record_fields import DAY, FIGURE, ShownField
from core.i18n import _

PatternId = dict[str, str]


def new_form(
    fields: Sequence[ShownField], *, value_type: str, error_type: str, save_id: str, cancel_id: str
) -> Component:
    """An input for each field, with its help and room for what is wrong with it."""
    inputs = [
        record_input(shown, {"type": value_type, "index": shown.name}, {"type": error_type, "index": shown.name})
        for shown in fields
    ]
    buttons = [
        dbc.Button(_("Add"), id=save_id, color="primary", size="sm"),
        dbc.Button(_("Cancel"), id=cancel_id, color="primary", outline=True, size="sm"),
    ]
    return html.Div([*inputs, html.Div(buttons, className="form-buttons")], className="record-form")


def change_form(
    fields: Sequence[ShownField],
    scopes: Sequence[tuple[str, str]],
    *,
    scope_id: str,
    field_id: str,
    value_id: str,
    emptied_id: str,
    apply_id: str,
) -> Component:
    """One value for many rows: which rows, which field, and a place for its input."""
    named = [(shown.name, shown.label) for shown in fields if not shown.key]
    return html.Div(
        [
            field(_("Rows"), select(scope_id, scopes, scopes[0][0])),
            field(_("Field"), select(field_id, named, "")),
            html.Div(id=value_id),
            dbc.Checkbox(id=emptied_id, label=_("Leave the field empty in these rows"), value=False),
            html.Div([dbc.Button(_("Change them"), id=apply_id, color="primary", size="sm")], className="form-buttons"),
        ],
        className="record-form",
    )


def record_input(shown: ShownField, component_id: PatternId, error_id: PatternId | None = None) -> Component:
    """Label, input, error and help of one field."""
    needed = html.Span(" *", title=_("Needed"), className="needed") if shown.needed else None
    return html.Div(
        [
            html.Label([shown.label, needed], htmlFor=written_id(component_id), className="form-label"),
            _value_input(shown, component_id),
            html.Div(id=error_id, className="field-error", role="alert") if error_id else None,
            html.Div(shown.help, className="note"),
        ],
        className="field",
    )


def _value_input(shown: ShownField, component_id: PatternId) -> Component:
    if shown.values:
        return select(component_id, [(NOTHING, "–"), *shown.values], NOTHING)
    if shown.kind == DAY:
        return dbc.Input(id=component_id, type="date", value="")
    return dbc.Input(
        id=component_id,
        # A figure too: a number input sends nothing for what is none, and nobody would learn why.
        type="text",
        inputmode="decimal" if shown.kind == FIGURE else "text",
        value="",
        placeholder=_("such as %(example)s", example=shown.example) if shown.example else "",
        maxLength=shown.max_length,
    )
