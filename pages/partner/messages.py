"""The portal's messages: threads with the company about orders, requests and in general."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.message_desk import thread_rows
from callbacks.partner.messages import PATH, Ids, nothing_chosen
from components.filters import filter_form, text_filter
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
    permission=Permission.PORTAL_MESSAGES,
    name="Messages",
    area=Area.PORTAL_COMPANY,
    order=10,
    description="What you and the company write to each other, by order",
)


def layout(about: str = "", id: str = "", search: str = "", **_query: str) -> Component:
    found = partner_messages.threads(viewer(), search=search)
    chosen = {"subject": about, "subject_id": id} if about else None
    empty = _("Nothing was written yet. Write to the company in general, or open an order and write about it.")
    return page_frame(
        filter_form(
            PATH, text_filter(Ids.search, "search", _("Search"), search, placeholder=_("order or part of a text"))
        ),
        html.Div(
            [panel(thread_list(Ids.threads, thread_rows(found, inside=False), empty=empty)), _detail()],
            className="two-columns",
        ),
        dcc.Store(id=Ids.filter, data=search),
        dcc.Store(id=Ids.chosen, data=chosen),
        dcc.Store(id=Ids.sent),
        title=_("Messages"),
        lead=_("What you and the company write to each other. What you have not read comes first."),
        actions=[
            dbc.Button(
                _("Write to the company"),
                id=Ids.general,
                color="primary",
                disabled=not viewer().may(Permission.PORTAL_ANSWER),
            )
        ],
    )


def _detail() -> Component:
    reply = reply_box(
        body_id=Ids.body,
        send_id=Ids.send,
        files_id=Ids.files,
        length=partner_messages.LONGEST,
        people=html.Div(id=Ids.people),
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
