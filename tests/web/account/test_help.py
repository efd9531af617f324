"""Help: every figure has one definition, everybody finds a quick start."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import TestServer
from trading import load

from services.glossary import GLOSSARY, definition

Visitors = Callable[..., Any]
PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        load()
        yield


def test_every_definition_stands_on_the_page_under_its_anchor(visitor: Visitors) -> None:
    page = json.dumps(visitor("planner").layout("/help").json, ensure_ascii=False)
    for anchor, found in GLOSSARY.items():
        assert f'"id": "{anchor}"' in page
        assert json.dumps(found.formula, ensure_ascii=False) in page


def test_definitions_are_complete_and_unique() -> None:
    for found in GLOSSARY.values():
        assert all((found.name, found.formula, found.unit, found.reading, found.source, found.subject))
    names = [found.name for found in GLOSSARY.values()]
    assert len(names) == len(set(names))
    assert definition("otif").href == "/help#otif"


def test_every_anchor_that_code_names_is_defined() -> None:
    named = set()
    for folder in ("pages", "callbacks", "components", "services"):
        for path in (PROJECT / folder).rglob("*.py"):
            code = path.read_text()
            named |= set(re.findall(r'(?:definition|_meaning)\("([^"]+)"\)', code))
            named |= set(re.findall(r'anchor = "([^"]+)"', code))
            named |= set(re.findall(r'Card\("([^"]+)"', code))
    assert named
    assert named <= set(GLOSSARY)


@pytest.mark.parametrize(
    ("name", "first_path"),
    [
        ("analyst", "/data/import"),
        ("supplier", "/portal/supplier/orders"),
        ("customer", "/portal/customer/orders"),
        ("oem", "/portal/oem/production-orders"),
    ],
)
def test_the_quick_start_is_one_of_ones_own(visitor: Visitors, name: str, first_path: str) -> None:
    person = visitor(name)
    page = json.dumps(person.layout("/help").json)
    offered = re.findall(r'"href": "(/[a-z/-]+)"', page)
    assert offered[0] == first_path
    assert all(person.get(path).status_code == 200 for path in offered)


def test_strangers_sign_in_first(visitor: Visitors) -> None:
    assert visitor().get("/help").location.startswith("/login")
