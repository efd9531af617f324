"""Password hashing: Argon2id, bounded in memory and in parallel work."""

from __future__ import annotations

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAXIMUM_BYTES = 1024
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
# Each check takes 19 MiB and a core: a storm of sign-ins must queue here, not take the server down.
_slots = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The Argon2id hash of a password.

    Inputs: the password as typed.
    Returns: the encoded hash with its parameters and salt.
    Raises: nothing.
    Source: security.md M18.
    """
    with _slots:
        return _hasher.hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; takes as long when there is no such account.

    Inputs: the password as typed and the stored hash, None for an unknown account.
    Returns: True when they match.
    Raises: nothing.
    Source: security.md M18, C06, C07, C22.
    """
    if len(password.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        return False
    with _slots:
        try:
            matches = _hasher.verify(password_hash or _dummy_hash(), password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
    return matches and password_hash is not None


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher.hash("nobody's password")
