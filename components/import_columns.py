"""The columns of a file beside the fields they are for, and what files can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms import NOTHING, select
from core.i18n import _


@dataclass(frozen=True, slots=True)
class ColumnField:
    """A field: its texts, whether it has to be given, its column, and whether that was found by its cells."""

    name: str
    label: str
    help: str
    holds: str
    example: str
    needed: bool
    column: str = ""
    by_content: bool = False


def column_fields(kind: str, fields: Sequence[ColumnField], header: Sequence[str]) -> Component:
    """A select of the file's columns for each field; its id is ``{"type": kind, "index": name}``."""
    columns = [(NOTHING, _("– none –")), *((name, name) for name in header)]
    return html.Div([_column(kind, field, columns) for field in fields], className="field-grid")


def field_table(fields: Sequence[ColumnField]) -> Component:
    """What each column of a file may hold."""
    names = (_("Column"), _("Needed"), _("Holds"), _("Meaning"), _("Example"))
    rows = [
        html.Tr(
            [
                html.Th(field.label, scope="row"),
                html.Td(_("needed") if field.needed else ""),
                html.Td(field.holds),
                html.Td(field.help),
                html.Td(html.Code(field.example) if field.example else ""),
            ]
        )
        for field in fields
    ]
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in names]))
    return html.Div(html.Table([head, html.Tbody(rows)], className="field-table"), className="field-table-wrap")


def _column(kind: str, field: ColumnField, columns: Sequence[tuple[str, str]]) -> Component:
    mark = html.Span(_("by content"), className="pill by-content", title=_("Found by what the column holds."))
    caption = [field.label + (" *" if field.needed else ""), mark if field.by_content else None]
    control = select({"type": kind, "index": field.name}, columns, field.column or NOTHING)
    return html.Label([html.Span(caption, className="form-label"), control], className="field", title=field.help)
