"""Classical decomposition against a series whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.seasonal import seasonal_decompose

from analytics.decomposition import classical_decomposition
from analytics.errors import AnalyticsError

SEASON = np.array([30.0, -10.0, -25.0, 5.0])


def test_parts_of_a_straight_line_with_a_season_are_found_exactly() -> None:
    line = 100 + 3 * np.arange(16.0)
    found = classical_decomposition(line + np.tile(SEASON, 4), season_periods=4)
    assert found.season == pytest.approx(np.tile(SEASON, 4))
    assert found.trend[2:-2] == pytest.approx(line[2:-2])
    assert found.remainder[2:-2] == pytest.approx(0, abs=1e-9)


def test_both_ends_of_the_trend_are_left_open() -> None:
    found = classical_decomposition(np.arange(24.0), season_periods=12)
    assert np.isnan(found.trend[:6]).all()
    assert np.isnan(found.trend[-6:]).all()
    assert found.trend[6:-6] == pytest.approx(np.arange(6.0, 18.0))


@pytest.mark.parametrize("season", [4, 7, 12])
@given(data=st.data())
def test_same_as_statsmodels_and_parts_add_up(season: int, data: st.DataObject) -> None:
    length = data.draw(st.integers(2 * season, 4 * season))
    quantities = st.floats(0, 1e6, allow_subnormal=False)
    history = np.array(data.draw(st.lists(quantities, min_size=length, max_size=length)))
    found = classical_decomposition(history, season_periods=season)
    other = seasonal_decompose(history, period=season)
    scale = max(1.0, history.max())
    for own, theirs in ((found.trend, other.trend), (found.season, other.seasonal), (found.remainder, other.resid)):
        assert own / scale == pytest.approx(theirs / scale, abs=1e-9, nan_ok=True)
    known = ~np.isnan(found.trend)
    total = found.trend + found.season + found.remainder
    assert total[known] / scale == pytest.approx(history[known] / scale, abs=1e-12)
    assert found.season[:season].sum() / scale == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("history", [np.zeros(24), np.full(24, 7.0)], ids=["all zero", "constant"])
def test_what_never_changes_has_neither_season_nor_remainder(history: np.ndarray) -> None:
    found = classical_decomposition(history, season_periods=12)
    assert found.season == pytest.approx(0)
    assert found.remainder[6:-6] == pytest.approx(0)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([], "less than two seasons"),
        ([1.0], "less than two seasons"),
        (np.arange(23.0), "23 periods are less than two seasons of 12"),
        (np.full(24, np.nan), "finite"),
        (np.full(24, np.inf), "finite"),
        (np.zeros((24, 2)), "one series"),
    ],
    ids=["empty", "one", "short", "missing", "infinite", "two series"],
)
def test_what_can_not_be_decomposed_is_explained(history: object, message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        classical_decomposition(history, season_periods=12)
