"""What several pages of accounts show."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _


def invited_text(email: str, link: str, *, mailed: bool) -> Component:
    """That a mail is on its way, or the link to hand over."""
    if mailed:
        return html.P(_("A mail with a link is on its way to %(email)s.", email=email))
    return html.Div(
        [
            html.P(_("No mail is set up here. Hand this link to %(email)s; it is shown only now.", email=email)),
            html.Code(link, className="one-time-link"),
            dcc.Clipboard(content=link, title=_("Copy the link")),
        ]
    )
