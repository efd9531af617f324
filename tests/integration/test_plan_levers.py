"""What makes an item less late, for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import stock_company
from stock_company import TODAY, add, ids

from core.errors import NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location, Supplier
from models.orders import PurchaseOrder, PurchaseOrderLine
from models.product import Product
from models.stock import StockLot
from services import plan_levers, supply_plan
from services.plan_levers import Levers
from services.supply_plan import Change


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def tried(planner: Viewer, code: str = "CHIPS") -> Levers:
    return plan_levers.levers(planner, ids(Product)[code], ids(Location)["KL"])


def test_each_lever_does_what_its_what_if_does(planner: Viewer) -> None:
    # 30 of the first week and 70 of the second come late, at RM 5.
    found = tried(planner)
    assert found.late_value == pytest.approx(500)
    by_text = {lever.text: lever for lever in found.levers}
    week = by_text["Orders a week faster"]
    item = (ids(Product)["CHIPS"], ids(Location)["KL"])
    stock = supply_plan.item_plan(planner, *item, Change(lead_weeks=1)).tried
    assert stock is not None
    assert week.late_value == pytest.approx(-5 * min(stock[0], 0))
    assert week.prevented == pytest.approx(found.late_value - week.late_value)
    assert week.cost is None
    assert all(lever.prevented > 0 for lever in found.levers)
    assert len(found.levers) <= plan_levers.SHOWN < found.tries


def test_stock_that_another_place_never_needs(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        add(
            connection, StockLot, product_id=ids(Product)["CHIPS"], location_id=ids(Location)["JB"], lot="C9",
            quantity=500, received_on=TODAY,
        )  # fmt: skip
    assert "Move 100 from JB now" in {lever.text for lever in tried(planner).levers}


def test_an_open_order_a_week_sooner(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        order = add(
            connection, PurchaseOrder, number="PO-1", supplier_id=ids(Supplier)["SUP-2"],
            location_id=ids(Location)["KL"], status="sent", ordered_on=TODAY,
        )  # fmt: skip
        add(
            connection, PurchaseOrderLine, order_id=order, line_no=1, product_id=ids(Product)["CHIPS"], quantity=200,
            unit_price=1, requested_on=TODAY + timedelta(weeks=1),
        )  # fmt: skip
    texts = {lever.text for lever in tried(planner).levers}
    assert "Order PO-1 a week sooner" in texts


def test_nothing_late_nothing_tried(planner: Viewer) -> None:
    assert tried(planner, "TEA") == Levers(0.0, 0, [])


def test_what_serves_a_week_is_all_that_is_wanted_then(planner: Viewer) -> None:
    item = (ids(Product)["CHIPS"], ids(Location)["KL"])
    lines = supply_plan.item_plan(planner, *item).lines["independent"]
    for week in range(4):
        day, pegs = supply_plan.what_serves(planner, *item, week)
        assert day == TODAY + timedelta(weeks=week)
        assert sum(peg["quantity"] for peg in pegs) == pytest.approx(lines[week])
    for odd in (-1, 99, "x", None):
        with pytest.raises(NotFound):
            supply_plan.what_serves(planner, *item, odd)


def test_partners_try_nothing(viewer_of: Callable[[str], Viewer]) -> None:
    with pytest.raises(NotAllowed):
        plan_levers.levers(viewer_of("supplier"), 1, 1)
