"""The buy list from stored data, worked out by hand for the company of tests/stock_company.py, and what is ordered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, add, ids

from core.errors import Conflict, InvalidInput, NotAllowed, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Supplier, SupplierItem, SupplierPriceBreak
from models.orders import PurchaseOrder, PurchaseOrderLine
from models.people import AuditEntry
from models.planning import ReorderProposal
from models.product import Product, ProductPack, UnitOfMeasure
from services import buy_list, inventory, proposals, purchase_orders, supply_plan
from services.buy_list import BuyFilters, BuyList
from services.proposals import ProposalFilters

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def busy(planner: Viewer) -> Viewer:
    """With policies, so that three items of two suppliers are to be bought."""
    inventory.recalculate(planner, as_of=TODAY)
    return planner


def listed(viewer: Viewer, **filters: str) -> BuyList:
    return buy_list.buy_list(viewer, BuyFilters(**filters))


def stored(model: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        table = model.__table__
        return list(connection.execute(select(table).order_by(table.c.id)))


def drafts() -> list[Any]:
    return [order for order in stored(PurchaseOrder) if order.status == "draft"]


def lines() -> list[Any]:
    of_drafts = {order.id for order in drafts()}
    return [line for line in stored(PurchaseOrderLine) if line.order_id in of_drafts]


def price_break(from_quantity: float, price: float, *, code: str = "CHIPS", supplier: str = "SUP-2") -> None:
    keys = {"supplier_id": ids(Supplier)[supplier], "product_id": ids(Product)[code]}
    with owner_engine().begin() as connection:
        add(connection, SupplierPriceBreak, **keys, from_quantity=from_quantity, price=price)


class TestList:
    def test_an_order_with_what_it_costs_and_prevents(self, planner: Viewer) -> None:
        # 70 a week; of 40 in stock 5 are left after this week, so 30 and 70 are owed when 170 come in week 2. An order
        # of next week would come in week 3: without this one 30 + 70 + 70 are late, at 5 RM each.
        found = listed(planner)
        (row,) = found.rows
        assert (row["code"], row["supplier"], row["location"]) == ("CHIPS", "Plastik", "KL")
        assert (row["release_week"], row["arrival_week"]) == (TODAY, TODAY + 2 * WEEK)
        assert (row["quantity"], row["minimum"], row["multiple"]) == (170, 100, 10)
        assert (row["unit_price"], row["money"]) == (2.2, pytest.approx(374))
        assert row["prevented"] == pytest.approx(850)
        assert row["score"] == pytest.approx(850 / 374)
        assert (row["short_week"], row["late"]) == (TODAY, pytest.approx(100))
        assert row["cover_days"] == pytest.approx(17, abs=0.3)
        assert found.total == 1
        assert (found.money, found.prevented) == pytest.approx((374, 850))

    def test_the_weeks_chosen_bring_more_orders_and_more_at_stake(self, planner: Viewer) -> None:
        # Released in weeks 0 to 3 they arrive in 2 to 5, the next one in 6: 100 each serve demand until then, the last
        # one 10 of week 5.
        found = listed(planner, weeks="4").rows
        assert [row["quantity"] for row in sorted(found, key=lambda row: row["arrival"])] == [170, 100, 100, 100]
        assert [row["prevented"] for row in found] == pytest.approx([850, 500, 500, 50])
        assert [row["arrival"] for row in found] == [2, 3, 4, 5]
        assert len(listed(planner, weeks="2").rows) == 2
        assert len(listed(planner, weeks="nonsense").rows) == 1

    def test_the_budget_cuts_the_list(self, planner: Viewer) -> None:
        found = listed(planner, weeks="4", budget="600")
        assert [row["spent"] for row in found.rows] == pytest.approx([374, 594, 814, 1034])
        assert [row["within"] for row in found.rows] == [True, True, False, False]
        assert (found.budget, found.within) == (600, 2)
        assert found.within_money == pytest.approx(594)
        assert found.suppliers == [
            {
                "supplier_code": "SUP-2",
                "supplier": "Plastik",
                "orders": 4,
                "money": pytest.approx(1034),
                "within_money": pytest.approx(594),
                "prevented": pytest.approx(1900),
                "not_measured": 4,
                "pallets": 0,
                "containers": None,
            }
        ]

    @pytest.mark.parametrize("budget", ["-1", "many", "1,000"])
    def test_a_budget_that_is_none(self, planner: Viewer, budget: str) -> None:
        with pytest.raises(InvalidInput, match="Budget"):
            listed(planner, budget=budget)

    def test_price_breaks_reached_and_near(self, planner: Viewer) -> None:
        price_break(150, 2.1)
        price_break(196, 2.0)
        price_break(5, 1.0, code="BOTTLE")
        (row,) = listed(planner).rows
        assert (row["list_price"], row["unit_price"], row["money"]) == (2.2, 2.1, pytest.approx(357))
        assert (row["next_quantity"], row["next_price"]) == (200, 2.0)
        assert row["extra"] == pytest.approx(200 * 2.0 - 357)
        assert row["saving"] == pytest.approx(170 * 0.1)

    def test_what_only_keeps_safety_stock_prevents_nothing(self, busy: Viewer) -> None:
        rows = {row["code"]: row for row in listed(busy, weeks="4").rows}
        assert set(rows) == {"CHIPS", "BOTTLE", "SUGAR"}
        assert rows["BOTTLE"]["prevented"] == pytest.approx(rows["BOTTLE"]["needed"] * 0.4)
        with owner_engine().begin() as connection:
            connection.exec_driver_sql("update stock_lot set quantity = 100000 where lot = 'S1'")
            connection.exec_driver_sql("update inventory_policy set safety_stock = 100500 where daily_demand = 20")
        inventory_changed(busy)
        sugar = next(row for row in listed(busy).rows if row["code"] == "SUGAR")
        assert (sugar["needed"], sugar["prevented"], sugar["score"], sugar["short_week"]) == (0, 0, 0, None)

    def test_filters(self, busy: Viewer) -> None:
        def codes(**filters: str) -> set[str]:
            return {row["code"] for row in listed(busy, weeks="4", **filters).rows}

        assert codes(supplier="SUP-1") == {"SUGAR"}
        assert codes(search="bott") == {"BOTTLE"}
        assert codes(location="JB") == set()
        assert buy_list.suppliers(busy) == [("SUP-1", "Gula"), ("SUP-2", "Plastik")]

    def test_nothing_to_plan(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.exec_driver_sql("delete from supplier_item")
        inventory_changed(planner)
        found = listed(planner, weeks="4", budget="5")
        assert (found.rows, found.total, found.suppliers) == ([], 0, [])
        assert buy_list.suppliers(planner) == []


def inventory_changed(viewer: Viewer) -> None:
    """What was written behind the application's back is seen."""
    from data.db import session_scope
    from data.queries.settings import bump

    with session_scope(viewer) as session:
        bump(session, "stock")


