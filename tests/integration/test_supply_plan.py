"""The supply plan from stored data, worked out by hand for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, add, add_lane, ids, make_tea, order_tea_in_johor, sell_out_of_tea

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Customer, Location, Supplier
from models.orders import (
    ProductionOrder,
    PurchaseOrder,
    PurchaseOrderLine,
    SalesOrder,
    SalesOrderLine,
    TransferOrder,
)
from models.product import Bom, BomLine, BomSubstitute, Product, Resource, ResourceDay
from models.stock import StockLot
from services import capacity, inventory, supply_plan
from services.supply_plan import Change, ItemPlan, PlanFilters

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def item(code: str) -> tuple[int, int]:
    return ids(Product)[code], ids(Location)["KL"]


def planned(planner: Viewer, code: str, change: Change | None = None) -> ItemPlan:
    return supply_plan.item_plan(planner, *item(code), change)


def rows(planner: Viewer, **filters: str) -> list[dict[str, Any]]:
    return supply_plan.plan_page(planner, PlanFilters(**filters)).rows


def insert(model: Any, **values: Any) -> int:
    with owner_engine().begin() as connection:
        return add(connection, model, **values)


def open_purchase(code: str, *, quantity: float, due_on: date, status: str = "sent") -> None:
    order = insert(
        PurchaseOrder, number=f"PO-{code}", supplier_id=ids(Supplier)["SUP-2"], location_id=ids(Location)["KL"],
        status=status, ordered_on=TODAY,
    )  # fmt: skip
    insert(
        PurchaseOrderLine, order_id=order, line_no=1, product_id=ids(Product)[code], quantity=quantity, unit_price=1,
        requested_on=due_on,
    )  # fmt: skip


class TestItem:
    def test_stock_that_expires_and_lead_time_make_it_short(self, planner: Viewer) -> None:
        # 70 a week; 40 in stock, 35 of them for this week only; orders take two weeks.
        found = planned(planner, "CHIPS")
        assert found.weeks[0] == TODAY
        assert found.lines["independent"][:2] == pytest.approx([70, 70])
        assert found.lines["stock"][:2] == pytest.approx([-30, -100])
        assert found.lines["planned"][:2] == [0, 0]
        assert found.lines["stock"][2] >= 0
        assert found.lead_weeks == 2

    def test_an_open_order_counts_in_its_week(self, planner: Viewer) -> None:
        open_purchase("CHIPS", quantity=200, due_on=TODAY + WEEK)
        found = planned(planner, "CHIPS")
        assert found.lines["firm"][:3] == [0, 200, 0]
        assert found.lines["stock"][1] == pytest.approx(100)
        (firm,) = [order for order in found.orders if order["number"]]
        assert (firm["number"], firm["supplier"], firm["arrives"]) == ("PO-CHIPS", "Plastik", TODAY + WEEK)

    def test_customers_orders_count_where_they_are_more_than_the_forecast(self, planner: Viewer) -> None:
        customer = insert(Customer, code="C", name="Customer")
        for number, (due_on, quantity) in enumerate([(TODAY + WEEK, 300), (TODAY, 10), (TODAY - WEEK, 5)]):
            order = insert(
                SalesOrder, number=f"SO-{number}", customer_id=customer, location_id=ids(Location)["KL"],
                ordered_on=TODAY - 2 * WEEK,
            )  # fmt: skip
            insert(
                SalesOrderLine, order_id=order, line_no=1, product_id=ids(Product)["CHIPS"], quantity=quantity,
                unit_price=5, requested_on=due_on,
            )  # fmt: skip
        assert planned(planner, "CHIPS").lines["independent"][:2] == pytest.approx([75, 300])

    def test_what_is_used_without_a_recipe_is_used_on(self, planner: Viewer) -> None:
        inventory.recalculate(planner, as_of=TODAY)
        assert planned(planner, "BOTTLE").lines["independent"][:2] == pytest.approx([700, 700])

    def test_safety_stock_of_the_policy_is_kept(self, planner: Viewer) -> None:
        inventory.recalculate(planner, as_of=TODAY)
        found = planned(planner, "CHIPS")
        assert found.safety_stock > 0
        assert min(found.lines["stock"][2:5]) >= found.safety_stock - 1e-6

    def test_retired_items_are_not_bought(self, planner: Viewer) -> None:
        assert planned(planner, "OLD").orders == []


class TestRecipe:
    def test_materials_are_taken_when_production_begins(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        tea, sugar = planned(planner, "TEA"), planned(planner, "SUGAR")
        assert tea.lines["release"][0] > 0
        taken = [0.125 * released for released in tea.lines["release"]]
        assert sugar.lines["dependent"] == pytest.approx(taken)

    def test_an_open_production_order_takes_them_once(self, planner: Viewer) -> None:
        make_tea()
        insert(
            ProductionOrder, number="WO-9", product_id=ids(Product)["TEA"], location_id=ids(Location)["KL"],
            quantity=100_000, starts_on=TODAY + WEEK, due_on=TODAY + 2 * WEEK, status="released",
        )  # fmt: skip
        assert planned(planner, "BOTTLE").lines["dependent"][:3] == pytest.approx([0, 100_000, 0])
        assert planned(planner, "TEA").lines["firm"][2] == 100_000
        assert sum(planned(planner, "TEA").lines["planned"]) == 0

    def test_a_material_says_whose_demand_it_is_for(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        bottles = planned(planner, "BOTTLE")
        week = next(order["week"] for order in bottles.orders if not order["number"])
        why = supply_plan.why_order(planner, *item("BOTTLE"), week)
        assert why[0]["code"] == "TEA"
        assert sum(peg["quantity"] for peg in why) == pytest.approx(bottles.lines["planned"][week])


class TestLanes:
    """Tea sells in Johor Bahru, and comes there from the plant in three days."""

    @pytest.fixture(autouse=True)
    def order_in_johor(self) -> None:
        make_tea()
        order_tea_in_johor(due_on=TODAY + 4 * WEEK)

    def in_johor(self, planner: Viewer) -> ItemPlan:
        return supply_plan.item_plan(planner, ids(Product)["TEA"], ids(Location)["JB"])

    @pytest.mark.parametrize("code", ["TEA", None], ids=["lane of tea", "lane of anything"])
    def test_what_a_lane_brings_is_taken_from_where_it_begins(self, planner: Viewer, code: str | None) -> None:
        add_lane(code, moq=600)
        (order,) = self.in_johor(planner).orders
        assert (order["kind"], order["supplier"], order["quantity"]) == ("move", "Kuala Lumpur plant", 600)
        assert (order["release"], order["arrives"]) == (TODAY + 3 * WEEK, TODAY + 4 * WEEK)
        at_plant = planned(planner, "TEA")
        assert at_plant.lines["dependent"][:5] == [0, 0, 0, 600, 0]
        assert at_plant.lines["independent"][:5] == pytest.approx([140] * 5)

    def test_without_a_lane_it_is_made_for_the_place(self, planner: Viewer) -> None:
        assert {order["kind"] for order in self.in_johor(planner).orders} == {"make"}

    def test_a_lane_out_of_use_brings_nothing(self, planner: Viewer) -> None:
        add_lane(active=False)
        assert {order["kind"] for order in self.in_johor(planner).orders} == {"make"}

    def test_lanes_in_a_circle_do_not_stop_the_plan(self, planner: Viewer) -> None:
        add_lane()
        add_lane(start="JB", end="KL")
        assert {order["kind"] for order in self.in_johor(planner).orders} == {"make"}

    def test_an_open_transfer_arrives_and_leaves_once(self, planner: Viewer) -> None:
        add_lane()
        self.transfer("TO-1", 500)
        found = self.in_johor(planner)
        assert found.lines["firm"][2] == 500
        assert [order["number"] for order in found.orders] == ["TO-1"]
        assert planned(planner, "TEA").lines["dependent"][:3] == [0, 500, 0]

    def test_what_is_on_its_way_has_left(self, planner: Viewer) -> None:
        add_lane()
        self.transfer("TO-1", 500, status="in_transit")
        assert self.in_johor(planner).lines["firm"][2] == 500
        assert sum(planned(planner, "TEA").lines["dependent"]) == 0

    def test_a_transfer_without_a_lane_still_leaves_its_place(self, planner: Viewer) -> None:
        self.transfer("TO-1", 500)
        assert planned(planner, "TEA").lines["independent"][:2] == pytest.approx([140, 640])

    def transfer(self, number: str, quantity: float, **more: Any) -> None:
        places = ids(Location)
        insert(
            TransferOrder, number=number, product_id=ids(Product)["TEA"], from_location_id=places["KL"],
            to_location_id=places["JB"], quantity=quantity, ships_on=TODAY + WEEK, arrives_on=TODAY + 2 * WEEK, **more,
        )  # fmt: skip


class TestCalendars:
    def test_nothing_is_made_in_weeks_without_an_hour(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        line = ids(Resource)["LINE"]
        for day in range(7, 12):
            insert(ResourceDay, resource_id=line, day=TODAY + timedelta(days=day), hours=0)
        assert planned(planner, "TEA").lines["release"][1] == 0
        assert planned(planner, "TEA").lines["planned"][1] == 0

    def test_this_week_has_the_hours_still_to_come(self, planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
        make_tea()
        monkeypatch.setenv("TANDEM_TODAY", (TODAY + timedelta(days=3)).isoformat())
        _weeks, (line,) = capacity.board(planner)
        assert line.available[:2] == pytest.approx([20, 50])

    def test_what_is_left_of_a_running_order_loads_its_line(self, planner: Viewer) -> None:
        make_tea()
        insert(
            ProductionOrder, number="WO-9", product_id=ids(Product)["TEA"], location_id=ids(Location)["KL"],
            quantity=4000, made_quantity=3000, starts_on=TODAY - WEEK, due_on=TODAY + WEEK, status="running",
        )  # fmt: skip
        _weeks, (line,) = capacity.board(planner)
        # 500 in each of two weeks at 100 an hour, and an hour to set up.
        assert line.hours[:3] == pytest.approx([6, 6, 0])
        assert sum(planned(planner, "BOTTLE").lines["dependent"][:2]) == 0


class TestWhatIf:
    def test_a_shorter_lead_time_helps_and_stores_nothing(self, planner: Viewer) -> None:
        before = planned(planner, "CHIPS")
        tried = planned(planner, "CHIPS", Change(lead_weeks=1))
        assert tried.tried is not None
        assert tried.tried[1] >= 0 > before.lines["stock"][1]
        assert planned(planner, "CHIPS").lines == before.lines

    def test_more_demand_means_more_orders(self, planner: Viewer) -> None:
        tried = planned(planner, "CHIPS", Change(demand_share=0.5))
        assert tried.tried is not None
        assert tried.tried[0] == pytest.approx(-65)

    @pytest.mark.parametrize(
        "change",
        [Change(demand_share=-2), Change(lead_weeks=-1), Change(lead_weeks=99), Change(safety_stock=-1)],
        ids=["demand", "negative lead", "endless lead", "safety"],
    )
    def test_what_can_not_be_is_refused(self, planner: Viewer, change: Change) -> None:
        with pytest.raises(InvalidInput):
            planned(planner, "CHIPS", change)


class TestLate:
    def test_late_demand_says_until_when(self, planner: Viewer) -> None:
        late = supply_plan.why_late(planner, *item("CHIPS"))
        assert late[0]["week"] == TODAY
        assert (late[0]["quantity"], late[0]["arrives"], late[0]["late"]) == (pytest.approx(30), TODAY + 2 * WEEK, 2)

    def test_nothing_is_late_where_there_is_plenty(self, planner: Viewer) -> None:
        assert supply_plan.why_late(planner, *item("TEA")) == []


class TestList:
    def test_what_runs_short_comes_first(self, planner: Viewer) -> None:
        inventory.recalculate(planner, as_of=TODAY)
        listed = rows(planner)
        assert listed[0]["code"] == "CHIPS"
        assert listed[0]["short_week"] == TODAY
        assert {row["code"] for row in rows(planner, only="short")} == {"CHIPS", "BOTTLE"}
        assert [row["code"] for row in rows(planner, search="sug")] == ["SUGAR"]
        assert rows(planner, location="JB") == []
        assert {row["code"] for row in rows(planner, kind="material")} == {"SUGAR"}


class TestRights:
    def test_unknown_items_are_not_found(self, planner: Viewer) -> None:
        for found in (supply_plan.item_plan, supply_plan.why_late):
            with pytest.raises(NotFound):
                found(planner, 99_999, 1)
        with pytest.raises(NotFound):
            supply_plan.why_order(planner, *item("CHIPS"), 0)

    def test_partners_have_no_plan(self, viewer_of: Callable[[str], Viewer]) -> None:
        supplier = viewer_of("supplier")
        with pytest.raises(NotAllowed):
            supply_plan.plan_page(supplier, PlanFilters())
        with pytest.raises(NotAllowed):
            supply_plan.item_plan(supplier, *item("CHIPS"))


class TestSubstitutes:
    """Beet sugar may stand in for sugar, 1.2 of it for one."""

    @pytest.fixture
    def short_of_sugar(self, planner: Viewer) -> Viewer:
        make_tea()
        sell_out_of_tea()
        with owner_engine().begin() as connection:
            product, place = ids(Product), ids(Location)["KL"]
            connection.execute(update(StockLot).where(StockLot.product_id == product["SUGAR"]).values(quantity=0))
            beet = add(
                connection, Product, code="BEET", name="Beet sugar", kind="material", category="Materials", uom="KG"
            )
            add(connection, StockLot, product_id=beet, location_id=place, lot="B1", quantity=1000, received_on=TODAY)
            (bom,) = connection.execute(select(Bom.id)).scalars()
            keys = {"bom_id": bom, "component_id": product["SUGAR"], "substitute_id": beet}
            connection.execute(BomSubstitute.__table__.insert().values(**keys, factor=1.2))
        return planner

    def test_what_is_short_comes_from_free_stock_of_the_substitute(self, short_of_sugar: Viewer) -> None:
        sugar = planned(short_of_sugar, "SUGAR")
        stands_in = [order for order in sugar.orders if order["kind"] == "substitute"]
        assert stands_in
        assert {(order["number"], order["supplier"]) for order in stands_in} == {("BEET", "Beet sugar")}
        assert min(sugar.lines["stock"]) >= -1e-6
        beet = planned(short_of_sugar, "BEET")
        used = sum(order["quantity"] for order in stands_in) * 1.2
        assert sum(beet.lines["dependent"]) == pytest.approx(used)
        assert beet.lines["stock"][-1] == pytest.approx(1000 - used)

    def test_without_free_stock_it_stays_short(self, short_of_sugar: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.execute(update(StockLot).where(StockLot.lot == "B1").values(quantity=0))
        sugar = planned(short_of_sugar, "SUGAR")
        assert not [order for order in sugar.orders if order["kind"] == "substitute"]
        assert min(sugar.lines["stock"]) < 0

    def test_what_would_stand_in_for_itself_is_left_out(self, short_of_sugar: Viewer) -> None:
        product = ids(Product)
        with owner_engine().begin() as connection:
            bom = add(connection, Bom, product_id=product["BEET"], valid_from=date(2025, 1, 1), yield_share=1)
            add(connection, BomLine, bom_id=bom, component_id=product["SUGAR"], quantity=1)
        assert not [o for o in planned(short_of_sugar, "SUGAR").orders if o["kind"] == "substitute"]

    def test_replanning_changes_nothing(self, short_of_sugar: Viewer) -> None:
        first = planned(short_of_sugar, "SUGAR")
        insert(Customer, code="NEW", name="New")
        again = planned(short_of_sugar, "SUGAR")
        assert (again.lines, again.orders) == (first.lines, first.orders)
