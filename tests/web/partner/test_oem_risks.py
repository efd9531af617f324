"""The OEM's pages of risks, materials, yield and recipes open, for OEMs only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

PAGES = ("risks", "materials", "quality", "changes")
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_pages_open_for_their_oem_and_tell_nothing_of_others(visitor: Visitors) -> None:
    person = visitor("oem")
    for name in PAGES:
        answer = person.layout(f"/portal/oem/{name}")
        assert answer.status_code == 200
        for word in ("CANARY", "770077", "SIGMA"):
            assert word not in answer.text.upper()
    assert "MO-OMEGA-done" in person.layout("/portal/oem/quality").text


@pytest.mark.parametrize("name", ["planner", "supplier"])
def test_nobody_else_gets_in(visitor: Visitors, name: str) -> None:
    person = visitor(name)
    assert {person.layout(f"/portal/oem/{page}").status_code for page in PAGES} == {403}


def test_colleagues_declare_materials(visitor: Visitors) -> None:
    assert "Declare a material" in visitor("planner").layout("/supply/oem-materials").text
    assert "Declare a material" not in visitor("executive").layout("/supply/oem-materials").text
    assert visitor("oem").layout("/supply/oem-materials").status_code == 403
