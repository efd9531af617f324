"""Threads between the company and a partner: the list, one thread, the box to reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms import field
from components.import_panels import drop_zone
from components.two_line_grid import marked, state_column, two_line_column, two_line_grid
from core.i18n import _, counted, moment

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.xlsx,.csv"


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it is shown; ``files`` are (name, address). ``internal`` ones have a mark, a text and a colour."""

    author: str
    body: str
    at: datetime
    mine: bool
    internal: bool
    files: Sequence[tuple[str, str]] = ()


def thread_link(page: str, about: str, subject_id: int) -> Component:
    """The way from an order to what is written about it; ``page``: of the messages, inside or in the portal."""
    address = f"{page}?{urlencode({'about': about, 'id': subject_id})}"
    return dcc.Link(
        _("Messages about this order"), href=address, className="btn btn-outline-primary btn-sm to-position"
    )


def posts(shown: Sequence[Post], *, empty: str) -> Component:
    """A thread, the newest message at the end."""
    if not shown:
        return html.P(empty, className="note")
    return html.Ol([_post(post) for post in shown], className="posts")


def thread_list(component_id: str, rows: Sequence[dict[str, object]], *, empty: str) -> Component:
    """Threads as a list of two lines a row; rows hold id, about, state, tone."""
    columns = [
        two_line_column("about", _("About"), minWidth=150, flex=2, sortable=False),
        state_column("state", _("State"), minWidth=110, flex=1, sortable=False),
    ]
    return two_line_grid(component_id, columns, rows, empty=empty, selection="single")


def thread_state(unread: int, messages: int, at: datetime) -> tuple[str, str]:
    """What the list says of a thread, and its tone."""
    if unread:
        text, tone = _("%(count)s unread", count=unread), "warn"
    else:
        text, tone = counted("%(count)s message", "%(count)s messages", messages), "quiet"
    return f"{marked(text, tone)}\n{moment(at)}", tone


def reply_box(
    *, body_id: str, send_id: str, files_id: str, length: int, people: Component, internal: Component | None = None
) -> Component:
    """Where a reply is written; ``internal`` is the switch of those who can keep it inside."""
    return html.Div(
        [
            internal,
            field(_("Message"), dbc.Textarea(id=body_id, maxLength=length, rows=3)),
            people,
            dbc.Button(_("Send"), id=send_id, color="primary"),
            html.Div(id=files_id),
        ],
        className="answering",
    )


def thread_detail(
    *, detail_id: str, title_id: str, close_id: str, posts_id: str, replying_id: str, said: str, reply: Component
) -> Component:
    """Where an open thread is read and answered; ``said`` stands there before one is open."""
    head = [
        html.H2(_("Messages"), id=title_id),
        html.Button("✕", id=close_id, className="icon-button detail-close", title=_("Close")),
    ]
    return html.Section(
        [
            html.Div(head, className="panel-head"),
            html.Div(said, id=posts_id),
            html.Div(reply, id=replying_id, style={"display": "none"}, className="replying"),
        ],
        id=detail_id,
        className="panel detail",
    )


def file_zone(upload_path: str, open_path: str) -> Component:
    """Where a file is dropped into the thread."""
    return drop_zone(
        upload_path=upload_path,
        open_path=open_path,
        label=_("Send a file: PDF, PNG, JPEG, XLSX or CSV, at most 10 MB"),
        accept=ACCEPTED,
    )


def nameable(people: Sequence[tuple[str, str]]) -> Component:
    """Whom a message can name."""
    named = [html.Li(f"@{token} – {name}") for name, token in people]
    return html.Details([html.Summary(_("Name somebody with @")), html.Ul(named, className="note")])


def _post(post: Post) -> Component:
    kind = "post-internal" if post.internal else "post-mine" if post.mine else "post-theirs"
    return html.Li(
        [
            html.Div(
                [
                    html.Strong(post.author),
                    html.Span(_("%(moment)s (UTC)", moment=moment(post.at)), className="note"),
                    internal_mark() if post.internal else None,
                ],
                className="round-head",
            ),
            html.P(post.body, className="post-body") if not post.files else None,
            *(
                html.A([html.Span("⬇ ", **{"aria-hidden": "true"}), name], href=href, download=name)
                for name, href in post.files
            ),
        ],
        className=f"post {kind}",
    )


def internal_mark() -> Component:
    """The mark of a note that the partner never sees."""
    return html.Span(
        [html.Span("🔒 ", **{"aria-hidden": "true"}), _("Internal note: the partner never sees it")],
        className="internal-mark",
    )
