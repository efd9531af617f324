"""Hours by resource: units and set-ups, beside what there is."""

from __future__ import annotations

import numpy as np
import pytest
from supply_networks import column

from analytics.errors import AnalyticsError
from analytics.supply_plan.capacity import Load, Routings, brought_forward, capacity_load, carried_over


def routings(source: list[int], resource: list[int], setup: list[float], unit: list[float]) -> Routings:
    return Routings(np.array(source), np.array(resource), np.array(setup), np.array(unit))


def test_hours_are_set_up_and_units_of_every_source() -> None:
    quantity = np.array([[10.0, 0.0], [20.0, 5.0]])
    both = routings([0, 1], [0, 0], [2.0, 1.0], [0.5, 1.0])
    load = capacity_load(quantity, routings=both, available=np.array([[10.0], [10.0]]))
    assert load.hours[:, 0].tolist() == [7.0, 18.0]
    assert load.utilisation[:, 0].tolist() == [0.7, 1.8]
    assert load.over[:, 0].tolist() == [0.0, 8.0]


def test_a_closed_resource_with_work_is_overloaded_without_end() -> None:
    load = capacity_load(
        np.array([[1.0], [0.0]]), routings=routings([0], [0], [0.0], [1.0]), available=np.zeros((2, 1))
    )
    assert load.utilisation[:, 0].tolist() == [np.inf, 0.0]


@pytest.mark.parametrize(
    ("source", "resource", "periods"), [(3, 0, 1), (0, 2, 1), (0, 0, 2)], ids=["source", "resource", "periods"]
)
def test_what_does_not_fit_is_refused(source: int, resource: int, periods: int) -> None:
    with pytest.raises(AnalyticsError):
        capacity_load(
            np.ones((1, 1)), routings=routings([source], [resource], [0.0], [1.0]), available=np.ones((periods, 1))
        )


def test_work_that_does_not_fit_waits_until_there_is_time() -> None:
    load = Load(hours=column(12, 12, 5, 0), available=column(10, 10, 10, 0))
    assert carried_over(load)[:, 0].tolist() == [2, 4, 0, 0]


def test_work_of_a_closed_period_waits() -> None:
    load = Load(hours=column(5, 5, 0), available=column(0, 8, 8))
    assert carried_over(load)[:, 0].tolist() == [5, 2, 0]


@pytest.mark.parametrize(
    ("excess", "free", "setup", "moved"),
    [
        (3.0, [5.0, 5.0], 0.0, [0.0, 3.0]),  # the nearest period first
        (7.0, [5.0, 5.0], 0.0, [2.0, 5.0]),
        (7.0, [5.0, 5.0], 1.0, [3.0, 4.0]),  # each takes a set-up
        (9.0, [1.0, -2.0], 0.0, [1.0, 0.0]),  # no more than there is room for
        (1.0, [], 0.0, []),
        (0.0, [4.0], 1.0, [0.0]),
    ],
    ids=["nearest", "two", "set-up", "no room", "no period", "nothing"],
)
def test_work_is_brought_forward(excess: float, free: list[float], setup: float, moved: list[float]) -> None:
    assert brought_forward(excess, free=np.array(free), setup=setup).tolist() == pytest.approx(moved)
