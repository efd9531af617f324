"""Orders to the plant as they are read: the list, and the components of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import stock_company
from stock_company import TODAY, make_tea, plant_order

from core.viewer import Viewer
from services import production_orders
from services.production_orders import OrderFilters

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


class TestList:
    def test_what_is_due_first_stands_first_and_late_ones_are_told(self, planner: Viewer) -> None:
        plant_order(1, due_on=TODAY + WEEK)
        plant_order(2, status="running", due_on=TODAY - WEEK, made_quantity=1)
        found = production_orders.orders(planner, OrderFilters())
        assert [row["quantity"] for row in found.rows] == [2, 1]
        assert (found.total, found.open, found.running, found.late) == (2, 2, 1, 1)
        assert (found.rows[0]["late"], found.rows[0]["days_left"], found.rows[0]["made_quantity"]) == (True, -7, 1)
        assert production_orders.orders(planner, OrderFilters(show="late")).total == 1
        assert production_orders.orders(planner, OrderFilters(show="done")).total == 4
        assert production_orders.orders(planner, OrderFilters(show="nonsense")).total == 2
        assert production_orders.orders(planner, OrderFilters(search="MO-1")).total == 1
        assert production_orders.orders(planner, OrderFilters(search="%")).total == 0
        assert production_orders.orders(planner, OrderFilters(resource="X")).total == 0
        backwards = production_orders.orders(planner, OrderFilters(), sort=(("quantity", False), ("nonsense", True)))
        assert [row["quantity"] for row in backwards.rows] == [1, 2]

    def test_components_of_an_order_to_come(self, planner: Viewer) -> None:
        found = production_orders.order(planner, plant_order(600))
        needs = {part["code"]: (float(part["needed"]), float(part["there"]), float(part["short"]))
                 for part in found.components}  # fmt: skip
        # A lot of sugar expires today and counts no more.
        assert needs == {"SUGAR": (75, 300, 0), "BOTTLE": (600, 500, 100)}
