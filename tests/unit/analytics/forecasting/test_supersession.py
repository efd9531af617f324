"""Supersession: history follows the successor, forecasts change over, totals stay."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.forecasting.panel import Panel
from analytics.forecasting.supersession import Succession, handed_over, superseded

MONTHS = pd.date_range("2024-01-01", periods=6, freq="MS")
NONE = np.nan


def panel(**columns: list[float]) -> Panel:
    return Panel(tuple(columns), MONTHS, np.array(list(columns.values()), dtype=float).T, 12)


def test_the_successor_inherits_and_the_run_out_stays() -> None:
    before = panel(old=[10, 11, 12, 13, 2, 0], new=[NONE, NONE, NONE, NONE, 9, 14])
    after = superseded(before, links=[Succession("old", "new", 1.0, date(2024, 5, 1))])
    np.testing.assert_array_equal(after.values[:, 1], [10, 11, 12, 13, 9, 14])
    np.testing.assert_array_equal(after.values[:, 0], [NONE, NONE, NONE, NONE, 2, 0])
    np.testing.assert_array_equal(before.values[:, 1], [NONE, NONE, NONE, NONE, 9, 14])


def test_two_successors_share() -> None:
    before = panel(old=[10, 10, 10, 10, 0, 0], a=[NONE, NONE, NONE, NONE, 6, 6], b=[NONE] * 5 + [4])
    changeover = date(2024, 5, 1)
    after = superseded(before, links=[Succession("old", "a", 0.6, changeover), Succession("old", "b", 0.3, changeover)])
    np.testing.assert_allclose(after.values[:, 1], [6, 6, 6, 6, 6, 6])
    np.testing.assert_allclose(after.values[:, 2], [3, 3, 3, 3, 0, 4])
    np.testing.assert_allclose(after.values[:, 0], [1, 1, 1, 1, 0, 0])


def test_a_chain_passes_on_what_was_inherited_in_whatever_order_it_is_told() -> None:
    before = panel(a=[5, 5, 0, 0, 0, 0], b=[NONE, NONE, 6, 6, 0, 0], c=[NONE, NONE, NONE, NONE, 7, 7])
    links = [Succession("b", "c", 1.0, date(2024, 5, 1)), Succession("a", "b", 1.0, date(2024, 3, 1))]
    np.testing.assert_array_equal(superseded(before, links=links).values[:, 2], [5, 5, 6, 6, 7, 7])


def test_a_successor_without_sales_is_added() -> None:
    before = panel(old=[4, 5, 6, 7, 8, 0])
    after = superseded(before, links=[Succession("old", "new", 1.0, date(2024, 6, 1))])
    assert after.ids == ("old", "new")
    np.testing.assert_array_equal(after.values[:, 1], [4, 5, 6, 7, 8, 0])


def test_a_changeover_ahead_moves_the_forecast_not_the_history() -> None:
    links = [Succession("old", "new", 0.5, date(2024, 8, 15))]
    before = panel(old=[8] * 6, new=[NONE] * 5 + [1])
    np.testing.assert_array_equal(superseded(before, links=links).values, before.values)
    horizon = pd.date_range("2024-07-01", periods=4, freq="MS")
    after = handed_over(np.tile([8.0, 1.0], (4, 1)), ids=("old", "new"), periods=horizon, links=links)
    np.testing.assert_array_equal(after, [[8, 1], [8, 1], [4, 5], [4, 5]])


def test_a_changeover_that_is_history_moves_no_forecast() -> None:
    links = [Succession("old", "new", 1.0, date(2024, 7, 1))]
    horizon = pd.date_range("2024-07-01", periods=2, freq="MS")
    paths = np.array([[1.0, 9], [0, 9]])
    np.testing.assert_array_equal(handed_over(paths, ids=("old", "new"), periods=horizon, links=links), paths)


def test_what_is_not_known_of_the_old_item_does_not_hide_the_new_one() -> None:
    before = panel(old=[NONE, 3, NONE, 3, 0, 0], new=[NONE, NONE, 2, 2, 2, 2])
    after = superseded(before, links=[Succession("old", "new", 1.0, date(2024, 5, 1))])
    np.testing.assert_array_equal(after.values[:, 1], [NONE, 3, 2, 5, 2, 2])


def test_what_is_planned_for_other_items_keeps_its_place() -> None:
    before = panel(old=[4, 5, 6, 7, 8, 0])
    designed = Panel(before.ids, before.periods, before.values, 12, design=np.ones((2, 9, 1)))
    after = superseded(designed, links=[Succession("old", "new", 1.0, date(2024, 6, 1))])
    assert after.design is not None
    np.testing.assert_array_equal(after.design.sum(axis=(0, 1)), [18, 0])


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([Succession("gone", "new", 1.0, date(2024, 5, 1))], "unknown items: gone"),
        ([Succession("old", "old", 1.0, date(2024, 5, 1))], "old cannot follow itself"),
        ([Succession("old", "new", 0.0, date(2024, 5, 1))], "shares of old"),
        ([Succession("old", "new", NONE, date(2024, 5, 1))], "shares of old"),
        ([Succession("old", name, 0.6, date(2024, 5, 1)) for name in "ab"], "shares of old"),
    ],
    ids=["unknown", "itself", "no share", "missing share", "too much"],
)
def test_what_is_no_succession_is_refused_by_name(links: list[Succession], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        superseded(panel(old=[1] * 6), links=links)


def test_a_forecast_cannot_be_handed_to_an_item_that_is_not_there() -> None:
    with pytest.raises(AnalyticsError, match="unknown items: new"):
        handed_over(
            np.ones((6, 1)), ids=("old",), periods=MONTHS, links=[Succession("old", "new", 1.0, date(2024, 5, 1))]
        )


CHANGEOVERS = st.sampled_from([month.date() for month in MONTHS])
LINKS = st.tuples(st.sampled_from("ab"), st.sampled_from("cd"), st.floats(0.01, 0.5), CHANGEOVERS)


@given(
    st.lists(LINKS.map(lambda link: Succession(*link)), max_size=4, unique_by=lambda link: (link.old_id, link.new_id))
)
def test_the_total_of_every_period_stays(links: list[Succession]) -> None:
    demand = np.random.default_rng(1).uniform(0, 100, (6, 4))
    before = panel(**{name: demand[:, column].tolist() for column, name in enumerate("abcd")})
    np.testing.assert_allclose(np.nansum(superseded(before, links=links).values, axis=1), demand.sum(axis=1))
    moved = handed_over(demand, ids="abcd", periods=MONTHS, links=links)
    np.testing.assert_allclose(moved.sum(axis=1), demand.sum(axis=1))
    assert (moved >= 0).all()


def test_no_links_change_nothing() -> None:
    before = panel(a=[1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(superseded(before, links=[]).values, before.values)