class TestContainers:
    @pytest.fixture
    def palleted(self, planner: Viewer) -> Viewer:
        """A container of two pallets of 100: 170 and the hundreds of the weeks after are 1.7 and a pallet each."""
        with owner_engine().begin() as connection:
            unit = add(connection, UnitOfMeasure, code="PAL", name="Pallet")
            add(connection, ProductPack, product_id=ids(Product)["CHIPS"], unit_id=unit, base_units=100)
            connection.execute(update(Supplier).where(Supplier.code == "SUP-2").values(container_pallets=4))
        return planner

    def test_how_full_they_are_is_said_for_what_the_budget_pays(self, palleted: Viewer) -> None:
        found = listed(palleted, weeks="4")
        pallets = [row["pallets"] for row in found.rows]
        assert pallets == pytest.approx([row["quantity"] / 100 for row in found.rows])
        (supplier,) = found.suppliers
        assert supplier["pallets"] == pytest.approx(sum(pallets))
        assert supplier["containers"] == pytest.approx(sum(pallets) / 4)
        assert supplier["not_measured"] == 0
        (cut,) = listed(palleted, weeks="4", budget="600").suppliers
        assert cut["pallets"] == pytest.approx(sum(pallets[:2]))

    def test_what_fits_beside_the_chosen_orders_is_added_by_rank(self, palleted: Viewer) -> None:
        rows = listed(palleted, weeks="4").rows
        assert [row["pallets"] for row in rows] == pytest.approx([1.7, 1, 1, 1])
        added = buy_list.top_up(palleted, BuyFilters(weeks="4"), [rows[0]["id"]])
        assert added == [row["id"] for row in rows[1:3]]
        assert buy_list.top_up(palleted, BuyFilters(weeks="4"), []) == []
        assert buy_list.top_up(palleted, BuyFilters(weeks="4"), ["no such order"]) == []

    def test_nothing_is_added_where_containers_are_not_known(self, planner: Viewer) -> None:
        rows = listed(planner, weeks="4").rows
        assert buy_list.top_up(planner, BuyFilters(weeks="4"), [rows[0]["id"]]) == []

    def test_partners_learn_nothing(self, viewer_of: Callable[[str], Viewer]) -> None:
        with pytest.raises(NotAllowed):
            buy_list.top_up(viewer_of("supplier"), BuyFilters(), [])


