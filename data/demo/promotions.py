"""When each product is promoted, what that does to its demand, and the plan in which it is written down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.calendar import Calendar
from data.demo.frames import numbered, rows
from data.demo.people import MARKETING_ID, PLANNER_ID
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
EXPECTED_EVERY = 5
EXPECTED_TOO_MUCH = 0.1
PROPOSED_AFTER_DAYS = 30
BUDGET_A_DAY = 400.0
PROMOTED = [place for place, rule in enumerate(CHANNELS) if rule.promoted]


def make_promotions(goods: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Columns product_id, starts_on, ends_on, discount, uplift; one about every PROMOTION_EVERY_DAYS per product.

    Goods have id, category, launched_on and ends_on: what is not sold yet, or no longer, is not promoted.
    """
    rng = stream("promotions")
    found = []
    for good in rows(goods):
        day = int(rng.integers(10, PROMOTION_EVERY_DAYS))
        while day < calendar.history + calendar.horizon:
            length = int(rng.choice(PROMOTION_DAYS))
            discount = float(rng.choice(PROMOTION_DISCOUNTS))
            start = calendar.day(day)
            end = start + timedelta(days=length - 1)
            if _is_sold(good, start, end):
                found.append((good.id, start, end, discount, promotion_uplift(str(good.category), discount)))
            day += PROMOTION_EVERY_DAYS + int(rng.integers(-20, 21))
    return pd.DataFrame(found, columns=["product_id", "starts_on", "ends_on", "discount", "uplift"])


def planning_events(promotions: pd.DataFrame, products: pd.DataFrame, channels: pd.DataFrame) -> pd.DataFrame:
    """Table planning_event: every promotion once for each of ``channels`` (id, code, name), at all locations."""
    planned = promotions.merge(products[["id", "code", "name"]].add_prefix("product_"), on="product_id")
    planned = planned.merge(channels[["id", "code", "name"]].add_prefix("channel_"), how="cross")
    return numbered(
        pd.DataFrame(
            {
                "code": [f"PROMO-{p.product_code}-{p.starts_on:%Y%m%d}-{p.channel_code}" for p in rows(planned)],
                "name": [f"{p.product_name}: {p.discount:.0%} off in {p.channel_name}" for p in rows(planned)],
                "kind": "promotion",
                "product_id": planned["product_id"],
                "channel_id": planned["channel_id"],
                "starts_on": planned["starts_on"],
                "ends_on": planned["ends_on"],
                "discount": planned["discount"],
                "status": "approved",
                "created_by": PLANNER_ID,
            }
        )
    )


def with_expectations(events: pd.DataFrame, promotions: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """What marketing expects of the events of every ``EXPECTED_EVERY``th product: the truth of the rules for those to
    come, that and ``EXPECTED_TOO_MUCH`` for those that are over. Of those to come every second product's wait for
    approval once they are ``PROPOSED_AFTER_DAYS`` away."""
    truth = promotions[["product_id", "starts_on", "uplift"]]
    found = events.merge(truth, how="left", on=["product_id", "starts_on"])
    starts = pd.to_datetime(found["starts_on"])
    chosen = found["product_id"] % EXPECTED_EVERY == 0
    coming = starts >= pd.Timestamp(today)
    away = starts >= pd.Timestamp(today + timedelta(days=PROPOSED_AFTER_DAYS))
    asked = chosen & away & (found["product_id"] % (2 * EXPECTED_EVERY) == 0)
    expected = (found["uplift"] - 1.0) + np.where(coming, 0.0, EXPECTED_TOO_MUCH)
    length = (pd.to_datetime(found["ends_on"]) - starts).dt.days + 1
    return found.drop(columns="uplift").assign(
        mechanic="discount",
        expected_uplift=expected.where(chosen).round(4),
        pull_forward=pd.Series(1 - DIP_FACTOR, found.index).where(chosen & coming),
        budget=(length * BUDGET_A_DAY).where(chosen),
        owner_id=MARKETING_ID,
        status=found["status"].mask(asked, "proposed"),
    )


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


def _is_sold(good: Any, start: date, end: date) -> bool:
    launched = good.launched_on is None or end >= good.launched_on
    return launched and (good.ends_on is None or start <= good.ends_on)
