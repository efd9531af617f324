"""Orders by the shortage they prevent: figures by hand, pegging a second way, price breaks of a textbook."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from supply_networks import column, network_of, one_node, open_weeks

from analytics.buy_ranking import break_prices, orders_to_release, ranked
from analytics.errors import AnalyticsError
from analytics.supply_plan.engine import SupplyInputs, supply_plan
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from analytics.supply_plan.pegging import pegging

NO_BREAKS = pd.DataFrame({"order": [], "from_quantity": [], "price": []})


class TestOrders:
    def test_what_is_late_without_an_order_is_what_a_later_one_can_not_serve(self) -> None:
        # 10 a week, 15 there, two weeks from order to receipt, 100 a lot. Released this week it serves all that is
        # owed and due before an order of next week could arrive in week 3: 5 + 10.
        plan = supply_plan(one_node(6, lead_time=2, minimum=100), SupplyInputs.of(column(*[10] * 6), stock=15.0))
        (order,) = orders_to_release(plan, periods=1).to_dict("records")
        assert (order["release"], order["arrival"], order["quantity"]) == (0, 2, 100)
        assert (order["needed"], order["needed_from"]) == (15, 1)
        assert order["late"] == 5
        assert order["cover"] == 10

    def test_the_longer_nothing_is_ordered_the_more_is_late(self) -> None:
        plan = supply_plan(one_node(6, lead_time=2, minimum=100), SupplyInputs.of(column(*[10] * 6), stock=15.0))
        assert [orders_to_release(plan, periods=weeks)["needed"].sum() for weeks in (1, 2, 3, 9)] == [15, 25, 35, 45]

    def test_safety_stock_alone_saves_no_demand(self) -> None:
        inputs = SupplyInputs.of(column(10, 10, 0, 0), stock=20.0, safety=5.0)
        order = orders_to_release(supply_plan(one_node(4), inputs), periods=2).iloc[0]
        assert (order["quantity"], order["needed"], order["needed_from"]) == (5, 0, -1)
        assert np.isnan(orders_to_release(supply_plan(one_node(4), SupplyInputs.of(np.zeros((4, 1)), safety=1.0)),
                                          periods=1)["cover"]).all()  # fmt: skip

    def test_firm_orders_serve_first(self) -> None:
        inputs = SupplyInputs.of(column(10, 10, 10), receipts=column(0, 15, 0))
        orders = orders_to_release(supply_plan(one_node(3), inputs), periods=3)
        assert orders["quantity"].tolist() == [10, 5]
        assert orders["needed"].tolist() == [10, 5]

    def test_no_orders(self) -> None:
        nobody = SupplyNetwork(2, Sources.of(np.zeros(0, dtype=int)), Arcs.of(), open_weeks(3))
        assert orders_to_release(supply_plan(nobody, SupplyInputs.of(np.ones((3, 2)))), periods=4).empty

    def test_no_period(self) -> None:
        with pytest.raises(AnalyticsError, match="one period"):
            orders_to_release(supply_plan(one_node(2), SupplyInputs.of(column(1, 1))), periods=0)

    @given(st.integers(0, 10_000), st.integers(1, 8))
    def test_pegging_says_the_same(self, seed: int, periods: int) -> None:
        plan = supply_plan(*network_of(seed))
        orders = orders_to_release(plan, periods=periods)
        assert (orders["needed"] <= orders["quantity"] + 1e-6).all()
        for order in orders.to_dict("records"):
            pegs = pegging(plan, node=order["node"])
            own = pegs[(pegs["source"] == order["source"]) & (pegs["supply_period"] == order["arrival"])]
            own = own[own["demand"].isin(["independent", "dependent"])]
            until = periods + order["arrival"] - order["release"]
            assert own.loc[own["demand_period"] < until, "quantity"].sum() == pytest.approx(order["needed"], abs=1e-5)
            assert own.loc[own["late"] > 0, "quantity"].sum() == pytest.approx(order["late"], abs=1e-5)


class TestPrices:
    # Snyder & Shen, example 3.3: 0.75 a unit below 400, 0.72 from 400 on, 0.68 from 800 on.
    BREAKS = pd.DataFrame({"order": [0, 0], "from_quantity": [400, 800], "price": [0.72, 0.68]})

    def prices(self, quantity: float, *, minimum: float = 0, multiple: float = 0) -> pd.Series:
        one = [np.array([value], dtype=float) for value in (quantity, 0.75, minimum, multiple)]
        return break_prices(one[0], price=one[1], minimum=one[2], multiple=one[3], breaks=self.BREAKS).iloc[0]

    @pytest.mark.parametrize(
        ("quantity", "price"), [(399, 0.75), (400, 0.72), (799.5, 0.72), (800, 0.68), (9000, 0.68)]
    )
    def test_all_units_have_the_price_of_their_break(self, quantity: float, price: float) -> None:
        assert self.prices(quantity)["price"] == price

    def test_the_next_break_can_cost_less_in_all(self) -> None:
        found = self.prices(780)
        assert (found["next_quantity"], found["next_price"]) == (800, 0.68)
        assert found["extra"] == pytest.approx(800 * 0.68 - 780 * 0.72)
        assert found["extra"] < 0
        assert found["saving"] == pytest.approx(780 * 0.04)

    def test_it_is_reached_in_whole_multiples(self) -> None:
        assert self.prices(360, multiple=150)["next_quantity"] == 450

    def test_nothing_follows_the_last_break(self) -> None:
        assert self.prices(800)[["next_quantity", "saving"]].isna().all()

    def test_a_break_that_is_dearer_is_no_offer(self) -> None:
        dear = pd.DataFrame({"order": [0], "from_quantity": [10], "price": [9.0]})
        one = np.ones(1)
        assert break_prices(one, price=one, minimum=one, multiple=one, breaks=dear)["next_quantity"].isna().all()

    def test_no_breaks_and_no_orders(self) -> None:
        two, none = np.array([1.0, 2.0]), np.zeros(0)
        found = break_prices(two, price=two, minimum=two, multiple=two, breaks=NO_BREAKS)
        assert found["price"].tolist() == [1, 2]
        assert found["next_quantity"].isna().all()
        assert break_prices(none, price=none, minimum=none, multiple=none, breaks=NO_BREAKS).empty

    def test_lengths(self) -> None:
        with pytest.raises(AnalyticsError):
            break_prices(np.ones(2), price=np.ones(1), minimum=np.ones(2), multiple=np.ones(2), breaks=NO_BREAKS)


def orders(*rows: tuple[float, float, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["money", "prevented", "needed_from"])


SEN = st.integers(0, 10**8).map(lambda sen: sen / 100)


class TestRanking:
    def test_the_most_prevented_for_the_money_comes_first(self) -> None:
        found = ranked(orders((100, 150, 2), (50, 200, 1), (30, 0, -1)), budget=150)
        assert found["money"].tolist() == [50, 100, 30]
        assert found["score"].tolist() == [4, 1.5, 0]
        assert found["spent"].tolist() == [50, 150, 180]
        assert found["within"].tolist() == [True, True, False]
        assert found["rank"].tolist() == [1, 2, 3]

    def test_what_is_wanted_sooner_breaks_a_tie_and_never_comes_last(self) -> None:
        found = ranked(orders((10, 0, -1), (10, 20, 3), (10, 20, 0)))
        assert found["needed_from"].tolist() == [0, 3, -1]
        assert found["within"].all()

    def test_what_does_not_fit_is_passed_over(self) -> None:
        found = ranked(orders((10, 100, 0), (500, 600, 0), (10, 1, 0)), budget=100)
        assert found["rank"].tolist() == [1, 3, 2]
        assert found["within"].tolist() == [True, True, False]
        assert found["spent"].tolist() == [10, 20, 520]

    def test_what_prevents_nothing_waits_until_all_else_is_paid(self) -> None:
        rows = orders((90, 100, 0), (50, 50, 0), (5, 0, -1))
        assert ranked(rows, budget=100)["within"].tolist() == [True, False, False]
        assert ranked(rows, budget=145)["within"].tolist() == [True, True, True]

    @given(st.lists(st.tuples(SEN, SEN, st.integers(-1, 5))), SEN)
    def test_the_budget_is_kept_and_nothing_more_would_fit(self, rows: list[tuple[float, ...]], budget: float) -> None:
        found = ranked(orders(*rows), budget=budget)  # type: ignore[arg-type]
        within = found["within"].to_numpy(dtype=bool)
        spent = found.loc[within, "money"].sum()
        assert spent <= budget + 1e-6
        assert (found.loc[~within & (found["prevented"] > 0), "money"] + spent > budget).all()
        assert sorted(found["rank"]) == list(range(1, len(rows) + 1))
        assert (np.diff(within.astype(int)) <= 0).all()

    def test_what_costs_nothing_comes_first(self) -> None:
        assert ranked(orders((10, 100, 0), (0, 1, 0), (0, 0, -1)))["score"].tolist() == [np.inf, 10, 0]

    def test_no_orders(self) -> None:
        assert ranked(orders(), budget=0).empty

    @pytest.mark.parametrize("budget", [-1.0, float("nan")], ids=["negative", "none"])
    def test_budget(self, budget: float) -> None:
        with pytest.raises(AnalyticsError):
            ranked(orders((1, 1, 0)), budget=budget)
