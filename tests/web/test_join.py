"""The form by which a company asks for a portal."""

from __future__ import annotations

import re
from pathlib import Path

from visitor import Visitor
from werkzeug.test import TestResponse

from core.permissions import Permission
from services import company_requests
from services.accounts import operator

TYPED = {
    "kind": "oem",
    "company": "Zeta <b>Brands</b>",
    "name": "Zara",
    "email": "zara@zeta.example",
    "message": "{{7*7}}",
}


def send(visitor: Visitor, **typed: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/join").text)
    assert token
    return visitor.http.post("/join", data={"csrf_token": token.group(1), **typed})


def test_a_stranger_asks_and_the_request_waits(database: Path) -> None:
    answer = send(Visitor.of(), **TYPED)
    assert (answer.status_code, "invitation" in answer.text) == (200, True)
    waiting = company_requests.requests(operator())
    assert [(row["company"], row["message"], row["status"]) for row in waiting] == [
        (TYPED["company"], TYPED["message"], "pending")
    ]
    assert operator().may(Permission.PARTNER_MANAGE)


def test_what_is_wrong_is_told_and_what_was_typed_stays(database: Path) -> None:
    answer = send(Visitor.of(), **TYPED | {"email": "nobody"})
    assert answer.status_code == 422
    assert "is not an e-mail address" in answer.text
    assert "Zeta &lt;b&gt;Brands&lt;/b&gt;" in answer.text
    assert "{{7*7}}" in answer.text


def test_e03_without_the_token_nothing_is_taken(database: Path) -> None:
    assert Visitor.of().http.post("/join", data=TYPED).status_code in {400, 403}
