"""What customers expect to need, as the word of customers about the whole demand of a product at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PartnerWord:
    """What one partner says. ``share``: (leaves,), the part of the demand of each leaf that is its own, 0 to 1;
    ``quantity``: leaves x months, units it expects to need, NaN where it says nothing."""

    share: FloatArray
    quantity: FloatArray


def partner_stream(baseline: FloatArray, words: Sequence[PartnerWord]) -> FloatArray:
    """The demand of each leaf when partners' own figures stand in the place of their part of the baseline.

    Inputs: baseline: leaves x months, units; words: of each partner that speaks.
    Returns: leaves x months: baseline x (1 - the share of those who speak, at most 1) + what they say; NaN where none
        speaks.
    Raises: AnalyticsError for shapes that differ and for shares outside 0 to 1.
    Source: ours, docs/demand-plan.md; a leaf has no level of customers, so the rest of it stays as it was expected.
    """
    shape = baseline.shape
    own, said, spoken = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for word in words:
        if word.quantity.shape != shape or word.share.shape != shape[:1]:
            raise AnalyticsError("a partner's word must have the leaves and months of the baseline")
        if not ((word.share >= 0) & (word.share <= 1)).all():
            raise AnalyticsError("shares must be from 0 to 1")
        speaks = ~np.isnan(word.quantity)
        own += np.where(speaks, word.share[:, None], 0.0)
        said += np.where(speaks, word.quantity, 0.0)
        spoken |= speaks
    rest = baseline * (1.0 - np.minimum(own, 1.0))
    found: FloatArray = np.where(spoken, rest + said, np.nan)
    return found
