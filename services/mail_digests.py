"""Once a day, in the morning of the company, what people did not want to hear at once in one mail."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from core.i18n import _
from core.permissions import Permission
from data.db import session_scope
from data.queries import mail as rows
from services import outbox
from services.accounts import operator, viewer_of_user
from services.company_time import company_now

MORNING = time(7)
LONGEST = 200


def send_digests() -> int:
    """Bundle what is held for each person; called again and again, each gets one a day.

    Inputs: none.
    Returns: how many digests were made.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: screens.md 18; security.md B13.
    """
    clerk = operator()
    with session_scope(clerk) as session:
        local = company_now(session)
        people = rows.held_people(session) if local.time() >= MORNING else []
    made = 0
    for user_id in people:
        with session_scope(clerk) as session:
            made += _bundle(session, user_id, day=f"{local:%Y-%m-%d}")
    return made


def _bundle(session: Session, user_id: int, *, day: str) -> bool:
    held = rows.held(session, user_id, limit=LONGEST)
    person = viewer_of_user(user_id)
    allowed = [row for row in held if person and (not row.reader or person.may(Permission(row.reader)))]
    gone = [row.id for row in held if row not in allowed]
    if gone:
        rows.take_back(session, gone, why=_("The person may not read this any more."))
    if not allowed or person is None:
        return False
    made = outbox.send(
        session,
        to_user_id=user_id,
        template="digest",
        values={"name": person.name, "entries": [row.values for row in allowed]},
        dedupe_key=f"digest:{user_id}:{day}",
        topic="digest",
    )
    if made is not None:
        rows.bundle(session, [row.id for row in allowed])
    return made is not None
