"""A forgotten password: a link that works once, of which strangers learn nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pyotp
import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from core import clock
from core.errors import InvalidInput, NotFound, NotSignedIn, TooMany
from core.secret_links import secret_hash
from core.settings import settings
from core.viewer import Viewer
from data.db import owner_engine
from services import accounts, password_reset, second_factor

ViewerOf = Callable[[str], Viewer]
EMAIL = "supplier@demo.tandem.example"
NEW = "violet spoon harbour"
HERE = {"address": "127.0.0.1", "agent": "tests"}


@pytest.fixture(autouse=True)
def _company(
    server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trading]:
    monkeypatch.setenv("TANDEM_SMTP_URL", "smtp://localhost:25?tls=none")
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


def link(email: str = EMAIL) -> str:
    """The secret of the newest mail."""
    password_reset.ask(email, address="127.0.0.1")
    with owner_engine().connect() as connection:
        found = connection.scalars(text("select values ->> 'href' from mail_outbox order by id desc limit 1")).all()
    return str(found[0]).partition("#")[2] if found else ""


def test_c18_c03_a_link_works_once_and_ends_all_sessions() -> None:
    opened = accounts.sign_in(EMAIL, os.environ["TANDEM_DEMO_PASSWORD"], **HERE)
    secret = link()
    assert password_reset.reset(secret, NEW) == EMAIL
    assert accounts.viewer_of_session(opened.token) is None
    assert accounts.sign_in(EMAIL, NEW, **HERE).viewer.email == EMAIL
    with pytest.raises(NotFound):
        password_reset.reset(secret, NEW)
    with owner_engine().connect() as connection:
        stored = connection.scalars(text("select r::text from password_reset r")).all()
    assert stored
    assert not [row for row in stored if secret in row]


def test_c18_older_links_die_and_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = link(), link()
    with pytest.raises(NotFound):
        password_reset.reset(older, NEW)
    after = clock.now() + password_reset.LIFETIME + timedelta(seconds=1)
    monkeypatch.setattr(password_reset, "now", lambda: after)
    with pytest.raises(NotFound):
        password_reset.reset(newer, NEW)


def test_c03_c18_a_changed_password_ends_links_and_other_sessions(viewer_of: ViewerOf) -> None:
    old = os.environ["TANDEM_DEMO_PASSWORD"]
    here, there = accounts.sign_in(EMAIL, old, **HERE), accounts.sign_in(EMAIL, old, **HERE)
    secret = link()
    with pytest.raises(InvalidInput):
        password_reset.change(viewer_of("supplier"), "wrong", NEW, keep=secret_hash(here.token))
    password_reset.change(viewer_of("supplier"), old, NEW, keep=secret_hash(here.token))
    assert accounts.viewer_of_session(here.token) is not None
    assert accounts.viewer_of_session(there.token) is None
    with pytest.raises(NotFound):
        password_reset.reset(secret, NEW)


def test_c20_a_new_password_is_not_enough_where_there_is_a_second_factor(viewer_of: ViewerOf) -> None:
    person = viewer_of("supplier")
    second_factor.confirm(person, pyotp.parse_uri(second_factor.begin(person)).now())
    password_reset.reset(link(), NEW)
    opened = accounts.sign_in(EMAIL, NEW, **HERE)
    assert opened.pending == accounts.CODE
    assert accounts.viewer_of_session(opened.token) is None


def test_c21_a_weak_password_is_refused_and_the_link_stays() -> None:
    secret = link()
    with pytest.raises(InvalidInput):
        password_reset.reset(secret, "supplier12345")
    assert password_reset.reset(secret, NEW) == EMAIL


def test_c06_c11_strangers_get_no_mail_and_no_account_is_locked() -> None:
    assert link("nobody@example.com") == ""
    for _turn in range(password_reset.HOURLY_LIMIT + 2):
        secret = link()
    assert password_reset.reset(secret, NEW) == EMAIL, "the last link that was mailed works"


def test_c09_one_address_asks_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_reset, "ADDRESS_LIMIT", 1)
    password_reset.ask("a@example.com", address="10.0.0.1")
    with pytest.raises(TooMany):
        password_reset.ask("b@example.com", address="10.0.0.1")


def test_c19_the_link_names_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    link()
    with owner_engine().connect() as connection:
        href = connection.scalar(text("select values ->> 'href' from mail_outbox"))
    assert str(href).startswith("/reset#"), f"completed with {settings().public_url} when it is sent"


def test_guessed_links_open_nothing() -> None:
    for guess in ("", "x", "x" * 5000, "\ud83d"):
        with pytest.raises(NotFound):
            password_reset.reset(guess, NEW)
    with pytest.raises(NotSignedIn):
        accounts.sign_in(EMAIL, NEW, **HERE)
