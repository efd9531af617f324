"""Sends what waits in the outbox. A mail is held by the transaction that sends it: nobody else sends it meanwhile, and
when the worker dies it is there for the next one."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import structlog
from jinja2 import TemplateError
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import UserError
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.queries import mail as rows
from services.accounts import operator, viewer_of_user
from services.company_time import company_now
from services.mail_preferences import quiet_until
from services.mail_server import Line, MailServer, NotTaken, mail_server, message
from services.mail_texts import render
from services.outbox import mail_address

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
BATCH = 100
KEPT = timedelta(days=90)
# What happened a week ago is no news: it is not sent when mail works again.
NEWS = timedelta(days=7)

log = structlog.get_logger()


def send_due() -> int:
    """Send the mails that are due; called again and again by every worker.

    Inputs: none.
    Returns: how many the server has taken.
    Raises: NotSignedIn while there is no company; ConfigurationError for a wrong setting; Unavailable.
    Source: security.md I22; RFC 5321, 4.5.4.1 (retries).
    """
    server = mail_server()
    if server is None:
        return 0
    clerk = operator()
    sent = 0
    with closing(Line(server)) as line:
        for _mail in range(BATCH):
            outcome = _send_next(clerk, server, line)
            sent += outcome == "sent"
            if outcome in ("none", "down"):
                break
    return sent


def tidy() -> int:
    """Forget mails that went long ago, and take news back that nobody got in time.

    Inputs: none.
    Returns: how many were deleted.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: none; ours.
    """
    with session_scope(operator()) as session:
        rows.expire_news(session, before=now() - NEWS, why=_("It was no news any more."))
        return rows.forget(session, before=now() - KEPT)


def _send_next(clerk: Viewer, server: MailServer, line: Line) -> str:
    """none, sent, settled (not to be sent, or not now) or down."""
    with session_scope(clerk) as session:
        found = rows.due(session, at=now())
        if found is None:
            return "none"
        person = None if found.user_id is None else viewer_of_user(found.user_id)
        obstacle = _obstacle(found, person)
        if obstacle:
            rows.change(session, found.id, state="cancelled", values={}, last_error=obstacle)
            return "settled"
        later = None if found.urgent or person is None else _not_before(session, person)
        if later is not None:
            rows.change(session, found.id, due_at=later)
            return "settled"
        return _try(session, server, line, found, found.address if person is None else person.email)


def _try(session: Session, server: MailServer, line: Line, found: Any, to: str) -> str:
    tries = found.tries + 1
    try:
        words = render(found.template, found.values)
        line.deliver(message(server, words, mail_id=found.id, to=mail_address(to), at=found.created_at))
    except NotTaken as error:
        final = error.final or tries > len(BACK_OFF)
        log.warning("mail not taken", mail=found.id, tries=tries, final=final, reason=str(error))
        next_try = {"state": "failed"} if final else {"due_at": now() + BACK_OFF[tries - 1]}
        rows.change(session, found.id, tries=tries, last_error=str(error), **next_try)
        return "down" if error.down else "settled"
    except (UserError, TemplateError, KeyError, ValueError) as error:
        log.error("mail can't be made", mail=found.id, reason=str(error))
        rows.change(session, found.id, state="failed", tries=tries, last_error=str(error))
        return "settled"
    rows.change(session, found.id, state="sent", sent_at=now(), tries=tries, last_error=None, values={})
    return "sent"


def _obstacle(found: Any, person: Viewer | None) -> str | None:
    if found.user_id is None:
        return None
    if person is None:
        return _("The account or its company is not active any more.")
    if found.reader and not person.may(Permission(found.reader)):
        return _("The person has no right to read this any more.")
    return None


def _not_before(session: Session, person: Viewer) -> datetime | None:
    hours = rows.quiet_hours(session, person.user_id or 0)
    return None if hours is None else quiet_until(company_now(session), hours)
