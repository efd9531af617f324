"""Keys for signing and sealing, one a purpose, so that what is made for one is worthless for another."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.settings import secret_key

KEY_BYTES = 32


def derived_key(purpose: str, secret: bytes | None = None) -> bytes:
    """The key of a purpose, made of the secret of this installation or of another one it had (RFC 5869)."""
    made = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"tandem {purpose}".encode())
    return made.derive(secret_key() if secret is None else secret)
