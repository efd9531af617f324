"""The API as it describes itself: nothing undocumented, no fault for whatever is sent, nothing of another company."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from api_client import API, ApiClient
from canaries import MARK, Mark, plant
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import text

import app
from core import settings as configuration
from core.guard import PUBLIC
from core.permissions import Permission
from data.db import owner_engine

ROLES = ("", "planner", "admin", "supplier", "customer", "oem")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
PARTNERS = ("supplier", "customer", "oem")
# `make test-api` asks for more of them.
EXAMPLES = settings(
    max_examples=int(os.environ.get("TANDEM_TEST_API_EXAMPLES", "2")),
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
schemathesis.serializer.alias("application/edifact", "application/octet-stream")
DESCRIBED = app.server.config["TANDEM_API"].spec.to_dict()
RULES = [rule for rule in app.server.url_map.iter_rules() if rule.rule.startswith(API)]


@pytest.fixture(scope="module")
def clients(database: Path) -> dict[str, ApiClient]:
    plant()
    return {name: ApiClient.of(name) for name in ROLES}


@pytest.fixture(scope="module")
def company_ids(database: Path) -> dict[str, int]:
    with owner_engine().connect() as connection:
        rows = connection.execute(text("select email, company_id from app_user"))
        return {row.email.partition("@")[0]: row.company_id for row in rows}


def test_d14_every_endpoint_is_described_and_nothing_else_is() -> None:
    described = {
        (method.upper(), path)
        for path, item in DESCRIBED["paths"].items()
        for method in item
        if method.upper() in METHODS
    }
    there = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)) for rule in RULES for method in rule.methods & METHODS
    }
    assert described == there


def test_every_endpoint_names_its_right_and_only_signing_in_and_the_description_are_open() -> None:
    declared = {rule.rule: getattr(app.server.view_functions[rule.endpoint], "__permission__", None) for rule in RULES}
    assert all(each == PUBLIC or isinstance(each, Permission) for each in declared.values())
    opened = {path.removeprefix(API) for path, each in declared.items() if each == PUBLIC}
    assert opened == {"/token", "/token/refresh", "/token/revoke", "/openapi.json", "/docs"}


def test_the_page_shows_every_endpoint_and_loads_nothing_from_elsewhere(clients: dict[str, ApiClient]) -> None:
    shown = clients[""].get("/docs")
    assert all(path in shown.text for path in DESCRIBED["paths"])
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", shown.text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", shown.text)
    assert not shown.headers.getlist("Set-Cookie")


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many requests as the test makes."""
    monkeypatch.setenv("TANDEM_API_REQUESTS", "1000000")
    monkeypatch.setenv("TANDEM_API_ANONYMOUS_REQUESTS", "1000000")
    configuration.settings.cache_clear()
    yield
    monkeypatch.undo()
    configuration.settings.cache_clear()


@pytest.mark.usefixtures("unlimited")
def test_whatever_is_sent_gives_no_fault_and_nothing_foreign(
    clients: dict[str, ApiClient], company_ids: dict[str, int]
) -> None:
    """Cases are made once and sent by everybody: making them is what takes the time."""
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app.server)
    wrong: list[str] = []

    def send(case: schemathesis.Case) -> None:
        for name, client in clients.items():
            known = {"Authorization": f"Bearer {client.credential}"} if client.credential else {}
            answer = case.call(headers={"If-Match": '"x"', **known})
            told = f"{case.method} {case.path} of {name or 'nobody'}"
            if answer.status_code >= 500:
                wrong.append(f"{told}: {answer.text[:200]}")
            if name in PARTNERS:
                seen = {Mark(kind, int(company), int(row)) for kind, company, row in MARK.findall(answer.text)}
                foreign = {mark for mark in seen if mark.kind == "note" or mark.company_id != company_ids[name]}
                wrong.extend(f"{told}: {mark}" for mark in foreign)

    for operation in schema.get_all_operations():
        EXAMPLES(given(case=operation.ok().as_strategy())(send))()
    assert wrong == []
