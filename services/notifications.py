"""Telling people inside the company what waits for them; it lands in their inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import inbox as rows

TASK, MENTION, APPROVAL, REMINDER = "task", "mention", "approval", "reminder"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: ``kind`` is one of TASK, MENTION, APPROVAL, REMINDER; ``key`` names the thing, such as
    “sop_step:12”: told again it is one entry still; ``href`` opens the place where it is done."""

    kind: str
    key: str
    title: str
    href: str
    detail: str | None = None
    due_on: date | None = None


def tell(session: Session, viewer: Viewer, people: Iterable[int], notice: Notice) -> None:
    """Put an entry into the inbox of people.

    Inputs: the open session of the change, who causes it, ids of people, the notice.
    Returns: nothing.
    Raises: nothing of its own.
    Source: screens.md 21.
    """
    entries = _entries(viewer, people, notice)
    if entries:
        rows.tell(session, entries)


def tell_once(session: Session, viewer: Viewer, people: Iterable[int], notice: Notice) -> int:
    """The same to those who were not told yet: what somebody has done or was told before stays as it is.

    Inputs: as tell.
    Returns: how many people were told.
    Raises: nothing of its own.
    Source: screens.md 21.
    """
    entries = _entries(viewer, people, notice)
    return rows.tell_once(session, entries) if entries else 0


def people_with(session: Session, permission: Permission) -> list[int]:
    """Those who may do a thing, to ask them for it.

    Inputs: an open session; the right.
    Returns: ids of active people inside the company.
    Raises: nothing.
    Source: none; ours.
    """
    return rows.people_with(session, permission.value)


def done(session: Session, key: str, *, person: int | None = None) -> None:
    """Take what is done out of the inboxes.

    Inputs: the open session of the change; the key; one person, None for all who were told.
    Returns: nothing.
    Raises: nothing.
    Source: screens.md 21.
    """
    rows.done(session, key, at=now(), user_id=person)


def done_below(session: Session, key: str, *, but: str = "") -> None:
    """Take reminders of a thing out of the inboxes: entries whose keys are the thing's, a colon, and more.

    Inputs: the open session of the change; the key of the thing; the one entry that stays.
    Returns: nothing.
    Raises: nothing.
    Source: screens.md 21.
    """
    rows.done_below(session, key, but=but, at=now())


def _entries(viewer: Viewer, people: Iterable[int], notice: Notice) -> list[dict[str, Any]]:
    values = {
        "kind": notice.kind,
        "key": notice.key,
        "title": notice.title,
        "detail": notice.detail,
        "href": notice.href,
        "due_on": notice.due_on,
        "created_by": viewer.user_id,
    }
    return [{"user_id": person, **values} for person in dict.fromkeys(people)]
