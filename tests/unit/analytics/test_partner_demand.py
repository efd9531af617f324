"""Partners' figures in the place of their part of the baseline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.partner_demand import PartnerWord, partner_stream

SILENT = np.nan


def word(share: list[float], *quantity: list[float]) -> PartnerWord:
    return PartnerWord(np.array(share), np.array(quantity))


def test_a_partner_replaces_its_own_part_of_the_baseline() -> None:
    """A quarter of 100 is the customer's; it expects 40 instead of 25, then says nothing, then needs none."""
    found = partner_stream(np.array([[100.0, 100.0, 80.0]]), [word([0.25], [40.0, SILENT, 0.0])])
    np.testing.assert_allclose(found, [[115.0, SILENT, 60.0]])


def test_who_owns_all_of_it_is_taken_at_its_word_and_two_add_up() -> None:
    baseline = np.array([[100.0], [50.0]])
    np.testing.assert_allclose(partner_stream(baseline, [word([1.0, 1.0], [70.0], [SILENT])]), [[70.0], [SILENT]])
    two = [word([0.5, 0.8], [60.0], [10.0]), word([0.2, 0.8], [30.0], [SILENT])]
    np.testing.assert_allclose(partner_stream(baseline, two), [[120.0], [20.0]])


def test_shares_that_are_more_than_all_leave_no_rest() -> None:
    two = [word([0.8], [10.0]), word([0.7], [5.0])]
    np.testing.assert_allclose(partner_stream(np.array([[100.0]]), two), [[15.0]])


def test_without_a_word_all_is_silent() -> None:
    assert np.isnan(partner_stream(np.ones((2, 3)), [])).all()
    assert partner_stream(np.ones((0, 3)), []).shape == (0, 3)


@pytest.mark.parametrize("wrong", [word([1.5], [1.0]), word([-0.1], [1.0]), word([1.0], [1.0, 2.0])])
def test_other_shapes_and_shares_are_refused(wrong: PartnerWord) -> None:
    with pytest.raises(AnalyticsError):
        partner_stream(np.ones((1, 1)), [wrong])


@given(st.floats(0, 1), st.floats(0, 1e9))
def test_who_expects_its_usual_part_changes_nothing(share: float, baseline: float) -> None:
    found = partner_stream(np.array([[baseline]]), [word([share], [share * baseline])])
    np.testing.assert_allclose(found, [[baseline]], rtol=1e-12, atol=1e-9)
