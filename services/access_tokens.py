"""The short-lived token of the API: a JWT that this installation has signed, and nothing else."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt

from core.clock import now
from core.keys import derived_key

ISSUER = "tandem"
AUDIENCE = "tandem-api"
KIND = "access"
ALGORITHM = "HS256"
HEADER = {"alg": ALGORITHM, "typ": "at+jwt"}
LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=30)
LONGEST = 1024
_SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_CLAIMS: dict[str, type] = {
    "iss": str, "aud": str, "sub": str, "sid": str, "kind": str, "jti": str, "iat": int, "nbf": int, "exp": int,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom a token is for, and the family that it belongs to."""

    user_id: int
    family_id: UUID


def access_token(user_id: int, family_id: UUID) -> str:
    """A token for the next ten minutes.

    Inputs: the person and the family of the sign-in.
    Returns: a signed JWT.
    Raises: nothing.
    Source: RFC 7519, RFC 9068.
    """
    at = int(now().timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": str(family_id),
        "kind": KIND,
        "jti": uuid4().hex,
        "iat": at,
        "nbf": at,
        "exp": at + int(LIFETIME.total_seconds()),
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM, headers={"typ": HEADER["typ"]})


def claims_of(token: str) -> Claims | None:
    """What a token says, when we have signed it as it stands and its time is now.

    Inputs: what was sent as a token.
    Returns: the claims; None for everything else.
    Raises: nothing.
    Source: security.md D01–D07; RFC 8725.
    """
    if len(token) > LONGEST or not _SHAPE.fullmatch(token) or not all(map(_canonical, token.split("."))):
        return None
    try:
        # Nothing in the header is obeyed: it is the one we write, or the token is not ours.
        if jwt.get_unverified_header(token) != HEADER:
            return None
        found = jwt.decode(
            token,
            _key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": list(_CLAIMS), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return None
    return _checked(found, now())


def _checked(found: dict[str, Any], at: datetime) -> Claims | None:
    """The claims, when each is of the kind that we write and the token is neither early nor late."""
    if {name: type(value) for name, value in found.items()} != _CLAIMS or found["kind"] != KIND:
        return None
    moment, leeway = at.timestamp(), LEEWAY.total_seconds()
    if not max(found["iat"], found["nbf"]) - leeway <= moment < found["exp"] + leeway:
        return None
    if not found["sub"].isdecimal():
        return None
    try:
        return Claims(int(found["sub"]), UUID(found["sid"]))
    except ValueError:
        return None


def _canonical(part: str) -> bool:
    """Whether a part is spelled as it is written: base64 has bits at its end that change nothing."""
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == part


def _key() -> bytes:
    return derived_key("access token of the API")
