"""What the executive page and the meeting show: key figures, heat map, capacity, risks, decisions."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import status
from components.sparkline import sparkline
from core.i18n import _

MARKS = {"good": "●", "warn": "▲", "bad": "◆", "quiet": ""}
HeatCell = tuple[str, str, str, str]
"""Figure, tone, what the tone says, address."""


def indicator_card(
    *,
    key: str,
    name: str,
    value: str,
    target: str,
    gap: str,
    tone: str,
    verdict: str,
    note: str,
    trend: Sequence[float | None],
    course: str,
    href: str,
) -> Component:
    """A key figure: value, target, gap, light in shape, text and colour, trend; the whole card opens its page."""
    return dcc.Link(
        [
            html.Span(name, className="indicator-name"),
            html.Span(value, className="indicator-value"),
            html.Span(target, className="indicator-target"),
            html.Span([status(verdict, tone), html.Span(gap)], className="indicator-gap"),
            sparkline(trend, text=f"{name}: {course}"),
            html.Span(note, className="indicator-note"),
        ],
        href=href,
        className=f"indicator indicator-{tone} indicator-of-{key}",
    )


def heat_table(heads: Sequence[str], rows: Sequence[tuple[str, str, Sequence[HeatCell]]], *, caption: str) -> Component:
    """Rows of (name, figure, cells) on the blue and orange scale, the figure and a shape in each cell."""
    head = html.Tr([html.Th(title, scope="col") for title in heads])
    body = [
        html.Tr([html.Th(name, scope="row"), html.Td(figure, className="figure"), *(_heat(cell) for cell in cells)])
        for name, figure, cells in rows
    ]
    return html.Div(
        html.Table(
            [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(body)],
            className="heat",
        ),
        className="heat-wrap",
    )


def _heat(cell: HeatCell) -> Component:
    text, tone, told, href = cell
    shown = [text, html.Span(MARKS[tone], className="heat-mark", **{"aria-hidden": "true"})]
    return html.Td(dcc.Link(shown, href=href, title=told), className=f"heat-cell heat-{tone}")


def line_list(lines: Sequence[tuple[str, str, str, str, str]], *, empty: Component) -> Component:
    """An ordered list of (title, what is said of it, figure, tone, address)."""
    if not lines:
        return empty
    return html.Ol(
        [
            html.Li(
                [
                    dcc.Link(title, href=href, className="line-title"),
                    html.Span(figure, className=f"line-figure kpi-{tone}"),
                    html.Span(note, className="note line-note"),
                ]
            )
            for title, note, figure, tone, href in lines
        ],
        className="line-list",
    )


def legend() -> Component:
    """What the colours and shapes mean."""
    names = {"good": _("as it should be"), "warn": _("near"), "bad": _("off"), "quiet": _("nothing to compare with")}
    return html.P([status(names[tone], tone) for tone in names], className="heat-legend")
