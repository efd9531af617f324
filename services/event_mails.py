"""Mails about what happened between the company and its partners, to the other side's people who want them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.viewer import Viewer
from data.db import session_scope
from data.queries import mail as mails
from data.queries import partner_events as rows
from services import outbox
from services.accounts import operator, viewer_of_user
from services.event_readers import reader_of, template_of, topic_of
from services.mail_preferences import DAILY, NEVER, usual

BATCH = 200
NEWS = timedelta(days=7)


def tell() -> int:
    """Make mails of the events of which none were made; called again and again by every worker.

    Inputs: none.
    Returns: how many mails were made.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: security.md B13, B20: what is told is read with the eyes of its recipient.
    """
    clerk = operator()
    with session_scope(clerk) as session:
        events = rows.unmailed(session, limit=BATCH)
        if not events:
            return 0
        news = [event for event in events if event.at > now() - NEWS]
        made = 0
        for person in _people(session, clerk, news):
            concerned = [event for event in news if _concerns(event, person)]
            made += _write(session, clerk, person, concerned) if concerned else 0
        rows.mark_mailed(session, [event.id for event in events], at=now())
    return made


def _people(session: Session, clerk: Viewer, events: Sequence[Any]) -> list[Viewer]:
    """All on the other sides, with the rights of this moment."""
    companies = {clerk.company_id if event.by_partner else event.company_id for event in events}
    found = (viewer_of_user(row.id) for row in mails.people_of(session, sorted(companies)))
    return [person for person in found if person is not None]


def _concerns(event: Any, person: Viewer) -> bool:
    if event.by_partner != person.internal or not (person.internal or event.company_id == person.company_id):
        return False
    reader = reader_of(event)
    return any(right.startswith("portal.") for right in person.permissions) if reader is None else person.may(reader)


def _write(session: Session, clerk: Viewer, person: Viewer, events: Sequence[Any]) -> int:
    user_id = person.user_id or 0
    chosen = mails.preferences(session, [user_id])
    with session_scope(person) as own:
        readable = rows.told(own, [event.id for event in events])
    made = 0
    for event in events:
        topic = topic_of(event.event)
        delivery = chosen.get((user_id, topic), usual(topic, internal=person.internal))
        told = readable.get(event.id)
        if delivery == NEVER or told is None:
            continue
        sender = f"{told.actor}, {told.company}" if person.internal else _own_name(session, clerk)
        added = outbox.send(
            session,
            to_user_id=user_id,
            template=template_of(event.event),
            values={"who": sender, "title": told.title, "detail": told.detail, "href": told.href},
            dedupe_key=f"event:{event.id}:{user_id}",
            topic=topic,
            reader=reader_of(event),
            hold=delivery == DAILY,
        )
        made += added is not None
    return made


def _own_name(session: Session, clerk: Viewer) -> str:
    return mails.partner_companies(session, "internal").get(clerk.company_id, "")
