"""Three-way match of invoices: what was ordered, what was received and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.inputs import FloatArray, floats


@dataclass(frozen=True, slots=True)
class InvoiceMatch:
    """By line: what may still be invoiced, what that is worth at the ordered price, what the invoice asks above it, and
    which differences there are. ``expected`` and ``difference`` are NaN where a figure is not known."""

    open: FloatArray
    expected: FloatArray
    difference: FloatArray
    not_received: NDArray[np.bool_]
    quantity_differs: NDArray[np.bool_]
    price_differs: NDArray[np.bool_]

    @property
    def matched(self) -> NDArray[np.bool_]:
        """Lines without any difference."""
        return ~(self.not_received | self.quantity_differs | self.price_differs)


def invoice_match(
    invoiced: ArrayLike,
    price: ArrayLike,
    *,
    ordered_price: ArrayLike,
    received: ArrayLike,
    taken: ArrayLike,
    price_share: float,
    quantity_share: float,
) -> InvoiceMatch:
    """Invoice lines against order and receipts.

    Inputs: invoiced quantity and unit price of each line; ordered_price: of its order line; received quantity of the
        order line; taken: part of it that other invoices ask for; shares by which price (either way) and quantity
        (upwards: an invoice may ask for a part) may differ.
    Returns: the match. A line of which nothing is left to invoice is not received, and has no difference of quantity
        besides; expected is ordered price x the smaller of invoiced and open quantity. What is not known differs.
    Raises: AnalyticsError when the lengths differ.
    Source: APICS dictionary, three-way match; SAP, tolerances of invoice verification (price PP, quantity DQ).
    """
    asked, at, ordered, came, others = floats(invoiced, price, ordered_price, received, taken)
    left = np.maximum(came - others, 0.0)
    # Prices and quantities have four decimals: less than that is the binary representation.
    half = 0.5e-4
    not_received = ~(left > 0)
    within = asked <= left * (1 + quantity_share) + half
    same_price = np.abs(at - ordered) <= ordered * price_share + half
    expected = ordered * np.minimum(asked, left)
    return InvoiceMatch(
        open=left,
        expected=expected,
        difference=asked * at - expected,
        not_received=not_received,
        quantity_differs=~not_received & ~within,
        price_differs=~same_price,
    )
