"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import NotSignedIn, TooMany
from core.i18n import _
from core.identity import canonical_email
from core.permissions import Permission
from core.viewer import CompanyKind, Viewer
from data.db import sign_in_scope
from data.queries import accounts
from services.audit import record
from services.passwords import password_matches

IDLE_LIMIT = timedelta(minutes=30)
SESSION_LIMIT = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
ACCOUNT_LIMIT = 6
ADDRESS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new sign-in: the secret for the browser and the person it stands for."""

    token: str
    viewer: Viewer


def sign_in(email: str, password: str, *, address: str, agent: str) -> OpenedSession:
    """Open a session for the right password.

    Inputs: what was typed, the address and the browser it came from.
    Returns: the session's secret and the viewer.
    Raises: NotSignedIn for any wrong combination, alike for unknown, inactive and mistyped; TooMany when throttled.
    Source: security.md C01, C06–C11.
    """
    account = canonical_email(email)
    at = now()
    _throttle(account, address, at)
    with sign_in_scope() as session:
        found = accounts.credentials(session, account)
    # Outside any transaction: hashing takes 50 ms and must not hold a connection.
    correct = password_matches(password, found.password_hash if found else None)
    if not correct or found is None or not found.active:
        raise NotSignedIn(_("E-mail or password is wrong."))
    token = secrets.token_urlsafe(32)
    with sign_in_scope() as session:
        accounts.forget_attempts(session, key=_account_key(account))
        accounts.uncount_attempt(session, key=_address_key(address))
        accounts.add_session(
            session, token_hash=_hash(token), user_id=found.id, address=address, agent=agent[:200] or None
        )
        viewer = _viewer(accounts.active_person(session, user_id=found.id))
        if viewer is None:
            raise NotSignedIn(_("E-mail or password is wrong."))
        record(session, viewer, "session.begin", subject="app_user", subject_id=found.id)
    return OpenedSession(token, viewer)


def viewer_of_session(token: str) -> Viewer | None:
    """The viewer a living session belongs to; None when it has ended, timed out or the person was deactivated.

    Inputs: the secret from the browser's cookie.
    Returns: the viewer with the rights of this moment, or None.
    Raises: Unavailable when the database is away.
    Source: security.md C02–C04, B14, B15.
    """
    at = now()
    token_hash = _hash(token)
    with sign_in_scope() as session:
        found = accounts.person_of_session(
            session, token_hash=token_hash, idle_since=at - IDLE_LIMIT, begun_since=at - SESSION_LIMIT
        )
        if found is not None and found.last_seen_at < at - TOUCH_EVERY:
            accounts.touch_session(session, token_hash=token_hash, at=at)
    return _viewer(found)


def viewer_of_user(user_id: int) -> Viewer | None:
    """The viewer for work done on a person's behalf, such as a job.

    Inputs: the user's id.
    Returns: the viewer with the rights of this moment; None when deactivated.
    Raises: Unavailable when the database is away.
    Source: security.md B13, B15.
    """
    with sign_in_scope() as session:
        return viewer_in(session, user_id)


def viewer_in(session: Session, user_id: int) -> Viewer | None:
    """The same within an open transaction.

    Inputs: a session of data.db.sign_in_scope and the user's id.
    Returns: as viewer_of_user.
    Raises: nothing of its own.
    Source: security.md B14, B15.
    """
    return _viewer(accounts.active_person(session, user_id=user_id))


def sign_out(token: str, viewer: Viewer) -> None:
    """End this session at once, also for copies of its cookie.

    Inputs: the session's secret and its viewer.
    Returns: nothing.
    Raises: Unavailable when the database is away.
    Source: security.md C02.
    """
    with sign_in_scope() as session:
        accounts.end_sessions(session, at=now(), token_hash=_hash(token))
        record(session, viewer, "session.end", subject="app_user", subject_id=viewer.user_id)


def sign_out_elsewhere(token: str, viewer: Viewer) -> int:
    """End all other sessions of this person.

    Inputs: the secret of the session to keep, and its viewer.
    Returns: how many sessions ended.
    Raises: Unavailable when the database is away.
    Source: security.md C03.
    """
    with sign_in_scope() as session:
        ended = accounts.end_sessions(session, at=now(), user_id=viewer.user_id, keep=_hash(token))
        record(session, viewer, "session.end_others", subject="app_user", subject_id=viewer.user_id)
    return ended


def sessions_of(viewer: Viewer) -> list[dict[str, Any]]:
    """The open sessions of the viewer, the most recently used first.

    Inputs: the viewer.
    Returns: dictionaries with created_at, last_seen_at, address, agent.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        return [row._asdict() for row in accounts.living_sessions(session, user_id=viewer.user_id or 0)]


def any_account() -> bool:
    """Whether anybody can sign in at all.

    Inputs: none.
    Returns: False on a fresh installation without demo.
    Raises: Unavailable when the database is away.
    Source: security.md C23.
    """
    with sign_in_scope() as session:
        return accounts.any_account(session)


def operator() -> Viewer:
    """The person at the command line: every right inside the company, and a name of its own in the audit trail.

    Inputs: none.
    Returns: a viewer without user id.
    Raises: NotSignedIn when the database holds no internal company yet.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        company_id = accounts.internal_company_id(session)
    if company_id is None:
        raise NotSignedIn("No company yet: run `cli.py user create-admin` or `cli.py demo load` first.")
    return operator_of(company_id)


def operator_of(company_id: int) -> Viewer:
    """The operator in a known company.

    Inputs: the id of the internal company (0 while there is none yet).
    Returns: a viewer without user id.
    Raises: nothing.
    Source: none; ours.
    """
    rights = frozenset(p for p in Permission if not p.value.startswith("portal."))
    return Viewer(None, company_id, CompanyKind.INTERNAL, "operator", "Operator", "operator@command-line", rights)


def _throttle(account: str, address: str, at: datetime) -> None:
    """Count first, then judge: parallel guesses can't slip through between check and count."""
    with sign_in_scope() as session:
        by_account = accounts.count_attempt(session, key=_account_key(account), at=at, window=WINDOW)
        by_address = accounts.count_attempt(session, key=_address_key(address), at=at, window=WINDOW)
    if by_account > ACCOUNT_LIMIT or by_address > ADDRESS_LIMIT:
        raise TooMany(
            _("Too many attempts. Wait five minutes, then try again."), retry_after_seconds=int(WINDOW.total_seconds())
        )


def _account_key(account: str) -> str:
    return f"account:{account[:200]}"


def _address_key(address: str) -> str:
    return f"address:{address}"


def _viewer(row: Any) -> Viewer | None:
    if row is None:
        return None
    known = {p.value for p in Permission}
    return Viewer(
        user_id=row.id,
        company_id=row.company_id,
        company_kind=CompanyKind(row.company_kind),
        role=row.role,
        name=row.name,
        email=row.email,
        permissions=frozenset(Permission(p) for p in row.permissions or () if p in known),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
