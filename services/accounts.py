"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import NotFound, NotSignedIn, TooMany
from core.i18n import _
from core.identity import canonical_email
from core.permissions import Permission
from core.secret_links import new_secret, secret_hash
from core.viewer import CompanyKind, Viewer
from data.db import sign_in_scope
from data.queries import accounts
from services import second_factor
from services.audit import record
from services.known_devices import device_of
from services.passwords import password_matches

IDLE_LIMIT = timedelta(minutes=30)
SESSION_LIMIT = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
ACCOUNT_LIMIT = 6
ADDRESS_LIMIT = 200
EVERYBODY_LIMIT = 3000
EVERYBODY_KEY = "everybody"
PENDING_LIMIT = timedelta(minutes=10)
CODE, SET_UP = "code", "set_up"


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new sign-in: the secret for the browser and the person it stands for."""

    token: str
    viewer: Viewer
    pending: str | None = None  # “code” or “set_up”: the second factor is still to go, and the session opens nothing


def sign_in(email: str, password: str, *, address: str, agent: str, mark: str = "") -> OpenedSession:
    """Open a session for the right password.

    Inputs: what was typed, the address and the browser it came from, the browser's mark (``known_devices``).
    Returns: the session's secret and the viewer.
    Raises: NotSignedIn for any wrong combination, alike for unknown, inactive and mistyped; TooMany when throttled.
    Source: security.md C01, C06–C11.
    """
    found = _right_password(email, password, address=address, device=device_of(mark, email))
    token = new_secret()
    with sign_in_scope() as session:
        viewer = _viewer(accounts.active_person(session, user_id=found.id))
        if viewer is None:
            raise NotSignedIn(_("E-mail or password is wrong."))
        pending = _second_step(session, viewer)
        _add_session(session, token, viewer, address=address, agent=agent, pending=pending)
    return OpenedSession(token, viewer, pending)


def verify_password_and_code(email: str, password: str, code: str, *, address: str) -> Viewer:
    """Who signs in without a browser, such as for a token of the API; nothing is opened.

    Inputs: what was sent (``code`` empty when none was) and the address it came from.
    Returns: the viewer.
    Raises: NotSignedIn for any wrong combination, alike; also when a second factor is due and its code is missing or
        wrong, or is demanded and not set up yet; TooMany when throttled.
    Source: security.md C16.
    """
    found = _right_password(email, password, address=address)
    with sign_in_scope() as session:
        viewer = _viewer(accounts.active_person(session, user_id=found.id))
        pending = None if viewer is None else _second_step(session, viewer)
    if viewer is None:
        raise NotSignedIn(_("E-mail or password is wrong."))
    if pending == SET_UP:
        raise NotSignedIn(_("Set up the second factor in the browser first."))
    if pending == CODE:
        second_factor.check(found.id, viewer.name, code)
    return viewer


def pending_sign_in(token: str) -> OpenedSession | None:
    """Who has typed the right password within ten minutes and has the second factor to go.

    Inputs: the secret from the browser's cookie.
    Returns: the sign-in; its viewer has no rights.
    Raises: Unavailable when the database is away.
    Source: security.md C14.
    """
    with sign_in_scope() as session:
        found = accounts.person_of_pending_session(
            session, token_hash=secret_hash(token), begun_since=now() - PENDING_LIMIT
        )
    viewer = _viewer(found)
    if viewer is None or found is None:
        return None
    return OpenedSession(token, replace(viewer, permissions=frozenset()), str(found.pending))


def finish_sign_in(pending: OpenedSession, *, address: str, agent: str) -> OpenedSession:
    """Open the session once the second factor was right (``second_factor.check``) or was set up.

    Inputs: the pending sign-in, address and browser.
    Returns: a session with a secret of its own.
    Raises: NotSignedIn when the pending one has ended meanwhile.
    Source: security.md C01, C14.
    """
    token = new_secret()
    with sign_in_scope() as session:
        ended = accounts.end_sessions(session, at=now(), token_hash=secret_hash(pending.token))
        viewer = _viewer(accounts.active_person(session, user_id=pending.viewer.user_id or 0))
        if viewer is None or not ended:
            raise NotSignedIn(_("Please sign in again."))
        _add_session(session, token, viewer, address=address, agent=agent)
    return OpenedSession(token, viewer)


def viewer_of_session(token: str, *, touch: bool = True) -> Viewer | None:
    """The viewer a living session belongs to; None when it has ended, timed out or the person was deactivated.

    Inputs: the secret from the browser's cookie; whether somebody is there (no timer of a page).
    Returns: the viewer with the rights of this moment, or None.
    Raises: Unavailable when the database is away.
    Source: security.md C02–C04, B14, B15.
    """
    at = now()
    token_hash = secret_hash(token)
    with sign_in_scope() as session:
        found = accounts.person_of_session(
            session, token_hash=token_hash, idle_since=at - IDLE_LIMIT, begun_since=at - SESSION_LIMIT
        )
        if touch and found is not None and found.last_seen_at < at - TOUCH_EVERY:
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
        accounts.end_sessions(session, at=now(), token_hash=secret_hash(token))
        record(session, viewer, "session.end", subject="app_user", subject_id=viewer.user_id)


def sign_out_elsewhere(token: str, viewer: Viewer) -> int:
    """End all other sessions of this person.

    Inputs: the secret of the session to keep, and its viewer.
    Returns: how many sessions ended.
    Raises: Unavailable when the database is away.
    Source: security.md C03.
    """
    with sign_in_scope() as session:
        ended = accounts.end_sessions(session, at=now(), user_id=viewer.user_id, keep=secret_hash(token))
        record(session, viewer, "session.end_others", subject="app_user", subject_id=viewer.user_id)
    return ended


def sessions_of(viewer: Viewer) -> list[dict[str, Any]]:
    """The open sessions of the viewer, the most recently used first.

    Inputs: the viewer.
    Returns: dictionaries with key, created_at, last_seen_at, address, agent.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        at = now()
        found = accounts.living_sessions(
            session, user_id=viewer.user_id or 0, idle_since=at - IDLE_LIMIT, begun_since=at - SESSION_LIMIT
        )
        return [row._asdict() for row in found]


