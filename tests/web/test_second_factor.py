"""The forms around an account: second factor, invitation, forgotten and new passwords."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load
from visitor import Visitor
from werkzeug.test import TestResponse

from core import clock
from core.errors import TooMany
from core.secret_links import secret_hash
from data.db import owner_engine, session_scope
from services import accounts, invitations, second_factor

EMAIL = "customer@demo.tandem.example"
NEW = "violet spoon harbour"


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture
def demanded() -> Iterator[None]:
    second_factor.require_of(accounts.operator(), "partners")
    yield
    second_factor.require_of(accounts.operator(), "nobody")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from second_factor; delete from recovery_code"))


def send(visitor: Visitor, path: str, **typed: str) -> TestResponse:
    return visitor.post(path, data=typed)


def set_up(visitor: Visitor) -> tuple[TestResponse, pyotp.TOTP]:
    seed = re.search(r"<code>([A-Z2-7]{32})</code>", visitor.get("/second-factor").text)
    assert seed
    made = pyotp.TOTP(seed.group(1))
    return send(visitor, "/second-factor", code=made.at(clock.now())), made


def test_c14_a_pending_sign_in_opens_no_page_until_the_factor_is_set_up(demanded: None) -> None:
    stranger = Visitor.of()
    answer = stranger.login(EMAIL, os.environ["TANDEM_DEMO_PASSWORD"])
    assert answer.location == "/second-factor"
    for path in ("/account", "/portal/customer/orders", "/password"):
        assert stranger.get(path).location.startswith("/login"), path
    assert send(stranger, "/second-factor", code="000").status_code == 422
    done, made = set_up(stranger)
    assert len(re.findall(r"<li><code>", done.text)) == second_factor.RECOVERY_CODES
    assert stranger.get("/account").status_code == 200
    again = Visitor.of()
    assert again.login(EMAIL, os.environ["TANDEM_DEMO_PASSWORD"]).location == "/login/code"
    assert again.get("/account").status_code == 302
    assert send(again, "/login/code", code=made.at(clock.now())).status_code == 401, "C12: used a moment ago"
    recovery = re.findall(r"<code>([a-z2-7-]{19})</code>", done.text)[0]
    assert send(again, "/login/code", code=recovery).status_code == 302
    assert again.get("/account").status_code == 200


@pytest.mark.parametrize("path", ["/login/code", "/second-factor"])
def test_c14_a_code_without_a_password_is_nothing(path: str) -> None:
    assert send(Visitor.of(), path, code="123456").status_code in (302, 401)
    assert Visitor.of().get(path).location == "/login"


def test_an_invitation_leads_in_through_the_second_factor(demanded: None, viewer_of: Callable[[str], Any]) -> None:
    admin = viewer_of("customer")
    with session_scope(admin) as session:
        made = invitations.invite(session, admin, 0, email="x@gamma.example", name="X Y", level="portal_user")
    guest = Visitor.of()
    assert 'src="/assets/74-secret-link.js"' in guest.get("/invitation").text
    typed = {"link": made.link.partition("#")[2], "password": NEW, "again": NEW}
    assert '<div class="secret-link">' in guest.get("/invitation").text
    differ = send(guest, "/invitation", **{**typed, "again": "other"})
    assert differ.status_code == 422
    assert '<div class="secret-link" hidden>' in differ.text, "the secret of the link is not shown after a mistake"
    assert send(guest, "/invitation", **typed).location == "/second-factor"
    set_up(guest)
    assert guest.get("/portal/customer/orders").status_code == 200
    assert send(Visitor.of(), "/invitation", **typed).status_code == 404


def test_c11_who_has_reset_the_password_is_in_while_strangers_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reset never locks: the link lets in, though the guesses of the account are used up."""
    email, secret = "customer2@demo.tandem.example", "x" * 43
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into password_reset (user_id, token_hash, created_at, expires_at) "
                "select id, :hash, now(), now() + interval '5 minutes' from app_user where email = :email"
            ),
            {"email": email, "hash": secret_hash(secret)},
        )
    monkeypatch.setattr(accounts, "EVERYBODY_LIMIT", 0)
    with pytest.raises(TooMany):
        accounts.sign_in(email, "wrong", address="192.0.2.1", agent="")
    guest = Visitor.of()
    assert send(guest, "/reset", link=secret, password=NEW, again=NEW).status_code == 302
    assert guest.get("/account").status_code == 200


def test_c06_forgotten_passwords_are_answered_alike() -> None:
    stranger = Visitor.of()
    answers = [send(stranger, "/forgot", email=email) for email in (EMAIL, "nobody@example.com", "", "x" * 3000)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


def test_a_new_password_needs_the_old_one_and_keeps_this_session() -> None:
    visitor = Visitor.of("oem")
    typed = {"old": os.environ["TANDEM_DEMO_PASSWORD"], "password": NEW, "again": NEW}
    assert send(visitor, "/password", **{**typed, "old": "wrong"}).status_code == 422
    assert send(visitor, "/password", **typed).status_code == 302
    assert visitor.get("/account").status_code == 200
    assert accounts.sign_in("oem@demo.tandem.example", NEW, address="127.0.0.1", agent="").viewer.role == "oem"
