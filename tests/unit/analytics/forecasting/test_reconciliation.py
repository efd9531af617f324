"""Reconciliation: textbook numbers, sums that are exact, and the method the rolling origins ask for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.errors import AnalyticsError
from analytics.forecasting.hierarchy import Hierarchy, hierarchy
from analytics.forecasting.reconciliation import (
    BOTTOM_UP,
    METHODS,
    MINT_SHRINK,
    TOP_DOWN,
    WLS_STRUCTURAL,
    WLS_VARIANCE,
    best_method,
    recent_proportions,
    reconcile,
    without_negative,
)

TREE = hierarchy(pd.DataFrame({"first": list("AAABB"), "second": ["AA", "AB", "AC", "BA", "BB"]}), levels=[("first",)])
BASE = np.array([[110.0, 60, 30, 10, 20, 20, 15, 20]])
SHARES = np.array([0.1, 0.2, 0.2, 0.1, 0.4])
RESIDUALS = np.random.default_rng(1).normal(size=(12, 8)) * [6, 4, 4, 1, 1, 2, 2, 3]


def reconciled(base: np.ndarray = BASE, *, method: str, not_negative: bool = True) -> np.ndarray:
    return reconcile(
        base, hierarchy=TREE, method=method, residuals=RESIDUALS, proportions=SHARES, not_negative=not_negative
    )


def test_bottom_up_adds_the_leaves() -> None:
    np.testing.assert_allclose(reconciled(method=BOTTOM_UP), [[85, 50, 35, 10, 20, 20, 15, 20]])


def test_top_down_divides_the_total() -> None:
    np.testing.assert_allclose(reconciled(method=TOP_DOWN), [[110, 55, 55, 11, 22, 22, 11, 44]])


def test_middle_out_divides_a_middle_level() -> None:
    middle = reconcile(BASE, hierarchy=TREE, method=TOP_DOWN, proportions=SHARES, from_level="first")
    np.testing.assert_allclose(middle, [[90, 60, 30, 12, 24, 24, 6, 24]])


def test_top_down_divides_equally_where_nothing_was_sold() -> None:
    shares = np.array([0, 0, 0, 0.25, 0.75])
    middle = reconcile(BASE, hierarchy=TREE, method=TOP_DOWN, proportions=shares, from_level="first")
    np.testing.assert_allclose(middle[0, 3:], [20, 20, 20, 7.5, 22.5])


def test_structural_scaling_of_a_total_and_two_leaves() -> None:
    """Total 10, leaves 3 and 5: the gap of 2 is shared in proportion to 2, 1 and 1."""
    pair = hierarchy(pd.DataFrame({"leaf": ["a", "b"]}))
    coherent = reconcile(np.array([[10.0, 3, 5]]), hierarchy=pair, method=WLS_STRUCTURAL)
    np.testing.assert_allclose(coherent, [[9, 3.5, 5.5]])


def test_the_node_with_the_smaller_error_moves_less() -> None:
    pair = hierarchy(pd.DataFrame({"leaf": ["a", "b"]}))
    residuals = np.array([[1.0, 3, 1], [-1.0, -3, -1]])
    coherent = reconcile(np.array([[10.0, 2, 3]]), hierarchy=pair, method=WLS_VARIANCE, residuals=residuals)
    np.testing.assert_allclose(coherent, [[10 - 5 / 11, 2 + 45 / 11, 3 + 5 / 11]])


def test_shares_of_the_last_periods_only() -> None:
    history = np.array([[100.0, 0], [1, 3], [np.nan, 4]])
    np.testing.assert_allclose(recent_proportions(history, periods=2), [1 / 8, 7 / 8])


@pytest.mark.parametrize("history", [np.zeros((3, 4)), np.full((3, 4), np.nan), np.empty((0, 4)), -np.ones((3, 4))])
def test_shares_without_demand_are_equal(history: np.ndarray) -> None:
    np.testing.assert_allclose(recent_proportions(history, periods=3), np.full(4, 0.25))


def test_negative_leaves_become_zero_at_the_expense_of_the_others() -> None:
    leaves = np.array([[10.0, -2, 30], [5, 5, 5], [1, -4, 1], [0, 0, 0]])
    np.testing.assert_allclose(without_negative(leaves), [[9.5, 0, 28.5], [5, 5, 5], [0, 0, 0], [0, 0, 0]])


def test_net_returns_may_be_kept() -> None:
    base = TREE.aggregated(np.array([[-5.0, 1, 1, 1, 1]]))
    assert reconciled(base, method=MINT_SHRINK, not_negative=False)[0, 3] == pytest.approx(-5)
    assert reconciled(base, method=MINT_SHRINK).min() == 0


QUANTITIES = st.floats(-1e6, 1e6, allow_subnormal=False)


@settings(max_examples=50)
@pytest.mark.parametrize("method", METHODS)
@given(base=arrays(np.float64, (3, 8), elements=QUANTITIES))
def test_every_method_adds_up_and_is_never_negative(method: str, base: np.ndarray) -> None:
    coherent = reconciled(base, method=method)
    np.testing.assert_array_equal(coherent, TREE.aggregated(coherent[:, 3:]))
    assert coherent.min() >= 0


@settings(max_examples=50)
@pytest.mark.parametrize("method", [method for method in METHODS if method != TOP_DOWN])
@given(leaves=arrays(np.float64, (2, 5), elements=QUANTITIES))
def test_what_adds_up_already_is_not_changed(method: str, leaves: np.ndarray) -> None:
    base = TREE.aggregated(leaves)
    coherent = reconciled(base, method=method, not_negative=False)
    np.testing.assert_allclose(coherent, base, atol=1e-9 * (1 + np.abs(leaves).max()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "guess"}, "no method guess"),
        ({"method": BOTTOM_UP, "base": BASE[:, 1:]}, "each of 8 nodes"),
        ({"method": BOTTOM_UP, "base": BASE[0]}, "each of 8 nodes"),
        ({"method": BOTTOM_UP, "base": np.where(np.arange(8) == 4, np.nan, BASE)}, "first x second, A, AB"),
        ({"method": WLS_VARIANCE}, "needs residuals"),
        ({"method": MINT_SHRINK, "residuals": RESIDUALS[:, 1:]}, "residuals is"),
        ({"method": TOP_DOWN}, "needs the proportions of 5 leaves"),
        ({"method": TOP_DOWN, "proportions": SHARES, "from_level": "brand"}, "no level brand"),
    ],
    ids=["method", "too few nodes", "one period", "missing", "no residuals", "few residuals", "no shares", "level"],
)
def test_what_cannot_be_reconciled_is_refused_by_name(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        reconcile(**{"base": BASE, "hierarchy": TREE, **arguments})  # type: ignore[arg-type]


def test_shares_need_a_leaf_and_a_period() -> None:
    with pytest.raises(AnalyticsError):
        recent_proportions(np.empty((3, 0)), periods=3)
    with pytest.raises(AnalyticsError):
        recent_proportions(np.ones((3, 2)), periods=0)


def wide(*, groups: int = 6, leaves: int = 10) -> Hierarchy:
    keys = [(f"g{group}", f"l{leaf}") for group in range(groups) for leaf in range(leaves)]
    return hierarchy(pd.DataFrame(keys, columns=["group", "leaf"]), levels=[("group",)])


def backtest(tree: Hierarchy, *, leaf_error: float, top_error: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four origins of demand and of base forecasts that miss leaves and totals by so many units."""
    rng = np.random.default_rng(seed)
    leaves = rng.uniform(50, 150, tree.leaves) * np.ones((4, 6, 1))
    actual = np.stack([tree.aggregated(origin) for origin in leaves])
    error = np.where(tree.level_positions() == len(tree.levels) - 1, leaf_error, top_error)
    return actual, actual + error * rng.normal(size=actual.shape)


