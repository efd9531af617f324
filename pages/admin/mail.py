"""Mail on its way out: what waits, what failed, and whether mail works at all."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.admin.mail import PATH, Ids, mail_rows, state_names, state_texts
from components.download import list_download
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import company_time, mail_admin

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_MANAGE,
    name="Mail",
    area=Area.ADMINISTRATION,
    order=40,
    description="Mail on its way out: what waits, what failed, and a mail to try it out",
)


def layout(state: str = "", **_query: str) -> Component:
    chosen = state if state in mail_admin.STATES else ""
    works, note, waiting, failed, sent = state_texts()
    return page_frame(
        html.Div(
            [
                _figure(_("Mail server"), Ids.server, works, html.Span(note, id=Ids.server_note, className="kpi-note")),
                _figure(_("Waiting"), Ids.waiting, waiting),
                _figure(_("Failed"), Ids.failed, failed),
                _figure(_("Sent, last 90 days"), Ids.sent, sent),
            ],
            className="cards cards-wide",
        ),
        panel(
            field(
                _("State"),
                select(Ids.state, [(NOTHING, _("All")), *state_names().items()], chosen or NOTHING),
            ),
            grid(
                Ids.mails,
                [
                    text_column("created", _("Written (UTC)"), minWidth=140),
                    text_column("recipient", _("To"), filter=True, minWidth=220),
                    text_column("subject", _("Subject"), filter=True, minWidth=260, tooltipField="subject"),
                    text_column("template", _("Kind"), filter=True, minWidth=120),
                    text_column("state", _("State"), filter=True, minWidth=120),
                    figure_column("tries", _("Tries"), minWidth=80),
                    text_column("due", _("Next try (UTC)"), minWidth=140),
                    text_column("sent", _("Sent (UTC)"), minWidth=140),
                    text_column("error", _("Last answer"), minWidth=240, tooltipField="error"),
                ],
                mail_rows(chosen),
                row_id="id",
                selection="single",
                height=460,
                options={"localeText": {"noRowsToShow": _("No mail. Orders sent and decisions appear here as mails.")}},
            ),
            html.Div(id=Ids.outcome, className="note", role="status"),
            title=_("Outbox"),
            note=_("A mail is tried 6 times within 15 hours. What it says is not shown: links in it open doors."),
            actions=[
                list_download("mail", {"state": chosen}, grid_id=Ids.mails),
                dbc.Button(_("Refresh"), id=Ids.refresh, outline=True, color="secondary", size="sm"),
                dbc.Button(_("Send a test mail"), id=Ids.test, outline=True, color="secondary", size="sm"),
                dbc.Button(_("Try now"), id=Ids.retry, disabled=True, outline=True, color="primary", size="sm"),
                dbc.Button(_("Cancel mail"), id=Ids.cancel, disabled=True, outline=True, color="primary", size="sm"),
            ],
        ),
        panel(
            html.Div(
                [
                    field(
                        _("Time zone"),
                        select(
                            Ids.zone,
                            [(name, name) for name in company_time.zones()],
                            mail_admin.mail_state(viewer()).time_zone,
                        ),
                    ),
                    dbc.Button(_("Save"), id=Ids.save_zone, color="primary", size="sm"),
                ],
                className="form-line",
            ),
            html.Div(id=Ids.zone_outcome, className="note", role="status"),
            title=_("The company's clock"),
            note=_("Quiet hours and the daily digest, at 7:00, follow it."),
        ),
        title=_("Mail"),
        lead=_("Invitations, orders, decisions and reminders on their way to people."),
    )


def _figure(name: str, component_id: str, value: object, *note: Component) -> Component:
    return html.Div(
        [html.Span(name, className="kpi-name"), html.Span(value, id=component_id, className="kpi-value"), *note],
        className="kpi",
    )
