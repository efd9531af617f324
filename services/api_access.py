"""Who sends a request to the API, and whether they ask too often."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import NotSignedIn, TooMany
from core.i18n import _
from core.settings import settings
from core.viewer import Viewer
from data.db import sign_in_scope
from data.queries import access as rows
from services.api_keys import MARK, viewer_of_key
from services.api_tokens import viewer_of_token

WINDOW = timedelta(minutes=15)
WINDOWS_KEPT = timedelta(hours=1)
REQUESTS_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a window takes, how many are left, and the seconds until it begins anew."""

    limit: int
    remaining: int
    reset_seconds: int


@dataclass(frozen=True, slots=True)
class Admission:
    """A counted request: who sends it (None: nobody known), and what is left."""

    viewer: Viewer | None
    quota: Quota
    exceeded: bool


def admission(credential: str | None, *, address: str, anonymous: bool) -> Admission:
    """Count a request and tell who sends it. A person or a key is counted by itself, from whatever address; a request
    of nobody known, and every one to a route that is open to everybody, by its address.

    Inputs: the token or key that was sent, the address it came from, whether the route is open to everybody.
    Returns: Admission; counted also when it is refused.
    Raises: Unavailable when the database is away.
    Source: security.md D15, D16.
    """
    with sign_in_scope() as session:
        found = None if anonymous or credential is None else _known(session, credential)
        name, viewer = found if found is not None else (f"address:{address}", None)
        limit = settings().api_requests if found is not None else settings().api_anonymous_requests
        at = now()
        counted = rows.count_request(session, key=name, at=at, window=WINDOW)
    left = (counted.window_start + WINDOW - at).total_seconds()
    quota = Quota(limit, max(limit - counted.requests, 0), max(math.ceil(left), 1))
    return Admission(viewer, quota, counted.requests > limit)


def require_room(found: Admission) -> None:
    """Stop a request that is one too many.

    Inputs: a counted request.
    Returns: nothing.
    Raises: TooMany with the seconds to wait.
    Source: security.md D15.
    """
    if found.exceeded:
        raise TooMany(_("Too many requests. Wait, then try again."), retry_after_seconds=found.quota.reset_seconds)


def require_known(found: Admission) -> None:
    """Stop a request without a valid token or key.

    Inputs: a counted request.
    Returns: nothing.
    Raises: NotSignedIn.
    Source: security.md D01–D09.
    """
    if found.viewer is None:
        raise NotSignedIn(_("Send a valid token or key."))


def remove_expired() -> int:
    """Drop families of tokens that are over, old windows and old answers.

    Inputs: none.
    Returns: how many rows went.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    at = now()
    with sign_in_scope() as session:
        return rows.remove_expired(session, families=at, windows=at - WINDOWS_KEPT, requests=at - REQUESTS_KEPT)


def _known(session: Session, credential: str) -> tuple[str, Viewer] | None:
    if credential.startswith(f"{MARK}_"):
        found = viewer_of_key(session, credential)
        return None if found is None else (f"key:{found[0]}", found[1])
    viewer = viewer_of_token(session, credential)
    return None if viewer is None else (f"person:{viewer.user_id}", viewer)
