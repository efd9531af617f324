"""Signing in and out over HTTP: what a person sees, and what an attacker does not learn."""

from __future__ import annotations

import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from visitor import Visitor
from werkzeug.test import TestResponse

from core.clock import now
from data.db import owner_engine
from services import accounts, passwords
from services.demo import DEMO_EMAILS

PLANNER = "planner@demo.tandem.example"
SUPPLIER = "supplier@demo.tandem.example"
WRONG = "certainly not the password"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def stranger(database: Path) -> Visitor:
    return Visitor.of()


@pytest.fixture
def password(database: Path) -> str:
    return os.environ["TANDEM_DEMO_PASSWORD"]


@pytest.fixture
def deactivated(database: Path) -> str:
    email = "oem2@demo.tandem.example"
    _execute("update app_user set active = false where email = :email", email=email)
    return email


def session_cookie(visitor: Visitor) -> str | None:
    found = visitor.http.get_cookie("tandem")
    return found.value if found else None


def signed_in(visitor: Visitor) -> bool:
    return visitor.get("/account").status_code == 200


def without_token(answer: TestResponse) -> str:
    """The page but for what differs in every copy of it: the CSRF token and the e-mail that was typed."""
    return re.sub(r'value="[^"]*"', "value", answer.text)


# The form


def test_the_form_signs_in_and_leads_home(stranger: Visitor, password: str) -> None:
    answer = stranger.login(PLANNER, password)
    assert (answer.status_code, answer.location) == (302, "/")
    assert signed_in(stranger)


def test_partners_are_led_to_their_portal(stranger: Visitor, password: str) -> None:
    assert stranger.login(SUPPLIER, password).location == "/portal"


def test_whoever_is_signed_in_needs_no_form(database: Path) -> None:
    visitor = Visitor.of("planner")
    answer = visitor.get("/login?next=/account")
    assert (answer.status_code, answer.location) == (302, "/account")


def test_the_form_is_plain(stranger: Visitor) -> None:
    page = stranger.get("/login").text
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/assets/00-theme.js">']


def test_demo_accounts_are_named_while_the_demo_is_loaded(stranger: Visitor, password: str) -> None:
    page = stranger.get("/login").text
    assert all(email in page for email in DEMO_EMAILS)
    assert password not in page


def test_c23_a_fresh_installation_has_no_account_and_asks_the_operator_for_one(empty_database: Path) -> None:
    page = Visitor.of().get("/login").text
    assert "cli.py user create-admin" in page
    assert not any(email in page for email in DEMO_EMAILS)


# C06, C07: who has an account stays unknown


def test_c06_wrong_combinations_are_answered_alike(stranger: Visitor, password: str, deactivated: str) -> None:
    answers = [
        stranger.login("nobody@example.com", WRONG),
        stranger.login(SUPPLIER, WRONG),
        stranger.login(deactivated, password),
        stranger.login("", ""),
        stranger.login(SUPPLIER, "x" * 5000),
        stranger.login("no\0body\ud83d@example.com".encode("utf-8", "replace").decode(), WRONG),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({without_token(answer) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.keys())) for answer in answers}) == 1
    assert not signed_in(stranger)


