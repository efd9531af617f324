"""Supply › Partner messages: threads with suppliers, customers and OEMs, with notes that stay inside."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.message_desk import thread_rows
from callbacks.planner.partner_messages import PATH, Ids, nothing_chosen
from components.filters import filter_form, text_filter
from components.forms import field, select
from components.message_thread import reply_box, thread_detail, thread_list
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import partner_messages

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="Partner messages",
    area=Area.SUPPLY,
    order=36,
    description="What partners and the company write to each other, by order and in general",
)


def layout(
    about: str = "",
    id: str = "",
    company: str = "",
    search: str = "",
    **_query: str,
) -> Component:
    person = viewer()
    found = partner_messages.threads(person, search=search)
    chosen = {"subject": about, "subject_id": id, "company_id": company} if about else None
    empty = _("No message yet. Choose a partner above and write the first one.")
    return page_frame(
        filter_form(
            PATH, text_filter(Ids.search, "search", _("Search"), search, placeholder=_("partner, order or text"))
        ),
        _write(partner_messages.partner_companies(person)),
        html.Div(
            [panel(thread_list(Ids.threads, thread_rows(found, inside=True), empty=empty)), _detail()],
            className="two-columns",
        ),
        dcc.Store(id=Ids.filter, data=search),
        dcc.Store(id=Ids.chosen, data=chosen),
        dcc.Store(id=Ids.sent),
        title=_("Partner messages"),
        lead=_("Threads with partners about orders, requests and in general. What you have not read comes first."),
    )


def _write(companies: list[tuple[int, str]]) -> Component:
    choices = [(str(company), name) for company, name in companies]
    return html.Div(
        [
            field(_("Write to"), select(Ids.company, choices, "")),
            dbc.Button(_("Open the thread"), id=Ids.write, outline=True, color="primary"),
        ],
        className="filters",
    )


def _detail() -> Component:
    switch = html.Div(
        [
            dbc.Switch(id=Ids.internal, label=_("Internal note"), value=False),
            html.P(id=Ids.marked, className="note", role="status"),
        ]
    )
    reply = reply_box(
        body_id=Ids.body,
        send_id=Ids.send,
        files_id=Ids.files,
        length=partner_messages.LONGEST,
        people=html.Div(id=Ids.people),
        internal=switch,
    )
    return thread_detail(
        detail_id=Ids.detail,
        title_id=Ids.title,
        close_id=Ids.close,
        posts_id=Ids.posts,
        replying_id=Ids.replying,
        said=nothing_chosen(),
        reply=reply,
    )
