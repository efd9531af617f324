"""The outbox of mail: look after it, and try it out."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.forms import status
from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import EMPTY, _, moment, number
from core.identity import viewer
from core.ids import PageIds
from services import company_time, mail_admin

PATH = "/admin/mail"


class Ids(PageIds):
    mails: str
    state: str
    refresh: str
    retry: str
    cancel: str
    test: str
    outcome: str
    server: str
    server_note: str
    waiting: str
    failed: str
    sent: str
    zone: str
    save_zone: str
    zone_outcome: str


def state_names() -> dict[str, str]:
    """States of a mail as they are read."""
    return {
        "waiting": _("Waiting"),
        "held": _("For the digest"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
        "sent": _("Sent"),
        "bundled": _("In a digest"),
    }


@callback(
    Output(Ids.mails, "rowData"),
    Output(Ids.server, "children"),
    Output(Ids.server_note, "children"),
    Output(Ids.waiting, "children"),
    Output(Ids.failed, "children"),
    Output(Ids.sent, "children"),
    Input(Ids.state, "value"),
    Input(Ids.refresh, "n_clicks"),
)
def show_mails(state: object, _clicks: object) -> tuple[Any, ...]:
    return mail_rows(state), *state_texts()


@callback(
    Output(Ids.retry, "disabled"),
    Output(Ids.cancel, "disabled"),
    Input(Ids.mails, "selectedRows"),
    prevent_initial_call=True,
)
def show_choice(selected: object) -> tuple[bool, bool]:
    row = selected_row(selected)
    settled = row is None or not row.get("unsent")
    return settled, settled


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.mails, "rowData", allow_duplicate=True),
    Input(Ids.retry, "n_clicks"),
    State(Ids.mails, "selectedRows"),
    State(Ids.state, "value"),
    prevent_initial_call=True,
)
def retry(_clicks: object, selected: object, state: object) -> tuple[str, list[dict[str, Any]]]:
    mail_admin.retry(viewer(), _chosen(selected))
    return _("The mail goes with the next look of the worker, within seconds."), mail_rows(state)


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.mails, "rowData", allow_duplicate=True),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.mails, "selectedRows"),
    State(Ids.state, "value"),
    prevent_initial_call=True,
)
def cancel(_clicks: object, selected: object, state: object) -> tuple[str, list[dict[str, Any]]]:
    mail_admin.cancel(viewer(), _chosen(selected))
    return _("The mail is cancelled."), mail_rows(state)


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.mails, "rowData", allow_duplicate=True),
    Input(Ids.test, "n_clicks"),
    State(Ids.state, "value"),
    prevent_initial_call=True,
)
def send_test(_clicks: object, state: object) -> tuple[str, list[dict[str, Any]]]:
    address = mail_admin.send_test(viewer())
    return _("A test mail to %(address)s is in the outbox. Refresh to see how it goes.", address=address), mail_rows(
        state
    )


@callback(
    Output(Ids.zone_outcome, "children"),
    Input(Ids.save_zone, "n_clicks"),
    State(Ids.zone, "value"),
    prevent_initial_call=True,
)
def save_zone(_clicks: object, zone: object) -> str:
    return _(
        "Saved: quiet hours and digests follow the clock of %(zone)s.",
        zone=company_time.set_company_zone(viewer(), zone),
    )


def state_texts() -> tuple[Any, ...]:
    """Whether mail works, and how many mails wait, failed and went."""
    found = mail_admin.mail_state(viewer())
    works = status(_("No mail goes"), "bad") if found.problem else status(_("Mail goes"), "good")
    note = found.problem or _("through %(server)s as %(sender)s", server=found.server, sender=found.sender)
    waiting = found.counts.get("waiting", 0) + found.counts.get("held", 0)
    return works, note, number(waiting), number(found.counts.get("failed", 0)), number(found.counts.get("sent", 0))


def mail_rows(state: object) -> list[dict[str, Any]]:
    """Mails as grid rows."""
    names = state_names()
    return [
        {
            "id": found["id"],
            "recipient": found["recipient"],
            "subject": found["subject"],
            "template": found["template"].replace("_", " ").capitalize(),
            "state": names[found["state"]],
            "unsent": found["state"] in mail_admin.UNSENT,
            "tries": found["tries"],
            "created": moment(found["created_at"]),
            "due": moment(found["due_at"]) if found["state"] == "waiting" else EMPTY,
            "sent": moment(found["sent_at"]),
            "error": found["last_error"] or EMPTY,
        }
        for found in mail_admin.outbox(viewer(), state=state)
    ]


def _chosen(selected: object) -> object:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select a mail first."))
    return row.get("id")
