"""Hierarchies: the nodes above the leaves, the sums that bind them, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.forecasting.hierarchy import hierarchy

FPP3 = pd.DataFrame({"first": list("AAABB"), "second": ["AA", "AB", "AC", "BA", "BB"]})
FPP3_SUMMING = np.vstack([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 0, 0, 1, 1], np.eye(5)])


def test_summing_matrix_of_the_textbook() -> None:
    tree = hierarchy(FPP3, levels=[("first",)])
    np.testing.assert_array_equal(tree.summing.toarray(), FPP3_SUMMING)
    assert tree.levels == ("total", "first", "first x second")
    assert tree.nodes["level"].tolist() == ["total", *["first"] * 2, *["first x second"] * 5]
    assert tree.nodes["first"].tolist() == ["", "A", "B", *"AAABB"]
    assert tree.nodes["second"].tolist() == ["", "", "", *FPP3["second"]]


def test_a_grouped_structure_crosses_its_keys() -> None:
    leaves = pd.DataFrame({"product": ["p", "p", "q", "q"], "location": ["east", "west", "west", "east"]})
    tree = hierarchy(leaves)
    assert tree.levels == ("total", "product", "location", "product x location")
    np.testing.assert_array_equal(tree.aggregated(np.array([[1.0, 2, 3, 4]])), [[10, 3, 7, 5, 5, 1, 2, 3, 4]])


def test_leaves_keep_their_order_and_every_leaf_is_in_one_node_of_each_level() -> None:
    leaves = pd.DataFrame({"product": ["z", "a", "m"], "family": ["2", "1", "2"]})
    tree = hierarchy(leaves, levels=[("family",), ("product", "family"), ("family",)])
    assert tree.levels == ("total", "family", "product x family")
    assert tree.nodes["product"].tolist()[-3:] == ["z", "a", "m"]
    np.testing.assert_array_equal(tree.membership, [[0, 0, 0], [2, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(tree.level_positions(), [0, 1, 1, 2, 2, 2])
    assert tree.level("family") == 1


def test_a_total_is_known_when_one_of_its_leaves_is() -> None:
    tree = hierarchy(FPP3, levels=[("first",)])
    values = np.array([[np.nan, np.nan, np.nan, 4.0, np.nan]])
    np.testing.assert_array_equal(tree.aggregated(values)[0, :3], [4, np.nan, 4])


def test_level_means_leave_out_what_is_unknown() -> None:
    tree = hierarchy(FPP3, levels=[("first",)])
    np.testing.assert_allclose(tree.level_means(np.array([9, 2, np.nan, 1, 2, 3, 4, 5.0])), [9, 2, 3])


def test_a_single_leaf_is_its_own_total() -> None:
    tree = hierarchy(pd.DataFrame({"product": [7]}))
    assert tree.levels == ("total", "product")
    np.testing.assert_array_equal(tree.summing.toarray(), [[1], [1]])


@pytest.mark.parametrize(
    ("leaves", "levels", "message"),
    [
        (FPP3.iloc[:0], None, "at least one leaf"),
        (pd.DataFrame(index=range(3)), None, "at least one leaf"),
        (FPP3.assign(first=["A", None, "A", "B", "B"]), None, "a leaf has no first"),
        (FPP3.iloc[[0, 1, 1]], None, "two leaves are called A x AB"),
        (FPP3, [("third",)], "unknown keys: third"),
    ],
    ids=["no leaves", "no keys", "missing label", "twice the same", "unknown key"],
)
def test_what_is_no_hierarchy_is_refused_by_name(
    leaves: pd.DataFrame, levels: list[tuple[str, ...]] | None, message: str
) -> None:
    with pytest.raises(AnalyticsError, match=message):
        hierarchy(leaves, levels=levels)


def test_an_unknown_level_is_refused_by_name() -> None:
    with pytest.raises(AnalyticsError, match="no level brand: there are total"):
        hierarchy(FPP3).level("brand")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)), min_size=1, unique=True))
def test_every_level_adds_up_to_the_total(keys: list[tuple[int, int, int]]) -> None:
    leaves = pd.DataFrame(keys, columns=["product", "location", "channel"])
    tree = hierarchy(leaves, levels=[("product",), ("location", "channel")])
    totals = tree.aggregated(np.arange(1.0, len(leaves) + 1)[None])[0]
    sums = np.bincount(tree.level_positions(), weights=totals)
    np.testing.assert_allclose(sums, totals[0])