def test_good_leaves_are_added_and_good_totals_are_not_thrown_away() -> None:
    tree = wide()
    actual, base = backtest(tree, leaf_error=1.0, top_error=200.0)
    good_leaves = best_method(actual, base, hierarchy=tree).errors.set_index(["method", "level"])["error"]
    assert good_leaves[BOTTOM_UP, "total"] < 0.1 * good_leaves["base", "total"]
    actual, base = backtest(tree, leaf_error=40.0, top_error=5.0)
    choice = best_method(actual, base, hierarchy=tree)
    errors = choice.errors.set_index(["method", "level"])["error"]
    assert choice.method in (WLS_VARIANCE, MINT_SHRINK)
    assert errors[choice.method, "total"] < 0.2 * errors[BOTTOM_UP, "total"]
    assert errors[choice.method, "group x leaf"] < errors["base", "group x leaf"]


def test_known_shares_of_a_good_total_beat_noisy_leaves() -> None:
    tree = wide()
    actual, base = backtest(tree, leaf_error=60.0, top_error=1.0)
    shares = np.stack([recent_proportions(origin[:, -tree.leaves :], periods=6) for origin in actual])
    assert best_method(actual, base, hierarchy=tree, proportions=shares).method == TOP_DOWN


def test_one_origin_cannot_judge_methods_that_learn_from_the_others() -> None:
    tree = wide(groups=2, leaves=2)
    actual, base = backtest(tree, leaf_error=5.0, top_error=5.0)
    methods = set(best_method(actual[:1], base[:1], hierarchy=tree).errors["method"])
    assert methods == {"base", BOTTOM_UP, WLS_STRUCTURAL}


def test_equally_good_methods_give_the_simplest() -> None:
    tree = wide(groups=2, leaves=2)
    actual, _ = backtest(tree, leaf_error=0.0, top_error=0.0)
    assert best_method(actual, actual, hierarchy=tree).method == BOTTOM_UP


def test_items_that_were_not_there_yet_do_not_spoil_the_judgement() -> None:
    tree = wide(groups=2, leaves=3)
    actual, base = backtest(tree, leaf_error=5.0, top_error=5.0)
    actual[:2, :, -1] = base[:2, :, -1] = np.nan
    choice = best_method(actual, base, hierarchy=tree)
    assert choice.errors["error"].notna().all()


def test_no_demand_at_all_is_added_up() -> None:
    nothing = np.zeros((2, 3, 8))
    choice = best_method(nothing, nothing, hierarchy=TREE)
    assert choice.method == BOTTOM_UP
    assert choice.errors["error"].isna().all()


@pytest.mark.parametrize("shape", [(0, 3, 8), (3, 8)], ids=["no origin", "no origins axis"])
def test_a_backtest_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(AnalyticsError, match="origins x steps x nodes"):
        best_method(np.ones(shape), np.ones(shape), hierarchy=TREE)
