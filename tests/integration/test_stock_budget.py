"""The stock budget from stored data: the company of tests/stock_company.py, against analytics and by hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from analytics.normal_loss import normal_loss
from analytics.stock_budget import best_stock_for_budget, least_money_for_fill_rate
from core.errors import InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import owner_engine
from models.planning import InventoryPolicy
from models.policy import PolicyProposal
from models.product import Product
from services import inventory, policy_review, stock_budget
from services.stock_budget import Budget, BudgetFilters

# What can be reckoned of the company; tea and bottles do not vary.
COUNTED = ["BOTTLE", "CHIPS", "SUGAR", "TEA"]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    viewer = viewer_of("planner")
    inventory.recalculate(viewer, as_of=TODAY)
    return viewer


def of(viewer: Viewer, **filters: str) -> Budget:
    return stock_budget.budget(viewer, BudgetFilters(**filters))


def listed(viewer: Viewer, **filters: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in stock_budget.budget_items(viewer, BudgetFilters(**filters)).rows}


def stored() -> pd.DataFrame:
    """The contract of analytics, read from the tables without the service."""
    with owner_engine().connect() as connection:
        table = InventoryPolicy.__table__.join(Product.__table__)
        rows = connection.execute(select(InventoryPolicy.__table__, Product.__table__).select_from(table)).mappings()
        facts = [
            {
                "code": row["code"],
                "safety_stock": float(row["safety_stock"]),
                "annual_demand": row["daily_demand"] * 365,
                "order_quantity": float(row["order_quantity"]),
                "lead_time_demand_sd": row["inputs"]["lead_time_demand_sd"],
                "unit_cost": float(row["unit_cost"]),
                "shortage_cost_per_unit": float(row["unit_price"] if row["kind"] == "finished" else row["unit_cost"]),
            }
            for row in rows
        ]
    frame = pd.DataFrame(facts).set_index("code").sort_index()
    return frame[frame["annual_demand"] > 0]


class TestBudget:
    def test_today_by_hand(self, planner: Viewer) -> None:
        facts = stored()
        spread = facts["lead_time_demand_sd"]
        factor = facts["safety_stock"] / spread.where(spread > 0)
        short = facts["annual_demand"] / facts["order_quantity"] * spread * normal_loss(factor)
        value = facts["shortage_cost_per_unit"]
        expected = 1 - (short * value).sum() / (facts["annual_demand"] * value).sum()
        found = of(planner)
        assert found.items == len(COUNTED)
        assert found.now.money == pytest.approx((facts["safety_stock"] * facts["unit_cost"]).sum())
        assert found.now.fill_rate == pytest.approx(expected)
        assert found.now.short_value == pytest.approx((short * value).sum())

    def test_the_same_figures_as_analytics(self, planner: Viewer) -> None:
        facts = stored()
        best = best_stock_for_budget(facts, budget=500)
        found = of(planner, target="500")
        assert (found.chosen.money, found.chosen.fill_rate) == pytest.approx((best.money, best.fill_rate))
        assert found.price == pytest.approx(best.marginal_return)
        rows = listed(planner, target="500")
        assert sorted(rows) == COUNTED
        for code, row in rows.items():
            assert row["best_safety_stock"] == pytest.approx(best.items["safety_stock"][code])
            assert row["best_fill_rate"] == pytest.approx(best.items["fill_rate"][code])
        least = least_money_for_fill_rate(facts, fill_rate=0.95)
        assert of(planner, aim="fill", target="95").chosen.money == pytest.approx(least.money)

    def test_sums_agree_with_the_list(self, planner: Viewer) -> None:
        found = of(planner, target="700")
        page = stock_budget.budget_items(planner, BudgetFilters(target="700"))
        assert sum(row["best_money"] for row in page.rows) == pytest.approx(found.chosen.money)
        assert sum(row["money"] for row in page.rows) == pytest.approx(found.now.money)
        assert (page.money, page.best_money) == pytest.approx((found.now.money, found.chosen.money))

    def test_the_same_money_is_never_worse_nor_the_same_service_dearer(self, planner: Viewer) -> None:
        found = of(planner)
        assert found.same_money.fill_rate >= found.now.fill_rate
        assert found.same_money.money <= found.now.money * (1 + 1e-9)
        assert found.same_service.money <= found.now.money * (1 + 1e-9)
        assert found.same_service.fill_rate >= found.now.fill_rate - 1e-12
        assert found.target == pytest.approx(found.now.money, abs=0.01)

    def test_more_money_is_never_less_service(self, planner: Viewer) -> None:
        rates = [of(planner, target=str(money)).chosen.fill_rate for money in (0, 100, 300, 900, 2000, 10**6, 10**12)]
        assert rates == sorted(rates)
        for before, after in pairwise(of(planner).curve):
            assert before.money <= after.money
            assert before.fill_rate <= after.fill_rate

    def test_no_money_is_no_safety_stock(self, planner: Viewer) -> None:
        assert of(planner, target="0").chosen.money == 0
        assert {row["best_safety_stock"] for row in listed(planner, target="0").values()} == {0}

    def test_filters_narrow_what_shares_the_money(self, planner: Viewer) -> None:
        assert sorted(listed(planner, category="Materials")) == ["SUGAR"]
        alone = of(planner, category="Materials")
        assert alone.items == 1
        assert alone.same_money.money == pytest.approx(alone.now.money)
        assert listed(planner, location="JB") == {}
        classes = {row["abc"] for row in listed(planner).values()} - {None}
        assert sorted(code for name in classes for code in listed(planner, abc=name)) == sorted(
            code for code, row in listed(planner).items() if row["abc"]
        )

    def test_lists_of_more_and_less(self, planner: Viewer) -> None:
        more, less = listed(planner, show="more", target="600"), listed(planner, show="less", target="600")
        assert all(row["change"] > 0 for row in more.values())
        assert all(row["change"] < 0 for row in less.values())
        assert not more.keys() & less.keys()

    def test_sorting(self, planner: Viewer) -> None:
        rows = stock_budget.budget_items(planner, BudgetFilters(), sort=(("money", True), ("no column", False))).rows
        assert [row["money"] for row in rows] == sorted((row["money"] for row in rows), reverse=True)


class TestLeftOut:
    def test_each_with_its_reason(self, planner: Viewer) -> None:
        with owner_engine().begin() as connection:
            connection.exec_driver_sql("update product set unit_cost = null where code = 'TEA'")
            connection.exec_driver_sql("update data_version set version = version + 1")
        found = of(planner)
        assert found.items == 3
        rows = listed(planner, show="left-out")
        assert {code: row["left_out"] for code, row in rows.items()} == {
            "TEA": "cost",
            "OLD": "demand",
            "NEW": "policy",
        }
        assert found.left_out == {"policy": 1, "cost": 1, "demand": 1, "spread": 0}
        assert rows["TEA"]["best_safety_stock"] is None

    def test_a_company_without_policies(self, viewer_of: Callable[[str], Viewer]) -> None:
        viewer = viewer_of("planner")
        assert not stock_budget.any_item(viewer)
        found = of(viewer)
        assert (found.items, found.now.money, found.chosen.money) == (0, 0, 0)
        assert stock_budget.next_steps(viewer, BudgetFilters()).rows == []
        assert stock_budget.cycle_stock(viewer, BudgetFilters()) is None


class TestSteps:
    def test_ranked_by_return_with_running_totals(self, planner: Viewer) -> None:
        found = stock_budget.next_steps(planner, BudgetFilters())
        returns = [row["return_on_money"] for row in found.rows]
        assert found.total == len(returns) == 2 * stock_budget.STEPS
        assert returns == sorted(returns, reverse=True)
        assert [row["rank"] for row in found.rows] == list(range(1, found.total + 1))
        assert found.rows[-1]["total_money"] == pytest.approx(sum(row["money"] for row in found.rows))
        assert found.rows[-1]["total_saved_per_year"] == pytest.approx(sum(row["saved_per_year"] for row in found.rows))
        # Tea and bottles do not vary: more of them would prevent nothing.
        assert {row["code"] for row in found.rows} == {"SUGAR", "CHIPS"}

    def test_a_step_saves_what_the_fill_rate_says(self, planner: Viewer) -> None:
        first = stock_budget.next_steps(planner, BudgetFilters()).rows[0]
        facts = stored().loc[first["code"]]
        stock, spread = facts["safety_stock"], facts["lead_time_demand_sd"]
        before, after = normal_loss([stock / spread, (stock + first["quantity"]) / spread])
        saved = facts["annual_demand"] / facts["order_quantity"] * spread * (before - after)
        assert first["saved_per_year"] == pytest.approx(saved * facts["shortage_cost_per_unit"])

    def test_pages(self, planner: Viewer) -> None:
        every = stock_budget.next_steps(planner, BudgetFilters()).rows
        assert stock_budget.next_steps(planner, BudgetFilters(), start=3, end=5).rows == every[3:5]


class TestPropose:
    def proposals(self) -> list[Any]:
        with owner_engine().connect() as connection:
            return list(connection.execute(select(PolicyProposal.__table__)))

    def test_levels_move_along_with_the_safety_stock(self, planner: Viewer) -> None:
        changed = {code: row for code, row in listed(planner, target="150").items() if row["change"]}
        count = stock_budget.propose(planner, BudgetFilters(target="150"))
        products = {row["product_id"]: row for row in changed.values()}
        found = self.proposals()
        assert count == len(found) == len(changed) > 0
        with owner_engine().connect() as connection:
            policies = {row.product_id: row for row in connection.execute(select(InventoryPolicy.__table__))}
        for row in found:
            change, policy = products[row.product_id]["change"], policies[row.product_id]
            assert (row.source, row.status, row.reason) == ("budget", "open", "Best stocks for a budget of RM 150")
            assert float(row.safety_stock) == pytest.approx(products[row.product_id]["best_safety_stock"], abs=1e-4)
            for name in ("safety_stock", "reorder_point", "order_up_to"):
                moved = float(getattr(row, name) - getattr(policy, name))
                assert moved == pytest.approx(change, abs=2e-4)
            assert row.order_quantity == policy.order_quantity

    def test_once_approved_today_is_the_best(self, planner: Viewer) -> None:
        stock_budget.propose(planner, BudgetFilters(target="150"))
        policy_review.approve(planner, [(row.id, row.version) for row in self.proposals()])
        found = of(planner)
        assert found.now.money == pytest.approx(150, abs=0.01)
        assert found.now.fill_rate == pytest.approx(found.same_money.fill_rate, abs=1e-6)

    def test_only_what_was_selected_or_listed(self, planner: Viewer) -> None:
        rows = listed(planner, target="0")
        assert stock_budget.propose(planner, BudgetFilters(target="0"), only={rows["SUGAR"]["id"], "x"}) == 1
        assert [row.product_id for row in self.proposals()] == [rows["SUGAR"]["product_id"]]
        assert stock_budget.propose(planner, BudgetFilters(target="0", show="less", category="Snacks")) == 1

    def test_nothing_to_propose(self, planner: Viewer) -> None:
        for filters, only in ((BudgetFilters(), set()), (BudgetFilters(show="left-out"), None)):
            with pytest.raises(InvalidInput, match="Nothing to propose"):
                stock_budget.propose(planner, filters, only=only)
        with pytest.raises(InvalidInput):
            stock_budget.propose(planner, BudgetFilters(target="x"))
        assert self.proposals() == []

    def test_readers_may_not(self, planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
        for name in ("executive", "analyst", "supplier"):
            with pytest.raises(NotAllowed):
                stock_budget.propose(viewer_of(name), BudgetFilters(target="0"))


def test_cycle_stock_of_today_and_economic(planner: Viewer) -> None:
    facts = stored()
    orders = (facts["annual_demand"] / facts["order_quantity"]).sum()
    held = (facts["order_quantity"] / 2 * facts["unit_cost"]).sum()
    roots = (facts["annual_demand"] * facts["unit_cost"]).pow(0.5).sum()
    found = stock_budget.cycle_stock(planner, BudgetFilters())
    assert found is not None
    assert (found.orders, found.stock_value) == pytest.approx((orders, held))
    assert found.best_value == pytest.approx(roots**2 / 2 / orders)
    assert found.best_value <= found.stock_value
    assert {round(count * stock, 4) for count, stock in found.curve} == {round(roots**2 / 2, 4)}


def test_a_target_that_is_none(planner: Viewer) -> None:
    for target in ("-1", "many", "nan", "1e+308", "inf", "1,000", "{}", "True"):
        for aim, name in (("money", "Budget RM"), ("fill", "Fill rate")):
            with pytest.raises(InvalidInput, match=name):
                of(planner, aim=aim, target=target)
    for target in ("0", "100", "99.995", "250"):
        with pytest.raises(InvalidInput, match=r"at most 99\.99"):
            of(planner, aim="fill", target=target)


def test_who_may_look(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    for name in ("executive", "analyst"):
        assert of(viewer_of(name)).now == of(planner).now
    supplier = viewer_of("supplier")
    for deed in (
        lambda: of(supplier),
        lambda: listed(supplier),
        lambda: stock_budget.next_steps(supplier, BudgetFilters()),
        lambda: stock_budget.cycle_stock(supplier, BudgetFilters()),
        lambda: stock_budget.any_item(supplier),
    ):
        with pytest.raises(NotAllowed):
            deed()
