"""What a worker does for the mail, again and again."""

from __future__ import annotations

import structlog

from services import event_mails, mail_digests, mail_reminders, mail_sending

log = structlog.get_logger()


def look() -> None:
    """Make mails of what happened, and send those that are due.

    Inputs: none.
    Returns: nothing; the log tells.
    Raises: NotSignedIn while there is no company; ConfigurationError for a wrong setting; Unavailable.
    Source: security.md I22.
    """
    event_mails.tell()
    sent = mail_sending.send_due()
    if sent:
        log.info("mail sent", count=sent)


def daily() -> None:
    """Digests and reminders, once a day for each person, and old mails forgotten.

    Inputs: none.
    Returns: nothing; the log tells.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: screens.md 18.
    """
    made = mail_digests.send_digests() + mail_reminders.remind()
    if made:
        log.info("digests and reminders made", count=made)
    mail_sending.tidy()
