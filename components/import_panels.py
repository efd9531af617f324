"""Parts of the import page: open questions about a file, and the account of its rows."""

from __future__ import annotations

import json
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


TABLES = ".csv,.tsv,.txt,.xlsx,.gz,.zip"


def drop_zone(
    *, upload_path: str, open_path: str, label: str, several: bool = False, accept: str = TABLES
) -> Component:
    """Where files are dropped or chosen; assets/50-upload.js brings it to life with these texts."""
    texts = {
        "label": label,
        "waiting": _("waiting"),
        "sending": _("{percent} % sent"),
        "looking": _("Looking at the file"),
        "open": _("Open"),
        "cancel": _("Cancel"),
        "cancelled": _("cancelled"),
        "failed": _("The file could not be sent."),
        "lost": _("The connection was lost. Nothing was imported; try again."),
    }
    attributes = {
        "data-upload": upload_path,
        "data-open": open_path,
        "data-several": "yes" if several else "",
        "data-accept": accept,
        "data-texts": json.dumps(texts),
    }
    return html.Div(className="drop-zone", **attributes)
