"""What every answer carries, whatever it answers: security headers, and errors that tell no more than they must."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import gunicorn
import pytest
from visitor import Visitor

import app
from core.errors import Conflict, TooMany, Unavailable
from services import accounts
from web import answers

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
BUNDLE = "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js"
# method, path, expected status
ANSWERS = [
    ("GET", "/account", 200),
    ("GET", "/", 302),
    ("GET", "/zz", 404),
    ("GET", "/admin/people", 403),
    ("GET", "/assets/10-tokens.css", 200),
    ("GET", "/assets/zz.css", 404),
    ("GET", BUNDLE, 200),
    ("GET", "/_dash-component-suites/dash/zz.js", 404),
    ("GET", "/_dash-layout", 200),
    ("GET", "/_dash-dependencies", 200),
    ("GET", "/_favicon.ico", 200),
    ("GET", "/health/live", 200),
    ("GET", "/robots.txt", 200),
    ("POST", "/_dash-update-component", 415),
    ("PUT", "/account", 405),
    ("TRACE", "/account", 405),
    ("POST", "/logout", 302),
]


@pytest.fixture
def supplier(database: Path) -> Visitor:
    return Visitor.of("supplier")


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_e09_headers_of_every_answer(supplier: Visitor, method: str, path: str, status: int) -> None:
    answer = supplier.http.open(path, method=method, headers={"X-CSRFToken": supplier.csrf_token()})
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert_policy(answer.headers["Content-Security-Policy"])
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    answer.close()


def assert_policy(policy: str) -> None:
    """Scripts from here only, none inline but Dash's own by their hash; nobody may frame a page."""
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    sources = rules["script-src"].split()
    assert sources[0] == "'self'"
    assert len(sources) > 1
    assert all(source.startswith("'sha256-") for source in sources[1:])
    for directive in ("object-src", "frame-ancestors"):
        assert rules[directive] == "'none'"
    for directive in ("default-src", "base-uri", "form-action", "connect-src"):
        assert rules[directive] == "'self'"


def test_e09_the_policy_allows_every_inline_script_of_a_page(supplier: Visitor) -> None:
    answer = supplier.get("/account")
    inline = re.findall(r"<script(?![^>]*src=)(?![^>]*application/json)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_e09_https_is_insisted_on(over_https: dict[str, Any]) -> None:
    seconds = int(over_https["hsts"].partition("max-age=")[2].partition(";")[0])
    assert seconds >= 365 * 24 * 3600
    assert "includeSubDomains" in over_https["hsts"]


def test_e09_the_server_tells_no_version() -> None:
    assert not any(character.isdigit() for character in gunicorn.SERVER)


def test_e06_c19_only_the_public_name_and_this_machine_are_answered(over_https: dict[str, Any]) -> None:
    assert over_https["hosts"] == {
        "tandem.example.com": 200,
        "tandem.example.com:8443": 200,
        "127.0.0.1:8050": 200,
        "localhost": 200,
        "evil.example": 400,
        "tandem.example.com.evil.example": 400,
        "": 400,
    }
    assert over_https["poisoned"] == [400, 400], "no reset link is asked for in another host's name"


def test_e10_pages_are_not_kept_and_static_files_are(supplier: Visitor) -> None:
    for path in ("/account", "/login", "/_dash-layout", "/zz", "/health/live"):
        assert supplier.get(path).headers["Cache-Control"] == "no-store"
    for path in ("/assets/10-tokens.css", BUNDLE):
        answer = supplier.get(path)
        assert answer.headers.get("Cache-Control") != "no-store"
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        answer.close()


def test_d14_a_method_that_is_not_there_names_those_that_are(supplier: Visitor) -> None:
    answer = supplier.http.delete("/login")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


# K03: what an error says


@pytest.fixture
def failing(supplier: Visitor, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the next request fail as wanted, wherever it goes."""

    def fail(error: Exception) -> Visitor:
        def raise_it(_token: str) -> None:
            raise error

        monkeypatch.setattr(accounts, "viewer_of_session", raise_it)
        return supplier

    return fail


@pytest.mark.parametrize("path", ["/account", "/_dash-layout", "/_dash-dependencies", "/login"])
def test_k03_a_fault_shows_a_reference_and_nothing_else(
    failing: Any, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(answers.log, "error", lambda event, **values: logged.append({"event": event, **values}))
    answer = failing(RuntimeError("a detail of the inside")).get(f"{path}?token=secret")
    assert answer.status_code == 500
    assert "reference" in answer.text
    assert not any(word in answer.text for word in ("a detail", "Traceback", "RuntimeError", ".py"))
    (entry,) = logged
    assert entry["reference"] in answer.text
    assert str(entry["exc_info"]) == "a detail of the inside"
    assert entry["path"] == path, "without the query, which may hold keys"
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_i_an_absent_database_is_told_and_asked_again(failing: Any) -> None:
    visitor = failing(Unavailable("The database can't be reached just now."))
    page = visitor.get("/account")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert 'http-equiv="refresh"' in page.text
    assert visitor.get("/_dash-layout").json == {"error": "The database can't be reached just now."}


def test_errors_are_pages_for_people_and_json_for_programs(supplier: Visitor) -> None:
    assert supplier.get("/admin/people", headers={"Accept": "text/html"}).mimetype == "text/html"
    assert supplier.get("/admin/people", headers={"Accept": "application/json"}).mimetype == "application/json"
    assert supplier.post("/login", headers={"X-CSRFToken": "no", "Accept": "*/*"}).mimetype == "application/json"


def test_messages_are_escaped(failing: Any) -> None:
    page = failing(Conflict("<script>alert(1)</script>")).get("/account")
    assert (page.status_code, "<script>alert" in page.text) == (409, False)


def test_whoever_asks_too_often_learns_when_to_come_back(failing: Any) -> None:
    answer = failing(TooMany("Later.", retry_after_seconds=77)).get("/_dash-layout")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "77")


def test_uploads_and_forms_have_limits() -> None:
    assert app.server.config["MAX_CONTENT_LENGTH"] == 2 * 1024 * 1024
    assert app.server.config["MAX_FORM_MEMORY_SIZE"] <= 500_000
