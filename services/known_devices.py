"""Browsers that an account has signed in with: guesses made elsewhere do not shut them out.

A browser keeps a signed mark of the account. The mark opens nothing: it only gives the browser a count of wrong
passwords of its own, so that a stranger who uses up the guesses of an account locks out strangers alone.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta

from core.identity import canonical_email
from core.keys import derived_key
from core.settings import secret_key, secret_key_fallbacks

LIFETIME = timedelta(days=180)
PURPOSE = "known device"
_SHAPE = re.compile(r"([\w-]{22})\.([0-9a-f]{64})", re.ASCII)


def mark_of(email: str) -> str:
    """A mark for the browser that has just signed in.

    Inputs: the e-mail of the account.
    Returns: a text for a cookie, another one each time.
    Raises: nothing.
    Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
    """
    device = secrets.token_urlsafe(16)
    return f"{device}.{_signature(device, canonical_email(email), secret_key())}"


def device_of(mark: str, email: str) -> str | None:
    """The device that a mark stands for.

    Inputs: what the browser sent, the e-mail that was typed.
    Returns: the name of the device; None for a mark of another account, a forged one or none.
    Raises: nothing.
    Source: security.md C11.
    """
    found = _SHAPE.fullmatch(mark)
    if found is None:
        return None
    device, signature = found.groups()
    account = canonical_email(email)
    made = (_signature(device, account, key) for key in (secret_key(), *secret_key_fallbacks()))
    return device if any(hmac.compare_digest(signature, each) for each in made) else None


def _signature(device: str, account: str, secret: bytes) -> str:
    signed = f"{device} {account}".encode("utf-8", "surrogatepass")
    return hmac.digest(derived_key(PURPOSE, secret), signed, "sha256").hex()
