"""Requests that their sender may repeat: done once, and answered again as they were answered."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from core.clock import now
from core.errors import Conflict, InvalidInput, Malformed
from core.i18n import _
from core.viewer import Viewer
from data.db import sign_in_scope
from data.queries import access as rows

LONGEST = 200
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered the first time."""

    status: int
    headers: dict[str, str]
    content: str


def begin(viewer: Viewer, key: str, *, method: str, path: str, body: bytes) -> Answered | None:
    """Take a request up, unless it was before.

    Inputs: the viewer, the key that the sender made up, and what was asked.
    Returns: None for a new request, which ``finish`` or ``give_up`` has to follow; else the earlier answer.
    Raises: Malformed for a key that is none; InvalidInput for a key of another request; Conflict while the first one
        is under way, or when nobody knows how it ended.
    Source: draft-ietf-httpapi-idempotency-key-header.
    """
    if not _KEY.fullmatch(key):
        raise Malformed(_("Idempotency-Key: between 1 and %(count)s visible characters.", count=LONGEST))
    # The company too: whoever changes it gets no answer of the one before (security.md B18).
    fingerprint = hashlib.sha256(f"{viewer.company_id} {method} {path}\n".encode() + body).hexdigest()
    with sign_in_scope() as session:
        owner = viewer.user_id or 0
        if rows.begin_request(session, user_id=owner, key=key, fingerprint=fingerprint, at=now()):
            return None
        earlier = rows.earlier_request(session, user_id=owner, key=key)
    if earlier is not None and earlier.fingerprint != fingerprint:
        raise InvalidInput(_("This Idempotency-Key was used for another request. Make a new one."))
    if earlier is None or earlier.status is None:
        raise Conflict(_("The first request with this Idempotency-Key is not done. Look what became of it."))
    return Answered(earlier.status, dict(earlier.headers or {}), earlier.content or "")


def finish(viewer: Viewer, key: str, done: Answered) -> None:
    """Remember an answer for a day.

    Inputs: as ``begin``, and what was answered.
    Returns: nothing.
    Raises: Unavailable when the database is away.
    Source: as ``begin``.
    """
    with sign_in_scope() as session:
        rows.finish_request(
            session,
            user_id=viewer.user_id or 0,
            key=key,
            status=done.status,
            headers=dict(done.headers),
            content=done.content,
        )


def give_up(viewer: Viewer, key: str) -> None:
    """Forget a request that was refused and has changed nothing, so that it can be sent again.

    Inputs: as ``begin``.
    Returns: nothing.
    Raises: Unavailable when the database is away.
    Source: as ``begin``.
    """
    with sign_in_scope() as session:
        rows.forget_request(session, user_id=viewer.user_id or 0, key=key)
