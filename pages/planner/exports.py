"""Data › Export: every kind of row as a file, everything as one archive, and the forms to fill in."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.planner.exports import PATH, Ids, file_row
from components.grid import figure_column, grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import exports

register_page(
    __name__,
    path=PATH,
    permission=Permission.EXPORT,
    name="Export",
    area=Area.DATA,
    order=30,
    description="Every kind of row as a file, everything as one archive, and the forms to fill in",
)

HEIGHT = 620


def layout(**_query: str) -> Component:
    may_import = viewer().may(Permission.IMPORT_READ)
    files = exports.entity_files(viewer())
    return page_frame(
        panel(
            grid(Ids.rows, _columns(may_import=may_import), [file_row(found) for found in files], height=HEIGHT),
            title=_("Rows"),
            note=_("What is taken out comes back: an export brought in again changes nothing."),
        ),
        title=_("Export"),
        lead=_("All rows of a kind as a file. Lists are taken along from their own pages, as they are shown there."),
        actions=_archives(may_import=may_import),
    )


def _archives(*, may_import: bool) -> list[Component]:
    everything = ("/data/export/everything.zip", _("Everything as one archive"), "btn btn-primary btn-sm")
    templates = ("/data/template/all.zip", _("All templates"), "btn btn-outline-primary btn-sm")
    return [
        html.A(text, href=address, download="", className=style)
        for address, text, style in (everything, *([templates] if may_import else []))
    ]


def _columns(*, may_import: bool) -> list[dict[str, Any]]:
    links = {"cellRenderer": "markdown", "sortable": False, "minWidth": 110, "maxWidth": 120}
    return [
        text_column("name", _("Rows of"), pinned="left", minWidth=150, maxWidth=230),
        text_column("files", _("File"), **links),
        *([text_column("templates", _("Template"), **links)] if may_import else []),
        figure_column("rows", _("Rows"), minWidth=90, maxWidth=120),
        text_column("changed_at", _("Last change (UTC)"), minWidth=150, maxWidth=170),
        text_column("help", _("What they are"), minWidth=260, tooltipField="help"),
    ]
