"""The plan under limits for the company of tests/stock_company.py: against the plan without, and what binds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import stock_company
from sqlalchemy import update
from stock_company import TODAY, ids, make_tea, sell_out_of_tea

from core.errors import Conflict, InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries.settings import bump
from models.network import Location
from models.product import Product, Resource
from services import constrained_plan, limit_rules, supply_plan
from services.company_rules import as_entered
from services.constrained_plan import LimitedPlan, LimitFilters, hours_below
from services.limit_rules import LimitRules
from services.supply_planned import planned


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    sell_out_of_tea()
    with owner_engine().begin() as connection:
        connection.execute(update(Product).where(Product.code == "TEA").values(family="Tea"))


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def limited(planner: Viewer, **filters: str) -> LimitedPlan:
    return constrained_plan.limited_plan(planner, LimitFilters(**{"step": "week", **filters}))


def line_works(planner: Viewer, hours: float) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(Resource).values(hours_per_week=hours))
    with session_scope(planner) as session:
        bump(session, "master")


def rules(planner: Viewer, **changed: float) -> LimitRules:
    seen = as_entered(limit_rules.rules_in_force(planner))
    return limit_rules.save_limit_rules(planner, {**seen, **changed}, seen=seen)


def tea(found: LimitedPlan) -> dict[str, list[float]]:
    return next(row for row in found.families if row["family"] == "Tea")


class TestPlan:
    def test_where_nothing_binds_it_is_the_plan_without_limits(self, planner: Viewer) -> None:
        found = limited(planner)
        assert (found.feasible, found.binding) == (True, [])
        assert tea(found)["made"] == pytest.approx(tea(found)["free"])
        assert {kind: sum(values) for kind, values in found.costs.items()} == pytest.approx(found.free)
        weekly = supply_plan.item_plan(planner, ids(Product)["TEA"], ids(Location)["KL"]).lines
        # Without lead time and lots it makes what is wanted, week by week.
        assert sum(tea(found)["made"]) == pytest.approx(sum(weekly["independent"]))
        assert tea(found)["demand"] == pytest.approx(weekly["independent"])

    def test_stock_and_demand_balance_in_every_period(self, planner: Viewer) -> None:
        line_works(planner, 1.2)
        row = tea(limited(planner))
        made, elsewhere, demand, stock, late = (
            np.array(row[name]) for name in ("made", "elsewhere", "demand", "stock", "late")
        )
        assert np.cumsum(made + elsewhere - demand) == pytest.approx(stock - late, abs=1e-6)
        assert late[-1] == pytest.approx(0, abs=1e-6)

    def test_an_hour_that_lacks_is_worth_what_overtime_costs(self, planner: Viewer) -> None:
        line_works(planner, 1.2)  # 1.4 hours a week are wanted: overtime is dear, a hundredth of it a unit
        found = limited(planner)
        capacity = [limit for limit in found.binding if limit["limit"] == "capacity"]
        assert {limit["name"] for limit in capacity} == {"LINE"}
        # A unit elsewhere costs 0.375 more and takes 0.01 hours: 37.50 an hour, less than the 45 of overtime.
        assert max(limit["worth"] for limit in capacity) <= 37.5 + 1e-6
        assert sum(found.costs["elsewhere"]) > 0
        assert sum(sum(row["overtime"]) for row in found.resources) == pytest.approx(0)
        assert sum(map(sum, found.costs.values())) > sum(found.free.values())

    def test_with_nobody_else_and_no_overtime_it_says_what_to_relax(self, planner: Viewer) -> None:
        rules(planner, overtime_share=0, second_source_share=0)
        line_works(planner, 1)
        found = limited(planner)
        assert not found.feasible
        assert {(limit["limit"], limit["name"]) for limit in found.binding} == {("capacity", "LINE")}
        lacking = sum(limit["lacking"] for limit in found.binding)
        assert lacking == pytest.approx(sum(tea(found)["demand"]) / 100 - len(found.periods), rel=1e-3)

    def test_most_margin_leaves_out_what_costs_more_than_it_earns(self, planner: Viewer) -> None:
        rules(planner, overtime_share=0, second_source_share=0)
        line_works(planner, 1)
        found = limited(planner, aim="margin")
        assert found.feasible
        assert sum(tea(found)["lost"]) > 0
        assert sum(found.costs["lost"]) == pytest.approx(4 * sum(tea(found)["lost"]))

    def test_where_there_is_no_overtime_only_hours_are_told(self, planner: Viewer) -> None:
        rules(planner, overtime_share=0)
        line_works(planner, 1.2)
        assert {limit["limit"] for limit in limited(planner).binding} == {"capacity"}

    def test_room_and_money(self, planner: Viewer) -> None:
        rules(planner, budget=100, second_source_share=0)
        found = limited(planner, step="month")
        assert not found.feasible
        assert {limit["limit"] for limit in found.binding} == {"budget"}

    def test_more_demand_to_try(self, planner: Viewer) -> None:
        assert sum(tea(limited(planner, demand="50"))["demand"]) == pytest.approx(
            1.5 * sum(tea(limited(planner))["demand"])
        )
        with pytest.raises(InvalidInput, match="Demand"):
            limited(planner, demand="many")
        with pytest.raises(InvalidInput, match="-90 to 300"):
            limited(planner, demand="301")

    def test_months_hold_what_weeks_hold(self, planner: Viewer) -> None:
        weeks, months = limited(planner), limited(planner, step="month")
        assert sum(tea(months)["demand"]) == pytest.approx(sum(tea(weeks)["demand"]))
        assert len(months.periods) < len(weeks.periods)
        available = [sum(found.resources[0]["available"]) for found in (weeks, months)]
        assert available[0] == pytest.approx(available[1])

    def test_nothing_may_be_late_where_nothing_can_be_in_time(self, planner: Viewer) -> None:
        found = limited(planner, late="no")
        assert max(tea(found)["late"]) == 0

    def test_hours_of_components_count(self, planner: Viewer) -> None:
        with session_scope(planner) as session:
            found = planned(session, planner)
        hours = hours_below(found.model, found.plan)
        tea_node = int(np.flatnonzero(found.model.nodes["code"] == "TEA")[0])
        assert hours[tea_node].tolist() == pytest.approx([0.01])

    def test_without_demand(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.exec_driver_sql("delete from forecast_value")
        with session_scope(planner) as session:
            bump(session, "forecast")
        assert not constrained_plan.any_family(planner)
        with pytest.raises(InvalidInput, match="no demand"):
            limited(planner)


class TestRules:
    def test_stored_with_an_audit_line(self, planner: Viewer) -> None:
        assert rules(planner, overtime_cost=50, overtime_share=12.5).overtime_share == 0.125
        assert limit_rules.rules_in_force(planner).overtime_cost == 50

    def test_of_two_who_change_them_the_second_is_told(self, planner: Viewer) -> None:
        seen = as_entered(LimitRules())
        limit_rules.save_limit_rules(planner, {**seen, "overtime_cost": 50}, seen=seen)
        with pytest.raises(Conflict):
            limit_rules.save_limit_rules(planner, {**seen, "overtime_cost": 60}, seen=seen)

    @pytest.mark.parametrize("value", [-1, None, "", "x", True, float("inf"), 1e14, [], {}], ids=repr)
    def test_figures_that_can_not_be(self, planner: Viewer, value: object) -> None:
        seen = as_entered(LimitRules())
        with pytest.raises(InvalidInput, match="Overtime, RM an hour"):
            limit_rules.save_limit_rules(planner, {**seen, "overtime_cost": value}, seen=seen)

    def test_who_may(self, viewer_of: Callable[[str], Viewer]) -> None:
        seen = as_entered(LimitRules())
        with pytest.raises(NotAllowed):
            limit_rules.save_limit_rules(viewer_of("analyst"), seen, seen=seen)
        supplier = viewer_of("supplier")
        with pytest.raises(NotAllowed):
            limited(supplier)
        with pytest.raises(NotAllowed):
            constrained_plan.any_family(supplier)
        with pytest.raises(NotAllowed):
            limit_rules.rules_in_force(supplier)
        assert limited(viewer_of("executive")).feasible