def end_session(viewer: Viewer, key: object) -> None:
    """End one of the own sessions.

    Inputs: the viewer; the key of ``sessions_of``, as the browser sent it.
    Returns: nothing.
    Raises: NotFound for one that is not the viewer's, or has ended.
    Source: security.md C03.
    """
    named = key if isinstance(key, str) else ""
    with sign_in_scope() as session:
        if not accounts.end_sessions(session, at=now(), user_id=viewer.user_id or 0, key=named):
            raise NotFound(_("There is no such session any more."))
        record(session, viewer, "session.end_one", subject="app_user", subject_id=viewer.user_id)


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


def _right_password(email: str, password: str, *, address: str, device: str | None = None) -> Any:
    """The account whose password it is. Guesses are counted first, and given back when right."""
    account = canonical_email(email)
    own, shared = _throttle_keys(account, address, device)
    _throttle(own, shared, now())
    with sign_in_scope() as session:
        found = accounts.credentials(session, account)
    # Outside any transaction: hashing takes 50 ms and must not hold a connection.
    correct = password_matches(password, found.password_hash if found else None)
    if not correct or found is None or not found.active:
        raise NotSignedIn(_("E-mail or password is wrong."))
    with sign_in_scope() as session:
        accounts.forget_attempts(session, key=own)
        for key in shared:
            accounts.uncount_attempt(session, key=key)
    return found


def _second_step(session: Session, viewer: Viewer) -> str | None:
    if second_factor.is_on(session, viewer.user_id or 0):
        return CODE
    return SET_UP if second_factor.required(session, internal=viewer.internal) else None


def _add_session(
    session: Session, token: str, viewer: Viewer, *, address: str, agent: str, pending: str | None = None
) -> None:
    accounts.add_session(
        session,
        token_hash=secret_hash(token),
        user_id=viewer.user_id or 0,
        address=address,
        agent=agent[:200] or None,
        pending=pending,
    )
    if pending is None:
        record(session, viewer, "session.begin", subject="app_user", subject_id=viewer.user_id)


def _throttle_keys(account: str, address: str, device: str | None) -> tuple[str, dict[str, int]]:
    """What a guess is counted by: alone, and together with others' guesses and up to which number.

    A known device is counted by itself, so that nobody elsewhere can use its guesses up.
    """
    if device is not None:
        return f"device:{device}", {_address_key(address): ADDRESS_LIMIT}
    return _account_key(account), {_address_key(address): ADDRESS_LIMIT, EVERYBODY_KEY: EVERYBODY_LIMIT}


def _throttle(own: str, shared: dict[str, int], at: datetime) -> None:
    """Count first, then judge: parallel guesses can't slip through between check and count."""
    limits = {own: ACCOUNT_LIMIT, **shared}
    with sign_in_scope() as session:
        counted = {key: accounts.count_attempt(session, key=key, at=at, window=WINDOW) for key in limits}
    if any(counted[key] > limit for key, limit in limits.items()):
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
