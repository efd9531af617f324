"""Targets are last year's sales and the stated growth; overrides are of months to come."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.demo.company import DemoCompany
from data.demo.rules import AOP_GROWTH, AOP_SERVICE, CATEGORIES, CHANNELS, OVERRIDES

SUMMED = ["revenue", "volume", "margin"]


def targets(company: DemoCompany, **chosen: str) -> pd.Series:
    """Values by period."""
    found = company.frames["aop_target"]
    for column, value in chosen.items():
        found = found[found[column] == value]
    return found.set_index("period")["value"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_targets_of_a_category_are_last_years_sales_and_its_growth(default: DemoCompany, category: str) -> None:
    year = default.basis.calendar.today.year
    products = default.frames["product"].query("category == @category")["id"]
    sold = default.frames["demand_history"]
    sold = sold[sold["product_id"].isin(products) & (sold["day"].dt.year == year - 1)]
    by_month = sold.groupby(sold["day"].dt.month)["revenue"].sum().to_numpy()
    found = targets(default, level="category", member=category, measure="revenue")
    for times in (1, 2):
        planned = found[[date(year + times - 1, month, 1) for month in range(1, 13)]].to_numpy()
        assert planned == pytest.approx(by_month * (1 + AOP_GROWTH[category]) ** times, rel=1e-6)


@pytest.mark.parametrize("measure", SUMMED)
def test_categories_and_channels_add_up_to_the_company(company: DemoCompany, measure: str) -> None:
    whole = targets(company, level="company", measure=measure).sort_index()
    assert len(whole) == 24
    for level in ("category", "channel"):
        parts = targets(company, level=level, measure=measure).groupby(level=0).sum()
        assert parts.to_numpy() == pytest.approx(whole.to_numpy(), abs=0.1)


def test_members_are_those_of_the_company(company: DemoCompany) -> None:
    found = company.frames["aop_target"].groupby("level")["member"].agg(set).to_dict()
    assert found == {"company": {""}, "category": set(CATEGORIES), "channel": {rule.code for rule in CHANNELS}}
    assert (company.frames["aop_target"].query("measure in @SUMMED")["value"] > 0).all()


def test_service_and_turns_are_targets_of_the_company_alone(company: DemoCompany) -> None:
    year, found = company.basis.calendar.today.year, company.frames["aop_target"]
    assert set(found.loc[found["measure"].isin(["service", "turns"]), "level"]) == {"company"}
    service = targets(company, measure="service")
    assert [service[date(year, 1, 1)], service[date(year + 1, 12, 1)]] == list(AOP_SERVICE)


def test_overrides_say_something_of_the_coming_months(company: DemoCompany) -> None:
    found, today = company.frames["forecast_override"], company.basis.calendar.today
    assert len(found) == len(OVERRIDES)
    assert all(today < period <= until for period, until in zip(found["period"], found["expires_on"], strict=True))
    assert (found["quantity"] > 0).all()
    assert set(found["stream"]) == {"planner", "sales", "marketing", "customer", "finance"}
    active = company.frames["product"].query("life_cycle == 'active'")["id"]
    assert found["product_id"].isin(active).all()


def test_an_override_is_of_the_size_of_its_channel(default: DemoCompany) -> None:
    rule, row = OVERRIDES[0], default.frames["forecast_override"].iloc[0]
    sold = default.frames["demand_history"]
    mine = sold[
        (sold["product_id"] == row["product_id"])
        & (sold["location_id"] == row["location_id"])
        & (sold["channel_id"] == row["channel_id"])
    ]
    year = mine[mine["day"] >= mine["day"].max() - np.timedelta64(364, "D")]["quantity"].sum()
    assert row["quantity"] == pytest.approx(year / 12 * rule.times, rel=0.5)
