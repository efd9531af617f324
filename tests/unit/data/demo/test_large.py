"""The large company in small: its figures follow its plan of promotions, in every piece."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from data.demo import large
from data.demo.rules import CHANNELS, promotion_uplift

TODAY = date(2026, 6, 17)
MODERN_TRADE = 1


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    found: dict[str, list[pd.DataFrame]] = {}
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(large, "PRODUCTS", 150)
        changed.setattr(large, "PIECE", 60)
        for frames in large._pieces(TODAY, large._mondays(TODAY), "hash"):
            for table, frame in frames.items():
                found.setdefault(table, []).append(frame)
    return {table: pd.concat(parts, ignore_index=True) for table, parts in found.items()}


@pytest.fixture(scope="module")
def promoted_weeks(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Weeks that a promotion covers from Monday to Sunday: product_id, day, discount, uplift."""
    category = tables["product"].set_index("id")["category"]
    found = []
    for event in tables["planning_event"].itertuples():
        monday = event.starts_on + timedelta(days=-event.starts_on.weekday() % 7)
        while monday + timedelta(days=6) <= event.ends_on:
            uplift = promotion_uplift(category[event.product_id], event.discount)
            found.append((event.product_id, pd.Timestamp(monday), event.discount, uplift))
            monday += timedelta(weeks=1)
    return pd.DataFrame(found, columns=["product_id", "day", "discount", "uplift"])


def test_goods_have_packs_and_prices_of_the_channels_that_sell(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables["product_pack"]["product_id"]) == set(range(1, 151))
    standard = tables["list_price"].query("price_list == 'standard'")
    assert set(standard["channel_id"]) == set(large.CHANNELS_OF_PLACES)
    assert len(tables["supplier_price_break"]) == 100


def test_only_channels_that_sell_are_promoted(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables["planning_event"]["channel_id"]) == {MODERN_TRADE}
    assert set(tables["planning_event"]["product_id"]) == set(range(1, 151))


def test_promoted_weeks_sell_more_at_the_lower_price(
    tables: dict[str, pd.DataFrame], promoted_weeks: pd.DataFrame
) -> None:
    sold = tables["demand_history"].query("channel_id == @MODERN_TRADE")
    usual = sold.groupby(["product_id", "location_id"])["quantity"].mean().rename("usual")
    weeks = sold.merge(promoted_weeks, on=["product_id", "day"]).join(usual, on=["product_id", "location_id"])
    assert len(weeks) > 300
    assert np.median(weeks["quantity"] / weeks["usual"] / weeks["uplift"]) == pytest.approx(1, abs=0.1)
    price = weeks["product_id"].map(tables["product"].set_index("id")["unit_price"]) * CHANNELS[0].price_share
    paid = weeks["revenue"] / weeks["quantity"]
    assert (1 - paid / price).to_numpy() == pytest.approx(weeks["discount"].to_numpy(), abs=0.02)


def test_other_channels_sell_as_ever(tables: dict[str, pd.DataFrame], promoted_weeks: pd.DataFrame) -> None:
    sold = tables["demand_history"].query("channel_id != @MODERN_TRADE")
    usual = sold.groupby(["product_id", "location_id"])["quantity"].mean().rename("usual")
    weeks = sold.merge(promoted_weeks, on=["product_id", "day"]).join(usual, on=["product_id", "location_id"])
    assert np.median(weeks["quantity"] / weeks["usual"]) == pytest.approx(1, abs=0.1)
