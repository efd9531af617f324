"""Why revenue is not what was planned: a difference taken apart into volume, mix and price that add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

EFFECTS = ("volume", "mix", "price")


@dataclass(frozen=True, slots=True, eq=False)
class Bridge:
    """A difference by item, RM: before + volume + mix + price = after, for each item and in all."""

    before: FloatArray
    volume: FloatArray
    mix: FloatArray
    price: FloatArray
    after: FloatArray

    def effect(self, name: str) -> FloatArray:
        """One of EFFECTS by item."""
        return {"volume": self.volume, "mix": self.mix, "price": self.price}[name]

    def total(self, name: str) -> float:
        """One of EFFECTS, of all items."""
        return float(self.effect(name).sum())


def bridge(
    quantity_before: FloatArray, value_before: FloatArray, quantity_after: FloatArray, value_after: FloatArray
) -> Bridge:
    """Take the difference of two values apart by item.

    Inputs: (items,) units and RM of what is compared with, and of what is looked at; no NaN.
    Returns: Bridge. Volume is what more or less of everything does at the old average price and mix; mix that items
        did not grow alike, at old prices; price the rest: other prices for what was sold. An item that is new has no
        old price and counts at its own one, as mix. Where nothing was there before, all of it is volume.
    Raises: AnalyticsError for inputs of several lengths.
    Source: standard variance analysis; formulas.md 3.3: volume (Q1−Q0)·P̄0, mix Σ(q1−Q1·s0)·p0, price Σ(p1−p0)·q1.
    """
    given = (quantity_before, value_before, quantity_after, value_after)
    if len({values.shape for values in given}) > 1:
        raise AnalyticsError("items differ between the two sides")
    total = float(quantity_before.sum())
    if total <= 0:
        none = np.zeros_like(value_before)
        return Bridge(value_before, value_after - value_before, none, none, value_after)
    price = _price(*given)
    at_old_mix = quantity_after.sum() * (quantity_before / total)
    volume = (at_old_mix - quantity_before) * price
    mix = (quantity_after - at_old_mix) * price
    # The rest, so that it adds up to the last sen; (p1 - p0) · q1 wherever there are quantities.
    rest = value_after - value_before - volume - mix
    return Bridge(value_before, volume, mix, rest, value_after)


def _price(
    quantity_before: FloatArray, value_before: FloatArray, quantity_after: FloatArray, value_after: FloatArray
) -> FloatArray:
    """RM a unit before; of what was not there, RM a unit now."""
    now = np.divide(value_after, quantity_after, out=np.zeros_like(value_after), where=quantity_after != 0)
    return np.divide(value_before, quantity_before, out=now, where=quantity_before != 0)
