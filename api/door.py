"""The second door: who sends a request to the API, told by a header alone."""

from __future__ import annotations

from flask import Response, g, request

from api.files import body_of
from core.errors import Malformed, UnsupportedMedia
from core.identity import at_api
from core.viewer import Viewer
from services import api_access
from services.api_tokens import SCHEME

# Credentials in an address end up in logs and histories (security.md D10).
SECRETS = {"token", "access_token", "refresh_token", "api_key", "apikey", "key", "jwt", "authorization", "bearer"}
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
BODIES = ("POST", "PUT", "PATCH", "DELETE")


def enter(anonymous: bool) -> Viewer | None:
    """Count the request and tell who sends it; ``anonymous``: the route is open to everybody."""
    _refuse_tricks()
    found = api_access.admission(_credential(), address=request.remote_addr or "unknown", anonymous=anonymous)
    g.api_quota = found.quota
    api_access.require_room(found)
    if not anonymous:
        api_access.require_known(found)
    return found.viewer


def tell_quota(answer: Response) -> Response:
    """Every counted answer says what is left."""
    quota = g.get("api_quota") if at_api() else None
    if quota is not None:
        answer.headers["RateLimit-Limit"] = str(quota.limit)
        answer.headers["RateLimit-Remaining"] = str(quota.remaining)
        answer.headers["RateLimit-Reset"] = str(quota.reset_seconds)
    return answer


def _credential() -> str | None:
    scheme, _blank, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == SCHEME.lower() else None


def _refuse_tricks() -> None:
    """What two readers of one request would understand differently (security.md D13)."""
    names = {name.lower() for name in request.args}
    if names & SECRETS:
        raise Malformed("A token or key belongs into the header Authorization, never into the address.")
    if "_method" in names or any(name in request.headers for name in OVERRIDES):
        raise Malformed("The method of a request can't be overridden.")
    if any(len(values) > 1 for _name, values in request.args.lists()):
        raise Malformed("A name is given twice in the address.")
    body = body_of(request.endpoint)
    if request.method in BODIES and request.content_length and request.mimetype != body.media_type:
        raise UnsupportedMedia(f"{body.media_type} only.")
    if body.most_bytes is not None:
        request.max_content_length = body.most_bytes
