"""Costs rolled up, reckoned by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.bom_explosion import effective_quantity, total_requirements
from analytics.cost_rollup import cost_rollup
from analytics.errors import AnalyticsError

COLUMNS = ["product", "component", "quantity", "scrap_share", "yield_share"]
SAUCE = [
    ("BOTTLED", "SAUCE", 0.34, 0.0, 0.98),
    ("BOTTLED", "BOTTLE", 1.0, 0.02, 0.98),
    ("SAUCE", "CHILLI", 0.5, 0.04, 0.9),
    ("SAUCE", "SUGAR", 0.3, 0.0, 0.9),
]
COSTS = {"BOTTLED": 3.0, "SAUCE": np.nan, "BOTTLE": 0.5, "CHILLI": 9.0, "SUGAR": 3.0}


def products(**costs: float) -> pd.DataFrame:
    return pd.DataFrame({"unit_cost": pd.Series(costs, dtype="float64")})


def lines(rows: list[tuple[str, str, float, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_two_levels_with_yield_and_scrap_by_hand() -> None:
    found = cost_rollup(products(**COSTS), lines=lines(SAUCE))
    sauce = (0.5 * 1.04 * 9 + 0.3 * 3) / 0.9
    bottled = (0.34 * sauce + 1.02 * 0.5) / 0.98
    assert sauce == pytest.approx(6.2)
    assert bottled == pytest.approx(2.67142857)
    assert found["total_cost"].to_dict() == pytest.approx(
        {"BOTTLED": bottled, "SAUCE": sauce, "BOTTLE": 0.5, "CHILLI": 9, "SUGAR": 3}
    )
    assert found["level"].to_dict() == {"BOTTLED": 0, "SAUCE": 1, "BOTTLE": 1, "CHILLI": 2, "SUGAR": 2}
    assert found["made"].tolist() == [True, True, False, False, False]
    assert found.loc["BOTTLED", "deviation"] == pytest.approx(bottled - 3)
    assert found["deviation"].isna().tolist() == [False, True, False, False, False]
    assert found["missing"].isna().all()


def test_making_costs_are_rolled_up_beside_the_material() -> None:
    goods = products(**COSTS).assign(conversion_cost=[0.2, 1.0, np.nan, 7.0, np.nan])
    found = cost_rollup(goods, lines=lines(SAUCE)).loc["BOTTLED"]
    assert found["conversion_cost"] == pytest.approx(0.2 + 0.34 / 0.98)
    assert found["material_cost"] == pytest.approx(2.67142857)
    assert found["total_cost"] == pytest.approx(found["material_cost"] + found["conversion_cost"])


def test_a_cost_that_is_not_known_is_named_all_the_way_up() -> None:
    found = cost_rollup(products(**{**COSTS, "CHILLI": np.nan}), lines=lines(SAUCE))
    named = dict.fromkeys(["BOTTLED", "SAUCE", "CHILLI"], "CHILLI") | dict.fromkeys(["BOTTLE", "SUGAR"])
    assert found["missing"].to_dict() == named
    assert found.loc[["BOTTLED", "SAUCE", "CHILLI"], "total_cost"].isna().all()


def test_what_is_not_taken_need_not_have_a_cost() -> None:
    found = cost_rollup(products(A=np.nan, B=np.nan, C=2.0), lines=lines([("A", "B", 0, 0, 1), ("A", "C", 1, 0, 1)]))
    assert found.loc["A", "total_cost"] == 2
    assert found.loc["A", "missing"] is None


def test_a_quantity_that_is_not_known_is_no_zero_either() -> None:
    found = cost_rollup(products(A=1.0, B=2.0), lines=lines([("A", "B", np.nan, 0, 1)]))
    assert found["total_cost"].isna().tolist() == [True, False]
    assert found.loc["A", "missing"] == "B"


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_cost_is_the_explosion_at_purchase_cost(items: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    above, below = np.nonzero(np.triu(rng.random((items, items)) < 0.4, k=1))
    terms = {"scrap_share": rng.random(above.size) / 5, "yield_share": rng.uniform(0.5, 1, above.size)}
    quantity = rng.uniform(0.1, 3, above.size)
    goods = pd.DataFrame({"unit_cost": rng.uniform(1, 50, items)})
    found = cost_rollup(
        goods, lines=pd.DataFrame({"product": above, "component": below, "quantity": quantity, **terms})
    )
    each = effective_quantity(quantity, **terms)
    needed = total_requirements(np.eye(items), parent=above, component=below, quantity=each)
    bought = np.where(np.isin(np.arange(items), above), 0, goods["unit_cost"])
    assert found["total_cost"].to_numpy() == pytest.approx(bought @ needed)


def test_a_cycle_is_named_by_its_codes() -> None:
    with pytest.raises(AnalyticsError, match=r"A → B → A|B → A → B"):
        cost_rollup(products(A=1.0, B=1.0), lines=lines([("A", "B", 1, 0, 1), ("B", "A", 1, 0, 1)]))


def test_nothing_and_nonsense() -> None:
    empty = cost_rollup(products(), lines=lines([]))
    assert empty.empty
    assert list(empty.columns)[-1] == "missing"
    alone = cost_rollup(products(A=4.0), lines=lines([]))
    assert alone[["level", "material_cost", "deviation"]].to_numpy().tolist() == [[0, 4, 0]]
    with pytest.raises(AnalyticsError, match="unknown product in a line: Z"):
        cost_rollup(products(A=4.0), lines=lines([("A", "Z", 1, 0, 1)]))
    with pytest.raises(AnalyticsError, match="missing columns: unit_cost"):
        cost_rollup(pd.DataFrame(), lines=lines([]))
