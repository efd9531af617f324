"""Which mails a person gets, and when."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.account.notifications import PATH, Ids, topic_id
from components.forms import field, select
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import mail_preferences

register_page(
    __name__,
    path=PATH,
    permission=Permission.SIGNED_IN,
    name="Notifications",
    area=Area.ACCOUNT,
    order=15,
    description="Which mails you get, and when",
    in_navigation=False,
)


def layout(**_query: str) -> Component:
    person = viewer()
    chosen = mail_preferences.preferences(person)
    begin, end = (f"{at:%H:%M}" for at in chosen.quiet) if chosen.quiet else ("", "")
    choices = [("at_once", _("At once")), ("daily", _("Once a day")), ("never", _("Never"))]
    return page_frame(
        panel(
            html.Div(
                [
                    field(name, select(topic_id(topic), choices, chosen.deliveries[topic]))
                    for topic, name in _topics().items()
                ],
                className="form-line",
            ),
            title=_("What you hear of by mail"),
            note=_(
                "To %(address)s. Once a day means one mail with all of it at 7:00. Invitations, new passwords and "
                "warnings about your account always come at once.",
                address=person.email,
            ),
        ),
        panel(
            html.Div(
                [
                    field(_("From"), dbc.Input(id=Ids.quiet_from, type="time", value=begin)),
                    field(_("Until"), dbc.Input(id=Ids.quiet_until, type="time", value=end)),
                ],
                className="form-line",
            ),
            title=_("Quiet hours"),
            note=_("No mail comes then; it waits until they are over. Leave both empty to hear at any hour."),
        ),
        html.Div(
            [
                dbc.Button(_("Save"), id=Ids.save, color="primary"),
                html.Div(id=Ids.outcome, className="note", role="status"),
            ],
            className="form-line",
        ),
        title=_("Notifications"),
        lead=_("Which mails you get, and when."),
    )


def _topics() -> dict[str, str]:
    return {
        "orders": _("Orders: sent, changed, cancelled"),
        "answers": _("Answers to order lines and decisions on them"),
        "requests": _("Requests and decisions on them"),
        "shipments": _("Shipments and receipts"),
        "documents": _("Documents and certificates"),
        "quality": _("Quality and returns"),
        "messages": _("Messages"),
        "reminders": _("Reminders of what waits"),
        "other": _("Everything else"),
    }
