"""Demand classes against the published examples, and their edges."""

import numpy as np
import pytest

from analytics.demand_class import (
    ADI_CUT,
    CV2_CUT,
    ERRATIC,
    INTERMITTENT,
    LUMPY,
    NO_DEMAND,
    SMOOTH,
    demand_classes,
)
from analytics.errors import AnalyticsError

CROSTON = [0.0, 0, 5, 0, 0, 3, 0, 0, 0, 7, 0, 0, 4, 0, 0]


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_intermittent_series_of_the_glossary() -> None:
    result = demand_classes(column(*CROSTON))
    assert result.adi[0] == pytest.approx(3.75)
    assert result.cv2[0] == pytest.approx(0.0970, abs=5e-5)
    assert result.labels[0] == INTERMITTENT


def test_nearly_daily_item_of_the_glossary_is_smooth() -> None:
    demand = np.full(30, 100.0)
    demand[::10] = 0.0
    result = demand_classes(demand[:, None])
    assert result.adi[0] == pytest.approx(1.11, abs=5e-3)
    assert result.labels[0] == SMOOTH


def test_the_four_quadrants() -> None:
    panel = np.column_stack(
        [
            [10, 11, 10, 9, 10, 11, 10, 9],
            [1, 1, 1, 40, 1, 1, 1, 1],
            [10, 0, 0, 11, 0, 0, 9, 0],
            [1, 0, 0, 40, 0, 0, 1, 0],
        ]
    ).astype(float)
    assert demand_classes(panel).labels.tolist() == [SMOOTH, ERRATIC, INTERMITTENT, LUMPY]


def test_periods_before_the_first_sale_do_not_count_as_waiting() -> None:
    late = np.array([np.nan] * 20 + [5.0, 6, 5, 6])[:, None]
    assert demand_classes(late).adi[0] == 1.0


def test_returns_are_no_demand() -> None:
    assert demand_classes(column(5, -3, 5, -3)).adi[0] == 2.0


@pytest.mark.parametrize("values", [[0.0, 0, 0], [np.nan, np.nan, np.nan], [-1.0, -2, 0]])
def test_series_without_demand_has_its_own_class(values: list[float]) -> None:
    result = demand_classes(column(*values))
    assert result.labels[0] == NO_DEMAND
    assert np.isnan(result.adi[0])


def test_unit_does_not_matter_even_if_absurd() -> None:
    plain, huge = demand_classes(column(*CROSTON)), demand_classes(column(*CROSTON) * 1e200)
    np.testing.assert_allclose(huge.cv2, plain.cv2)


def test_a_value_on_the_cut_belongs_to_the_upper_class() -> None:
    size = np.sqrt(CV2_CUT)
    on_cut = column(1 - size, 1 + size)
    assert demand_classes(on_cut).cv2[0] == pytest.approx(CV2_CUT)
    assert demand_classes(column(*[1.0] * 25, *[0.0] * 8)).adi[0] == pytest.approx(ADI_CUT)
    assert demand_classes(column(*[1.0] * 25, *[0.0] * 8)).labels[0] == INTERMITTENT


def test_empty_panels() -> None:
    assert demand_classes(np.empty((0, 2))).labels.tolist() == [NO_DEMAND, NO_DEMAND]
    assert demand_classes(np.empty((5, 0))).labels.size == 0


def test_a_single_series_must_still_be_a_column() -> None:
    with pytest.raises(AnalyticsError, match="periods x series"):
        demand_classes([1.0, 2.0])
