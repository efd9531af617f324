"""Mail on its way out: written in the transaction of its cause, sent by the worker (services.mail_sending)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from data.queries import mail as rows
from services.mail_texts import render

LONGEST_ADDRESS = 254
# One mailbox of ASCII letters: nothing in it can begin another header or name a second recipient.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def send(
    session: Session,
    *,
    template: str,
    values: Mapping[str, object],
    to_user_id: int | None = None,
    address: str | None = None,
    dedupe_key: str | None = None,
    urgent: bool = False,
    topic: str | None = None,
    reader: Permission | None = None,
    hold: bool = False,
) -> int | None:
    """Put a mail into the outbox. It goes when the transaction has been committed, or not at all.

    Inputs: an open session of a colleague, the operator or the sign-in (``session_scope(operator())``,
        ``sign_in_scope()``); partners' sessions may write no mail. The template (services/mail_templates) and what
        fills it: plain JSON, ``href`` being a path of Tandem. To whom: an account, which must be active when the mail
        goes, or an address, as for invitations. dedupe_key: of two mails with one key only the first is sent. urgent:
        it waits for no quiet hours. topic, reader, hold: of mails about events (services.event_mails).
    Returns: the id of the mail, None when there is one with its key.
    Raises: InvalidInput for an address that is none and a value that the template lacks.
    Source: screens.md 18; security.md F10, F12, I22.
    """
    if (to_user_id is None) == (address is None):
        raise ValueError("a mail goes to an account or to an address")
    return rows.add(
        session,
        user_id=to_user_id,
        address=None if address is None else mail_address(address),
        template=template,
        topic=topic,
        reader=reader,
        subject=render(template, values).subject,
        values=dict(values),
        dedupe_key=dedupe_key,
        urgent=urgent,
        due_at=now(),
        **({"state": "held"} if hold else {}),
    )


def mail_address(typed: str) -> str:
    """A mail address as somebody typed it.

    Inputs: a text.
    Returns: the address without surrounding blanks.
    Raises: InvalidInput for what is no single plain address.
    Source: security.md F12.
    """
    found = typed.strip()
    if len(found) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(found):
        raise InvalidInput(_("“%(address)s” is not an e-mail address.", address=typed[:LONGEST_ADDRESS]))
    return found