class TestAccept:
    def test_rows_become_draft_lines_and_leave_the_list(self, planner: Viewer) -> None:
        price_break(150, 2.1)
        before = listed(planner, weeks="4").rows
        done = buy_list.accept(planner, before[:1])
        (draft,) = drafts()
        assert (done.count, done.orders) == (1, (draft.number,))
        assert (draft.supplier_id, draft.ordered_on) == (ids(Supplier)["SUP-2"], TODAY)
        (line,) = lines()
        assert (float(line.quantity), float(line.unit_price)) == (170, 2.1)
        assert line.requested_on == TODAY + 2 * WEEK
        after = listed(planner, weeks="4").rows
        assert [row["id"] for row in after] == [row["id"] for row in before[1:]]
        assert [row["quantity"] for row in after] == [row["quantity"] for row in before[1:]]
        firm = supply_plan.item_plan(planner, ids(Product)["CHIPS"], draft.location_id).lines["firm"]
        assert firm[:4] == [0, 0, 170, 0]
        assert [entry.action for entry in stored(AuditEntry)][-2:] == ["purchase_order.create", "buy_list.accept"]
        assert stored(AuditEntry)[-1].after["order"] == draft.number

    def test_one_draft_a_supplier_and_the_list_is_empty_then(self, busy: Viewer) -> None:
        found = listed(busy, weeks="4")
        done = buy_list.accept(busy, found.rows)
        assert done.count == found.total
        assert sorted(order.supplier_id for order in drafts()) == sorted(ids(Supplier).values())
        assert len(lines()) == found.total
        assert listed(busy, weeks="4").rows == []

    def test_a_second_click_is_refused_and_orders_nothing(self, planner: Viewer) -> None:
        rows = listed(planner).rows
        buy_list.accept(planner, rows)
        with pytest.raises(Conflict, match="Chips any more"):
            buy_list.accept(planner, rows)
        assert len(lines()) == 1

    def test_a_draft_cancelled_brings_the_row_back(self, planner: Viewer) -> None:
        rows = listed(planner).rows
        done = buy_list.accept(planner, rows)
        found = purchase_orders.order_by_number(planner, done.orders[0])
        assert found
        purchase_orders.cancel(planner, found.order["id"], found.order["version"], reason="Wrong supplier")
        assert listed(planner).rows == rows

    def test_a_stale_row_is_refused_with_what_is_planned_now(self, planner: Viewer) -> None:
        rows = listed(planner).rows
        with owner_engine().begin() as connection:
            connection.execute(
                update(SupplierItem).where(SupplierItem.product_id == ids(Product)["CHIPS"]).values(moq=500)
            )
        inventory_changed(planner)
        with pytest.raises(Conflict, match=r"Chips has changed and is now 500 \w+ at RM 2\.20"):
            buy_list.accept(planner, rows)
        price_break(100, 1.5)
        with pytest.raises(Conflict, match=r"RM 1\.50"):
            buy_list.accept(planner, [{**rows[0], "quantity": 500}])
        assert drafts() == []

    def test_one_stale_row_stops_all(self, busy: Viewer) -> None:
        rows = listed(busy, weeks="4").rows
        with pytest.raises(Conflict):
            buy_list.accept(busy, [*rows[:-1], {**rows[-1], "quantity": 1}])
        assert drafts() == []

    @pytest.mark.parametrize(
        "choice", [{}, {"id": "x"}, {"id": None, "quantity": "1"}, {"id": ["a"]}, {"id": "999999-1-1-2026-03-16"}]
    )
    def test_whatever_the_browser_sends_orders_nothing(self, planner: Viewer, choice: dict[str, Any]) -> None:
        with pytest.raises(Conflict):
            buy_list.accept(planner, [choice])
        with pytest.raises(Conflict):
            buy_list.accept(planner, [{**listed(planner).rows[0], "unit_price": None}])
        assert drafts() == []

    def test_nothing_or_too_much_selected(self, planner: Viewer) -> None:
        with pytest.raises(InvalidInput, match="at least one"):
            buy_list.accept(planner, [])
        with pytest.raises(InvalidInput, match="at most 500"):
            buy_list.accept(planner, [{"id": str(number)} for number in range(501)])

    def test_two_who_order_the_same_at_the_same_moment(self, busy: Viewer) -> None:
        rows = listed(busy, weeks="4").rows

        def press(_nth: int) -> str:
            try:
                return str(buy_list.accept(busy, rows).count)
            except UserError as error:
                return type(error).__name__

        with ThreadPoolExecutor(4) as pool:
            outcomes = sorted(pool.map(press, range(4)))
        assert outcomes == [str(len(rows)), "Conflict", "Conflict", "Conflict"]
        assert len(lines()) == len(rows)
        assert len(drafts()) == 2

    def test_its_proposal_is_withdrawn_so_that_nothing_is_bought_twice(self, busy: Viewer) -> None:
        chips = [row for row in listed(busy).rows if row["code"] == "CHIPS"]
        old = next(row for row in proposals.open_proposals(busy, ProposalFilters()).rows if row["code"] == "CHIPS")
        buy_list.accept(busy, chips)
        assert {row["code"] for row in proposals.open_proposals(busy, ProposalFilters()).rows} == {"BOTTLE", "SUGAR"}
        with pytest.raises(Conflict, match="withdrawn"):
            proposals.accept(busy, old["id"], old["version"])
        assert [found.status for found in stored(ReorderProposal)].count("withdrawn") == 1

    def test_what_a_proposal_ordered_is_not_bought_again(self, busy: Viewer) -> None:
        rows = [row for row in listed(busy).rows if row["code"] == "CHIPS"]
        chips = next(row for row in proposals.open_proposals(busy, ProposalFilters()).rows if row["code"] == "CHIPS")
        proposals.accept(busy, chips["id"], chips["version"])
        with pytest.raises(Conflict, match="Chips"):
            buy_list.accept(busy, rows)


class TestRights:
    def test_who_may_look_and_who_may_order(self, planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
        rows = listed(planner).rows
        for name in ("executive", "analyst"):
            assert listed(viewer_of(name)).rows == rows
            with pytest.raises(NotAllowed):
                buy_list.accept(viewer_of(name), rows)
        supplier = viewer_of("supplier")
        for deed in (
            lambda: listed(supplier),
            lambda: buy_list.suppliers(supplier),
            lambda: buy_list.accept(supplier, rows),
        ):
            with pytest.raises(NotAllowed):
                deed()
        assert drafts() == []
