"""Which Tandem this is, and which code it calculates with."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from core.settings import PROJECT

VERSION = "0.1.0"
DIGEST_LENGTH = 10


@lru_cache
def code_version(*patterns: str) -> str:
    """The version with a digest of the files that match, such as "0.1.0+4f1c09a2be": it differs with any change."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in PROJECT.glob(pattern)}):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{VERSION}+{digest.hexdigest()[:DIGEST_LENGTH]}"
