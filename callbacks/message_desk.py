"""What the pages of messages share, inside and in the portals: how threads read and which one is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash.development.base_component import Component

from components.message_thread import Post, file_zone, posts, thread_state
from core.i18n import _
from services.message_threads import Key
from services.partner_messages import PREVIEW, Listed, Thread

CLOSED, OPENED = "panel detail", "panel detail detail-open"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


def thread_rows(found: Sequence[Listed], *, inside: bool) -> list[dict[str, Any]]:
    """Threads as rows of two lines."""
    return [_row(each, inside=inside) for each in found]


def chosen_thread(chosen: object) -> dict[str, object]:
    """Which thread the browser has open; the service checks it."""
    given = chosen if isinstance(chosen, dict) else {}
    return {name: given.get(name) for name in ("subject", "subject_id", "company_id")}


def opened(key: Key) -> dict[str, object]:
    """What the browser keeps of the thread that is open."""
    return {"subject": key.subject, "subject_id": key.subject_id, "company_id": str(key.company_id)}


def shown_posts(found: Thread) -> Component:
    """The messages of a thread."""
    return posts(
        [
            Post(
                each.author,
                each.body,
                each.created_at,
                each.mine,
                each.internal,
                [(file.file_name, file.href) for file in each.files],
            )
            for each in found.messages
        ],
        empty=_("Nothing was written yet. Write the first message below."),
    )


def files_of(found: Thread, page: str, *, internal: bool = False) -> Component:
    """Where files are sent into a thread; ``page`` is the page that is on the screen."""
    query = {"about": found.key.subject, "id": found.key.subject_id, "company": str(found.key.company_id)}
    if internal:
        query["internal"] = "yes"
    return file_zone(f"{page}/file?{urlencode(query)}", f"{found.key.href(page)}&sent=")


def _row(each: Listed, *, inside: bool) -> dict[str, Any]:
    state, tone = thread_state(each.unread, each.messages, each.last_at)
    title = f"{each.company} · {each.title}" if inside else each.title
    lock = "🔒 " if each.internal else ""
    said = " ".join(each.last.split())[:PREVIEW]
    return {
        "id": "/".join(map(str, (each.key.company_id, each.key.subject, each.key.subject_id))),
        "about": f"{title}\n{lock}{each.author}: {said}",
        "state": state,
        "tone": tone,
        **opened(each.key),
    }
