"""What the company and a partner write to each other about an order, a request or in general. Internal notes stand in
the same thread and never cross: the database keeps them from the partner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import inbox
from data.queries import partner_messages as rows
from services import attachments
from services.attachments import Attached
from services.audit import record
from services.form_values import sentence
from services.message_threads import INSIDE, PORTAL, Key, thread_meant, titles
from services.notifications import MENTION, TASK, Notice, done, people_with, tell
from services.partner_events import PartnerEvent, announce
from services.partners import partner_scope

LONGEST, LISTED, SHOWN, TOLD_AT_ONCE = 4_000, 500, 200, 200
PREVIEW = 200
_NAMED = re.compile(r"@([\w.+-]+)")


@dataclass(frozen=True, slots=True)
class Message:
    """One message with its files; ``internal`` ones are the company's own."""

    id: int
    body: str
    author: str
    by_partner: bool
    internal: bool
    mine: bool
    created_at: datetime
    files: Sequence[Attached] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread that is open: its newest messages, the oldest of them first, and whom a message can name (name, what
    stands after “@”)."""

    key: Key
    title: str
    company: str
    messages: Sequence[Message] = ()
    people: Sequence[tuple[str, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class Listed:
    """A thread in the list."""

    key: Key
    title: str
    company: str
    messages: int
    unread: int
    last_at: datetime
    last: str
    author: str
    internal: bool


def threads(viewer: Viewer, *, search: str = "") -> list[Listed]:
    """Threads with what a person has not read first, then the newest.

    Inputs: a colleague with partner.read or a partner with portal.messages; part of a text, a title or a company.
    Returns: at most LISTED threads.
    Raises: NotAllowed.
    Source: security.md B10: counted inside what the viewer may see.
    """
    wanted = search[:LONGEST].strip().casefold()
    with _scope(viewer) as session:
        found = rows.threads(session, user_id=viewer.user_id or 0, search=wanted, limit=LISTED)
        named = titles(session, found)
    listed = [
        Listed(
            key=(key := Key(row.company_id, row.subject, row.subject_id)),
            title=named[key],
            company=row.company,
            messages=row.messages,
            unread=row.unread,
            last_at=row.created_at,
            last=row.body,
            author=row.author,
            internal=row.internal,
        )
        for row in found
    ]
    hits = {(row.company_id, row.subject, row.subject_id) for row in found if row.mentions}
    return [
        each
        for each in listed
        if not wanted
        or (each.key.company_id, each.key.subject, each.key.subject_id) in hits
        or wanted in f"{each.title} {each.company}".casefold()
    ]


def unread(viewer: Viewer) -> int:
    """In how many threads there is something a person has not read.

    Inputs: as threads.
    Returns: a count.
    Raises: NotAllowed.
    Source: none; ours.
    """
    with _scope(viewer) as session:
        return unread_of(session, viewer)


def unread_of(session: Session, viewer: Viewer) -> int:
    """The same within an open session of the viewer.

    Inputs: the open session, the viewer.
    Returns: a count.
    Raises: nothing.
    Source: none; ours.
    """
    found = rows.threads(session, user_id=viewer.user_id or 0, search="", limit=LISTED)
    return sum(row.unread > 0 for row in found)


def thread(
    viewer: Viewer, subject: object, subject_id: object, company_id: object = None, *, reading: bool = True
) -> Thread:
    """A thread, also one in which nothing was written yet.

    Inputs: as threads; what it is about (a key of data.queries.partner_messages.NAMES, or GENERAL) and which one;
        inside the partner's company for a general thread; reading: its messages count as read from now on.
    Returns: the thread with its newest SHOWN messages.
    Raises: NotAllowed; NotFound, in the same words for what is not there and what is another company's.
    Source: security.md B01.
    """
    with _scope(viewer) as session:
        key, title, company = thread_meant(session, viewer, subject, subject_id, company_id)
        found = rows.messages(session, **key.values(), limit=SHOWN)
        if found and reading:
            rows.mark_read(session, user_id=viewer.user_id, **key.values(), last_id=found[-1].id)
        files = attachments.attached(session, key.company_id, "partner_message", [row.id for row in found])
        people = [(row.name, row.email.partition("@")[0]) for row in _who_may_see(session, viewer, key)]
        if viewer.internal and reading:
            done(session, _notice_key(key), person=viewer.user_id)
    messages = [
        Message(
            row.id,
            row.body,
            row.author,
            row.by_partner,
            row.internal,
            row.user_id == viewer.user_id,
            row.created_at,
            files.get(str(row.id), ()),
        )
        for row in found
    ]
    return Thread(key, title, company, messages, people)


def say(
    viewer: Viewer,
    subject: object,
    subject_id: object,
    body: object,
    *,
    company_id: object = None,
    internal: object = False,
) -> int:
    """Write into a thread. “@” before the first part of somebody's e-mail address tells that person.

    Inputs: a colleague with partner.read or a partner with portal.messages and portal.answer; the thread as in thread;
        the message; internal: a note that stays inside (a partner has none).
    Returns: the id of the message.
    Raises: NotAllowed, NotFound; InvalidInput for a message that is empty or longer than LONGEST.
    Source: screens.md 18; security.md B08, B20.
    """
    said = sentence(body, name=_("Message"), longest=LONGEST)
    with _scope(viewer, write=True) as session:
        key, title, _company = thread_meant(session, viewer, subject, subject_id, company_id)
        return _said(session, viewer, key, title, said, internal=_stays_inside(viewer, internal))


def send_file(
    viewer: Viewer,
    subject: object,
    subject_id: object,
    stream: BinaryIO,
    *,
    file_name: str,
    company_id: object = None,
    internal: object = False,
) -> Key:
    """Send a file into a thread; it stands there as a message of its own.

    Inputs: as say; the bytes and the name that the file had.
    Returns: the thread.
    Raises: as say; what attachments.received and keep raise.
    Source: security.md B19, G01–G05.
    """
    with _scope(viewer, write=True) as session:
        thread_meant(session, viewer, subject, subject_id, company_id)
    with attachments.received(stream, file_name=file_name) as file, _scope(viewer, write=True) as session:
        key, title, _company = thread_meant(session, viewer, subject, subject_id, company_id)
        inside = _stays_inside(viewer, internal)
        made = _said(session, viewer, key, title, file.file_name, internal=inside)
        attachments.keep(session, viewer, key.company_id, "partner_message", made, file=file, internal=inside)
    return key


def partner_companies(viewer: Viewer) -> list[tuple[int, str]]:
    """To whom somebody inside can write.

    Inputs: a viewer with partner.read.
    Returns: id and name of partners' companies.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return [(row.id, row.name) for row in rows.partner_companies(session)]


