"""Parts of the import page: open questions about a file, and the account of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from core.i18n import _


def open_questions(questions: Sequence[str]) -> Component | None:
    """What a person has to settle before the file can be read; nothing when all is clear."""
    if not questions:
        return None
    return html.Div(
        [html.Strong(_("Please settle first:")), html.Ul([html.Li(question) for question in questions])],
        className="questions",
        role="status",
    )


def count_tiles(figures: Sequence[tuple[str, str]]) -> Component:
    """Figures side by side: the figure large, its name below."""
    return html.Div(
        [html.Div([html.B(figure), html.Span(name)], className="count") for name, figure in figures], className="counts"
    )


def drop_zone(*, upload_path: str, open_path: str, label: str) -> Component:
    """Where a file is dropped or chosen; assets/50-upload.js brings it to life."""
    return html.Div(className="drop-zone", **{"data-upload": upload_path, "data-open": open_path, "data-label": label})
