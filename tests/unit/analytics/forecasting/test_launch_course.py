"""New items on the course of their look-alikes, as a method among others."""

import numpy as np
import pytest
from panels import panel_of, young

from analytics.forecasting.launch_course import launch_course

PERIODS = 40
# After a launch shelves are filled, then demand settles at a third.
COURSE = np.concatenate([[300.0, 200.0], np.full(PERIODS, 100.0)])


def launched(age: int, *, level: float = 1.0) -> np.ndarray:
    return young(level * COURSE[:age], periods=PERIODS)


OLD = [launched(age, level=level) for age, level in ((30, 1.0), (26, 2.0), (34, 0.5), (20, 1.5))]
NEW = launched(2, level=4.0)


def test_a_new_item_settles_as_the_others_did_at_its_own_level() -> None:
    panel = panel_of(*OLD, NEW)
    method = launch_course(panel, new=np.array([False] * 4 + [True]), groups={}, seed=0)
    paths = method.forecast(panel.columns(np.array([4])).recent(periods=2), horizon_periods=3)
    assert paths.mean[:, 0] == pytest.approx([400] * 3, rel=0.2)
    assert paths.fitted.shape == (2, 1)


def test_at_an_earlier_date_the_others_are_known_only_so_far() -> None:
    poisoned = [np.where(np.arange(PERIODS) >= PERIODS - 3, 1e9, history) for history in OLD]
    new, late = np.array([False] * 4 + [True]), launched(6, level=4.0)
    found = []
    for donors in (OLD, poisoned):
        panel = panel_of(*donors, late)
        past = panel.columns(np.array([4])).before(held_out_periods=3)
        found.append(launch_course(panel, new=new, groups={}, seed=0).forecast(past, horizon_periods=3).mean)
    np.testing.assert_array_equal(*found)


def test_where_all_are_new_there_is_nobody_to_learn_from() -> None:
    assert launch_course(panel_of(NEW), new=np.array([True]), groups={}, seed=0) is None
