"""Supply › Supply path: the page of an item, and what a chosen node leads to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, ids, make_tea

from callbacks.planner.supply_path import PATH, Ids
from models.network import Location
from models.product import Product

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()


def test_page_of_an_item_draws_and_lists_its_network(visitor: Visit) -> None:
    asked = f"?product={ids(Product)['TEA']}&location={ids(Location)['KL']}"
    page = visitor("planner").layout(PATH, asked).text
    for shown in ("Gula", "SUGAR", "BOTTLE", "1 step before", "2 steps before"):
        assert shown in page


def test_page_finds_an_item_by_its_code(visitor: Visit) -> None:
    assert "Tea · KL" in visitor("planner").layout(PATH, "?code=tea&place=-").text


@pytest.mark.parametrize("query", ["?code=NO-SUCH", "?product=x&location=1", "?scenario=99999"], ids=str)
def test_what_is_not_there_is_told(visitor: Visit, query: str) -> None:
    assert "There is no such" in visitor("planner").layout(PATH, query).text


def test_a_chosen_node_leads_to_its_path_and_its_weeks(visitor: Visit) -> None:
    row = {"code": "SUGAR", "place": "KL", "state": "covered", "product_id": 1, "location_id": 2}
    planner = visitor("planner")
    shown = planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [row]})
    shown = str(shown.json["response"])
    assert f"{PATH}?product=1&location=2" in shown
    assert "/supply/plan?search=SUGAR&location=KL" in shown
    for odd in (None, {"ids": [1]}, [{}], "x"):
        assert planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": odd}).status_code == 200
