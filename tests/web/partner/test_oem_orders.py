"""The OEM's portal: own production orders, nobody else's anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import COMPANIES, TODAY, Trading, load

PATH = "/portal/oem/production-orders"
FOREIGN = [name.upper() for name, kind in COMPANIES.items() if kind != "internal" and name != "omega"]
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.mark.parametrize("show", ["open", "late", "done", "all", "nonsense"])
def test_page_shows_own_orders(visitor: Visitors, show: str) -> None:
    page = visitor("oem").layout(PATH, f"?show={show}").text
    assert "MO-OMEGA-" in page
    for word in ("CANARY", "770077", *FOREIGN):
        assert word not in page.upper()


def test_page_tells_progress_and_what_is_late(visitor: Visitors) -> None:
    page = visitor("oem").layout(PATH).text
    assert "25 %" in page
    assert "200 KG" in page
    assert "2 days late" in page


def test_an_order_of_the_address_shows_its_steps(visitor: Visitors, ids: Trading) -> None:
    page = visitor("oem").layout(PATH, f"?order={ids['omega.running']}").text
    assert "Messages about this order" in page
    assert "Ask for it" in page
    assert "Ask for it" not in visitor("oem-viewer").layout(PATH, f"?order={ids['omega.running']}").text


@pytest.mark.parametrize("name", ["planner", "supplier", "customer"])
def test_nobody_else_gets_in(visitor: Visitors, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403
    assert visitor(name).layout(PATH).status_code == 403
