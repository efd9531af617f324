"""A production order from planned to done: its components, what it makes, and what the stock looks like afterwards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, text, update
from stock_company import TODAY, add, ids, make_tea, plant_order

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.orders import ProductionOrder
from models.product import Bom, Product
from models.stock import StockLot, StockMovement
from services import production_orders, production_steps

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def lots(code: str) -> dict[str, float]:
    with owner_engine().connect() as connection:
        table = StockLot.__table__.c
        wanted = select(table.lot, table.quantity).where(table.product_id == ids(Product)[code])
        return {row.lot: float(row.quantity) for row in connection.execute(wanted)}


def movements() -> list[tuple[str, str, float]]:
    """Of today: item, kind and quantity."""
    names = {number: code for code, number in ids(Product).items()}
    with owner_engine().connect() as connection:
        table = StockMovement.__table__.c
        found = connection.execute(select(table.product_id, table.kind, table.quantity).where(table.day == TODAY))
        return sorted((names[row.product_id], row.kind, float(row.quantity)) for row in found)


def stored(order_id: int) -> Any:
    with owner_engine().connect() as connection:
        table = ProductionOrder.__table__
        return connection.execute(select(table).where(table.c.id == order_id)).one()


def running(planner: Viewer, quantity: float = 400) -> tuple[int, int]:
    order_id = plant_order(quantity)
    return order_id, production_steps.start(planner, order_id, 1).order["version"]


def steps(viewer: Viewer, order_id: object) -> list[Callable[[], object]]:
    """Every step of an order, to be taken by somebody."""
    return [
        partial(production_steps.release, viewer, order_id, 1),
        partial(production_steps.start, viewer, order_id, 1),
        partial(production_steps.report, viewer, order_id, 1, made=1),
        partial(production_steps.finish, viewer, order_id, 1),
        partial(production_steps.cancel, viewer, order_id, 1, reason="None"),
    ]


class TestStart:
    def test_components_leave_the_stock_first_expired_first(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            keys = {"product_id": ids(Product)["SUGAR"], "location_id": ids(Location)["KL"], "received_on": TODAY}
            add(connection, StockLot, **keys, lot="S2", quantity=20, expires_on=TODAY + WEEK)
        found = production_steps.start(planner, plant_order(), 1)
        assert found.order["status"] == "running"
        assert lots("SUGAR") == {"S0": 70, "S1": 270, "S2": 0}
        assert lots("BOTTLE") == {"B1": 100}
        assert movements() == [("BOTTLE", "issue", -400), ("SUGAR", "issue", -50)]
        assert [(part["lot"], float(part["taken"])) for part in found.components] == [
            ("S1", 30), ("S2", 20), ("B1", 400)
        ]  # fmt: skip

    def test_a_component_that_is_lacking_is_named_and_nothing_is_taken(self, planner: Viewer) -> None:
        order_id = plant_order(600)
        with pytest.raises(InvalidInput, match=r"BOTTLE: 600 EA needed, 500 there"):
            production_steps.start(planner, order_id, 1)
        assert (stored(order_id).status, stored(order_id).version) == ("released", 1)
        assert (lots("BOTTLE"), lots("SUGAR")["S1"], movements()) == ({"B1": 500}, 300, [])

    def test_started_anyway_it_takes_what_there_is(self, planner: Viewer) -> None:
        found = production_steps.start(planner, plant_order(600), 1, anyway=True)
        assert lots("BOTTLE") == {"B1": 0}
        assert movements() == [("BOTTLE", "issue", -500), ("SUGAR", "issue", -75)]
        assert found.history[0]["action"] == "production_order.start"

    def test_the_recipe_of_the_day_with_its_yield(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.execute(update(Bom).values(yield_share=0.8))
        production_steps.start(planner, plant_order(), 1)
        assert lots("BOTTLE") == {"B1": 0}

    def test_without_a_recipe_nothing_is_taken(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.execute(text("delete from bom"))
        assert production_steps.start(planner, plant_order(), 1).components == []
        assert movements() == []


class TestReport:
    def test_what_is_made_becomes_a_lot_that_keeps_its_shelf_life(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.execute(update(Product).where(Product.code == "TEA").values(shelf_life_days=90))
        order_id, version = running(planner)
        found = production_steps.report(planner, order_id, version, made=150, scrap="2.5")
        production_steps.report(planner, order_id, found.order["version"], made="50")
        assert (float(stored(order_id).made_quantity), float(stored(order_id).scrap_quantity)) == (200, 2.5)
        lot = f"{stored(order_id).number}-0302"
        assert lots("TEA")[lot] == 200
        with owner_engine().connect() as connection:
            expires = connection.execute(select(StockLot.expires_on).where(StockLot.lot == lot)).scalar_one()
        assert expires == TODAY + timedelta(days=90)
        assert [moved for moved in movements() if moved[0] == "TEA"] == [
            ("TEA", "production", 50), ("TEA", "production", 150)
        ]  # fmt: skip

    def test_what_is_made_beyond_the_order_takes_components_too(self, planner: Viewer) -> None:
        order_id, version = running(planner)
        production_steps.report(planner, order_id, version, made=450)
        assert lots("BOTTLE") == {"B1": 50}
        assert ("SUGAR", "issue", -6.25) in movements()

    def test_beyond_the_order_and_beyond_the_stock(self, planner: Viewer) -> None:
        order_id, version = running(planner)
        with pytest.raises(InvalidInput, match="BOTTLE: 150 EA needed, 100 there"):
            production_steps.report(planner, order_id, version, made=550)
        assert float(stored(order_id).made_quantity) == 0
        assert "MO-400-released-0302" not in lots("TEA")

    @pytest.mark.parametrize(
        ("made", "scrap"),
        [
            (0, 0),
            (None, None),
            ("", ""),
            (-1, 0),
            (1, -1),
            ("x", 0),
            (True, 0),
            (10_000, 0),
            (float("inf"), 0),
            ({}, []),
        ],
        ids=repr,
    )
    def test_what_can_not_be(self, planner: Viewer, made: object, scrap: object) -> None:
        order_id, version = running(planner)
        with pytest.raises(InvalidInput):
            production_steps.report(planner, order_id, version, made=made, scrap=scrap)
        assert stored(order_id).version == version

    def test_only_of_an_order_that_runs(self, planner: Viewer) -> None:
        with pytest.raises(Conflict, match="released"):
            production_steps.report(planner, plant_order(), 1, made=5)


class TestEnd:
    def test_finished_with_what_was_made(self, planner: Viewer) -> None:
        order_id, version = running(planner)
        version = production_steps.report(planner, order_id, version, made=390).order["version"]
        production_steps.finish(planner, order_id, version)
        assert (stored(order_id).status, stored(order_id).finished_on) == ("done", TODAY)
        with pytest.raises(Conflict):
            production_steps.cancel(planner, order_id, stored(order_id).version, reason="Too late")

    def test_not_finished_with_nothing(self, planner: Viewer) -> None:
        order_id, version = running(planner)
        with pytest.raises(InvalidInput, match="made nothing"):
            production_steps.finish(planner, order_id, version)

    def test_called_off_the_components_go_back_to_their_lots(self, planner: Viewer) -> None:
        before = lots("SUGAR"), lots("BOTTLE")
        order_id, version = running(planner)
        found = production_steps.cancel(planner, order_id, version, reason="Line is down")
        assert (found.order["status"], found.history[0]["reason"]) == ("cancelled", "Line is down")
        assert (lots("SUGAR"), lots("BOTTLE")) == before
        assert sum(moved[2] for moved in movements()) == 0

    def test_called_off_only_with_a_reason_and_before_anything_is_made(self, planner: Viewer) -> None:
        order_id, version = running(planner)
        with pytest.raises(InvalidInput, match="Reason"):
            production_steps.cancel(planner, order_id, version, reason=" ")
        version = production_steps.report(planner, order_id, version, made=1).order["version"]
        with pytest.raises(InvalidInput, match="Finish it"):
            production_steps.cancel(planner, order_id, version, reason="Line is down")


class TestSteps:
    def test_released_then_started_once(self, planner: Viewer) -> None:
        order_id = plant_order(status="planned")
        found = production_steps.release(planner, order_id, 1)
        assert (found.order["status"], found.order["version"]) == ("released", 2)
        with pytest.raises(Conflict, match="is now released"):
            production_steps.start(planner, order_id, 1)
        with pytest.raises(Conflict):
            production_steps.release(planner, order_id, 2)

    def test_two_who_start_it_at_the_same_moment_take_components_once(self, planner: Viewer) -> None:
        order_id = plant_order()

        def press(_nth: int) -> str:
            try:
                return str(production_steps.start(planner, order_id, 1).order["status"])
            except UserError as error:
                return type(error).__name__

        with ThreadPoolExecutor(4) as pool:
            outcomes = sorted(pool.map(press, range(4)))
        assert outcomes == ["Conflict", "Conflict", "Conflict", "running"]
        assert lots("BOTTLE") == {"B1": 100}

    @pytest.mark.parametrize("order_id", [None, 0, -1, "x", {}, 10**30, True], ids=repr)
    def test_no_such_order(self, planner: Viewer, order_id: object) -> None:
        with pytest.raises(NotFound):
            production_orders.order(planner, order_id)
        for step in steps(planner, order_id):
            with pytest.raises(NotFound):
                step()

    def test_who_may(self, viewer_of: Callable[[str], Viewer]) -> None:
        order_id = plant_order()
        for name in ("executive", "analyst", "supplier"):
            for step in steps(viewer_of(name), order_id):
                with pytest.raises(NotAllowed):
                    step()
        assert production_orders.order(viewer_of("analyst"), order_id).order["status"] == "released"
