"""Mails about accounts, to people who may not have one yet."""

from __future__ import annotations

from core.settings import settings
from data.db import sign_in_scope
from services.outbox import send


def mail_link(to: str, template: str, **values: str) -> bool:
    """Send a one-time link. It is a transaction of its own, for a partner's may write no mail; should the change
    fail afterwards, the link opens nothing.

    Inputs: the address, the name of the template, what it shows.
    Returns: False where no mail is set up: the link has to be handed over by whoever asked for it.
    Raises: InvalidInput for an address that can't have mail.
    Source: security.md C18, C19.
    """
    if not settings().smtp_url:
        return False
    with sign_in_scope() as session:
        send(session, template=template, values=values, address=to, urgent=True)
    return True


def warn(user_id: int, *, name: str, title: str, detail: str = "") -> None:
    """Tell a person what happened to the own account.

    Inputs: the account, the name of its owner, what happened.
    Returns: nothing.
    Raises: nothing of its own.
    Source: security.md C13, C15.
    """
    if settings().smtp_url:
        values = {"name": name, "title": title, "detail": detail, "href": "/account"}
        with sign_in_scope() as session:
            send(session, template="security", values=values, to_user_id=user_id, urgent=True)
