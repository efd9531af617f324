"""Pallets and containers: by hand, and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.load_building import container_fill, container_load, container_top_up, rounded_to_packs

BOX = {"container_volume": 30.0, "container_weight": 20_000.0}


def test_a_pallet_is_made_whole_where_that_adds_little() -> None:
    found = rounded_to_packs([455, 300, 480, 0, -5, np.nan], pack_units=24, pallet_units=480)
    assert found[:5].tolist() == [480, 312, 480, 0, 0]
    assert np.isnan(found[5])
    assert rounded_to_packs(300, pack_units=24, pallet_units=480, pallet_tolerance=1)[0] == 480


def test_without_packs_or_pallets_nothing_is_rounded() -> None:
    found = rounded_to_packs([7.5, 7.5, 7.5], pack_units=[np.nan, 0, 5], pallet_units=[np.nan, np.nan, 0])
    assert found.tolist() == [7.5, 7.5, 10]
    assert rounded_to_packs([], pack_units=1).size == 0


@given(st.floats(0, 1e5), st.integers(1, 50), st.integers(1, 40), st.floats(0, 1))
def test_rounding_covers_the_need_in_whole_packs(need: float, pack: int, packs: int, tolerance: float) -> None:
    pallet = pack * packs
    found = rounded_to_packs(need, pack_units=pack, pallet_units=pallet, pallet_tolerance=tolerance)[0]
    assert found >= need * (1 - 1e-6) - 1e-6
    assert found / pack == pytest.approx(round(found / pack))
    assert found <= (need + pack) * (1 + tolerance) * (1 + 1e-6)


def test_the_measure_that_fills_first_decides() -> None:
    load = container_load([100, 50], volume_per_unit=[0.5, 0.2], weight_per_unit=[10, 300], **BOX)
    assert (load.volume, load.weight) == (60, 16_000)
    assert (load.containers, load.binding, load.fill_rate) == (2, "volume", 1)
    assert (load.free_volume, load.free_weight) == (0, 24_000)
    heavy = container_load(50, volume_per_unit=0.1, weight_per_unit=500, **BOX)
    assert (heavy.containers, heavy.binding, heavy.fill_rate) == (2, "weight", 0.625)


def test_what_is_not_measured_is_said() -> None:
    load = container_load([10, 10, 0], volume_per_unit=[1, np.nan, np.nan], weight_per_unit=1, **BOX)
    assert (load.volume, load.items_not_measured) == (10, 1)
    empty = container_load([], volume_per_unit=[], weight_per_unit=[], **BOX)
    assert (empty.containers, empty.fill_rate) == (0, 0)


def test_loads_fill_containers_by_their_pallets() -> None:
    pallets, containers = container_fill(
        [10, 14, 3, np.nan], load=[0, 0, 1, 1], loads=3, container_pallets=[10, np.nan, 20]
    )
    assert pallets.tolist() == [24, 3, 0]
    assert containers[0] == pytest.approx(2.4)
    assert np.isnan(containers[1])
    assert containers[2] == 0


def test_room_in_the_last_container_is_filled_by_preference() -> None:
    orders = {"pallets": [8, 3, 2, 1, np.nan, 1], "load": [0, 0, 0, 0, 0, 1], "loads": 2}
    chosen = np.array([True, False, False, False, False, False])
    added = container_top_up(**orders, chosen=chosen, container_pallets=[10, 10])
    assert added.tolist() == [False, False, True, False, False, False]
    full = container_top_up(**orders, chosen=chosen, container_pallets=[8, 10])
    assert not full.any()
    assert not container_top_up(**orders, chosen=chosen, container_pallets=[np.nan, 10]).any()


@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=20), st.floats(1, 40), st.data())
def test_what_is_added_takes_no_further_container(pallets: list[float], size: float, data: st.DataObject) -> None:
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(pallets), max_size=len(pallets))))
    load = np.zeros(len(pallets), dtype=int)
    added = container_top_up(pallets, load=load, chosen=chosen, loads=1, container_pallets=[size])
    before = np.ceil(np.array(pallets)[chosen].sum() / size - 1e-9)
    assert np.array(pallets)[chosen | added].sum() <= before * size * (1 + 1e-6) + 1e-6
    assert not (added & chosen).any()


def test_bad_settings_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="each order"):
        container_fill([1, 2], load=[0], loads=1, container_pallets=[10])
    with pytest.raises(AnalyticsError, match="tolerance"):
        rounded_to_packs(1, pack_units=1, pallet_tolerance=-0.1)
    with pytest.raises(AnalyticsError, match="container"):
        container_load(1, volume_per_unit=1, weight_per_unit=1, container_volume=0, container_weight=1)
