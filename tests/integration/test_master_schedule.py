"""The master schedule from stored data: its lines agree with the plan, and what is promised too often is on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import stock_company
from stock_company import TODAY, add, ids, make_tea, sell_out_of_tea

from core.errors import NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Customer, Location
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product
from services import master_schedule, reservations, supply_plan
from services.master_schedule import ItemSchedule, ScheduleFilters

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def key(code: str) -> tuple[int, int]:
    return ids(Product)[code], ids(Location)["KL"]


def schedule(planner: Viewer, code: str = "CHIPS") -> ItemSchedule:
    return master_schedule.item_schedule(planner, *key(code))


def sell(code: str, *lines: tuple[int, float]) -> None:
    """Orders of a customer: in how many weeks, and how much."""
    with owner_engine().begin() as connection:
        customer = add(connection, Customer, code=f"C-{code}", name="Kedai")
        for number, (weeks, quantity) in enumerate(lines):
            order = add(
                connection, SalesOrder, number=f"SO-{code}-{number}", customer_id=customer,
                location_id=ids(Location)["KL"], ordered_on=TODAY,
            )  # fmt: skip
            add(
                connection, SalesOrderLine, order_id=order, line_no=1, product_id=ids(Product)[code],
                quantity=quantity, unit_price=5, requested_on=TODAY + weeks * WEEK,
            )  # fmt: skip


def test_forecast_orders_and_what_is_left_of_the_forecast_make_the_demand_of_the_plan(planner: Viewer) -> None:
    sell("CHIPS", (0, 20), (1, 300), (2, 30), (-1, 6))
    found = schedule(planner)
    assert found.lines["forecast"][:3] == pytest.approx([70, 70, 70])
    assert found.lines["orders"][:4] == [26, 300, 30, 0]
    assert found.lines["net_forecast"][:3] == pytest.approx([50, 0, 40])
    plan = supply_plan.item_plan(planner, *key("CHIPS"))
    both = np.add(found.lines["orders"], found.lines["net_forecast"])
    assert both == pytest.approx(plan.lines["independent"])
    assert found.lines["available"] == pytest.approx(plan.lines["stock"])


def test_what_can_be_promised_is_supply_without_what_is_ordered(planner: Viewer) -> None:
    sell("NEW", (0, 2), (3, 4))
    found = schedule(planner, "NEW")
    assert (found.lines["atp"][0], sum(found.lines["atp"]), found.lines["cumulative_atp"][-1]) == (3, 3, 3)
    assert not any(found.owed)


def test_what_is_promised_too_often_comes_first(planner: Viewer) -> None:
    sell("NEW", (0, 2), (2, 9))
    page = master_schedule.schedule_page(planner, ScheduleFilters())
    first = page.rows[0]
    assert (first["code"], first["over"], first["over_value"], first["over_week"]) == ("NEW", 2, 6, TODAY + 2 * WEEK)
    assert (page.over, page.total) == (1, 4)
    (only,) = master_schedule.schedule_page(planner, ScheduleFilters(only="over")).rows
    assert only["code"] == "NEW"
    assert schedule(planner, "NEW").owed[1:3] == [0, 2]


def test_what_production_takes_is_not_promised_but_nobody_is_let_down_by_it(planner: Viewer) -> None:
    make_tea()
    sell_out_of_tea()
    sell("SUGAR", (0, 3))
    found = schedule(planner, "SUGAR")
    assert found.lines["dependent"][0] > 0
    supplied = np.cumsum(np.add(found.lines["firm"], found.lines["planned"])) + 300
    taken = np.cumsum(np.add(found.lines["dependent"], found.lines["orders"]))
    assert (np.array(found.lines["cumulative_atp"]) <= np.maximum(supplied - taken, 0) + 1e-3).all()
    assert not any(found.owed)


def test_only_what_is_sold_is_listed(planner: Viewer) -> None:
    def codes(**filters: str) -> list[str]:
        return sorted(row["code"] for row in master_schedule.schedule_page(planner, ScheduleFilters(**filters)).rows)

    sell("SUGAR", (1, 5))
    assert codes() == ["CHIPS", "NEW", "OLD", "SUGAR", "TEA"], "no bottles, but sugar that somebody ordered"
    assert codes(search=" tE") == ["TEA"]
    assert codes(location="JB") == []


def test_a_reservation_takes_from_what_can_be_promised_at_once(planner: Viewer) -> None:
    def listed() -> dict[str, Any]:
        return master_schedule.schedule_page(planner, ScheduleFilters(search="NEW")).rows[0]

    assert listed()["atp"] == 9
    made = reservations.reserve(planner, *key("NEW"), quantity=4, wanted_on=TODAY + WEEK, key=str(uuid4()))
    assert (listed()["atp"], listed()["reserved"]) == (5, 4)
    assert schedule(planner, "NEW").lines["reserved"][1] == 4
    (behind,) = master_schedule.cell(planner, *key("NEW"), "reserved", 1)
    assert (behind["number"], behind["quantity"]) == (f"R-{made['id']} held", 4)


def test_a_reservation_takes_its_part_of_the_forecast_and_what_is_more_the_plan_supplies(planner: Viewer) -> None:
    sell("CHIPS", (3, 20))
    before, week = schedule(planner), TODAY + 3 * WEEK
    made = reservations.reserve(planner, *key("CHIPS"), quantity=30, wanted_on=week, key=str(uuid4()))
    found = schedule(planner)
    assert [found.lines[name][3] for name in ("orders", "reserved", "net_forecast")] == pytest.approx([20, 30, 20])
    assert found.lines["planned"] == before.lines["planned"], "within the forecast nothing more is bought"
    assert before.lines["cumulative_atp"][-1] - found.lines["cumulative_atp"][-1] == pytest.approx(30)
    reservations.release(planner, made["id"], made["version"])
    assert schedule(planner).lines == before.lines

    more, friday = 100.0, TODAY + 4 * WEEK + timedelta(days=4)
    reservations.reserve(planner, *key("CHIPS"), quantity=more, wanted_on=friday, key=str(uuid4()))
    held = schedule(planner)
    plan = supply_plan.item_plan(planner, *key("CHIPS"))
    assert plan.lines["independent"][4] == pytest.approx(max(held.lines["forecast"][4], more))
    demand = sum(np.array(held.lines[name]) for name in ("orders", "reserved", "net_forecast"))
    assert demand == pytest.approx(plan.lines["independent"])
    assert not any(held.owed)


def test_the_orders_behind_a_figure(planner: Viewer) -> None:
    sell("CHIPS", (0, 20), (-1, 6), (1, 5))
    found = master_schedule.cell(planner, *key("CHIPS"), "orders", 0)
    assert [(row["number"], row["customer"], row["quantity"]) for row in found] == [
        ("SO-CHIPS-1", "Kedai", 6),
        ("SO-CHIPS-0", "Kedai", 20),
    ]
    for line, week in (("orders", 99), ("orders", "1"), ("atp", 0), (None, None), (["orders"], 0)):
        assert master_schedule.cell(planner, *key("CHIPS"), line, week) == []


def test_sorting_by_what_there_is_and_nonsense(planner: Viewer) -> None:
    page = master_schedule.schedule_page(planner, ScheduleFilters(), sort=(("stock", True), ("drop table", False)))
    assert page.rows[0]["code"] == "TEA"


def test_who_may_not_and_what_is_not_there(viewer_of: Callable[[str], Viewer], planner: Viewer) -> None:
    with pytest.raises(NotAllowed):
        master_schedule.schedule_page(viewer_of("supplier"), ScheduleFilters())
    with pytest.raises(NotFound):
        master_schedule.item_schedule(planner, 10**9, "x")
