"""The frame around every page: brand, navigation by area, user menu, toasts."""

from __future__ import annotations

import dash
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from flask_wtf.csrf import generate_csrf

from core.i18n import _
from core.identity import maybe_viewer
from core.ids import PageIds
from core.pages import Area, Page, home_path, navigation
from core.viewer import Viewer


class Ids(PageIds):
    """Ids that every page may write to."""

    toasts: str
    jobs: str


def shell() -> Component:
    """The page frame for the viewer of this request; empty for nobody (Dash asks for it at start-up)."""
    viewer = maybe_viewer()
    if viewer is None:
        return html.Div(dash.page_container)
    return html.Div(
        [
            html.A(_("Skip to content"), href="#main", className="skip-link"),
            _top_bar(viewer),
            html.Div(
                [_sidebar(viewer), html.Main(dash.page_container, id="main", tabIndex="-1")], className="shell-body"
            ),
            html.Div(id=Ids.toasts, className="toasts", role="status", **{"aria-live": "polite"}),
        ],
        className=f"shell shell-{viewer.company_kind.value}",
    )


def toast(message: str, *, kind: str = "success") -> Component:
    """A short message that goes away by itself; errors stay until closed."""
    return dbc.Toast(
        message,
        header=_("Error") if kind == "danger" else _("Done"),
        icon=kind,
        dismissable=True,
        duration=None if kind == "danger" else 6000,
        is_open=True,
    )


def _top_bar(viewer: Viewer) -> Component:
    return html.Header(
        [
            html.Button(
                html.Span("☰", **{"aria-hidden": "true"}),
                className="icon-button nav-toggle",
                title=_("Navigation"),
                **{"aria-label": _("Open or close the navigation"), "data-action": "toggle-navigation"},
            ),
            dcc.Link(
                [html.Img(src="/assets/icon.svg", alt="", width=22, height=22), html.Span("Tandem")],
                href=home_path(viewer),
                className="brand",
            ),
            html.Span(className="spacer"),
            dcc.Link(_("Help"), href="/help", className="top-link"),
            html.Button(
                "◐",
                className="icon-button",
                title=_("Light or dark"),
                **{"aria-label": _("Switch between light and dark"), "data-action": "toggle-theme"},
            ),
            _user_menu(viewer),
        ],
        className="top-bar",
    )


def _user_menu(viewer: Viewer) -> Component:
    initials = "".join(word[0] for word in viewer.name.split()[:2]).upper()
    return html.Details(
        [
            html.Summary(
                [html.Span(initials, className="avatar", **{"aria-hidden": "true"}), html.Span(viewer.name)],
                className="user-summary",
            ),
            html.Div(
                [
                    html.P([html.Strong(viewer.name), html.Br(), viewer.email, html.Br(), viewer.role.title()]),
                    dcc.Link(_("Account and sessions"), href="/account", className="menu-link"),
                    dcc.Link(_("API keys"), href="/account/api-keys", className="menu-link"),
                    html.Form(
                        [
                            dcc.Input(type="hidden", name="csrf_token", value=generate_csrf()),
                            html.Button(_("Sign out"), type="submit", className="menu-link"),
                        ],
                        action="/logout",
                        method="post",
                    ),
                ],
                className="user-panel",
            ),
        ],
        className="user-menu",
    )


def _sidebar(viewer: Viewer) -> Component:
    return html.Nav(
        [_area(area, listed) for area, listed in navigation(viewer).items()],
        className="sidebar",
        **{"aria-label": _("Pages")},
    )


def _area(area: Area, listed: list[Page]) -> Component:
    links = [dbc.NavLink(_(page.name), href=page.path, active="exact") for page in listed]
    heading = html.Summary(html.H2(_(area.value)))
    return html.Details(
        [heading, dbc.Nav(links, vertical=True)], className="nav-area", open=True, **{"data-area": area.value}
    )
