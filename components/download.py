"""The buttons that take a list along as a file (web/files.py sends it)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from core.i18n import _
from core.identity import viewer
from core.permissions import Permission

KINDS = (("csv", "CSV"), ("xlsx", "XLSX"))


def list_download(
    list_name: str, query: Mapping[str, str] | None = None, *, grid_id: str = "", name: str = ""
) -> Component | None:
    """A list with the filters of the page and, with ``grid_id``, sorted and filtered as that grid is.

    Nothing for a colleague who may not export; partners may take along whatever their own pages show.
    """
    if viewer().internal and not viewer().may(Permission.EXPORT):
        return None
    chosen = {key: value for key, value in (query or {}).items() if value}
    mark = f"?{urlencode(chosen)}" if chosen else ""
    return download_buttons({text: f"/download/{list_name}.{kind}{mark}" for kind, text in KINDS}, grid_id, name=name)


def download_buttons(addresses: Mapping[str, str], grid_id: str = "", *, name: str = "") -> Component:
    """One button for each kind of file: its name and its address. ``name`` says what is taken along."""
    what = name or _("Download")
    followed = {"data-grid": grid_id} if grid_id else {}
    return html.Span(
        [
            html.Span(what, className="download-name"),
            *(
                html.A(
                    text,
                    href=address,
                    download="",
                    className="btn btn-outline-primary btn-sm",
                    **{"aria-label": f"{what}, {text}", **followed},
                )
                for text, address in addresses.items()
            ),
        ],
        className="downloads",
    )
