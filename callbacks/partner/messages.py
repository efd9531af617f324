"""A partner's messages: open a thread, read it, reply."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update, set_props

from callbacks.message_desk import CLOSED, HIDDEN, OPENED, SHOWN, chosen_thread, files_of, shown_posts, thread_rows
from components.grid import selected_row
from components.message_thread import nameable
from components.shell import Ids as Shell
from components.shell import toast
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import partner_messages
from services.message_threads import GENERAL, PORTAL

PATH = PORTAL


class Ids(PageIds):
    search: str
    filter: str
    threads: str
    general: str
    detail: str
    close: str
    title: str
    posts: str
    chosen: str
    replying: str
    people: str
    body: str
    send: str
    files: str
    sent: str


@callback(
    Output(Ids.chosen, "data"),
    Input(Ids.threads, "selectedRows"),
    Input(Ids.general, "n_clicks"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def choose_thread(selected: object, _general: object, _close: object) -> Any:
    if ctx.triggered_id == Ids.general:
        return {"subject": GENERAL}
    if ctx.triggered_id == Ids.close:
        return None
    row = selected_row(selected)
    return no_update if row is None else chosen_thread(row)


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.posts, "children"),
    Output(Ids.replying, "style"),
    Output(Ids.people, "children"),
    Output(Ids.files, "children"),
    Output(Ids.threads, "rowData"),
    Input(Ids.chosen, "data"),
    Input(Ids.sent, "data"),
    State(Ids.filter, "data"),
)
def show_thread(chosen: object, _sent: object, search: object) -> tuple[Any, ...]:
    person, wanted = viewer(), chosen_thread(chosen)
    if not wanted["subject"]:
        return CLOSED, _("Messages"), nothing_chosen(), HIDDEN, None, None, no_update
    found = partner_messages.thread(person, wanted["subject"], wanted["subject_id"])
    may_write = person.may(Permission.PORTAL_ANSWER)
    listed = partner_messages.threads(person, search=str(search or ""))
    return (
        OPENED,
        found.title,
        shown_posts(found),
        SHOWN if may_write else HIDDEN,
        nameable(found.people),
        files_of(found, PATH) if may_write else None,
        thread_rows(listed, inside=False),
    )


@callback(
    Output(Ids.sent, "data"),
    Output(Ids.body, "value"),
    Input(Ids.send, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.body, "value"),
    prevent_initial_call=True,
)
def send_message(_clicks: object, chosen: object, body: object) -> tuple[int, str]:
    wanted = chosen_thread(chosen)
    made = partner_messages.say(viewer(), wanted["subject"], wanted["subject_id"], body)
    set_props(Shell.toasts, {"children": [toast(_("Your message is sent."))]})
    return made, ""


def nothing_chosen() -> str:
    """What the thread says before one is chosen."""
    return _("Choose a thread to read it, or write to the company in general.")
