"""Remarks of people about a thing. Whoever is named in one finds it in the inbox."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import inbox as rows
from services.form_values import sentence
from services.notifications import MENTION, Notice, tell

LONGEST = 2_000
_NAMED = re.compile(r"@([\w.+-]+)")


def thread(viewer: Viewer, subject: str, subject_id: str) -> list[dict[str, Any]]:
    """What was said about a thing, the oldest first.

    Inputs: a viewer with plan.read; the kind of thing, and which one.
    Returns: dictionaries of id, body, author, created_at.
    Raises: NotAllowed.
    Source: screens.md 3.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [dict(row._mapping) for row in rows.thread(session, subject=subject, subject_id=subject_id)]


def say(viewer: Viewer, subject: str, subject_id: str, body: object, *, about: str, href: str) -> int:
    """Add a remark. “@” before the first part of somebody's e-mail address tells that person.

    Inputs: a viewer with plan.read; the thing; the remark; about: what people call the thing; href: where it is.
    Returns: the id of the remark.
    Raises: NotAllowed; InvalidInput for a remark that is empty or longer than LONGEST.
    Source: screens.md 3.
    """
    require(viewer, Permission.PLAN_READ)
    said = sentence(body, name=_("Comment"), longest=LONGEST)
    with session_scope(viewer) as session:
        comment_id = rows.add_comment(
            session, subject=subject, subject_id=subject_id, body=said, created_by=viewer.user_id
        )
        title = _("%(who)s names you: %(about)s", who=viewer.name, about=about)
        notice = Notice(MENTION, f"comment:{comment_id}", title, href, detail=said)
        tell(session, viewer, _named(session, said), notice)
    return comment_id


def colleagues(viewer: Viewer) -> list[tuple[int, str, str]]:
    """Whom a remark can name, and who can own a task.

    Inputs: a viewer with plan.read.
    Returns: id, name, and what stands after “@”.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [(row.id, row.name, row.email.partition("@")[0]) for row in rows.colleagues(session)]


def _named(session: Session, said: str) -> list[int]:
    wanted = {name.casefold().rstrip(".") for name in _NAMED.findall(said)}
    return [row.id for row in rows.colleagues(session) if row.email.partition("@")[0].casefold() in wanted]
