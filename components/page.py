"""The frame of one page: heading, breadcrumb, explanation, actions, content; and what an empty one says."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _


def page_frame(
    *content: Component | None,
    title: str,
    lead: str = "",
    trail: Sequence[tuple[str, str]] = (),
    actions: Sequence[Component] = (),
) -> Component:
    """A page: ``trail`` holds (name, path) of the pages above it; ``actions`` stand right of the heading."""
    return html.Div(
        [
            _breadcrumb(title, trail),
            html.Div(
                [
                    html.Div([html.H1(title), html.P(lead, className="lead-line") if lead else None]),
                    html.Div(list(actions), className="page-actions"),
                ],
                className="page-head",
            ),
            *content,
        ],
        className="page",
    )


def panel(*content: Component, title: str = "", note: str = "", actions: Sequence[Component] = ()) -> Component:
    """A titled box on a page."""
    head = html.Div(
        [
            html.Div([html.H2(title), html.P(note, className="note") if note else None]),
            html.Div(list(actions), className="page-actions"),
        ],
        className="panel-head",
    )
    return html.Section([head if title else None, *content], className="panel")


def empty_state(message: str, *, action: str = "", href: str = "") -> Component:
    """What a page says when there is nothing to show: what to do next."""
    return html.Div(
        [html.P(message), dcc.Link(action, href=href, className="btn btn-primary btn-sm") if action else None],
        className="empty-state",
    )


def worked_out() -> Component:
    """What stands where a callback puts something that takes a while."""
    return html.P(_("This is being worked out; it takes a moment."), className="empty-state working", role="status")


def _breadcrumb(title: str, trail: Sequence[tuple[str, str]]) -> Component:
    above = [html.Li(dcc.Link(name, href=path)) for name, path in trail]
    return html.Nav(
        html.Ol([*above, html.Li(title, **{"aria-current": "page"})]),
        className="breadcrumb-line",
        **{"aria-label": _("Breadcrumb")},
    )
