"""What the forecasting engine learns from the demo company's sales is what its rules say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.drivers import Drivers
from analytics.forecasting.event_drivers import event_drivers
from analytics.forecasting.event_effects import event_effects, related_promotions
from analytics.forecasting.feasts import calendar_drivers
from data.demo.company import DemoCompany
from data.demo.rules import CATEGORIES, CHANNELS, DIP_FACTOR, FEAST_WINDOWS, PROMOTION_ELASTICITY, FeastWindow

PERIOD = {"W-MON": "W-SUN", "D": "D"}  # as pandas names the period that starts on that day
KNOWN_SHARE = 0.6  # of the periods must have sales


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """Units sold per period (whole periods only) of product x location; share: of the channels, per series."""

    units: pd.DataFrame
    share: pd.DataFrame
    products: pd.DataFrame


def sales(company: DemoCompany, *, channels: tuple[str, ...], frequency: str) -> Sales:
    """Of steady products that neither come nor go and sell all the time."""
    products, series = company.frames["product"].set_index("id"), company.demand.series
    steady = products.index[products["launched_on"].isna() & products["ends_on"].isna()]
    sporadic = series.loc[series["rate"] > 0, "product_id"]
    ids = [number for number, rule in enumerate(CHANNELS, start=1) if rule.code in channels]
    rows = company.frames["demand_history"]
    rows = rows[rows["channel_id"].isin(ids) & rows["product_id"].isin(steady.difference(sporadic))]
    days = pd.DatetimeIndex(company.basis.calendar.days[: company.basis.calendar.history])
    whole = days.to_period(PERIOD[frequency]).value_counts()
    whole = whole.index[whole == whole.max()].sort_values().to_timestamp()
    start = pd.DatetimeIndex(rows["day"]).to_period(PERIOD[frequency]).to_timestamp()
    keys = [rows["product_id"], rows["location_id"]]
    units = rows["quantity"].groupby([start, *keys]).sum().unstack([1, 2]).reindex(whole)
    units = units.loc[:, units.notna().mean() >= KNOWN_SHARE].astype(float)
    share = rows["quantity"].groupby([*keys, rows["channel_id"]]).sum().unstack(fill_value=0).loc[units.columns]
    return Sales(units, share.div(share.sum(axis=1), axis=0), products.loc[units.columns.get_level_values(0)])


def effects(company: DemoCompany, *, channels: tuple[str, ...], frequency: str) -> pd.DataFrame:
    """As of analytics.forecasting.event_effects, with all that is planned or known from the calendar as drivers."""
    sold = sales(company, channels=channels, frequency=frequency)
    periods = pd.date_range(sold.units.index[0], periods=len(sold.units), freq=frequency)
    calendar = calendar_drivers(periods, frequency=frequency, state="SGR")
    planned = event_drivers(
        events_of(company, sold), channel_shares=sold.share.to_numpy(), periods=periods, frequency=frequency
    )
    promotion = planned.values[planned.names.index("promotion")]
    locations = sold.units.columns.get_level_values(1).astype(str)
    values = {
        **{name: planned.values[planned.names.index(name)] for name in ("discount", "after_promotion")},
        "family_promotion": related_promotions(promotion, sold.products["family"].to_numpy() + "/" + locations),
        **{name: row[:, None] + 0 * promotion for name, row in zip(calendar.names, calendar.values, strict=True)},
    }
    return event_effects(
        np.log(sold.units.to_numpy()),
        ids=[f"{product}/{location}" for product, location in sold.units.columns],
        groups=sold.products["category"].tolist(),
        periods=periods,
        drivers=Drivers(tuple(values), np.stack(list(values.values()))),
    )


def events_of(company: DemoCompany, sold: Sales) -> pd.DataFrame:
    series = sold.units.columns.to_frame(index=False)["product_id"].rename_axis("series").reset_index()
    channel = pd.Series(range(sold.share.shape[1]), index=sold.share.columns, name="channel")
    return company.frames["planning_event"].merge(series, on="product_id").join(channel, on="channel_id", how="inner")


@pytest.fixture(scope="module")
def weekly(default: DemoCompany) -> pd.DataFrame:
    """Of all that the promoted channels sell together, a week's sales on its Monday."""
    return effects(default, channels=("MT", "ECOM"), frequency="W-MON")


@pytest.fixture(scope="module")
def daily(default: DemoCompany) -> pd.DataFrame:
    return effects(default, channels=("MT",), frequency="D")


def of_groups(found: pd.DataFrame, driver: str) -> pd.DataFrame:
    return found[found["driver"] == driver].drop_duplicates("group").set_index("group").loc[list(CATEGORIES)]


def held(found: pd.DataFrame, true: pd.Series) -> pd.Series:
    return (found["group_low"] <= true) & (true <= found["group_high"])


def test_promotion_elasticities_lie_in_their_intervals(weekly: pd.DataFrame) -> None:
    true = 1 + pd.Series(PROMOTION_ELASTICITY)
    found = of_groups(weekly, "discount")
    assert held(found, true).all()
    assert found["group_effect"].to_numpy() == pytest.approx(true.to_numpy(), rel=0.03)
    # 80 % intervals of the items: as many as promised hold the truth, and they are short.
    items = weekly[weekly["driver"] == "discount"]
    assert items["group"].map(true).between(items["low"], items["high"]).mean() >= 0.8
    assert (items["high"] / items["low"]).median() < 1.15


def test_the_dip_after_promotions(weekly: pd.DataFrame, daily: pd.DataFrame) -> None:
    assert held(of_groups(daily, "after_promotion"), pd.Series(DIP_FACTOR, index=CATEGORIES)).sum() >= 4
    assert of_groups(weekly, "after_promotion")["group_effect"].to_numpy() == pytest.approx(DIP_FACTOR, abs=0.02)


def test_promotions_of_related_items_neither_help_nor_hurt(weekly: pd.DataFrame) -> None:
    """The rules know no cannibalisation, and none is claimed."""
    assert held(of_groups(weekly, "family_promotion"), pd.Series(1.0, index=CATEGORIES)).all()


@pytest.mark.parametrize("window", FEAST_WINDOWS, ids=lambda window: window.name)
def test_feasts_of_days(daily: pd.DataFrame, window: FeastWindow) -> None:
    true = pd.Series(dict(zip(CATEGORIES, window.factors, strict=True)))
    found = of_groups(daily, window.name.lower().replace(" ", "_"))
    assert held(found, true).sum() >= 4
    assert found["group_effect"].to_numpy() == pytest.approx(true.to_numpy(), rel=0.03)


@pytest.mark.parametrize("name", ["ramadan", "before_hari_raya_puasa"])
def test_feasts_of_weeks(weekly: pd.DataFrame, name: str) -> None:
    window = next(window for window in FEAST_WINDOWS if window.name.lower().replace(" ", "_") == name)
    assert of_groups(weekly, name)["group_effect"].to_numpy() == pytest.approx(window.factors, rel=0.04)


@pytest.mark.parametrize("name", ["before_vesak", "vesak", "after_vesak"])
def test_a_feast_that_does_nothing_is_not_claimed_to(daily: pd.DataFrame, name: str) -> None:
    items = daily[daily["driver"] == name]
    assert ((items["low"] > 1) | (items["high"] < 1)).mean() < 0.1
