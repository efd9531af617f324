"""Levers of capacity worked out by hand for the company of tests/stock_company.py: what they change, store and undo."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, add, ids, make_tea, sell_out_of_tea

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries.settings import bump
from models.capacity import CapacityLever
from models.network import Location
from models.orders import ProductionOrder
from models.product import Product, Resource, ResourceDay
from services import capacity, production_steps, supply_plan
from services.capacity import Lever

WEEK = timedelta(weeks=1)
LINE = Lever(kind="overtime", resource="LINE", week=1, hours=10)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    sell_out_of_tea()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def tea() -> str:
    return f"{ids(Product)['TEA']}-{ids(Location)['KL']}"


def line_works(hours: float) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(Resource).values(hours_per_week=hours))


def second_line() -> None:
    with owner_engine().begin() as connection:
        add(connection, Resource, code="NEW", name="New line", location_id=ids(Location)["KL"], hours_per_week=40)


def days() -> dict[date, float]:
    with owner_engine().connect() as connection:
        table = ResourceDay
        return {row.day: float(row.hours) for row in connection.execute(select(table.day, table.hours))}


def ahead() -> list[tuple[date, float, str]]:
    with owner_engine().connect() as connection:
        table = ProductionOrder.__table__.c
        found = connection.execute(select(table).where(table.status != "done").order_by(table.starts_on))
        return [(row.starts_on, float(row.quantity), row.status) for row in found]


def apply(planner: Viewer, lever: Lever) -> capacity.Effect:
    return capacity.apply(planner, lever, seen=capacity.seen_load(capacity.preview(planner, lever)))


def loads(planner: Viewer, code: str = "LINE") -> capacity.ResourceLoad:
    return next(load for load in capacity.board(planner)[1] if load.code == code)


class TestBoard:
    def test_hours_wanted_and_hours_there_are(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            line = {"resource_id": ids(Resource)["LINE"]}
            add(connection, ResourceDay, **line, day=TODAY + timedelta(days=1), hours=0)
            add(connection, ResourceDay, **line, day=TODAY + timedelta(days=5), hours=4)
        weeks, (load,) = capacity.board(planner)
        released = supply_plan.item_plan(planner, ids(Product)["TEA"], ids(Location)["KL"]).lines["release"]
        assert weeks[0] == TODAY
        assert load.available[:2] == [44, 50]
        assert load.hours == pytest.approx([1 + quantity / 100 if quantity else 0 for quantity in released])


class TestWeek:
    def test_what_loads_it_and_its_other_weeks(self, planner: Viewer) -> None:
        second_line()
        found = capacity.resource_week(planner, "LINE", 0)
        released = supply_plan.item_plan(planner, ids(Product)["TEA"], ids(Location)["KL"]).lines["release"]
        (row,) = found.rows
        assert (row["id"], row["code"], row["hours"]) == (tea(), "TEA", pytest.approx(1 + released[0] / 100))
        ((code, hours),) = found.products
        assert (code, hours) == ("TEA", pytest.approx([1 + made / 100 if made else 0 for made in released]))
        assert found.resource.hours == pytest.approx(hours)
        assert found.others == [("NEW", "New line")]

    @pytest.mark.parametrize(
        ("resource", "week"), [("NONE", 0), ("LINE", 99), ("LINE", "x"), ("LINE", True), (None, 0), ([], -1)], ids=repr
    )
    def test_no_such_week(self, planner: Viewer, resource: object, week: object) -> None:
        with pytest.raises(NotFound):
            capacity.resource_week(planner, resource, week)


class TestOvertime:
    def test_it_adds_hours_and_tells_what_they_cost(self, planner: Viewer) -> None:
        line_works(2)  # 1 h of set-up and 1.4 h for 140 tea are wanted
        effect = capacity.preview(planner, LINE)
        assert (effect.before.available[1], effect.after.available[1]) == (2, 12)
        assert effect.cost == 450
        assert effect.over[1] == effect.over[0] - 1
        assert effect.waiting[1] < effect.waiting[0]
        assert days() == {}

    def test_applied_it_is_hours_of_days_and_taken_back_it_is_gone(self, planner: Viewer) -> None:
        apply(planner, LINE)
        monday = TODAY + WEEK
        assert days() == {monday + timedelta(days=count): 12 for count in range(5)}
        assert loads(planner).available[1] == 60
        (lever,) = capacity.levers(planner)
        assert (lever["kind"], lever["resource"], lever["hours"], lever["cost"]) == ("overtime", "LINE", 10, 450)
        capacity.take_back(planner, lever["id"], lever["version"])
        assert days() == {}
        assert loads(planner).available[1] == 50
        assert capacity.levers(planner)[0]["status"] == "withdrawn"
        with pytest.raises(Conflict, match="taken back"):
            capacity.take_back(planner, lever["id"], lever["version"])

    def test_a_day_unlike_others_keeps_its_own_hours(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            add(connection, ResourceDay, resource_id=ids(Resource)["LINE"], day=TODAY + WEEK, hours=0, note="Holiday")
        apply(planner, LINE)
        assert days()[TODAY + WEEK] == 2
        (lever,) = capacity.levers(planner)
        capacity.take_back(planner, lever["id"], lever["version"])
        assert days() == {TODAY + WEEK: 0}

    def test_a_day_has_24_hours(self, planner: Viewer) -> None:
        with pytest.raises(InvalidInput, match=r"room for 118\.0 hours"):
            capacity.preview(planner, replace(LINE, hours=119))
        apply(planner, replace(LINE, hours=80))  # 14 a working day have room, and 24 on each day of the weekend
        assert max(days().values()) < 24
        assert len(days()) == 7
        (lever,) = capacity.levers(planner)
        capacity.take_back(planner, lever["id"], lever["version"])
        assert loads(planner).available[1] == 50

    @pytest.mark.parametrize("hours", [0, -1, 169, "x", None, "", float("nan"), True, {}, "1e3"], ids=repr)
    def test_hours_that_can_not_be(self, planner: Viewer, hours: object) -> None:
        with pytest.raises(InvalidInput):
            capacity.preview(planner, replace(LINE, hours=hours))


class TestShift:
    def test_it_lasts_for_weeks(self, planner: Viewer) -> None:
        shift = replace(LINE, kind="shift", hours="20", weeks="3")
        effect = apply(planner, shift)
        assert effect.cost == 20 * 3 * 60
        assert loads(planner).available[:5] == [50, 70, 70, 70, 50]
        (lever,) = capacity.levers(planner)
        assert (lever["first_week"], lever["last_week"]) == (TODAY + WEEK, TODAY + 3 * WEEK)

    @pytest.mark.parametrize("weeks", [0, -1, 1.5, 999, None, "many"], ids=repr)
    def test_weeks_that_can_not_be(self, planner: Viewer, weeks: object) -> None:
        with pytest.raises(InvalidInput, match="Weeks"):
            capacity.preview(planner, replace(LINE, kind="shift", weeks=weeks))


class TestAlternate:
    def test_work_moves_hour_for_hour_where_no_routing_tells(self, planner: Viewer) -> None:
        second_line()
        before = loads(planner).hours[1]
        lever = Lever(kind="alternate", resource="LINE", week=1, hours=2, item=tea(), to="NEW")
        effect = apply(planner, lever)
        assert effect.other is not None
        assert effect.other.hours[1] == 2
        assert (loads(planner).hours[1], loads(planner, "NEW").hours[1]) == (pytest.approx(before - 2), 2)
        (found,) = capacity.levers(planner)
        capacity.take_back(planner, found["id"], found["version"])
        assert (loads(planner).hours[1], loads(planner, "NEW").hours[1]) == (pytest.approx(before), 0)

    def test_what_is_moved_is_never_more_than_there_is(self, planner: Viewer) -> None:
        second_line()
        apply(planner, Lever(kind="alternate", resource="LINE", week=1, hours=2, item=tea(), to="NEW"))
        with owner_engine().begin() as connection:
            connection.exec_driver_sql("delete from forecast_value")
        with session_scope(planner) as session:
            bump(session, "forecast")
        assert min(loads(planner).hours) >= 0
        assert loads(planner, "NEW").hours[1] == pytest.approx(0)

    @pytest.mark.parametrize(("item", "to"), [("", "NEW"), ("9-9", "NEW"), (None, "NEW"), ({}, [])], ids=repr)
    def test_without_an_item(self, planner: Viewer, item: object, to: object) -> None:
        second_line()
        with pytest.raises(InvalidInput, match="Item"):
            capacity.preview(planner, Lever(kind="alternate", resource="LINE", week=1, hours=1, item=item, to=to))

    @pytest.mark.parametrize("to", ["LINE", "NONE", "", None, 7], ids=repr)
    def test_without_another_resource(self, planner: Viewer, to: object) -> None:
        with pytest.raises(InvalidInput, match="Other resource"):
            capacity.preview(planner, Lever(kind="alternate", resource="LINE", week=1, hours=1, item=tea(), to=to))

    def test_more_than_the_item_takes(self, planner: Viewer) -> None:
        with pytest.raises(InvalidInput, match=r"takes 2\.4 hours"):
            capacity.preview(planner, Lever(kind="alternate", resource="LINE", week=2, hours=9, item=tea(), to="LINE"))


class TestPreBuild:
    LEVER = Lever(kind="pre_build", resource="LINE", week=2, hours=1)

    def test_it_is_made_in_the_week_before_and_holds_stock(self, planner: Viewer) -> None:
        lever = replace(self.LEVER, item=tea())
        effect = capacity.preview(planner, lever)
        # An hour makes 100, a week early, at 1.50: 150 RM for a week at 20 % a year.
        assert effect.after.hours[1] == pytest.approx(effect.before.hours[1] + 1 + 1)
        assert effect.after.hours[2] == pytest.approx(effect.before.hours[2] - 1)
        assert effect.stock_built == pytest.approx(150)
        assert effect.cost == pytest.approx(150 * 0.2 * 7 / 365)
        assert ahead() == []

    def test_applied_it_is_an_order_and_the_plan_needs_less_later(self, planner: Viewer) -> None:
        before = supply_plan.item_plan(planner, *map(int, tea().split("-"))).lines["release"]
        apply(planner, replace(self.LEVER, item=tea()))
        assert ahead() == [(TODAY + WEEK, 100, "planned")]
        after = supply_plan.item_plan(planner, *map(int, tea().split("-"))).lines["release"]
        assert sum(after[:4]) == pytest.approx(sum(before[:4]) - 100)

    def test_taken_back_the_order_is_called_off_unless_the_plant_has_it(self, planner: Viewer) -> None:
        apply(planner, replace(self.LEVER, item=tea()))
        (lever,) = capacity.levers(planner)
        with owner_engine().connect() as connection:
            table = ProductionOrder.__table__.c
            order = connection.execute(select(table.id, table.number).where(table.status == "planned")).one()
        production_steps.release(planner, order.id, 1)
        with pytest.raises(Conflict, match=order.number):
            capacity.take_back(planner, lever["id"], lever["version"])
        production_steps.cancel(planner, order.id, 2, reason="No room")
        capacity.take_back(planner, lever["id"], lever["version"])
        assert ahead() == [(TODAY + WEEK, 100, "cancelled")]

    def test_without_free_hours_before(self, planner: Viewer) -> None:
        line_works(2)
        with pytest.raises(InvalidInput, match="free hours"):
            capacity.preview(planner, replace(self.LEVER, item=tea()))
        with pytest.raises(InvalidInput, match="free hours"):
            capacity.preview(planner, replace(self.LEVER, week=0, item=tea()))


class TestApply:
    @pytest.mark.parametrize("kind", [None, "", "x", 5, {}], ids=repr)
    def test_no_such_lever(self, planner: Viewer, kind: object) -> None:
        with pytest.raises(InvalidInput):
            capacity.preview(planner, replace(LINE, kind=kind))

    @pytest.mark.parametrize("seen", [None, [], "x", [[1], [2]]], ids=repr)
    def test_a_load_that_was_not_seen(self, planner: Viewer, seen: object) -> None:
        with pytest.raises(Conflict):
            capacity.apply(planner, LINE, seen=seen)
        assert capacity.levers(planner) == []

    def test_several_at_the_same_moment_apply_it_once(self, planner: Viewer) -> None:
        seen = capacity.seen_load(capacity.preview(planner, LINE))

        def press(_nth: int) -> str:
            try:
                capacity.apply(planner, LINE, seen=seen)
            except UserError as error:
                return type(error).__name__
            return "applied"

        with ThreadPoolExecutor(4) as pool:
            outcomes = sorted(pool.map(press, range(4)))
        assert outcomes == ["Conflict", "Conflict", "Conflict", "applied"]
        with owner_engine().connect() as connection:
            assert len(connection.execute(select(CapacityLever.id)).all()) == 1

    @pytest.mark.parametrize("lever_id", [None, 0, "x", 10**30, True], ids=repr)
    def test_nothing_to_take_back(self, planner: Viewer, lever_id: object) -> None:
        with pytest.raises(NotFound):
            capacity.take_back(planner, lever_id, 1)

    def test_who_may(self, viewer_of: Callable[[str], Viewer]) -> None:
        analyst, supplier = viewer_of("analyst"), viewer_of("supplier")
        seen = capacity.seen_load(capacity.preview(analyst, LINE))
        with pytest.raises(NotAllowed):
            capacity.apply(analyst, LINE, seen=seen)
        with pytest.raises(NotAllowed):
            capacity.take_back(analyst, 1, 1)
        for look in (capacity.board, capacity.levers):
            with pytest.raises(NotAllowed):
                look(supplier)
        with pytest.raises(NotAllowed):
            capacity.preview(supplier, LINE)
        with pytest.raises(NotAllowed):
            capacity.resource_week(supplier, "LINE", 0)
