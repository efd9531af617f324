"""The audit trail. The filter is a plain form: its fields stand in the address, so a view can be shared."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.admin.audit import Ids, wanted_entries
from components.download import list_download
from components.forms import field
from components.grid import grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission

PATH = "/admin/audit"

register_page(
    __name__,
    path=PATH,
    permission=Permission.AUDIT_READ,
    name="Audit trail",
    area=Area.ADMINISTRATION,
    order=30,
    description="Who did what, when, from what, to what, and why",
)


def layout(actor: str = "", about: str = "", since: str = "", until: str = "", **_query: str) -> Component:
    typed = {"actor": actor, "about": about, "since": since, "until": until}
    wanted_entries(typed)  # a day that is none is told here, not row by row
    return page_frame(
        dcc.Store(id=Ids.filter, data=typed),
        dcc.Store(id=Ids.cursors),
        _filter(typed),
        panel(
            grid(
                Ids.entries,
                [
                    text_column("at", _("When (UTC)"), minWidth=165, maxWidth=180),
                    text_column("actor", _("Who"), minWidth=260),
                    text_column("action", _("Action"), minWidth=140),
                    text_column("about", _("About"), minWidth=160),
                    text_column("change", _("Change"), tooltipField="change", minWidth=260),
                    text_column("reason", _("Reason"), tooltipField="reason", minWidth=140),
                ],
                row_id="id",
                selection="single",
                height=520,
                rowModelType="infinite",
                options={
                    "localeText": {"noRowsToShow": _("No entry fits this filter.")},
                },
            ),
            title=_("Entries"),
            note=_("The newest first. Nobody can change or delete an entry."),
            actions=[list_download("audit", typed)],
        ),
        panel(html.Div(_("Select an entry to read all of it."), id=Ids.entry), title=_("Entry")),
        title=_("Audit trail"),
        lead=_("Who did what, when, from what, to what, and why."),
    )


def _filter(typed: dict[str, str]) -> Component:
    return html.Form(
        [
            _text_field(_("Who"), "actor", typed, placeholder=_("part of an e-mail")),
            _text_field(_("About"), "about", typed, placeholder=_("a subject or an id")),
            _text_field(_("From"), "since", typed, type="date"),
            _text_field(_("To"), "until", typed, type="date"),
            dbc.Button(_("Show"), type="submit", color="primary", size="sm"),
            dcc.Link(_("All entries"), href=PATH, refresh=True, className="btn btn-sm"),
        ],
        action=PATH,
        method="get",
        className="filters",
        role="search",
    )


def _text_field(label: str, name: str, typed: dict[str, str], **options: str) -> Component:
    control_id = {"actor": Ids.actor, "about": Ids.about, "since": Ids.since, "until": Ids.until}[name]
    return field(label, dbc.Input(id=control_id, name=name, value=typed[name], size="sm", **options))
