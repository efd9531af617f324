"""Replacing a password: a forgotten one by a link, a known one on the account page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import InvalidInput, NotFound, TooMany
from core.i18n import _, moment
from core.identity import canonical_email
from core.secret_links import new_secret, path_with, secret_hash
from core.settings import settings
from core.viewer import CompanyKind, Viewer
from data.db import sign_in_scope
from data.queries import accounts
from data.queries import password_resets as rows
from services.account_mail import mail_link, warn
from services.audit import record
from services.passwords import check_password, hash_password, password_matches

PATH = "/reset"
LIFETIME = timedelta(minutes=30)
HOUR = timedelta(hours=1)
HOURLY_LIMIT = 5
ADDRESS_LIMIT = 30
GUESSES, GUESS_WINDOW = 5, timedelta(minutes=5)


def ask(email: str, *, address: str) -> None:
    """Mail a link to whoever forgot the password. Whether there is such an account stays unknown: nothing is told.

    Inputs: what was typed and the address it came from.
    Returns: nothing.
    Raises: TooMany for one address only, never for one account.
    Source: security.md C06, C07, C11, C18, C19.
    """
    at, account = now(), canonical_email(email)
    with sign_in_scope() as session:
        made = accounts.count_attempt(session, key=f"reset:{address}", at=at, window=HOUR)
        found = accounts.credentials(session, account)
    if made > ADDRESS_LIMIT:
        raise TooMany(_("Too many requests. Wait an hour, then try again."), retry_after_seconds=3600)
    # Costs as much as all the rest: how long the answer takes tells nothing. Nobody's links are counted too (C07).
    password_matches("", None)
    secret = new_secret()
    with sign_in_scope() as session:
        links = rows.made_since(session, user_id=0 if found is None else found.id, since=at - HOUR)
        if found is None or not found.active or not settings().smtp_url or links >= HOURLY_LIMIT:
            return
        rows.end(session, user_id=found.id, at=at)
        rows.add(session, user_id=found.id, token_hash=secret_hash(secret), at=at, expires_at=at + LIFETIME)
    until = moment(at + LIFETIME)
    mail_link(account, "reset", name=found.name, href=path_with(PATH, secret), until=until)


def reset(secret: str, password: str) -> str:
    """Replace a forgotten password; the link is worthless from here on, and all sessions end.

    Inputs: the secret of the link, the new password.
    Returns: the e-mail to sign in with; the second factor is still asked for then.
    Raises: NotFound for any link that opens nothing, alike; InvalidInput for a weak password.
    Source: security.md C03, C18, C20, C21.
    """
    with sign_in_scope() as session:
        found = rows.by_token(session, token_hash=secret_hash(secret), at=now())
    if found is None:
        raise _gone()
    check_password(password, about=(found.email, found.name, found.company))
    password_hash = hash_password(password)
    with sign_in_scope() as session:
        found = rows.by_token(session, token_hash=secret_hash(secret), at=now(), lock=True)
        if found is None:
            raise _gone()
        _store(session, _person(found), password_hash)
    warn(found.id, name=found.name, title=_("The password of your account was changed."))
    return str(found.email)


def change(viewer: Viewer, old: str, new: str, *, keep: str) -> None:
    """Replace the own password; all other sessions end, and links to reset it die.

    Inputs: the person, the password of before, the new one, the hash of the session to keep.
    Returns: nothing.
    Raises: InvalidInput for a wrong old or a weak new password; TooMany after five wrong ones.
    Source: security.md C03, C18, C21.
    """
    user_id = viewer.user_id or 0
    with sign_in_scope() as session:
        made = accounts.count_attempt(session, key=f"change:{user_id}", at=now(), window=GUESS_WINDOW)
        found = accounts.credentials(session, viewer.email)
    if made > GUESSES:
        raise TooMany(_("Too many attempts. Wait five minutes, then try again."), retry_after_seconds=300)
    if not password_matches(old, found.password_hash if found else None):
        raise InvalidInput(_("The password of before is wrong."))
    check_password(new, about=(viewer.email, viewer.name))
    password_hash = hash_password(new)
    with sign_in_scope() as session:
        _store(session, viewer, password_hash, keep=keep)
        accounts.forget_attempts(session, key=f"change:{user_id}")
    warn(user_id, name=viewer.name, title=_("The password of your account was changed."))


def _store(session: Session, person: Viewer, password_hash: str, *, keep: str | None = None) -> None:
    user_id, at = person.user_id or 0, now()
    accounts.save_password_hash(session, user_id=user_id, password_hash=password_hash)
    rows.end(session, user_id=user_id, at=at)
    accounts.end_sessions(session, at=at, user_id=user_id, keep=keep)
    record(session, person, "password.change", subject="app_user", subject_id=user_id)


def _person(found: Any) -> Viewer:
    kind = CompanyKind(found.company_kind)
    return Viewer(found.id, found.company_id, kind, found.role, found.name, found.email, frozenset())


def _gone() -> NotFound:
    return NotFound(_("This link is not valid any more. Ask for a new one."))
