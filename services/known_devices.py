"""Browsers that an account has signed in with: guesses made elsewhere do not shut them out.

A browser keeps a signed mark of the account. The mark opens nothing: it only gives the browser a count of wrong
passwords of its own, so that a stranger who uses up the guesses of an account locks out strangers alone.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from core.identity import canonical_email
from core.keys import derived_key
from core.settings import secret_key, secret_key_fallbacks

LIFETIME = timedelta(days=180)
PURPOSE = "known device"


def mark_of(email: str) -> str:
    """A mark for the browser that has just signed in.

    Inputs: the e-mail of the account.
    Returns: a text for a cookie, another one each time.
    Raises: nothing.
    Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
    """
    return _signer(email).dumps(secrets.token_urlsafe(16))


def device_of(mark: str, email: str) -> str | None:
    """The device that a mark stands for.

    Inputs: what the browser sent, the e-mail that was typed.
    Returns: the name of the device; None for a mark of another account, a forged or old one, or none.
    Raises: nothing.
    Source: security.md C11.
    """
    try:
        return str(_signer(email).loads(mark, max_age=int(LIFETIME.total_seconds())))
    except BadData:
        return None


def _signer(email: str) -> URLSafeTimedSerializer:
    """Signs for one account; what was signed with an earlier key of this installation holds."""
    keys = [derived_key(PURPOSE, key) for key in (*reversed(secret_key_fallbacks()), secret_key())]
    return URLSafeTimedSerializer(keys, salt=f"{PURPOSE} {canonical_email(email)}".encode("utf-8", "surrogatepass"))
