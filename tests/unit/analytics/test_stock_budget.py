"""Safety stocks chosen together: glossary figures, a general solver, what no other division beats, edges."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from analytics.errors import AnalyticsError
from analytics.normal_loss import normal_loss
from analytics.stock_budget import (
    best_stock_for_budget,
    least_money_for_fill_rate,
    outcome_of_stock,
    ranked_investments,
    service_exchange_curve,
)

TWO = pd.DataFrame(
    {
        "annual_demand": [400.0, 1600.0],
        "order_quantity": [100.0, 100.0],
        "lead_time_demand_sd": [100.0, 50.0],
        "unit_cost": [1.0, 1.0],
    },
    index=["KL-1", "KL-2"],
)


def random_items(count: int, seed: int = 66) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    demand = random.uniform(10, 5000, count)
    return pd.DataFrame(
        {
            "annual_demand": demand,
            "order_quantity": demand / random.uniform(1, 26, count),
            "lead_time_demand_sd": demand * random.uniform(0.01, 0.2, count),
            "unit_cost": random.uniform(0.5, 80, count),
            "shortage_cost_per_unit": random.uniform(0.2, 100, count),
        }
    )


def test_figures_of_the_glossary() -> None:
    found = best_stock_for_budget(TWO, budget=225)
    assert found.marginal_return == pytest.approx(0.405920, abs=5e-7)
    assert found.items["safety_factor"].tolist() == pytest.approx([1.273164, 1.953672], abs=5e-7)
    assert found.short_value_per_year == pytest.approx(26.9588, abs=5e-5)
    assert found.items["short_per_year"].sum() == pytest.approx(26.9588, abs=5e-5)
    assert found.money == pytest.approx(225)
    equal = (np.array([400, 800]) * normal_loss([1.5, 1.5])).sum()
    assert equal == pytest.approx(35.1682, abs=5e-5)


def test_a_general_solver_finds_nothing_better() -> None:
    items = random_items(6)
    facts = items.to_numpy().T
    demand, lot, spread, cost, value = facts

    def short(factors: np.ndarray) -> float:
        return float((value * demand / lot * spread * normal_loss(factors)).sum())

    budget = 0.8 * float((spread * cost).sum())
    found = best_stock_for_budget(items, budget=budget)
    solved = optimize.minimize(
        short,
        np.full(6, 0.8),
        bounds=[(0, 8)] * 6,
        constraints={"type": "ineq", "fun": lambda factors: budget - (factors * spread * cost).sum()},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert found.money <= budget * (1 + 1e-9)
    # Where the solver ends depends on the machine; it never ends below.
    assert found.short_value_per_year <= solved.fun * (1 + 1e-6)


@settings(deadline=None)
@given(st.integers(1, 30), st.floats(0, 2), st.integers(0, 999))
def test_no_other_division_of_the_money_is_better(count: int, share: float, seed: int) -> None:
    items = random_items(count, seed)
    found = best_stock_for_budget(items, budget=share * float((items.lead_time_demand_sd * items.unit_cost).sum()))
    spent = found.items["money"].to_numpy()
    assert found.money == pytest.approx(spent.sum())
    moved = np.random.default_rng(seed).permutation(spent)[:count]
    other = moved / (items.unit_cost * items.lead_time_demand_sd)
    value = items.shortage_cost_per_unit * items.annual_demand / items.order_quantity * items.lead_time_demand_sd
    assert found.short_value_per_year <= float((value * normal_loss(other)).sum()) * (1 + 1e-9)


def test_budget_and_fill_rate_are_two_ways_to_one_choice() -> None:
    items = random_items(400)
    by_rate = least_money_for_fill_rate(items, fill_rate=0.97)
    assert by_rate.fill_rate == pytest.approx(0.97)
    by_money = best_stock_for_budget(items, budget=by_rate.money)
    assert by_money.items["safety_stock"].to_numpy() == pytest.approx(by_rate.items["safety_stock"].to_numpy())
    assert by_money.fill_rate == pytest.approx(0.97)


def test_more_money_or_service_never_takes_stock_from_an_item() -> None:
    items = random_items(200)
    stocks = [best_stock_for_budget(items, budget=money).items["safety_stock"] for money in (0, 1e4, 1e5, 1e6, 1e12)]
    for less, more in pairwise(stocks):
        assert (more >= less - 1e-9).all()
    assert (stocks[0] == 0).all()
    money = [least_money_for_fill_rate(items, fill_rate=rate).money for rate in (0.9, 0.95, 0.98, 0.999)]
    assert money == sorted(money)


def test_a_budget_beyond_use_is_not_spent() -> None:
    found = best_stock_for_budget(TWO, budget=1e9)
    assert found.items["safety_factor"].tolist() == pytest.approx([8, 8])
    assert found.money == pytest.approx(1200)


def test_large_orders_may_serve_well_enough_without_stock() -> None:
    found = least_money_for_fill_rate(TWO.assign(order_quantity=1e6), fill_rate=0.9)
    assert (found.money, found.items["safety_stock"].tolist()) == (0, [0, 0])
    assert found.fill_rate > 0.99


def test_the_exchange_curve_rises_from_nothing() -> None:
    curve = service_exchange_curve(random_items(100), points=20)
    assert curve.loc[0, "money"] == 0
    assert (np.diff(curve["money"]) > 0).all()
    assert (np.diff(curve["fill_rate"]) > 0).all()
    middle = curve.loc[10]
    again = best_stock_for_budget(random_items(100), budget=middle["money"])
    assert again.fill_rate == pytest.approx(middle["fill_rate"])


def test_the_next_money_goes_where_it_saves_most() -> None:
    ranked = ranked_investments(TWO, safety_stock=[0, 0], step_quantity=10, steps=30)
    assert ranked.loc[0, ["item", "step"]].tolist() == ["KL-2", 1]
    assert (np.diff(ranked["return_on_money"]) <= 0).all()
    assert ranked.groupby("item")["step"].is_monotonic_increasing.all()
    cut = ranked[ranked["total_money"] <= 220]
    best = best_stock_for_budget(TWO, budget=float(cut["money"].sum()))
    saved = 400 * normal_loss(0)[0] + 800 * normal_loss(0)[0] - best.short_value_per_year
    assert cut["saved_per_year"].sum() == pytest.approx(saved, rel=0.01)
    assert cut["saved_per_year"].sum() <= saved + 1e-9


def test_all_items_of_a_company_at_once() -> None:
    """Ten thousand items in one go: the bisection never loops over them."""
    found = best_stock_for_budget(random_items(10_000), budget=5e7)
    assert found.money == pytest.approx(5e7)
    assert len(ranked_investments(random_items(10_000), safety_stock=0, steps=3)) == 30_000


def test_items_without_their_inputs_do_not_count() -> None:
    bad = pd.DataFrame(
        {
            "annual_demand": [np.nan, 0, 10, 10, 10],
            "order_quantity": [1, 1, 0, 1, 1],
            "lead_time_demand_sd": [1, 1, 1, -1, 1],
            "unit_cost": [1, 1, 1, 1, np.nan],
        },
        index=list("abcde"),
    )
    found = best_stock_for_budget(pd.concat([TWO, bad]), budget=225)
    assert found.short_value_per_year == pytest.approx(26.9588, abs=5e-5)
    assert found.items.loc[list("abcde")].isna().all(axis=None)
    alone = best_stock_for_budget(bad, budget=225)
    assert (alone.money, np.isnan(alone.fill_rate)) == (0, True)
    assert ranked_investments(bad, safety_stock=0).empty
    assert best_stock_for_budget(TWO.iloc[:0], budget=1).items.empty
    steady = best_stock_for_budget(TWO.assign(lead_time_demand_sd=0.0), budget=225)
    assert (steady.money, steady.fill_rate) == (0, 1)


def test_bad_questions_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="budget"):
        best_stock_for_budget(TWO, budget=-1)
    with pytest.raises(AnalyticsError, match="fill rate"):
        least_money_for_fill_rate(TWO, fill_rate=1)
    with pytest.raises(AnalyticsError, match="two points"):
        service_exchange_curve(TWO, points=1)
    with pytest.raises(AnalyticsError, match="step"):
        ranked_investments(TWO, safety_stock=0, steps=0)
    with pytest.raises(AnalyticsError, match="missing columns"):
        best_stock_for_budget(TWO.drop(columns="unit_cost"), budget=1)


def test_the_best_stocks_judged_as_somebodys_choice_are_the_same() -> None:
    items = random_items(40)
    best = best_stock_for_budget(items, budget=5000)
    judged = outcome_of_stock(items, safety_stock=best.items["safety_stock"])
    pd.testing.assert_frame_equal(judged.items, best.items)
    assert (judged.money, judged.short_value_per_year, judged.fill_rate) == pytest.approx(
        (best.money, best.short_value_per_year, best.fill_rate)
    )
    assert np.isnan(judged.marginal_return)


def test_no_choice_of_stocks_beats_the_best_for_its_money() -> None:
    items = random_items(40)
    random = np.random.default_rng(3)
    for _draw in range(20):
        chosen = outcome_of_stock(items, safety_stock=random.uniform(0, 2, 40) * items["lead_time_demand_sd"])
        assert best_stock_for_budget(items, budget=chosen.money).short_value_per_year <= chosen.short_value_per_year


def test_chosen_stocks_at_the_edges() -> None:
    steady = TWO.assign(lead_time_demand_sd=[0.0, 50.0])
    found = outcome_of_stock(steady, safety_stock=[7.0, -3.0])
    assert found.items["safety_stock"].tolist() == [7, 0]
    assert found.items["cycle_service"].tolist() == [1, 0.5]
    assert found.items["short_per_year"].tolist() == pytest.approx([0, 1600 / 100 * 50 * 0.3989423], abs=1e-4)
    unknown = outcome_of_stock(TWO.assign(unit_cost=[np.nan, 1.0]), safety_stock=[5.0, np.nan])
    assert unknown.items.isna().all(axis=None)
    assert (unknown.money, outcome_of_stock(TWO.iloc[:0], safety_stock=[]).money) == (0, 0)
