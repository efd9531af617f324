"""Signing in at the API: a short access token, and a refresh token that is good for one new pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import NotAllowed, NotSignedIn
from core.i18n import _
from core.permissions import Permission
from core.secret_links import new_secret, secret_hash
from core.viewer import Viewer
from data.db import sign_in_scope
from data.queries import access as rows
from data.queries import accounts as sessions
from services import accounts
from services.access_tokens import LIFETIME, access_token, claims_of
from services.audit import record

FAMILY_LIMIT = timedelta(days=30)
AGENT, AGENT_LENGTH = "API", 200
SCHEME = "Bearer"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a program works with from here on."""

    token_type: str
    access_token: str
    refresh_token: str
    expires_in: int


def sign_in(email: str, password: str, *, code: str = "", address: str, agent: str) -> Tokens:
    """Begin a family of tokens for the right password and, where the person has a second factor, its code.

    Inputs: what was sent, the address and the program it came from.
    Returns: tokens.
    Raises: NotSignedIn for any wrong combination; NotAllowed for a person who may not use the API; TooMany.
    Source: security.md C06–C10, C16.
    """
    viewer = accounts.verify_password_and_code(email, password, code, address=address)
    if not may_use(viewer):
        raise NotAllowed(_("This account may not use the API. Ask your administrator for it."))
    # A session whose secret nobody has: no cookie opens it, and whatever ends the person's sessions ends it too.
    session_hash, family_id, at = secret_hash(new_secret()), uuid4(), now()
    with sign_in_scope() as session:
        sessions.add_session(
            session,
            token_hash=session_hash,
            user_id=viewer.user_id or 0,
            address=address,
            agent=f"{AGENT}: {agent}"[:AGENT_LENGTH],
            pending=None,
        )
        rows.add_family(session, family_id=family_id, session_hash=session_hash, expires_at=at + FAMILY_LIMIT)
        record(session, viewer, "token.begin", subject="app_user", subject_id=viewer.user_id)
        return _next_pair(session, family_id, viewer)


def refresh(token: str) -> Tokens:
    """A new pair for a refresh token, once. Whoever uses one a second time has stolen it, or somebody else has: the
    whole family ends.

    Inputs: the refresh token.
    Returns: tokens.
    Raises: NotSignedIn for a token that is unknown, used, or of a family that has ended.
    Source: security.md D08, D09; RFC 9700, 4.14.
    """
    token_hash, at = secret_hash(token), now()
    with sign_in_scope() as session:
        family_id = rows.use_refresh_token(session, token_hash=token_hash, at=at)
        viewer = None if family_id is None else _viewer_of_family(session, family_id, at)
        if family_id is not None and viewer is not None:
            return _next_pair(session, family_id, viewer)
        reused = rows.family_of_refresh_token(session, token_hash=token_hash) if family_id is None else None
        if reused is not None:
            _end(session, reused, at, "token.reuse")
    raise NotSignedIn(_("This refresh token is not valid. Sign in again."))


def revoke(token: str) -> None:
    """End the family of a refresh token, also when the token was used already.

    Inputs: the refresh token.
    Returns: nothing, for an unknown one too.
    Raises: Unavailable when the database is away.
    Source: RFC 7009.
    """
    with sign_in_scope() as session:
        family_id = rows.family_of_refresh_token(session, token_hash=secret_hash(token))
        if family_id is not None:
            _end(session, family_id, now(), "token.revoke")


def viewer_of_token(session: Session, token: str) -> Viewer | None:
    """Whose access token this is, with the rights of this moment.

    Inputs: a session of data.db.sign_in_scope and the token.
    Returns: the viewer; None for a forged or expired one, and when the person or the family has ended.
    Raises: nothing of its own.
    Source: security.md B14, B15, D09.
    """
    claims = claims_of(token)
    if claims is None:
        return None
    found = _viewer_of_family(session, claims.family_id, now())
    return found if found is not None and found.user_id == claims.user_id else None


def may_use(viewer: Viewer) -> bool:
    """Whether a person, or a program in its name, may use the API at all.

    Inputs: the viewer.
    Returns: true or false.
    Raises: nothing.
    Source: none; ours.
    """
    return viewer.may(Permission.API_USE if viewer.internal else Permission.PORTAL_API)


def _viewer_of_family(session: Session, family_id: UUID, at: datetime) -> Viewer | None:
    family = rows.family(session, family_id=family_id, at=at)
    found = None if family is None else accounts.viewer_in(session, family.user_id)
    return found if found is not None and may_use(found) else None


def _next_pair(session: Session, family_id: UUID, viewer: Viewer) -> Tokens:
    token = new_secret()
    rows.add_refresh_token(session, token_hash=secret_hash(token), family_id=family_id)
    made = access_token(viewer.user_id or 0, family_id)
    return Tokens(SCHEME, made, token, int(LIFETIME.total_seconds()))


def _end(session: Session, family_id: UUID, at: datetime, action: str) -> None:
    family = rows.family(session, family_id=family_id, at=at)
    # Of several who end it at once, one does and tells of it.
    if family is None or not sessions.end_sessions(session, at=at, token_hash=family.session_hash):
        return
    viewer = accounts.viewer_in(session, family.user_id)
    if viewer is not None:
        record(session, viewer, action, subject="app_user", subject_id=viewer.user_id)
