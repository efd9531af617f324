"""Secrets that are stored and must be read again: encrypted with a key that the database does not hold."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import ConfigurationError
from core.keys import derived_key
from core.settings import secret_key, secret_key_fallbacks


def encrypt(text: str, *, purpose: str) -> str:
    """The text sealed for one purpose; what is sealed for another can't be opened with it."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(sealed: str, *, purpose: str) -> str:
    """The text again. It fails when what it was sealed with is neither TANDEM_SECRET_KEY nor one of its fallbacks."""
    try:
        return _cipher(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ConfigurationError("A stored secret can't be read: TANDEM_SECRET_KEY has changed.") from error


def _cipher(purpose: str) -> MultiFernet:
    """Seals with the key of today and opens what older ones have sealed."""
    return MultiFernet([_fernet(key, purpose) for key in (secret_key(), *secret_key_fallbacks())])


def _fernet(secret: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key(purpose, secret)))
