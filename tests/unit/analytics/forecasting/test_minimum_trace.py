"""Minimum trace: the published weights, the textbook formula with dense matrices, and what a projection keeps."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecasting.hierarchy import Hierarchy, hierarchy
from analytics.forecasting.minimum_trace import Covariance, of_variances, projected, shrinkage, shrunk, structural

FPP3 = hierarchy(pd.DataFrame({"first": list("AAABB"), "second": ["AA", "AB", "AC", "BA", "BB"]}), levels=[("first",)])
CROSSED = hierarchy(
    pd.DataFrame(
        [(p, f"f{p % 2}", place) for p in range(4) for place in "xyz"], columns=["product", "family", "place"]
    ),
    levels=[("family",), ("product",), ("place",), ("family", "place")],
)


def correlated(tree: Hierarchy, *, rows: int, seed: int = 0) -> np.ndarray:
    """Residuals of the nodes with an error that all leaves share and one of every node's own."""
    rng = np.random.default_rng(seed)
    leaves = rng.normal(size=(rows, tree.leaves)) + rng.normal(size=(rows, 1))
    return tree.aggregated(leaves) * 0.5 + rng.normal(size=(rows, len(tree.nodes)))


def dense(covariance: Covariance) -> np.ndarray:
    return np.diag(covariance.own) + covariance.common @ covariance.common.T


def by_the_book(base: np.ndarray, tree: Hierarchy, weights: np.ndarray) -> np.ndarray:
    """(S' W^-1 S)^-1 S' W^-1 y, FPP3 equation 11.8."""
    s, inverse = tree.summing.toarray(), np.linalg.inv(weights)
    return np.linalg.solve(s.T @ inverse @ s, s.T @ inverse @ base.T).T


def test_published_weights_of_equal_variances() -> None:
    """Hyndman et al. 2011: total, three groups of three, ordinary least squares."""
    tree = hierarchy(
        pd.DataFrame([(group, leaf) for group in "ABC" for leaf in "123"], columns=["group", "leaf"]),
        levels=[("group",)],
    )
    equal = Covariance(np.ones(13), np.zeros((13, 0)))
    weights = tree.aggregated(projected(np.eye(13), summing=tree.summing, covariance=equal)).T
    np.testing.assert_allclose(weights[0], [0.69, *[0.23] * 3, *[0.08] * 9], atol=5e-3)
    np.testing.assert_allclose(weights[1], [0.23, 0.58, -0.17, -0.17, *[0.19] * 3, *[-0.06] * 6], atol=5e-3)
    np.testing.assert_allclose(weights[4], [0.08, 0.19, -0.06, -0.06, 0.73, -0.27, -0.27, *[-0.02] * 6], atol=5e-3)


@pytest.mark.parametrize("tree", [FPP3, CROSSED], ids=["hierarchical", "grouped"])
@pytest.mark.parametrize("kind", ["structural", "variances", "shrunk"])
def test_sparse_factors_give_the_formula_of_the_book(tree: Hierarchy, kind: str) -> None:
    residuals = correlated(tree, rows=9)
    covariance = {
        "structural": structural(tree),
        "variances": of_variances(residuals, hierarchy=tree),
        "shrunk": shrunk(residuals, hierarchy=tree),
    }[kind]
    base = np.random.default_rng(1).uniform(0, 100, (4, len(tree.nodes)))
    leaves = projected(base, summing=tree.summing, covariance=covariance)
    np.testing.assert_allclose(leaves, by_the_book(base, tree, dense(covariance)), rtol=1e-9)


def test_shrunk_covariance_keeps_variances_and_scales_correlations() -> None:
    residuals = correlated(CROSSED, rows=20)
    sample = residuals.T @ residuals / 20
    variance = np.diag(sample)
    weight = shrinkage(residuals / np.sqrt(variance))
    assert 0.01 < weight < 0.9
    expected = weight * np.diag(variance) + (1 - weight) * sample
    np.testing.assert_allclose(dense(shrunk(residuals, hierarchy=CROSSED)), expected)


def test_shrinkage_is_the_estimate_of_schaefer_and_strimmer() -> None:
    residuals = correlated(FPP3, rows=15, seed=3)
    standard = residuals / np.sqrt((residuals**2).mean(axis=0))
    products = standard[:, :, None] * standard[:, None, :]
    off_diagonal = ~np.eye(standard.shape[1], dtype=bool)
    variance = ((products - products.mean(axis=0)) ** 2).sum(axis=0) / (15 * 14)
    expected = variance[off_diagonal].sum() / (products.mean(axis=0)[off_diagonal] ** 2).sum()
    assert shrinkage(standard) == pytest.approx(expected)


@pytest.mark.parametrize("standard", [np.empty((0, 3)), np.ones((1, 3)), np.zeros((5, 3)), np.ones((5, 1))])
def test_nothing_to_correlate_is_shrunk_wholly(standard: np.ndarray) -> None:
    assert shrinkage(standard) == 1.0


def test_unrelated_errors_are_shrunk_more_than_related_ones() -> None:
    rng = np.random.default_rng(5)
    noise, common = rng.normal(size=(30, 40)), rng.normal(size=(30, 1))
    assert shrinkage(noise) > 0.8 > 0.2 > shrinkage((noise + 3 * common) / np.sqrt(10))


def test_missing_residuals_cost_correlation_not_variance() -> None:
    residuals = correlated(CROSSED, rows=24)
    residuals[:12, -1] = np.nan
    covariance = dense(shrunk(residuals, hierarchy=CROSSED))
    np.testing.assert_allclose(np.diag(covariance), np.nanmean(residuals**2, axis=0))
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_a_node_without_residuals_is_like_its_level() -> None:
    residuals = correlated(FPP3, rows=10)
    residuals[:, 4] = np.nan
    own = of_variances(residuals, hierarchy=FPP3).own
    assert own[4] == pytest.approx(own[[3, 5, 6, 7]].mean())


@pytest.mark.parametrize("residuals", [np.zeros((6, 8)), np.full((6, 8), np.nan), np.empty((0, 8))])
def test_without_any_error_to_learn_from_all_nodes_count_the_same(residuals: np.ndarray) -> None:
    np.testing.assert_array_equal(of_variances(residuals, hierarchy=FPP3).own, np.ones(8))
    base = FPP3.aggregated(np.array([[1.0, 2, 3, 4, 5]]))
    leaves = projected(base, summing=FPP3.summing, covariance=shrunk(residuals, hierarchy=FPP3))
    np.testing.assert_allclose(leaves, [[1, 2, 3, 4, 5]])


def test_a_leaf_that_was_never_missed_stays_what_it_was() -> None:
    residuals = correlated(FPP3, rows=10)
    residuals[:, 3] = 0.0
    base = np.array([[30.0, 20, 10, 0, 5, 5, 5, 5]])
    leaves = projected(base, summing=FPP3.summing, covariance=of_variances(residuals, hierarchy=FPP3))
    assert leaves[0, 0] == pytest.approx(0, abs=1e-5)
    assert leaves[0, 1] > 6


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_what_already_adds_up_is_not_changed(seed: int, rows: int) -> None:
    """S G S = S: unbiased forecasts stay unbiased."""
    covariance = shrunk(correlated(CROSSED, rows=rows, seed=seed), hierarchy=CROSSED)
    leaves = projected(CROSSED.summing.toarray().T, summing=CROSSED.summing, covariance=covariance)
    np.testing.assert_allclose(leaves, np.eye(CROSSED.leaves), atol=1e-9)
