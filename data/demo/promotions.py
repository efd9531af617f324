"""When each product is promoted, and what that does to its demand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.calendar import Calendar
from data.demo.frames import rows
from data.demo.rules import (
    CHANNELS,
    DIP_DAYS,
    DIP_FACTOR,
    PROMOTION_DAYS,
    PROMOTION_DISCOUNTS,
    PROMOTION_EVERY_DAYS,
    promotion_uplift,
)
from data.demo.scale import stream

Floats = NDArray[np.float64]
PROMOTED = [place for place, rule in enumerate(CHANNELS) if rule.promoted]


def make_promotions(goods: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Columns product_id, starts_on, ends_on, discount, uplift; one about every PROMOTION_EVERY_DAYS per product."""
    rng = stream("promotions")
    found = []
    for good in rows(goods):
        day = int(rng.integers(10, PROMOTION_EVERY_DAYS))
        while day < calendar.history + calendar.horizon:
            length = int(rng.choice(PROMOTION_DAYS))
            discount = float(rng.choice(PROMOTION_DISCOUNTS))
            start = calendar.day(day)
            end = start + timedelta(days=length - 1)
            found.append((good.id, start, end, discount, promotion_uplift(str(good.category), discount)))
            day += PROMOTION_EVERY_DAYS + int(rng.integers(-20, 21))
    return pd.DataFrame(found, columns=["product_id", "starts_on", "ends_on", "discount", "uplift"])


def promotion_factors(promotions: pd.DataFrame, goods: pd.DataFrame, calendar: Calendar) -> Floats:
    """Uplift while it runs and the dip after it: products x channels x days, 1 where there is none."""
    factors = np.ones((len(goods), len(CHANNELS), calendar.history + calendar.horizon))
    for promotion in rows(promotions):
        row = promotion.product_id - 1
        after = promotion.ends_on + timedelta(days=1)
        dip = calendar.span(after, after + timedelta(days=DIP_DAYS - 1))
        factors[row, PROMOTED, calendar.span(promotion.starts_on, promotion.ends_on)] *= promotion.uplift
        factors[row, PROMOTED, dip] *= DIP_FACTOR
    return factors


def discounts(promotions: pd.DataFrame, goods: pd.DataFrame, calendar: Calendar) -> Floats:
    """Share taken off the price: products x channels x days."""
    taken = np.zeros((len(goods), len(CHANNELS), calendar.history + calendar.horizon))
    for promotion in rows(promotions):
        span = calendar.span(promotion.starts_on, promotion.ends_on)
        taken[promotion.product_id - 1, PROMOTED, span] = promotion.discount
    return taken
