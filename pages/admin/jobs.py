"""The work that runs in the background, whoever asked for it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.admin.jobs import Ids
from components.download import list_download
from components.grid import grid, percent_column, text_column
from components.page import page_frame, panel
from core.i18n import EMPTY, _
from core.pages import Area, register_page
from core.permissions import Permission

REFRESH_MS = 3000

register_page(
    __name__,
    path="/admin/jobs",
    permission=Permission.JOBS_MANAGE,
    name="Jobs",
    area=Area.ADMINISTRATION,
    order=20,
    description="Background work of everybody, and whether worker and database are well",
)


def layout(**_query: str) -> Component:
    return page_frame(
        dcc.Interval(id=Ids.tick, interval=REFRESH_MS, disabled=True),
        html.Div(
            [
                _part(_("Worker"), Ids.worker, html.Span(EMPTY, id=Ids.worker_note, className="kpi-note")),
                _part(_("Database"), Ids.database, html.Span(EMPTY, id=Ids.database_note, className="kpi-note")),
                _part(_("Queue"), Ids.waiting),
            ],
            className="cards cards-wide",
        ),
        panel(
            grid(
                Ids.jobs,
                [
                    text_column("kind", _("Work"), filter=True, minWidth=120),
                    text_column("owner", _("Asked for by"), filter=True, minWidth=130),
                    text_column("state", _("State"), filter=True, minWidth=100),
                    percent_column("progress", _("Done"), decimals=0, minWidth=80),
                    text_column("message", _("Message"), tooltipField="message", minWidth=220),
                    text_column("created", _("Asked for (UTC)"), minWidth=140),
                    text_column("finished", _("Ended (UTC)"), minWidth=140),
                ],
                row_id="id",
                selection="single",
                height=460,
                options={"localeText": {"noRowsToShow": _("No jobs yet. Forecasts and imports appear here.")}},
            ),
            html.Div(id=Ids.outcome, className="note", role="status"),
            title=_("Jobs"),
            note=_("The newest first. While one is under way, this page renews itself every three seconds."),
            actions=[
                list_download("jobs", grid_id=Ids.jobs),
                dbc.Button(_("Refresh"), id=Ids.refresh, outline=True, color="secondary", size="sm"),
                dbc.Button(_("Cancel job"), id=Ids.cancel, disabled=True, outline=True, color="primary", size="sm"),
            ],
        ),
        title=_("Jobs"),
        lead=_("Forecasts, imports and calculations run here, apart from the pages."),
    )


def _part(name: str, component_id: str, *note: Component) -> Component:
    """One part of the installation: its name, its state and a detail."""
    return html.Div(
        [html.Span(name, className="kpi-name"), html.Span(EMPTY, id=component_id, className="kpi-value"), *note],
        className="kpi",
    )
