"""The customer's portal: own orders, no prices, nobody else's anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import COMPANIES, TODAY, Trading, load

PATH = "/portal/customer/orders"
FOREIGN = [name.upper() for name, kind in COMPANIES.items() if kind != "internal" and name != "gamma"]
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.mark.parametrize("show", ["open", "late", "delivered", "all", "nonsense"])
def test_page_shows_own_lines_without_prices(visitor: Visitors, show: str) -> None:
    page = visitor("customer").layout(PATH, f"?show={show}").text
    assert "SO-GAMMA" in page
    for word in ("CANARY", "770077", "880088", *FOREIGN):
        assert word not in page.upper()


def test_page_tells_service_and_what_is_late(visitor: Visitors) -> None:
    page = visitor("customer").layout(PATH).text
    assert "33.3 %" in page
    assert "of 3 lines due" in page
    assert "1 day late" in page


def test_list_without_rows_says_so(visitor: Visitors) -> None:
    assert "Nothing left in this list" in visitor("customer").layout(PATH, "?search=no such thing").text


@pytest.mark.parametrize("name", ["planner", "supplier", "oem"])
def test_nobody_else_gets_in(visitor: Visitors, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403
    assert visitor(name).layout(PATH).status_code == 403
