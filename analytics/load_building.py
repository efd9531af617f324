"""Orders as they are shipped: whole layers and pallets, and how full the containers of a supplier are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats
from analytics.supply_plan.calendars import BoolArray

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ContainerLoad:
    """What an order fills: whole containers, and how full they are by the measure that binds (volume or weight)."""

    containers: int
    binding: str
    fill_rate: float
    volume: float
    weight: float
    free_volume: float
    free_weight: float
    items_not_measured: int


def rounded_to_packs(
    need: ArrayLike, *, pack_units: ArrayLike, pallet_units: ArrayLike = np.nan, pallet_tolerance: float = 0.1
) -> FloatArray:
    """Round a need up to whole packs (or layers), and on to whole pallets where that adds little.

    Inputs: need: units; pack_units, pallet_units: units in one, missing or 0 = no such; pallet_tolerance: fraction of
        the order that may be added to make its pallets whole.
    Returns: units; 0 where need is 0 or below, NaN where it is missing.
    Raises: AnalyticsError when the lengths differ or the tolerance is negative.
    Source: Silver, Pyke & Thomas, ch. 4 (pack sizes); practice of pallet rounding.
    """
    if not pallet_tolerance >= 0:
        raise AnalyticsError("the tolerance must be a fraction from 0")
    wanted, pack, pallet = floats(need, pack_units, pallet_units)
    packed = _whole(np.maximum(wanted, 0.0), pack)
    palleted = _whole(packed, pallet)
    return np.where(palleted <= packed * (1 + pallet_tolerance) * (1 + _ROUNDING), palleted, packed)


def container_load(
    quantity: ArrayLike,
    *,
    volume_per_unit: ArrayLike,
    weight_per_unit: ArrayLike,
    container_volume: float,
    container_weight: float,
) -> ContainerLoad:
    """How many containers the orders of a supplier need, and the room left in them.

    Inputs: quantity: units, per item; volume_per_unit, weight_per_unit: in the units of the container's;
        container_volume, container_weight: what one takes.
    Returns: ContainerLoad; an item without volume or weight takes no room and is counted.
    Raises: AnalyticsError when the lengths differ or a container takes nothing.
    Source: practice of load building: the measure that fills first decides.
    """
    if not (container_volume > 0 and container_weight > 0):
        raise AnalyticsError("a container must take some volume and weight")
    units, volume_each, weight_each = floats(quantity, volume_per_unit, weight_per_unit)
    units = np.where(units > 0, units, 0.0)
    volume, weight = (float(np.nansum(units * each)) for each in (volume_each, weight_each))
    by_volume, by_weight = volume / container_volume, weight / container_weight
    filled = max(by_volume, by_weight)
    containers = int(np.ceil(filled - _ROUNDING))
    return ContainerLoad(
        containers,
        "volume" if by_volume >= by_weight else "weight",
        filled / containers if containers else 0.0,
        volume,
        weight,
        max(containers * container_volume - volume, 0.0),
        max(containers * container_weight - weight, 0.0),
        int((np.isnan(volume_each + weight_each) & (units > 0)).sum()),
    )


def container_fill(
    pallets: ArrayLike, *, load: ArrayLike, loads: int, container_pallets: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """How many containers each of many loads needs, and how full they are.

    Inputs: pallets: of each order, NaN where its size isn't known (takes no room); load: number of the load that an
        order belongs to; loads: how many; container_pallets: pallets one container takes, per load, NaN if unknown.
    Returns: pallets of each load, and its containers with their part (2.4 = two full ones and one at 40 %), NaN where
        the container isn't known.
    Raises: AnalyticsError when the lengths differ.
    Source: practice of load building; container_load where volume and weight are known.
    """
    (own,), (size,) = floats(pallets), floats(container_pallets)
    number = np.asarray(load, dtype=np.int64)
    if len(number) != len(own) or len(size) != loads:
        raise AnalyticsError("each order needs a load, each load a container")
    total = np.bincount(number, weights=np.nan_to_num(own), minlength=loads).astype(np.float64)
    return total, total / np.where(size > 0, size, np.nan)


def container_top_up(
    pallets: ArrayLike, *, load: ArrayLike, chosen: BoolArray, loads: int, container_pallets: ArrayLike
) -> BoolArray:
    """Which further orders fit into the room that is left in the last container of each load.

    Inputs: pallets, load, loads, container_pallets: as container_fill, orders by preference; chosen: the orders that
        are shipped anyway.
    Returns: per order, whether it is added: the first that fits, then the next; none to a load without a chosen order,
        and none whose size isn't known.
    Raises: AnalyticsError when the lengths differ.
    Source: practice of load building (first fit by preference).
    """
    (own,), (size,) = floats(pallets), floats(container_pallets)
    number = np.asarray(load, dtype=np.int64)
    _total, containers = container_fill(np.where(chosen, own, np.nan), load=number, loads=loads, container_pallets=size)
    room = np.nan_to_num((np.ceil(containers - _ROUNDING) - containers) * size)
    added = np.zeros(len(own), dtype=bool)
    for place in np.flatnonzero(~np.asarray(chosen, dtype=bool) & (own > 0)):
        if own[place] <= room[number[place]] + _ROUNDING:
            added[place] = True
            room[number[place]] -= own[place]
    return added


def _whole(quantity: FloatArray, size: FloatArray) -> FloatArray:
    step = np.where(size > 0, size, np.nan)
    return np.where(np.isnan(step), quantity, np.ceil(quantity / step - _ROUNDING) * step)
