"""Planned production worked out by hand for the company of tests/stock_company.py, and accepting it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, add, ids, make_tea, sell_out_of_tea

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries.settings import bump
from models.network import Location, Oem
from models.orders import ProductionOrder
from models.people import AuditEntry
from models.product import Product, Resource
from models.stock import StockLot
from services import production, production_orders, production_steps, supply_plan
from services.production import MakeFilters, MakeList
from services.production_orders import OrderFilters

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    sell_out_of_tea()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def listed(viewer: Viewer, **filters: str) -> MakeList:
    return production.make_list(viewer, MakeFilters(**filters))


def orders() -> list[Any]:
    """The orders that were accepted: the company has done ones of its own."""
    with owner_engine().connect() as connection:
        table = ProductionOrder.__table__
        return list(connection.execute(select(table).where(table.c.status != "done").order_by(table.c.id)))


def stock_changed(viewer: Viewer, lot: str, quantity: float) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).where(StockLot.lot == lot).values(quantity=quantity))
    with session_scope(viewer) as session:
        bump(session, "stock")


class TestList:
    def test_an_order_with_its_hours_and_what_it_lacks(self, planner: Viewer) -> None:
        # 140 a week; a week to make; of tea nothing is there: this week's 140 are late, next week's come in time.
        (row,) = listed(planner).rows
        assert (row["code"], row["location"], row["resource"]) == ("TEA", "KL", "LINE")
        assert (row["release_week"], row["arrival_week"]) == (TODAY, TODAY + WEEK)
        assert row["quantity"] == pytest.approx(280)
        assert row["hours"] == pytest.approx(1 + 280 / 100)
        assert row["late"] == pytest.approx(140)
        assert row["lacking"] == []

    def test_components_that_the_plan_is_short_of(self, planner: Viewer) -> None:
        # 280 tea take 280 bottles and 35 kg of sugar.
        stock_changed(planner, "B1", 100)
        stock_changed(planner, "S1", 30)
        found = listed(planner)
        assert found.lacking == 1
        assert {part["code"]: part["quantity"] for part in found.rows[0]["lacking"]} == pytest.approx(
            {"BOTTLE": 180, "SUGAR": 5}
        )

    def test_weeks_and_filters(self, planner: Viewer) -> None:
        assert [row["release_week"] for row in listed(planner, weeks="4").rows] == [TODAY + n * WEEK for n in range(4)]
        assert len(listed(planner, weeks="nonsense").rows) == 1
        assert listed(planner, resource="OTHER").rows == []
        assert listed(planner, resource="LINE", search="tea").total == 1
        assert listed(planner, search="xyz") == MakeList([], 0, 0.0, 0, 0)

    def test_for_whom(self, planner: Viewer) -> None:
        (row,) = listed(planner).rows
        served = production.made_for(planner, row["id"])
        assert {(peg["code"], peg["week"]) for peg in served} == {("TEA", TODAY), ("TEA", TODAY + WEEK)}
        assert sum(peg["quantity"] for peg in served) == pytest.approx(280)

    @pytest.mark.parametrize("order_id", [None, "", "x", 7, {"a": 1}, ["x"], "1-1-2026-01-01"], ids=repr)
    def test_for_whom_of_no_order(self, planner: Viewer, order_id: object) -> None:
        with pytest.raises(NotFound):
            production.made_for(planner, order_id)

    def test_nothing_to_make(self, planner: Viewer) -> None:
        stock_changed(planner, "T1", 20_000)
        assert listed(planner, weeks="8").rows == []


class TestAccept:
    def test_a_row_becomes_an_order_and_firm_work(self, planner: Viewer) -> None:
        before = listed(planner, weeks="4").rows
        done = production.accept(planner, before[:1])
        (made,) = orders()
        assert (done.count, done.orders) == (1, ("MO-2026-00001",))
        assert (made.status, float(made.quantity), made.version) == ("planned", 280, 1)
        assert (made.starts_on, made.due_on, made.resource_id) == (TODAY, TODAY + WEEK, ids(Resource)["LINE"])
        assert [(row["id"], row["quantity"]) for row in listed(planner, weeks="4").rows] == [
            (row["id"], row["quantity"]) for row in before[1:]
        ]
        tea = supply_plan.item_plan(planner, ids(Product)["TEA"], ids(Location)["KL"])
        assert tea.lines["firm"][1] == pytest.approx(280)
        bottles = supply_plan.item_plan(planner, ids(Product)["BOTTLE"], ids(Location)["KL"])
        assert bottles.lines["dependent"][0] == pytest.approx(280)
        with owner_engine().connect() as connection:
            entry = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.after["number"]) == ("production.accept", "MO-2026-00001")

    def test_accepting_all_leaves_nothing_to_propose(self, planner: Viewer) -> None:
        found = listed(planner, weeks="8")
        assert production.accept(planner, found.rows).count == found.total
        assert listed(planner, weeks="8").rows == []
        assert len({order.number for order in orders()}) == found.total

    def test_an_order_called_off_is_proposed_again(self, planner: Viewer) -> None:
        rows = listed(planner).rows
        production.accept(planner, rows)
        (made,) = orders()
        production_steps.cancel(planner, made.id, made.version, reason="Line is down")
        assert listed(planner).rows == rows

    def test_an_item_of_a_brand_owner_stays_its_own(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            oem = add(connection, Oem, code="O", name="Owner")
            connection.execute(update(ProductionOrder).values(oem_id=oem))
        production.accept(planner, listed(planner).rows)
        assert orders()[0].oem_id == oem

    def test_a_second_click_is_refused(self, planner: Viewer) -> None:
        rows = listed(planner).rows
        production.accept(planner, rows)
        with pytest.raises(Conflict, match="Tea any more"):
            production.accept(planner, rows)
        assert len(orders()) == 1

    def test_a_stale_row_stops_all(self, planner: Viewer) -> None:
        rows = listed(planner, weeks="2").rows
        with pytest.raises(Conflict, match="Tea has changed and is now"):
            production.accept(planner, [rows[0], {**rows[1], "quantity": 1}])
        assert orders() == []

    @pytest.mark.parametrize("choice", [{}, {"id": "x"}, {"id": None}, {"id": ["a"]}, {"id": "9-9-2026-03-16"}])
    def test_whatever_the_browser_sends_makes_nothing(self, planner: Viewer, choice: dict[str, Any]) -> None:
        with pytest.raises(Conflict):
            production.accept(planner, [choice])
        with pytest.raises(Conflict):
            production.accept(planner, [{**listed(planner).rows[0], "quantity": "280"}])
        assert orders() == []

    def test_nothing_or_too_much_selected(self, planner: Viewer) -> None:
        with pytest.raises(InvalidInput, match="at least one"):
            production.accept(planner, [])
        with pytest.raises(InvalidInput, match="at most 500"):
            production.accept(planner, [{"id": str(number)} for number in range(501)])

    def test_several_who_accept_the_same_at_the_same_moment(self, planner: Viewer) -> None:
        rows = listed(planner, weeks="4").rows

        def press(_nth: int) -> str:
            try:
                return str(production.accept(planner, rows).count)
            except UserError as error:
                return type(error).__name__

        with ThreadPoolExecutor(4) as pool:
            outcomes = sorted(pool.map(press, range(4)))
        assert outcomes == ["4", "Conflict", "Conflict", "Conflict"]
        assert len(orders()) == 4


class TestRights:
    def test_who_may_look_and_who_may_accept(self, planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
        rows = listed(planner).rows
        for name in ("executive", "analyst"):
            assert listed(viewer_of(name)).rows == rows
            with pytest.raises(NotAllowed):
                production.accept(viewer_of(name), rows)
        supplier = viewer_of("supplier")
        for deed in (
            lambda: listed(supplier),
            lambda: production.made_for(supplier, rows[0]["id"]),
            lambda: production.accept(supplier, rows),
            lambda: production_orders.orders(supplier, OrderFilters()),
        ):
            with pytest.raises(NotAllowed):
                deed()
        assert orders() == []
