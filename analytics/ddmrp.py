"""Demand-driven buffers: zones sized from average usage and lead time, orders from the net flow position.

Arrays hold one entry per item, units in the base unit of measure, times in days; NaN where an input is missing or
negative.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats, not_negative
from analytics.order_quantity import BoundedQuantity, bounded_quantity


class BufferZone(StrEnum):
    """Where a position stands in its buffer; NONE without a buffer."""

    EMPTY = "empty"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    ABOVE = "above"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """Zones in units: red is red_base + red_safety."""

    red_base: FloatArray
    red_safety: FloatArray
    yellow: FloatArray
    green: FloatArray

    @property
    def top_of_red(self) -> FloatArray:
        return self.red_base + self.red_safety

    @property
    def top_of_yellow(self) -> FloatArray:
        """At or below it an order is due."""
        return self.top_of_red + self.yellow

    @property
    def top_of_green(self) -> FloatArray:
        """An order fills up to it."""
        return self.top_of_yellow + self.green


def ddmrp_buffer(
    average_daily_usage: ArrayLike,
    *,
    lead_time_days: ArrayLike,
    lead_time_factor: ArrayLike,
    variability_factor: ArrayLike,
    order_cycle_days: ArrayLike = np.nan,
    moq: ArrayLike = np.nan,
) -> Buffer:
    """Zones of every item's buffer.

    Inputs: average_daily_usage: units a day; lead_time_days: decoupled lead time; lead_time_factor (the smaller, the
        longer the lead time), variability_factor: fractions; order_cycle_days: days between orders, moq: units,
        missing = none.
    Returns: Buffer.
    Raises: AnalyticsError when the lengths differ.
    Source: Ptak & Smith, Demand Driven Material Requirements Planning; glossary: red = DLT·ADU·f_LT·(1 + f_var), yellow
        = DLT·ADU, green = max(MOQ, cycle·ADU, DLT·ADU·f_LT).
    """
    usage, lead_time, factor, variability, cycle, least = not_negative(
        *floats(average_daily_usage, lead_time_days, lead_time_factor, variability_factor, order_cycle_days, moq)
    )
    yellow = lead_time * usage
    base = yellow * factor
    green = np.where(np.isnan(base), np.nan, np.fmax(base, np.fmax(least, cycle * usage)))
    return Buffer(base, base * variability, yellow, green)


def qualified_demand(
    orders: ArrayLike,
    *,
    past_due: ArrayLike = 0.0,
    spike_threshold: ArrayLike,
    spike_horizon_days: ArrayLike,
) -> FloatArray:
    """Demand an order today must reckon with: past due, today's, and the spikes that are known.

    Inputs: orders: days x items, units due, row 0 = today; past_due: units, per item; spike_threshold: units a day from
        which a coming day's orders are a spike; spike_horizon_days: days after today that are watched.
    Returns: units per item; a spike counts with the whole of its day.
    Raises: AnalyticsError when orders is not two-dimensional, has no day, or the lengths differ.
    Source: Ptak & Smith, order spike threshold and horizon (a share of the red zone, the lead time).
    """
    due = np.asarray(orders, dtype=np.float64)
    if due.ndim != 2 or due.shape[0] == 0:
        raise AnalyticsError("orders must be days x items, with today at least")
    late, threshold, horizon, _ = floats(past_due, spike_threshold, spike_horizon_days, np.zeros(due.shape[1]))
    day = np.arange(1, due.shape[0])[:, None]
    spike = (due[1:] >= threshold) & (due[1:] > 0) & (day <= horizon)
    return np.asarray(late + due[0] + np.where(spike, due[1:], 0.0).sum(axis=0))


def net_flow_position(on_hand: ArrayLike, *, on_order: ArrayLike, qualified_demand: ArrayLike) -> FloatArray:
    """Stock there and coming, less the demand that is sure.

    Inputs: on_hand, on_order, qualified_demand: units, per item.
    Returns: units, may be negative.
    Raises: AnalyticsError when the lengths differ.
    Source: Ptak & Smith, net flow equation.
    """
    there, coming, demand = floats(on_hand, on_order, qualified_demand)
    return there + coming - demand


def ddmrp_order(
    net_flow: ArrayLike, *, buffer: Buffer, moq: ArrayLike = np.nan, multiple: ArrayLike = np.nan
) -> BoundedQuantity:
    """What to order now: at or below the top of yellow, up to the top of green.

    Inputs: net_flow: net flow position, units, per item; buffer: of the same items; moq, multiple: units per order.
    Returns: BoundedQuantity; 0 above the top of yellow, NaN without a buffer.
    Raises: AnalyticsError when the lengths differ.
    Source: Ptak & Smith, demand driven planning.
    """
    position, trigger, target = floats(net_flow, buffer.top_of_yellow, buffer.top_of_green)
    known = ~np.isnan(position + target)
    need = np.where(known, np.where(position <= trigger, target - position, 0.0), np.nan)
    return bounded_quantity(need, moq=moq, multiple=multiple)


def buffer_zones(position: ArrayLike, *, buffer: Buffer) -> NDArray[np.str_]:
    """The zone in which a position stands: of net flow for planning, of stock on hand for execution.

    Inputs: position: units, per item; buffer: of the same items.
    Returns: BufferZone per item; the top of a zone belongs to it.
    Raises: AnalyticsError when the lengths differ.
    Source: Ptak & Smith, planning and execution priority.
    """
    level, red, yellow, green = floats(position, buffer.top_of_red, buffer.top_of_yellow, buffer.top_of_green)
    conditions = [np.isnan(level + green), level <= 0, level <= red, level <= yellow, level <= green]
    zones = [BufferZone.NONE, BufferZone.EMPTY, BufferZone.RED, BufferZone.YELLOW, BufferZone.GREEN]
    return np.select(conditions, zones, default=BufferZone.ABOVE)


def buffer_priority(position: ArrayLike, *, zone_top: ArrayLike) -> FloatArray:
    """How full a buffer is, to rank items by: net flow against the top of green, on hand against the top of red.

    Inputs: position, zone_top: units, per item.
    Returns: fraction (2.2222 = 222.22 %); NaN without a buffer.
    Raises: AnalyticsError when the lengths differ.
    Source: Ptak & Smith, planning priority by percentage.
    """
    level, top = floats(position, zone_top)
    return level / np.where(top > 0, top, np.nan)
