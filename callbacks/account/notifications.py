"""Which mails the viewer wants: for each kind of news when, and the hours without mail."""

from __future__ import annotations

from dash import Input, Output, State, callback

from core.errors import InvalidInput
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import mail_preferences
from services.mail_preferences import TOPICS

PATH = "/account/notifications"


class Ids(PageIds):
    orders: str
    answers: str
    requests: str
    shipments: str
    documents: str
    quality: str
    messages: str
    reminders: str
    other: str
    quiet_from: str
    quiet_until: str
    save: str
    outcome: str


def topic_id(topic: str) -> str:
    """The id of the choice for a topic."""
    found: str = getattr(Ids, topic)
    return found


@callback(
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    *(State(topic_id(topic), "value") for topic in TOPICS),
    State(Ids.quiet_from, "value"),
    State(Ids.quiet_until, "value"),
    prevent_initial_call=True,
)
def save(_clicks: object, *typed: object) -> str:
    *chosen, quiet_from, quiet_until = typed
    if len(chosen) != len(TOPICS):
        raise InvalidInput(_("Choose for each kind of news: at once, once a day, or never."))
    deliveries = dict(zip(TOPICS, chosen, strict=True))
    mail_preferences.choose(viewer(), deliveries, quiet_from=quiet_from, quiet_until=quiet_until)
    return _("Saved.")
