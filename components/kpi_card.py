"""A key figure: name, value, comparison, where it comes from, and links to its list and its definition."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _

UNBROKEN = "\N{NON-BREAKING HYPHEN}"  # a date stays on one line


def kpi_card(
    name: str, value: str, *, exact: str, comparison: str, tone: str, note: str, href: str, definition_href: str
) -> Component:
    """``exact`` is what a pointer over the value tells; ``tone`` colours the comparison: good, warn, bad or quiet."""
    return html.Article(
        [
            html.Div(
                [
                    html.Span(name),
                    dcc.Link(
                        "?",
                        href=definition_href,
                        className="kpi-help",
                        title=_("What “%(name)s” means", name=name),
                    ),
                ],
                className="kpi-name",
            ),
            dcc.Link(value, href=href, className="kpi-value", title=exact),
            html.Span(comparison, className=f"kpi-change kpi-{tone}"),
            html.Span(note.replace("-", UNBROKEN), className="kpi-note"),
        ],
        className="kpi",
    )
