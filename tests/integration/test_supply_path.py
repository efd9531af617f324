"""The network around an item, for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stock_company
from stock_company import TODAY, ids, make_tea, sell_out_of_tea

from core.errors import NotAllowed, NotFound
from core.viewer import Viewer
from models.network import Location
from models.product import Product
from services import supply_path, supply_plan
from services.supply_path import SupplyPath


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    sell_out_of_tea()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def item(code: str) -> tuple[int, int]:
    return ids(Product)[code], ids(Location)["KL"]


def levels(path: SupplyPath) -> dict[str, int]:
    return {node.code: node.level for node in path.nodes}


def test_what_is_made_shows_its_materials_and_their_suppliers(planner: Viewer) -> None:
    path = supply_path.supply_path(planner, *item("TEA"))
    assert levels(path) == {"TEA": 0, "SUGAR": -1, "BOTTLE": -1, "Gula": -2, "Plastik": -2}
    assert {node.kind for node in path.nodes if node.level == -2} == {"supplier"}


def test_a_material_shows_where_it_goes_and_how_much(planner: Viewer) -> None:
    path = supply_path.supply_path(planner, *item("SUGAR"), weeks=4)
    assert levels(path)["TEA"] == 1
    names = {node.id: node.code for node in path.nodes}
    taken = {(names[by], names[to]): quantity for by, to, quantity in path.links}
    dependent = supply_plan.item_plan(planner, *item("SUGAR")).lines["dependent"]
    assert taken["SUGAR", "TEA"] == pytest.approx(sum(dependent[:4]))


def test_what_runs_short_is_told_with_its_week(planner: Viewer) -> None:
    path = supply_path.supply_path(planner, *item("CHIPS"))
    (chips,) = [node for node in path.nodes if node.code == "CHIPS"]
    assert (chips.short_week, chips.short) == (TODAY, True)
    assert path.chosen == chips.id


def test_without_an_item_the_one_that_runs_short_worst(planner: Viewer) -> None:
    worst = supply_plan.plan_page(planner, supply_plan.PlanFilters()).rows[0]
    assert supply_path.item_of(planner, "", "") == (worst["product_id"], worst["location_id"])
    assert supply_path.item_of(planner, " sugar ", "kl") == item("SUGAR")
    with pytest.raises(NotFound):
        supply_path.item_of(planner, "NO-SUCH", "")
    with pytest.raises(NotFound):
        supply_path.supply_path(planner, 99_999, None)


def test_partners_see_none(viewer_of: Callable[[str], Viewer]) -> None:
    for refused in (supply_path.item_of, supply_path.supply_path):
        with pytest.raises(NotAllowed):
            refused(viewer_of("supplier"), *item("TEA"))
