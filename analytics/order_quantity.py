"""What is really ordered when a need meets a supplier's terms, and which term decided.

Arrays hold one entry per item, units in the base unit of measure. A term that is missing or 0 is no term.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.inputs import FloatArray, floats
from analytics.lot_sizing import eoq

_ROUNDING = 1e-9
_DAYS_PER_YEAR = 365

Codes = NDArray[np.str_]


class Bound(StrEnum):
    """Which rule set the quantity."""

    NOTHING = "nothing"
    MOQ = "moq"
    MULTIPLE = "multiple"
    MAXIMUM = "maximum"
    LOT_OVER_MAXIMUM = "lot_over_maximum"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """Where the quantity before bounds comes from."""

    EOQ = "eoq"
    COVER = "cover"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BoundedQuantity:
    """Quantities to order and, per item, the Bound that set each."""

    quantity: FloatArray
    bound: Codes


@dataclass(frozen=True, slots=True)
class OrderQuantity:
    """Regular order quantities: the wish, its Basis, what the terms make of it and the Bound that did."""

    wanted: FloatArray
    basis: Codes
    quantity: FloatArray
    bound: Codes


def bounded_quantity(
    need: ArrayLike, *, moq: ArrayLike = np.nan, multiple: ArrayLike = np.nan, maximum: ArrayLike = np.nan
) -> BoundedQuantity:
    """Round a need up to what can be ordered: at least the MOQ, whole multiples, at most the maximum.

    Inputs: need: units; moq, multiple, maximum: units per order, missing or 0 = no such term.
    Returns: BoundedQuantity: 0 where need is 0 or below, NaN where it is missing. Where even the smallest lot
        exceeds the maximum the supplier's lot stands, marked lot_over_maximum, for a person to decide.
    Raises: AnalyticsError when the lengths differ.
    Source: glossary, lot sizing (OCA DDMRP and Odoo order rules).
    """
    need_, moq_, step, cap = floats(need, moq, multiple, maximum)
    moq_, step, cap = np.where(moq_ > 0, moq_, 0.0), _term(step), np.where(cap > 0, cap, np.inf)
    smallest = np.fmax(_rounded_up(moq_, step), np.where(np.isnan(step), 0.0, step))
    rounded = np.fmax(_rounded_up(np.maximum(need_, moq_), step), smallest)
    capped = _rounded_down(cap, step)
    over = rounded > cap * (1 + _ROUNDING)
    quantity = np.where(over, np.maximum(capped, smallest), rounded)
    unknown, idle = np.isnan(need_), need_ <= 0
    bound = np.select(
        [unknown, idle, over & (smallest > cap), over, need_ < moq_, rounded > need_ * (1 + _ROUNDING)],
        [Bound.UNKNOWN, Bound.NOTHING, Bound.LOT_OVER_MAXIMUM, Bound.MAXIMUM, Bound.MOQ, Bound.MULTIPLE],
        default=Bound.NOTHING,
    )
    return BoundedQuantity(np.where(unknown, np.nan, np.where(idle, 0.0, quantity)), bound)


def order_quantity(
    mean_daily_demand: ArrayLike,
    *,
    cover_days: ArrayLike,
    order_cost: ArrayLike = np.nan,
    holding_cost_per_unit_year: ArrayLike = np.nan,
    moq: ArrayLike = np.nan,
    multiple: ArrayLike = np.nan,
    maximum: ArrayLike = np.nan,
) -> OrderQuantity:
    """Regular order quantity: the EOQ where its costs are known, else demand times cover, within the terms.

    Inputs: mean_daily_demand: units a day; cover_days: days an order should last; order_cost: money per order;
        holding_cost_per_unit_year: money; moq, multiple, maximum: as in bounded_quantity.
    Returns: OrderQuantity; 0 for an item without demand, NaN where neither rule has its inputs.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, section 3.2 (EOQ); glossary, simple suggestion (cover).
    """
    demand, cover, order, holding = floats(mean_daily_demand, cover_days, order_cost, holding_cost_per_unit_year)
    economic = eoq(demand * _DAYS_PER_YEAR, order_cost=order, holding_cost_per_unit_year=holding)
    covering = np.where(demand == 0, 0.0, np.where((demand > 0) & (cover > 0), demand * cover, np.nan))
    wanted = np.where(np.isnan(economic), covering, economic)
    basis = np.select([~np.isnan(economic), ~np.isnan(covering)], [Basis.EOQ, Basis.COVER], default=Basis.UNKNOWN)
    bounded = bounded_quantity(wanted, moq=moq, multiple=multiple, maximum=maximum)
    return OrderQuantity(wanted, basis, bounded.quantity, bounded.bound)


def _term(value: FloatArray) -> FloatArray:
    return np.where(value > 0, value, np.nan)


def _rounded_up(value: FloatArray, step: FloatArray) -> FloatArray:
    return np.where(np.isnan(step), value, np.ceil(value / step - _ROUNDING) * step)


def _rounded_down(value: FloatArray, step: FloatArray) -> FloatArray:
    return np.where(np.isnan(step), value, np.floor(value / step + _ROUNDING) * step)
