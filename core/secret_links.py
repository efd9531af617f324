"""One-time links: a random secret in the part of the address that browsers keep to themselves."""

from __future__ import annotations

import hashlib
import secrets

from core.settings import settings

SECRET_BYTES = 32


def new_secret() -> str:
    """A secret nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """What is stored of a secret: it is random, so one fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def path_with(path: str, secret: str) -> str:
    """A path of ours that carries a secret. What follows the # is never sent to a server, so it stands in no log."""
    return f"{path}#{secret}"


def link(path: str, secret: str) -> str:
    """The whole address, at the configured host whatever a request has named (security.md C19)."""
    return settings().public_url + path_with(path, secret)