def tell_inside(viewer: Viewer) -> int:
    """Put what partners wrote into the inboxes of those inside who are named in it or take part in the thread.

    Inputs: the worker.
    Returns: how many messages were told.
    Raises: nothing of its own.
    Source: screens.md 21; a partner's own transaction writes into nobody's inbox.
    """
    with session_scope(viewer) as session:
        found = rows.untold(session, limit=TOLD_AT_ONCE)
        for row in found:
            _tell_inside(session, viewer, row)
        rows.told(session, [row.id for row in found], at=now())
    return len(found)


def _tell_inside(session: Session, viewer: Viewer, row: Any) -> None:
    key = Key(row.company_id, row.subject, row.subject_id)
    named = _named(row.body, inbox.colleagues(session))
    part = set(rows.taking_part(session, **key.values())) & set(people_with(session, Permission.PARTNER_READ))
    written = (key.href(INSIDE), row.body[:PREVIEW])
    title = _("%(company)s names you in a message", company=row.company)
    tell(session, viewer, named, Notice(MENTION, _notice_key(key), title, *written))
    title = _("Message of %(company)s", company=row.company)
    tell(session, viewer, sorted(part - set(named)), Notice(TASK, _notice_key(key), title, *written))


def _said(session: Session, viewer: Viewer, key: Key, title: str, said: str, *, internal: bool) -> int:
    only_inside = {"internal": True} if internal else {}
    made = rows.add(
        session,
        **key.values(),
        body=said,
        user_id=viewer.user_id,
        author=viewer.name,
        by_partner=not viewer.internal,
        **only_inside,
    )
    rows.mark_read(session, user_id=viewer.user_id, **key.values(), last_id=made)
    record(
        session,
        viewer,
        "message.internal" if internal else "message.post",
        subject="partner_message",
        subject_id=made,
        after=key.values(),
    )
    if viewer.internal:
        named = _named(said, inbox.colleagues(session))
        told = _("%(who)s names you: %(about)s", who=viewer.name, about=title)
        tell(session, viewer, named, Notice(MENTION, _notice_key(key), told, key.href(INSIDE), said[:PREVIEW]))
    if not internal:
        about = _("New message: %(about)s", about=title)
        href = key.href(PORTAL if viewer.internal else INSIDE)
        event = PartnerEvent("message.posted", "partner_message", made, about, href, said[:PREVIEW])
        announce(session, viewer, key.company_id, event)
    return made


@contextmanager
def _scope(viewer: Viewer, *, write: bool = False) -> Iterator[Session]:
    """A session for a thread: all partners' inside, the own company's for a partner."""
    if viewer.internal:
        require(viewer, Permission.PARTNER_READ)
        with session_scope(viewer) as session:
            yield session
        return
    rights = (Permission.PORTAL_MESSAGES, Permission.PORTAL_ANSWER) if write else (Permission.PORTAL_MESSAGES,)
    with partner_scope(viewer, *rights) as session:
        yield session


def _who_may_see(session: Session, viewer: Viewer, key: Key) -> list[Any]:
    """Whom a message can name: everybody inside and the partner's people; a partner sees its own people only."""
    partners = rows.people_of(session, key.company_id)
    return [*inbox.colleagues(session), *partners] if viewer.internal else partners


def _named(said: str, people: Sequence[Any]) -> list[int]:
    wanted = {name.casefold().rstrip(".") for name in _NAMED.findall(said)}
    return [row.id for row in people if row.email.partition("@")[0].casefold() in wanted]


def _stays_inside(viewer: Viewer, internal: object) -> bool:
    """Whether a message is internal; what a browser says otherwise is refused, lest a note crosses by mistake."""
    if internal not in (True, False, None, "", "yes"):
        raise InvalidInput(_("Say whether this is an internal note."))
    return viewer.internal and internal in (True, "yes")


def _notice_key(key: Key) -> str:
    return f"partner_message:{key.company_id}:{key.subject}:{key.subject_id}"
