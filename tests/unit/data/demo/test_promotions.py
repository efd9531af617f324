"""The plan of promotions is what happened and what will happen."""

from __future__ import annotations

import pandas as pd

from core.settings import PROJECT
from data.demo.company import DemoCompany
from data.demo.promotions import EXPECTED_EVERY, EXPECTED_TOO_MUCH
from data.demo.rules import CHANNELS, PROMOTION_DISCOUNTS

SPAN = ["product_id", "starts_on", "ends_on", "discount"]


def test_every_promotion_is_planned_once_for_each_promoted_channel(company: DemoCompany) -> None:
    promoted = [number for number, rule in enumerate(CHANNELS, start=1) if rule.promoted]
    plan = company.frames["planning_event"]
    assert set(plan["channel_id"]) == set(promoted)
    for _channel, rows in plan.groupby("channel_id"):
        pd.testing.assert_frame_equal(rows[SPAN].reset_index(drop=True), company.demand.promotions[SPAN])


def test_the_plan_goes_back_and_reaches_ahead(company: DemoCompany) -> None:
    plan, today = company.frames["planning_event"], company.basis.calendar.today
    assert (plan["ends_on"] < today).sum() > (plan["starts_on"] > today).sum() > 0
    assert set(plan.loc[plan["starts_on"] <= today, "status"]) == {"approved"}
    assert set(plan["status"]) == {"approved", "proposed"}
    assert set(plan["discount"]) <= set(PROMOTION_DISCOUNTS)


def test_some_events_have_what_marketing_expects_of_them(company: DemoCompany) -> None:
    plan, today = company.frames["planning_event"], company.basis.calendar.today
    told = plan.dropna(subset=["expected_uplift"]).merge(company.demand.promotions, on=SPAN)
    assert set(told["product_id"] % EXPECTED_EVERY) == {0}
    assert (told["budget"] > 0).all()
    excess = told["expected_uplift"] - (told["uplift"] - 1)
    assert excess[told["starts_on"] >= today].abs().max() < 1e-4
    assert (excess[told["starts_on"] < today] - EXPECTED_TOO_MUCH).abs().max() < 1e-4


def test_codes_tell_product_day_and_channel(small: DemoCompany) -> None:
    first = small.frames["planning_event"].iloc[0]
    product = small.frames["product"].set_index("id")["code"]
    assert first["code"] == f"PROMO-{product[first['product_id']]}-{first['starts_on']:%Y%m%d}-MT"
    assert first["name"].endswith(f"{first['discount']:.0%} off in Modern trade")


def test_nothing_is_promoted_while_it_is_not_sold(company: DemoCompany) -> None:
    products = company.frames["product"].set_index("id")
    for event in company.frames["planning_event"].itertuples():
        product = products.loc[event.product_id]
        assert product["launched_on"] is None or event.ends_on >= product["launched_on"]
        assert product["ends_on"] is None or event.starts_on <= product["ends_on"]


def test_the_document_tells_where_the_plan_is() -> None:
    document = (PROJECT / "docs" / "demo-company.md").read_text()
    assert "`planning_event`" in document
    assert "`PROMO-<product>-<first day>-<channel>`" in document
