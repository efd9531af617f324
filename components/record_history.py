"""What happened to one row, as a list of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from core.i18n import EMPTY, _


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change: ``what`` happened, from ``before`` to ``after`` (both empty for a whole row), who, how and when."""

    what: str
    before: str
    after: str
    said: str


def change_list(lines: Sequence[ChangeLine]) -> Component:
    """The changes, the newest first."""
    if not lines:
        return html.P(_("No change is on record: the row is as it first came in."), className="note")
    return html.Ol([_line(line) for line in lines], className="changes", reversed=True)


def _line(line: ChangeLine) -> Component:
    values = [
        html.Del(line.before or EMPTY),
        html.Span(" → ", **{"aria-label": _("became")}),
        html.Ins(line.after or EMPTY),
    ]
    return html.Li(
        [
            html.Strong(line.what),
            html.Div(values, className="change-values") if line.before or line.after else None,
            html.Div(line.said, className="note"),
        ]
    )