def test_c07_unknown_and_deactivated_accounts_cost_as_much(
    stranger: Visitor, password: str, deactivated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time tells nothing, because each attempt verifies one hash of the same cost."""
    verified: list[str] = []

    class Watched:
        def hash(self, word: str) -> str:
            return passwords_hasher.hash(word)

        def verify(self, password_hash: str, word: str) -> bool:
            verified.append(password_hash.rpartition("p=")[0] + password_hash.rpartition("p=")[2][:1])
            return bool(passwords_hasher.verify(password_hash, word))

    passwords_hasher = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Watched())
    for email, word in (("nobody@example.com", WRONG), (PLANNER, WRONG), (deactivated, password), (PLANNER, password)):
        stranger.login(email, word)
    assert len(verified) == 4
    assert len(set(verified)) == 1
    assert "m=19456,t=2" in verified[0]


def test_c22_a_very_long_password_is_never_hashed(stranger: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", None)
    assert stranger.login(PLANNER, "x" * 1025).status_code == 401


def test_c22_many_passwords_at_once_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each check takes 19 MiB: as many as there are slots are worked on, the others queue."""
    working, most = 0, 0
    watch, together = threading.Lock(), threading.Barrier(8)

    class Watched:
        def verify(self, _password_hash: str, _password: str) -> bool:
            nonlocal working, most
            with watch:
                working += 1
                most = max(most, working)
            time.sleep(0.005)
            with watch:
                working -= 1
            return True

    def check(password: str) -> bool:
        together.wait()
        return passwords.password_matches(password, "a hash")

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with ThreadPoolExecutor(8) as many:
        assert all(many.map(check, [WRONG] * 8))
        assert most <= 2
        most = 0
        assert not any(many.map(check, ["x" * 10_000_000] * 8))
        assert most == 0, "never hashed"


# C08: guessing


def test_c08_guessing_is_slowed_down(stranger: Visitor, database: Path) -> None:
    spellings = ["guessed@example.com", " GUESSED@example.com ", "ｇuessed@example.com", "gues\u200bsed@example.com"]
    for attempt in range(accounts.ACCOUNT_LIMIT):
        assert stranger.login(spellings[attempt % len(spellings)], WRONG).status_code == 401
    answer = stranger.login("guessed@example.com", WRONG)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert "five minutes" in answer.text


def test_c10_a_made_up_address_gives_no_new_guesses(stranger: Visitor) -> None:
    for attempt in range(accounts.ACCOUNT_LIMIT + 1):
        token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/login").text)
        assert token
        answer = stranger.http.post(
            "/login",
            data={"email": "proxied@example.com", "password": WRONG, "csrf_token": token.group(1)},
            headers={"X-Forwarded-For": f"10.1.1.{attempt}", "X-Real-IP": f"10.1.2.{attempt}"},
        )
    assert answer.status_code == 429


def test_c08_a_right_password_gives_the_guesses_back(stranger: Visitor, password: str) -> None:
    for _ in range(3):
        for _ in range(accounts.ACCOUNT_LIMIT - 1):
            stranger.login("customer@demo.tandem.example", WRONG)
        assert stranger.login("customer@demo.tandem.example", password).status_code == 302
        stranger = Visitor.of()


# C01, C02: sessions


def test_c01_the_cookie_changes_at_sign_in_and_the_old_one_stays_worthless(stranger: Visitor, password: str) -> None:
    with stranger.http.session_transaction() as before:
        before["planted"] = "by an attacker"
    stranger.get("/login")
    fixed = session_cookie(stranger)
    stranger.login(PLANNER, password)
    assert session_cookie(stranger) != fixed
    with stranger.http.session_transaction() as after:
        assert "planted" not in after
        assert len(after["_user_id"]) >= 43, "256 bits"
    attacker = Visitor.of()
    attacker.http.set_cookie("tandem", fixed or "")
    assert not signed_in(attacker)


def test_c02_a_copied_cookie_dies_with_the_session(stranger: Visitor, password: str) -> None:
    stranger.login(PLANNER, password)
    thief = Visitor.of()
    thief.http.set_cookie("tandem", session_cookie(stranger) or "")
    assert signed_in(thief)
    answer = stranger.post("/logout")
    assert (answer.status_code, answer.location) == (302, "/login")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not signed_in(thief)
    assert not signed_in(stranger)


def test_c04_the_timer_of_a_page_keeps_nobody_signed_in(
    stranger: Visitor, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger.login(PLANNER, password)
    begun = now()

    def after(minutes: int) -> None:
        monkeypatch.setattr(accounts, "now", lambda: begun + timedelta(minutes=minutes))

    def ticks() -> TestResponse:
        return stranger.call(
            "planner-forecast-runs--bars.children", triggered="planner-forecast-runs--tick.n_intervals"
        )

    after(10)
    assert stranger.layout("/account").status_code == 200
    after(35)
    assert ticks().status_code != 401
    after(41)
    assert ticks().status_code == 401


def test_c26_no_cookie_remembers_anybody(stranger: Visitor, password: str) -> None:
    answer = stranger.login(PLANNER, password, remember="on", remember_me="true")
    names = {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
    assert names <= {"tandem", "_csrf_token", "tandem-device"}
    stranger.http.delete_cookie("tandem")
    assert stranger.http.get_cookie("tandem-device")
    assert not signed_in(stranger)


def test_c11_the_browser_of_the_owner_gets_in_while_strangers_guess(
    stranger: Visitor, password: str, database: Path
) -> None:
    owner = Visitor.of()
    assert owner.login(SUPPLIER, password).status_code == 302
    assert owner.post("/logout").status_code == 302
    while stranger.login(SUPPLIER, WRONG).status_code != 429:
        pass
    assert stranger.login(SUPPLIER, password).status_code == 429
    assert owner.login(SUPPLIER, password).status_code == 302


def test_the_database_knows_no_session_secret(stranger: Visitor, password: str) -> None:
    stranger.login(PLANNER, password)
    with stranger.http.session_transaction() as session:
        token = session["_user_id"]
    with owner_engine().connect() as connection:
        stored = connection.scalars(text("select s::text from user_session s")).all()
    assert not [row for row in stored if token in row]


def test_b14_rights_are_those_of_the_moment(stranger: Visitor, password: str) -> None:
    stranger.login("executive@demo.tandem.example", password)
    assert stranger.layout("/admin/people").status_code == 403
    change = "update app_user set role = :role where email = 'executive@demo.tandem.example'"
    _execute(change, role="admin")
    assert stranger.layout("/admin/people").status_code == 200
    _execute(change, role="executive")
    assert stranger.layout("/admin/people").status_code == 403


def test_b15_a_deactivated_person_or_company_is_out_with_the_next_request(stranger: Visitor, password: str) -> None:
    stranger.login("customer2@demo.tandem.example", password)
    company = "update company set active = :active where id = (select company_id from app_user where email = :email)"
    _execute(company, active=False, email="customer2@demo.tandem.example")
    assert not signed_in(stranger)
    _execute(company, active=True, email="customer2@demo.tandem.example")
    assert not signed_in(stranger), "what was open before the suspension stays closed"
    stranger.login("customer2@demo.tandem.example", password)
    assert signed_in(stranger)


@pytest.mark.parametrize("forged", ["", "x", "eyJfdXNlcl9pZCI6IjEifQ.aSBhbQ.forged", "\x7f", "a" * 4000])
def test_forged_cookies_are_nobody(stranger: Visitor, forged: str) -> None:
    stranger.http.set_cookie("tandem", forged)
    assert stranger.get("/account").status_code == 302


def test_c05_cookies_stay_with_the_browser(stranger: Visitor, password: str) -> None:
    stranger.login(PLANNER, password)
    found = stranger.http.get_cookie("tandem")
    assert found is not None
    assert (found.http_only, found.same_site, found.path, found.domain) == (True, "Lax", "/", "localhost")


def test_c05_cookies_over_https(over_https: dict[str, Any]) -> None:
    assert (over_https["status"], over_https["location"]) == (302, "/")
    session = [cookie for cookie in over_https["cookies"] if cookie.startswith("__Host-tandem=")]
    assert session
    for cookie in over_https["cookies"]:
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "SameSite=Lax", "Path=/"} <= attributes
        assert not [attribute for attribute in attributes if attribute.startswith("Domain")]
    device = [cookie for cookie in over_https["cookies"] if cookie.startswith("__Host-tandem-device=")]
    assert device
    assert all("HttpOnly" in cookie for cookie in session + device)


# E03: CSRF of the form itself


@pytest.mark.parametrize("token", [None, "", "forged", "IjEi.aSBhbQ.forged"])
def test_e03_no_sign_in_without_the_token_of_the_form(stranger: Visitor, password: str, token: str | None) -> None:
    stranger.get("/login")
    typed = {"email": PLANNER, "password": password} | ({} if token is None else {"csrf_token": token})
    answer = stranger.http.post("/login", data=typed, headers=BROWSER)
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert answer.mimetype == "text/html"
    assert not signed_in(stranger)


def test_e03_a_form_that_outlived_its_session_says_so(stranger: Visitor, password: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/login").text)
    assert token
    stranger.http.delete_cookie("tandem")
    typed = {"email": PLANNER, "password": password, "csrf_token": token.group(1)}
    answer = stranger.http.post("/login", data=typed, headers=BROWSER)
    assert (answer.status_code, "reload the page" in answer.text) == (400, True)


def test_e03_another_site_can_sign_nobody_out(database: Path) -> None:
    visitor = Visitor.of("planner")
    assert visitor.http.post("/logout").status_code == 400
    assert visitor.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert visitor.get("/logout").status_code == 404
    assert signed_in(visitor)


# E07: where the form leads afterwards


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.com",
        "///evil.com",
        "//",
        "/\t/evil.com",
        "/%09/evil.com",
        "/\\evil.com",
        "\\\\evil.com",
        "/%5cevil.com",
        "http://localhost@evil.com",
        "https://evil.com/account",
        "http:account",
        "javascript:alert(1)",
        "data:text/html,x",
        "//[",
        "/account@evil.com",
        "@evil.com",
        "/account/../..//evil.com",
        "/login",
        "/logout",
        "/admin/people",
        "/zz",
        "x" * 20_000,
        "/account\r\nSet-Cookie: a=b",
    ],
    ids=lambda wanted: repr(wanted[:30]),
)
def test_e07_never_to_another_site(database: Path, password: str, wanted: str) -> None:
    answer = Visitor.of().login(PLANNER, password, next=wanted)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Set-Cookie: a=b" not in str(answer.headers)


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/account", "/account"),
        ("/account/", "/account"),
        ("/account?family=Sauces&x=1%202", "/account?family=Sauces&x=1+2"),
        ("/account?x=//evil.com", "/account?x=%2F%2Fevil.com"),
        ("/account?x=\r\nSet-Cookie: a=b", "/account?x=%0D%0ASet-Cookie%3A+a%3Db"),
    ],
)
def test_e07_to_the_page_that_was_wanted(database: Path, password: str, wanted: str, location: str) -> None:
    answer = Visitor.of().login(PLANNER, password, next=wanted)
    assert (answer.status_code, answer.location) == (302, location)


def test_e07_the_wanted_page_survives_a_mistyped_password(stranger: Visitor) -> None:
    answer = stranger.login("nobody@example.com", WRONG, next='/account?a="><script>')
    assert 'name="next" value="/account?a=&#34;&gt;&lt;script&gt;"' in answer.text


def _execute(statement: str, **values: object) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statement), values)
