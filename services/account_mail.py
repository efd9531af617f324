"""Mails about accounts, to people who may not have one yet."""

from __future__ import annotations

from sqlalchemy.orm import Session


def mail_link(session: Session, to: str, template: str, **values: str) -> bool:
    """Send a one-time link.

    Inputs: the open session of the change, the address, the name of the template, what it shows.
    Returns: False where no mail is set up: the link has to be handed over by whoever asked for it.
    Raises: nothing of its own.
    Source: security.md C18, C19.
    """
    del session, to, template, values
    return False
