"""The OEM's portal: own production orders, nobody else's anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import COMPANIES, TODAY, Trading, load

from callbacks.partner.oem_orders import Ids

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


def test_what_was_asked_reads_as_a_quantity_and_the_form_is_empty_again(visitor: Visitors, ids: Trading) -> None:
    values = {f"{Ids.chosen}.data": ids["omega.planned"], f"{Ids.quantity}.value": 123.5, f"{Ids.reason}.value": "Fair"}
    answer = visitor("oem").press(Ids.ask, values)
    assert "123.5 units" in answer.text
    assert "123.5000" not in answer.text
    assert answer.json["response"][Ids.reason] == {"value": ""}


def test_nothing_is_asked_before_an_order_is_selected(visitor: Visitors, ids: Trading) -> None:
    def button(search: str) -> dict[str, Any]:
        return find(visitor("oem").layout(PATH, search).json, Ids.ask)

    assert button("")["disabled"] is True
    assert button(f"?order={ids['omega.running']}")["disabled"] is False


def find(tree: Any, component_id: str) -> dict[str, Any]:
    """The properties of a component of a page; empty where it is not there."""
    if isinstance(tree, list):
        return next((found for each in tree if (found := find(each, component_id))), {})
    if not isinstance(tree, dict):
        return {}
    return tree if tree.get("id") == component_id else find(list(tree.values()), component_id)


@pytest.mark.parametrize("name", ["planner", "supplier", "customer"])
def test_nobody_else_gets_in(visitor: Visitors, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403
    assert visitor(name).layout(PATH).status_code == 403
