"""Remarks on orders that stay inside the company."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.scale import Scale, stream

NOTED_SHARE = 0.05
NOTES = {
    "purchase": (
        "Price agreed by phone, contract to follow.",
        "Last two deliveries were late: chase a week before.",
        "Second source is 4 % cheaper; keep it from the supplier.",
        "Buffer for the festive season.",
        "Quality claim open, do not raise volume.",
    ),
    "production": (
        "Brand owner pays late: release only with finance.",
        "Run after the allergen-free batch.",
        "Margin below target, renegotiate the fee.",
        "Use the older label stock first.",
    ),
    "sales": (
        "Threatens to delist: serve first.",
        "Credit limit nearly used, ask finance.",
        "Discount beyond the price list, approved by the director.",
        "Promotion volume, will not repeat.",
    ),
}


def internal_notes(subject: str, partners: pd.Series, numbers: pd.Series, scale: Scale) -> NDArray[np.object_]:
    """What no partner may read: a canary on every order in the small company, now and then a note otherwise.

    partners: codes, missing where no partner is concerned.
    """
    if scale.canaries:
        return np.asarray("CANARY-" + partners.fillna("INTERNAL") + "-" + numbers, dtype=object)
    rng = stream(f"{subject} notes")
    drawn = np.array(NOTES[subject], dtype=object)[rng.integers(0, len(NOTES[subject]), len(numbers))]
    drawn[rng.random(len(numbers)) >= NOTED_SHARE] = None
    return drawn
