"""Password hashing: Argon2id, bounded in memory and in parallel work."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from core.errors import InvalidInput
from core.i18n import _

MINIMUM_LENGTH = 12
MAXIMUM_BYTES = 1024
WEAKEST_SCORE = 3
# The estimate takes seconds for long passwords; what the rest adds only makes them stronger.
SCORED_LENGTH = 24
SHORTEST_WORD = 4
OUR_WORDS = ("tandem",)
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
# Each check takes 19 MiB and a core: a storm of sign-ins must queue here, not take the server down.
_slots = threading.BoundedSemaphore(2)


def check_password(password: str, *, about: Iterable[str] = ()) -> None:
    """Refuse a password that is easily guessed. Nothing of it is changed or cut off.

    Inputs: the password as typed; texts about the person that everybody knows: e-mail, name, company.
    Returns: nothing.
    Raises: InvalidInput that says what to do better.
    Source: security.md C21, C22; the estimate is that of zxcvbn (Wheeler, USENIX Security 2016).
    """
    try:
        size = len(password.encode())
    except UnicodeEncodeError as error:
        raise InvalidInput(_("The password holds a character that can't be stored. Choose another one.")) from error
    if size > MAXIMUM_BYTES:
        raise InvalidInput(_("The password is too long: at most %(count)s bytes.", count=MAXIMUM_BYTES))
    if len(password) < MINIMUM_LENGTH:
        raise InvalidInput(_("The password needs at least %(count)s characters.", count=MINIMUM_LENGTH))
    known = _known_words(about)
    if any(word in password.casefold() for word in known):
        raise InvalidInput(_("The password holds a part of your name, e-mail or company. Choose another one."))
    with _slots:
        found = zxcvbn(password[:SCORED_LENGTH], user_inputs=known)
    if found["score"] < WEAKEST_SCORE:
        raise InvalidInput(_("The password is easily guessed. Four or more uncommon words make a good one."))


def _known_words(texts: Iterable[str]) -> list[str]:
    words = {word for text in texts for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= SHORTEST_WORD}
    return sorted(words | set(OUR_WORDS))


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
