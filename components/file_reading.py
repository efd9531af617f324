"""How a file is read, to be seen and changed: encoding or sheet, separator, figures, days, row of the names."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.forms import select
from core.i18n import _

# Name, what there is to choose, what it is now.
ReadingChoice = tuple[str, Sequence[tuple[str, str]], str]


def reading_fields(kind: str, choices: Sequence[ReadingChoice]) -> Component:
    """One select for each choice; its id is ``{"type": kind, "index": name}``."""
    labels = {
        "encoding": _("Encoding"),
        "sheet": _("Sheet"),
        "delimiter": _("Columns are separated by"),
        "numbers": _("Numbers are written like"),
        "date_format": _("Dates are written like"),
        "header_row": _("Column names in row"),
    }
    fields = [
        html.Label(
            [
                html.Span(labels[name], className="form-label"),
                select({"type": kind, "index": name}, [(value, _(text)) for value, text in listed], now),
            ],
            className="field",
        )
        for name, listed, now in choices
    ]
    return html.Div(fields, className="field-grid mt-2 mb-3")
