"""The signed-in person of the current request."""

from __future__ import annotations

import unicodedata

from flask import g, request
from flask_login import UserMixin, current_user

from core.errors import NotSignedIn
from core.i18n import _
from core.viewer import Viewer

API = "/api/"


class SignedIn(UserMixin):  # type: ignore[misc]
    """What flask-login keeps: the secret of the server-side session and who it belongs to."""

    def __init__(self, token: str, viewer: Viewer) -> None:
        self.token = token
        self.viewer = viewer

    def get_id(self) -> str:
        return self.token


def at_api() -> bool:
    """Whether the request came to the second door: there tokens count and cookies don't, elsewhere the other way."""
    return request.path.startswith(API)


def viewer() -> Viewer:
    """The viewer of this request."""
    found = maybe_viewer()
    if found is None:
        raise NotSignedIn(_("Send a valid token or key.") if at_api() else _("Please sign in."))
    return found


def maybe_viewer() -> Viewer | None:
    """The viewer of this request, or None before sign-in."""
    if at_api():
        found: Viewer | None = g.get("api_viewer")
        return found
    return current_user.viewer if current_user.is_authenticated else None


def admit(found: Viewer | None) -> None:
    """Say who sent this request to the API; only the gate does."""
    g.api_viewer = found


def canonical_email(text: str) -> str:
    """One spelling per account, so that neither capitals nor look-alike or unseen characters make a second one."""
    seen = "".join(character for character in unicodedata.normalize("NFKC", text) if character.isprintable())
    return seen.strip().casefold()
