"""The secret key: refused when it can be guessed, changed without losing what the old one has sealed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from core.cipher import decrypt, encrypt
from core.errors import ConfigurationError
from core.settings import secret_key, secret_key_fallbacks

OLD, NEW = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2, "9a8b7c6d5e4f30213243546576879809" * 2


@pytest.mark.parametrize(
    "key", ["", "dev", "0123456789abcdef0123456789abcde", "a" * 64, "please-change-me-0123456789-abcd"]
)
def test_c24_keys_that_can_be_guessed_are_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("TANDEM_SECRET_KEY", key)
    with pytest.raises(ConfigurationError, match="TANDEM_SECRET_KEY"):
        secret_key()


def test_c24_one_purpose_opens_nothing_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_SECRET_KEY", OLD)
    with pytest.raises(ConfigurationError):
        decrypt(encrypt("text", purpose="one"), purpose="another")


def test_c25_k08_what_the_old_key_sealed_stays_readable_as_long_as_it_is_a_fallback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TANDEM_SECRET_KEY", OLD)
    sealed = encrypt("text", purpose="test")
    monkeypatch.setenv("TANDEM_SECRET_KEY", NEW)
    monkeypatch.setenv("TANDEM_SECRET_KEY_FALLBACKS", OLD)
    assert decrypt(sealed, purpose="test") == "text"
    renewed = encrypt("text", purpose="test")
    monkeypatch.delenv("TANDEM_SECRET_KEY_FALLBACKS")
    assert decrypt(renewed, purpose="test") == "text"
    with pytest.raises(ConfigurationError, match="can't be read"):
        decrypt(sealed, purpose="test")


def test_c25_cookies_of_the_old_key_are_taken_and_new_ones_signed_by_the_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_SECRET_KEY", NEW)
    monkeypatch.setenv("TANDEM_SECRET_KEY_FALLBACKS", OLD)
    before, after = Flask("before"), Flask("after")
    before.secret_key = OLD.encode()
    after.config.update(SECRET_KEY=secret_key(), SECRET_KEY_FALLBACKS=secret_key_fallbacks())
    made, read = (SecureCookieSessionInterface().get_signing_serializer(found) for found in (before, after))
    assert made is not None
    assert read is not None
    assert read.loads(made.dumps({"who": 1})) == {"who": 1}
    with pytest.raises(Exception, match="does not match"):
        made.loads(read.dumps({"who": 1}))
