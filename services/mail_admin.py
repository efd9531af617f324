"""The outbox as an administrator looks after it: what waits, what failed, once more, and a mail to try it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.clock import now
from core.errors import ConfigurationError, Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import mail as rows
from services.audit import record
from services.company_time import company_zone
from services.form_values import row_id
from services.mail_server import mail_server
from services.outbox import send

STATES = ("waiting", "held", "failed", "cancelled", "sent", "bundled")
LISTED = 500
UNSENT = ("waiting", "held", "failed")


@dataclass(frozen=True, slots=True)
class MailState:
    """Where mail goes (empty: nowhere, ``problem`` says why), how many mails there are by state, and whose clock
    counts."""

    server: str
    sender: str
    problem: str
    counts: dict[str, int]
    time_zone: str


def mail_state(viewer: Viewer) -> MailState:
    """Whether mail works and what the outbox holds.

    Inputs: a viewer with partner.manage.
    Returns: the state.
    Raises: NotAllowed; Unavailable.
    Source: screens.md 18.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    problem = ""
    try:
        server = mail_server()
    except ConfigurationError as error:
        server, problem = None, str(error)
    with session_scope(viewer) as session:
        counts, zone = rows.counts(session), company_zone(session).key
    if server is None:
        problem = problem or _("No mail server is set up: set TANDEM_SMTP_URL and TANDEM_MAIL_FROM. Mails wait here.")
        return MailState("", "", problem, counts, zone)
    return MailState(f"{server.host}:{server.port}", server.sender, "", counts, zone)


def outbox(viewer: Viewer, *, state: object = "", limit: int = LISTED) -> list[dict[str, Any]]:
    """Mails, the newest first; never what stands in them, since links open doors.

    Inputs: a viewer with partner.manage; one of STATES, anything else is all; how many.
    Returns: dictionaries of id, recipient, template, subject, state, tries, due_at, created_at, sent_at, last_error.
    Raises: NotAllowed; Unavailable.
    Source: screens.md 18.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        found = rows.outbox(session, state=str(state) if state in STATES else None, limit=limit)
    return [row._asdict() for row in found]


def retry(viewer: Viewer, mail_id: object) -> None:
    """Send a mail that waits or failed with the next look of a worker, its tries counted anew.

    Inputs: a viewer with partner.manage; the id.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict for a mail that went or was cancelled.
    Source: security.md I22.
    """
    changes = {"state": "waiting", "tries": 0, "due_at": now(), "last_error": None}
    _settle(viewer, mail_id, "mail.retry", UNSENT, changes)


def cancel(viewer: Viewer, mail_id: object) -> None:
    """Take a mail back that has not gone.

    Inputs: a viewer with partner.manage; the id.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict for a mail that went or was cancelled.
    Source: none; ours.
    """
    _settle(viewer, mail_id, "mail.cancel", UNSENT, {"state": "cancelled", "values": {}})


def send_test(viewer: Viewer) -> str:
    """A mail to the viewer, to see that mail works.

    Inputs: a viewer with partner.manage.
    Returns: the address it goes to.
    Raises: NotAllowed; InvalidInput without a mail server.
    Source: none; ours.
    """
    problem = mail_state(viewer).problem
    if problem:
        raise InvalidInput(problem)
    with session_scope(viewer) as session:
        made = send(session, template="test", values={"name": viewer.name}, to_user_id=viewer.user_id, urgent=True)
        record(session, viewer, "mail.test", subject="mail_outbox", subject_id=made)
    return viewer.email


def _settle(viewer: Viewer, mail_id: object, action: str, allowed: tuple[str, ...], changes: dict[str, Any]) -> None:
    require(viewer, Permission.PARTNER_MANAGE)
    with session_scope(viewer) as session:
        found = rows.one(session, row_id(mail_id))
        if found is None:
            raise NotFound(_("There is no such mail."))
        if found.state not in allowed:
            raise Conflict(_("“%(subject)s” is %(state)s already.", subject=found.subject, state=_(found.state)))
        rows.change(session, found.id, **changes)
        before, after = {"state": found.state}, {"state": changes["state"]}
        record(session, viewer, action, subject="mail_outbox", subject_id=found.id, before=before, after=after)
