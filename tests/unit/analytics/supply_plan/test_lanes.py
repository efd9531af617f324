"""Lanes apply to the items they are for, never in a circle, and leave the rest to an item's own sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.supply_plan.lanes import circular, lanes_in_use, shares_beside, without_circles

TEA, CHIPS = 1, 2
PLANT, KLANG, PENANG = 10, 20, 30


def lanes(*rows: tuple[int | None, int, int]) -> pd.DataFrame:
    columns = ["product_id", "from_location_id", "to_location_id"]
    return pd.DataFrame(rows, columns=columns).assign(lane_id=range(1, len(rows) + 1))


def items(*rows: tuple[int, int, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["product_id", "location_id", "own"])


def used(found: pd.DataFrame) -> list[tuple[int, int, int]]:
    return sorted(found[["product_id", "from_location_id", "to_location_id"]].itertuples(index=False, name=None))


def test_a_lane_for_any_product_brings_what_the_place_has_no_source_for() -> None:
    found = lanes_in_use(items((TEA, KLANG, False), (CHIPS, KLANG, True)), lanes((None, PLANT, KLANG)))
    assert used(found) == [(TEA, PLANT, KLANG)]


def test_the_lane_of_a_product_goes_before_one_for_any_and_before_buying() -> None:
    known = lanes((None, PLANT, PENANG), (TEA, KLANG, PENANG), (CHIPS, KLANG, PENANG))
    found = lanes_in_use(items((TEA, PENANG, False), (CHIPS, PENANG, True)), known)
    assert used(found) == [(TEA, KLANG, PENANG), (CHIPS, KLANG, PENANG)]


@pytest.mark.parametrize("known", [lanes(), lanes((None, PLANT, PENANG))], ids=["no lanes", "lanes elsewhere"])
def test_without_a_lane_nothing_is_moved(known: pd.DataFrame) -> None:
    assert lanes_in_use(items((TEA, KLANG, False)), known).empty
    assert without_circles(lanes_in_use(items(), known)).empty


def test_lanes_there_and_back_are_left_out_for_that_product_only() -> None:
    known = lanes((None, PLANT, KLANG), (TEA, KLANG, PENANG), (TEA, PENANG, KLANG), (CHIPS, KLANG, PENANG))
    places = [(product, place, False) for product in (TEA, CHIPS) for place in (PLANT, KLANG, PENANG)]
    assert used(without_circles(lanes_in_use(items(*places), known))) == [(CHIPS, PLANT, KLANG), (CHIPS, KLANG, PENANG)]


def test_a_way_into_a_circle_is_no_part_of_it() -> None:
    assert circular(np.array([0, 1, 2, 3]), np.array([1, 2, 1, 4])).tolist() == [False, True, True, False]
    assert circular(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)).size == 0


def test_own_sources_share_what_lanes_leave() -> None:
    lane_share, lane_node = np.array([0.6, 1.0]), np.array([0, 1])
    own_share, own_node = np.array([0.7, 0.3, 1.0, 0.7, 0.2]), np.array([0, 0, 1, 2, 2])
    kept = shares_beside(lane_share, lane_node, own_share, own_node)
    assert kept == pytest.approx([0.28, 0.12, 0.0, 0.7, 0.2])
