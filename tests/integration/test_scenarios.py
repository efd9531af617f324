"""Scenarios: their changes through the engine, worked out by hand for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids, make_tea, sell_out_of_tea

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from models.network import Location
from models.product import Product, Resource
from services import inventory, scenarios, supply_plan
from services.plan_totals import METRICS, PlanTotals, plan_totals
from services.scenario_plan import scenario_planned
from services.supply_plan import Change
from services.supply_planned import Planned, planned

WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def version(planner: Viewer, scenario_id: int) -> int:
    found: int = scenarios.scenario(planner, scenario_id)["version"]
    return found


def add(planner: Viewer, scenario_id: int, kind: str, mode: str, value: float | None, **scope: object) -> int:
    asked = {"kind": kind, "mode": mode, "value": value, **scope}
    return scenarios.add_change(planner, scenario_id, version(planner, scenario_id), **asked)


def plan(planner: Viewer, scenario_id: int | None = None) -> Planned:
    with session_scope(planner) as session:
        return planned(session, planner) if scenario_id is None else scenario_planned(session, planner, scenario_id)


def with_change(planner: Viewer, kind: str, mode: str, value: float | None, **scope: object) -> Planned:
    made = scenarios.branch(planner, f"{kind} {mode}")
    add(planner, made, kind, mode, value, **scope)
    return plan(planner, made)


def totals(planner: Viewer, scenario_id: int | None = None) -> PlanTotals:
    return plan_totals(plan(planner, scenario_id))


def of(found: Planned, code: str) -> int:
    return int((found.model.nodes["code"] == code).to_numpy().argmax())


class TestPlan:
    def test_a_scenario_without_change_equals_the_plan(self, planner: Viewer) -> None:
        made = scenarios.branch(planner, "As it is")
        assert scenarios.compare(planner, [made]).total[0] == scenarios.compare(planner, [made]).total[1]
        add(planner, made, "demand", "share", 0)
        base, same = plan(planner), plan(planner, made)
        assert same is not base
        for name in ("dependent", "receipts", "releases", "stock", "waste"):
            assert np.array_equal(getattr(base.plan, name), getattr(same.plan, name)), name

    def test_demand_of_one_item_in_some_weeks(self, planner: Viewer) -> None:
        found = with_change(
            planner, "demand", "share", 10, product="chips", from_week=str(TODAY + WEEK), to_week=str(TODAY + 2 * WEEK)
        )
        base, chips = plan(planner).plan.inputs.demand, of(found, "CHIPS")
        assert found.plan.inputs.demand[:4, chips] == pytest.approx([70, 77, 77, 70])
        others = np.arange(base.shape[1]) != chips
        assert np.array_equal(found.plan.inputs.demand[:, others], base[:, others])

    def test_demand_of_one_channel(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            channel = connection.execute(
                text("insert into channel (code, name) values ('NEW', 'New') returning id")
            ).scalar_one()
        found = with_change(planner, "demand", "share", 100, channel_id=str(channel))
        assert np.array_equal(found.plan.inputs.demand, plan(planner).plan.inputs.demand)

    def test_shorter_lead_time_makes_less_late(self, planner: Viewer) -> None:
        found = with_change(planner, "lead_time", "set", 1, product="CHIPS")
        assert found.plan.stock[1, of(found, "CHIPS")] >= 0
        assert plan_totals(found).total["late_value"] < totals(planner).total["late_value"]

    def test_price_changes_money_only(self, planner: Viewer) -> None:
        found = with_change(planner, "price", "share", 10, category="Snacks")
        before, after = totals(planner).total, plan_totals(found).total
        chips = of(found, "CHIPS")
        assert np.array_equal(found.plan.receipts, plan(planner).plan.receipts)
        assert after["revenue"] > before["revenue"]
        assert found.model.nodes["unit_price"].iloc[chips] == pytest.approx(5.5)

    def test_safety_stock_and_service(self, planner: Viewer) -> None:
        inventory.recalculate(planner, as_of=TODAY)
        base = plan(planner)
        chips = of(base, "CHIPS")
        more = with_change(planner, "service", "set", 99)
        assert more.plan.inputs.safety[0, chips] > base.plan.inputs.safety[0, chips] > 0
        added = with_change(planner, "safety_stock", "add", 25, product="CHIPS")
        assert added.plan.inputs.safety[:, chips] == pytest.approx(base.plan.inputs.safety[:, chips] + 25)

    def test_least_order(self, planner: Viewer) -> None:
        found = with_change(planner, "moq", "set", 1000, product="CHIPS")
        chips = found.plan.planned[:, of(found, "CHIPS")]
        assert chips[chips > 0].min() >= 1000

    def test_hours_of_a_resource(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        line = str(ids(Resource)["LINE"])
        found = with_change(planner, "capacity", "share", -100, resource_id=line, from_week=str(TODAY))
        assert not found.model.hours.any()
        assert plan_totals(found).total["overload_hours"] > totals(planner).total["overload_hours"]

    def test_a_closed_week_neither_begins_nor_delivers(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        line = str(ids(Resource)["LINE"])
        closed = with_change(
            planner, "calendar", "set", None, resource_id=line, from_week=str(TODAY), to_week=str(TODAY + WEEK)
        )
        tea = closed.plan.network.sources.node == of(closed, "TEA")
        assert not closed.plan.releases[:2, tea].any()
        assert closed.plan.releases[:, tea].any()
        assert closed.model.hours[:2].tolist() == [[0], [0]]

    def test_figures_of_the_screens_are_those_of_the_scenario(self, planner: Viewer) -> None:
        made = scenarios.branch(planner, "Fast")
        add(planner, made, "lead_time", "set", 1, product="CHIPS")
        item = (ids(Product)["CHIPS"], ids(Location)["KL"])
        assert supply_plan.item_plan(planner, *item, scenario=made).lead_weeks == 1
        assert supply_plan.item_plan(planner, *item).lead_weeks == 2
        with pytest.raises(NotFound):
            supply_plan.item_plan(planner, *item, scenario=99_999)


class TestTotals:
    def test_served_late_and_service(self, planner: Viewer) -> None:
        # 70 a week; 30 of the first and all of the second week's come late, at RM 5.
        found = totals(planner)
        assert found.by_week["late_value"].iloc[:3].tolist() == pytest.approx([150, 350, 0])
        assert 0 < found.total["service_share"] < 1

    def test_months_add_up_to_the_whole(self, planner: Viewer) -> None:
        found = totals(planner)
        assert list(found.by_month.columns) == list(METRICS)
        for metric in ("revenue", "margin", "purchases", "late_value", "cash"):
            assert found.by_month[metric].sum() == pytest.approx(found.total[metric]), metric
        assert found.total["cash"] == pytest.approx(found.total["revenue"] - found.total["purchases"])


class TestList:
    def test_branch_copies_changes_and_stands_for_itself(self, planner: Viewer) -> None:
        first = scenarios.branch(planner, "Peak", note="for May")
        add(planner, first, "demand", "share", 20)
        second = scenarios.branch(planner, "Peak and fast", based_on=first)
        add(planner, second, "lead_time", "add", -1)
        assert len(scenarios.scenario(planner, first)["changes"]) == 1
        assert [change["kind"] for change in scenarios.scenario(planner, second)["changes"]] == ["demand", "lead_time"]
        scenarios.drop(planner, first, version(planner, first))
        (left,) = scenarios.scenarios(planner)
        assert (left["name"], left["changes"], left["based_on"], left["status"]) == ("Peak and fast", 2, None, "draft")

    def test_keep_rename_archive(self, planner: Viewer) -> None:
        made = scenarios.branch(planner, "One")
        scenarios.keep(planner, made, version(planner, made))
        scenarios.rename(planner, made, version(planner, made), name="Two", note="why")
        scenarios.archive(planner, made, version(planner, made))
        assert [(row["name"], row["status"], row["note"]) for row in scenarios.scenarios(planner)] == [
            ("Two", "archived", "why")
        ]
        with pytest.raises(Conflict):
            add(planner, made, "demand", "share", 1)

    def test_of_two_people_the_second_is_told(self, planner: Viewer) -> None:
        made = scenarios.branch(planner, "One")
        seen = version(planner, made)
        add(planner, made, "demand", "share", 1)
        for late in (
            lambda: scenarios.drop(planner, made, seen),
            lambda: scenarios.rename(planner, made, seen, name="Two"),
            lambda: scenarios.add_change(planner, made, seen, kind="demand", mode="share", value=2),
        ):
            with pytest.raises(Conflict, match="meanwhile"):
                late()

    def test_changes_of_one_item_and_of_all_stand_together(self, planner: Viewer) -> None:
        made = scenarios.branch(planner, "One")
        add(planner, made, "lead_time", "set", 1, product="CHIPS")
        add(planner, made, "demand", "share", 5)
        found = scenarios.scenario(planner, made)["changes"]
        assert [(change["product"], change["category"], change["from_week"]) for change in found] == [
            ("CHIPS", None, None),
            (None, None, None),
        ]
        assert plan(planner, made).plan.inputs.demand[0, of(plan(planner), "CHIPS")] == pytest.approx(73.5)

    def test_edit_and_remove_a_change(self, planner: Viewer) -> None:
        made = scenarios.branch(planner, "One")
        change = add(planner, made, "demand", "share", 1)
        scenarios.edit_change(planner, made, version(planner, made), change, kind="demand", mode="add", value=5)
        (stored,) = scenarios.scenario(planner, made)["changes"]
        assert (stored["mode"], stored["value"]) == ("add", 5)
        scenarios.remove_change(planner, made, version(planner, made), change)
        assert scenarios.scenario(planner, made)["changes"] == []
        with pytest.raises(NotFound):
            scenarios.remove_change(planner, made, version(planner, made), change)

    def test_names_are_taken_once_however_written(self, planner: Viewer) -> None:
        scenarios.branch(planner, "Peak")
        with pytest.raises(InvalidInput, match="already"):
            scenarios.branch(planner, " peak ")
        with pytest.raises(InvalidInput):
            scenarios.branch(planner, "")

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ({"kind": "magic"}, "what changes"),
            ({"mode": "double"}, "how it changes"),
            ({"value": "much"}, "number"),
            ({"value": float("nan")}, "number"),
            ({"value": -200}, "100 %"),
            ({"product": "NO-SUCH"}, "NO-SUCH"),
            ({"location_id": "99999"}, "Location"),
            ({"resource_id": "1"}, "Resource"),
            ({"from_week": "soon"}, "From week"),
            ({"from_week": "2026-05-01", "to_week": "2026-04-01"}, "not before"),
            ({"kind": "price", "from_week": "2026-05-01"}, "whole plan"),
            ({"kind": "calendar"}, "in which it holds"),
            ({"kind": "service", "mode": "set", "value": 100}, "below 100"),
            ({"kind": "lead_time", "mode": "set", "value": 60}, "52 weeks"),
            ({"kind": "moq", "mode": "set", "value": -1}, "zero up"),
        ],
        ids=str,
    )
    def test_a_change_that_can_not_be_says_what_can(self, planner: Viewer, asked: dict[str, Any], told: str) -> None:
        made = scenarios.branch(planner, "One")
        with pytest.raises(InvalidInput, match=told):
            scenarios.add_change(planner, made, 1, **{"kind": "demand", "mode": "share", "value": 10, **asked})
        assert scenarios.scenario(planner, made)["changes"] == []

    def test_what_was_tried_is_kept(self, planner: Viewer) -> None:
        item = (ids(Product)["CHIPS"], ids(Location)["KL"])
        made = scenarios.keep_tried(planner, *item, Change(0.1, 1, 20, 50), name="Tried")
        tried = supply_plan.item_plan(planner, *item, Change(0.1, 1, 20, 50)).tried
        assert supply_plan.item_plan(planner, *item, scenario=made).lines["stock"] == pytest.approx(tried)
        again = scenarios.keep_tried(planner, *item, Change(lead_weeks=0), name="", into=made)
        assert again == made
        assert len(scenarios.scenario(planner, made)["changes"]) == 5
        with pytest.raises(InvalidInput):
            scenarios.keep_tried(planner, *item, None, name="Nothing")

    def test_demand_that_production_has_is_not_kept_as_the_customers(self, planner: Viewer) -> None:
        make_tea()
        sell_out_of_tea()
        with pytest.raises(InvalidInput, match="follows from what is made"):
            scenarios.keep_tried(planner, ids(Product)["SUGAR"], ids(Location)["KL"], Change(0.1), name="Sugar")

    def test_up_to_four_are_compared(self, planner: Viewer) -> None:
        made = [scenarios.branch(planner, f"S{number}") for number in range(5)]
        assert scenarios.compare(planner, list(made[:4])).names == ["Plan", "S0", "S1", "S2", "S3"]
        with pytest.raises(InvalidInput):
            scenarios.compare(planner, list(made))
        with pytest.raises(NotFound):
            scenarios.compare(planner, ["x"])


class TestRights:
    def test_who_may_read_may_not_change(self, planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
        made = scenarios.branch(planner, "One")
        executive = viewer_of("executive")
        assert scenarios.scenario(executive, made)["name"] == "One"
        for refused in (
            lambda: scenarios.branch(executive, "Two"),
            lambda: scenarios.drop(executive, made, 1),
            lambda: scenarios.add_change(executive, made, 1, kind="demand", mode="share", value=1),
            lambda: scenarios.keep_tried(executive, 1, 1, Change(0.1), name="x"),
        ):
            with pytest.raises(NotAllowed):
                refused()

    def test_partners_see_none(self, viewer_of: Callable[[str], Viewer]) -> None:
        supplier = viewer_of("supplier")
        for refused in (scenarios.scenarios, scenarios.scope_choices, lambda who: scenarios.compare(who, [])):
            with pytest.raises(NotAllowed):
                refused(supplier)
