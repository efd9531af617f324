"""The button that takes a list along as a file (web/files.py sends it)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from core.i18n import _
from core.identity import viewer
from core.permissions import Permission


def download_button(list_name: str, query: Mapping[str, str], *, text: str = "") -> Component | None:
    """A link to the list as CSV with the filters of the page; nothing for who may not export."""
    if not viewer().may(Permission.EXPORT):
        return None
    chosen = {name: value for name, value in query.items() if value}
    href = f"/download/{list_name}.csv" + (f"?{urlencode(chosen)}" if chosen else "")
    return html.A(text or _("Download CSV"), href=href, download="", className="btn btn-outline-primary btn-sm")
