"""Partner messages: open a thread with a partner, read it, reply or leave a note that stays inside."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update, set_props

from callbacks.message_desk import CLOSED, HIDDEN, OPENED, SHOWN, chosen_thread, files_of, shown_posts, thread_rows
from components.grid import selected_row
from components.message_thread import internal_mark, nameable
from components.shell import Ids as Shell
from components.shell import toast
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import partner_messages
from services.message_threads import GENERAL, INSIDE

PATH = INSIDE


class Ids(PageIds):
    search: str
    filter: str
    threads: str
    company: str
    write: str
    detail: str
    close: str
    title: str
    posts: str
    chosen: str
    replying: str
    internal: str
    people: str
    body: str
    send: str
    files: str
    marked: str
    sent: str


@callback(
    Output(Ids.chosen, "data"),
    Input(Ids.threads, "selectedRows"),
    Input(Ids.write, "n_clicks"),
    Input(Ids.close, "n_clicks"),
    State(Ids.company, "value"),
    prevent_initial_call=True,
)
def choose_thread(selected: object, _write: object, _close: object, company: object) -> Any:
    if ctx.triggered_id == Ids.write:
        return {"subject": GENERAL, "company_id": company}
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
    Output(Ids.threads, "rowData"),
    Input(Ids.chosen, "data"),
    Input(Ids.sent, "data"),
    State(Ids.filter, "data"),
)
def show_thread(chosen: object, _sent: object, search: object) -> tuple[Any, ...]:
    person, wanted = viewer(), chosen_thread(chosen)
    if not wanted["subject"]:
        return CLOSED, _("Messages"), nothing_chosen(), HIDDEN, None, no_update
    found = partner_messages.thread(person, wanted["subject"], wanted["subject_id"], wanted["company_id"])
    listed = partner_messages.threads(person, search=str(search or ""))
    title = f"{found.company} · {found.title}"
    rows = thread_rows(listed, inside=True)
    return OPENED, title, shown_posts(found), SHOWN, nameable(found.people), rows


@callback(
    Output(Ids.replying, "className"),
    Output(Ids.marked, "children"),
    Output(Ids.files, "children"),
    Output(Ids.send, "children"),
    Input(Ids.internal, "value"),
    Input(Ids.chosen, "data"),
)
def show_who_reads(internal: object, chosen: object) -> tuple[Any, ...]:
    """Before anything is sent it is plain whether the partner will read it."""
    wanted, inside = chosen_thread(chosen), internal is True
    if not wanted["subject"]:
        return "replying", None, None, _("Send to the partner")
    found = partner_messages.thread(viewer(), wanted["subject"], wanted["subject_id"], wanted["company_id"])
    if inside:
        return "replying replying-internal", internal_mark(), files_of(found, PATH, internal=True), _("Keep as note")
    told = _("%(company)s reads this.", company=found.company)
    return "replying", told, files_of(found, PATH), _("Send to the partner")


@callback(
    Output(Ids.sent, "data"),
    Output(Ids.body, "value"),
    Input(Ids.send, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.body, "value"),
    State(Ids.internal, "value"),
    prevent_initial_call=True,
)
def send_message(_clicks: object, chosen: object, body: object, internal: object) -> tuple[int, str]:
    made = partner_messages.say(viewer(), body=body, internal=internal, **chosen_thread(chosen))
    told = _("The note is kept.") if internal is True else _("The message is sent.")
    set_props(Shell.toasts, {"children": [toast(told)]})
    return made, ""


def nothing_chosen() -> str:
    """What the thread says before one is chosen."""
    return _("Choose a thread to read it, or write to a partner.")
