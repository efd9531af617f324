"""Classes of items: glossary figures, limits that are met exactly, what must always hold, edges."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.abc_xyz import (
    abc_classes,
    coefficient_of_variation,
    cumulative_shares,
    nine_box,
    velocity_classes,
    xyz_classes,
)
from analytics.errors import AnalyticsError

VALUES = np.array([60, 20, 8, 6, 3, 1.5, 1, 0.5]) * 1000


def test_abc_of_the_glossary() -> None:
    assert "".join(abc_classes(VALUES)) == "AABBCCCC"
    assert "".join(abc_classes(VALUES[::-1])) == "CCCCBBAA"


@pytest.mark.parametrize("parts", [10, 20, 40, 1000])
def test_an_item_on_the_limit_stands_inside_it(parts: int) -> None:
    """Equal parts whose floating-point sum may pass 0.8 by a digit."""
    classes = Counter(abc_classes(np.full(parts, 0.1)).tolist())
    assert classes["A"] == round(0.8 * parts)
    assert classes["B"] == int(0.95 * parts + 1e-9) - classes["A"]


def test_one_item_that_is_everything_is_the_most_important() -> None:
    assert "".join(abc_classes([5, 990, 5])) == "CAC"
    assert abc_classes([7]).tolist() == ["A"]


def test_items_worth_nothing_or_unknown() -> None:
    assert abc_classes([0, -5, np.nan, 0.001, 10]).tolist() == ["C", "C", "unknown", "C", "A"]
    assert abc_classes([0, 0]).tolist() == ["C", "C"]
    assert abc_classes([]).size == 0


def test_cumulative_shares_of_the_glossary() -> None:
    assert cumulative_shares(VALUES) == pytest.approx([0.6, 0.8, 0.88, 0.94, 0.97, 0.985, 0.995, 1])
    assert cumulative_shares([1, 3, np.nan, -2]) == pytest.approx([1, 0.75, np.nan, 1], nan_ok=True)
    assert np.isnan(cumulative_shares([0, 0])).all()
    assert cumulative_shares([]).size == 0


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=40))
def test_a_more_valuable_item_never_stands_in_a_lower_class(values: list[float]) -> None:
    classes = abc_classes(values)
    in_order = classes[np.argsort(-np.round(values, 2), kind="stable")].tolist()
    assert in_order == sorted(in_order)


def test_xyz_of_the_glossary() -> None:
    assert xyz_classes([40 / 500, 0.5, 1.0, 1.01, np.nan]).tolist() == ["X", "Y", "Y", "Z", "unknown"]
    assert xyz_classes([0.15, 0.3], x_limit=0.10, y_limit=0.25).tolist() == ["Y", "Z"]


def test_variation_counts_periods_without_demand() -> None:
    values = np.array([[460, 0, np.nan, 0], [540, 10, 4, 0]])
    assert coefficient_of_variation(values)[:3].tolist() == pytest.approx([0.08, 1, 0])
    assert np.isnan(coefficient_of_variation(values)[3])
    assert coefficient_of_variation([[1e308], [1e308]]).tolist() == [0]
    assert coefficient_of_variation(np.empty((0, 2))).size == 2


def test_velocity_goes_by_movements() -> None:
    found = velocity_classes([600, 200, 80, 60, 60, 0, np.nan])
    assert found.tolist() == ["fast", "fast", "medium", "medium", "slow", "not moving", "unknown"]


def test_nine_boxes_hold_every_item_once() -> None:
    boxes = nine_box(list("AACBA"), xyz=list("XXZYZ"), value=[10, 20, np.nan, 40, 30])
    assert len(boxes) == 9
    assert boxes["items"].sum() == 5
    first = boxes.set_index(["abc", "xyz"]).loc[("A", "X")]
    assert (first["items"], first["value"]) == (2, 30)
    assert (first["item_share"], first["value_share"]) == (pytest.approx(0.4), pytest.approx(0.3))


def test_items_that_could_not_be_judged_stand_in_no_box() -> None:
    boxes = nine_box(["A", "unknown"], xyz=["unknown", "X"], value=[1, 1])
    assert boxes["items"].sum() == 0
    assert boxes["value_share"].isna().all()


def test_bad_settings_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="rise"):
        abc_classes([1], a_limit_share=0.9, b_limit_share=0.8)
    with pytest.raises(AnalyticsError, match="rise"):
        xyz_classes([1], x_limit=1, y_limit=0.5)
    with pytest.raises(AnalyticsError, match="lengths"):
        nine_box(["A"], xyz=["X", "Y"], value=[1, 2])
    with pytest.raises(AnalyticsError, match="periods x items"):
        coefficient_of_variation([1.0, 2.0])
