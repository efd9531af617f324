"""Orders that sell before they expire: by hand, against drawn demand, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.shelf_life import shelf_life_cap


def test_no_more_than_sells_after_the_stock_before_it() -> None:
    found = shelf_life_cap(
        [4, 4, 4, 0], shelf_life_days=[30, 30, 5, 30], unsellable_days_before_expiry=10, stock_at_arrival=[0, 50, 0, 9]
    )
    assert found.tolist() == [80, 30, 0, 0]


def test_what_does_not_expire_has_no_cap() -> None:
    assert shelf_life_cap([4, 0], shelf_life_days=np.nan).tolist() == [np.inf, np.inf]


def test_the_cap_sells_out_as_often_as_asked() -> None:
    cap = shelf_life_cap(20, shelf_life_days=25, stock_at_arrival=60, daily_demand_sd=8, sell_out_probability=0.9)
    sold = np.random.default_rng(9).normal(20, 8, (40_000, 25)).sum(axis=1)
    assert (sold >= cap[0] + 60).mean() == pytest.approx(0.9, abs=0.01)


@given(st.floats(0, 100), st.floats(0, 400), st.floats(0, 60), st.floats(0, 5000), st.floats(0.5, 0.999))
def test_less_life_more_stock_or_more_care_never_raise_the_cap(
    demand: float, life: float, unsellable: float, stock: float, probability: float
) -> None:
    facts = {"unsellable_days_before_expiry": unsellable, "daily_demand_sd": 3}
    cap = shelf_life_cap(
        demand,
        shelf_life_days=life,
        stock_at_arrival=stock,
        sell_out_probability=probability,
        **facts,
    )
    looser = shelf_life_cap(demand, shelf_life_days=life, stock_at_arrival=stock / 2, sell_out_probability=0.5, **facts)
    assert 0 <= cap[0] <= looser[0] + 1e-6


@pytest.mark.parametrize(
    "bad",
    [
        {"mean_daily_demand": np.nan},
        {"mean_daily_demand": -1},
        {"stock_at_arrival": np.nan},
        {"sell_out_probability": 1},
    ],
    ids=str,
)
def test_what_is_unknown_has_no_cap(bad: dict[str, float]) -> None:
    facts = {"mean_daily_demand": 4, "shelf_life_days": [30, np.nan]} | bad
    assert np.isnan(shelf_life_cap(**facts)).all()
    assert shelf_life_cap([], shelf_life_days=[]).size == 0
