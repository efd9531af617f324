"""What the rules say is in the figures, and simple statistics find it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from core.settings import PROJECT
from data.demo.calendar import RAMADAN_STARTS
from data.demo.company import DemoCompany
from data.demo.people import PEOPLE
from data.demo.rules import (
    AOP_GROWTH,
    CATEGORIES,
    CHANNELS,
    CLOSED_SPANS,
    DIP_DAYS,
    DIP_FACTOR,
    FEAST_WINDOWS,
    OVERRIDES,
    PRICE_BREAKS,
    PRICE_RISE_NEXT_YEAR,
    PROMOTION_ELASTICITY,
    STREAM_RULES,
    SUPPLIERS,
    YEARLY_SEASON,
    promotion_uplift,
)

DOCUMENT = (PROJECT / "docs" / "demo-company.md").read_text()
ROWS = [
    *(f"| {name} | {season.amplitude:.2f} | {season.peak_day_of_year} |" for name, season in YEARLY_SEASON.items()),
    *(f"| {name} | {value:.1f} | {promotion_uplift(name, 0.2):.2f} |" for name, value in PROMOTION_ELASTICITY.items()),
    *(" | ".join(f"{factor:.2f}" for factor in window.factors) for window in FEAST_WINDOWS),
    *(f"| {rule.contract_days} | {rule.mean_days:.1f} | {rule.sd_days:.1f} | " for rule in SUPPLIERS),
    *(" ".join(f"{factor:.2f}" for factor in rule.weekdays) for rule in CHANNELS),
    *(f"`{name}`" for name, *_rest in PEOPLE),
    *(f"| {name} | {growth:.0%} |" for name, growth in AOP_GROWTH.items()),
    *(f"| {rule.stream} | {rule.channel or 'all'} | {rule.months_ahead} | {rule.times:.2f} |" for rule in OVERRIDES),
    *(
        f"| {rule.stream} | {rule.share:.0%} | {rule.every} | "
        f"{CHANNELS[rule.channel_id - 1].code if rule.channel_id else 'all'} "
        f"| {rule.knows:.2f} | {rule.bias:.0%} | {rule.noise:.0%} |"
        for rule in STREAM_RULES
    ),
    *(f"{discount:.0%} less from {times} times" for times, discount in PRICE_BREAKS),
    f"{PRICE_RISE_NEXT_YEAR:.0%} more next year",
]
BY_CODE = {rule.code: (number, rule) for number, rule in enumerate(CHANNELS, start=1)}


def totals(company: DemoCompany, *, channel: str, category: str | None = None) -> pd.Series:
    """Units sold a day through a channel, of products that neither came nor went."""
    products = company.frames["product"]
    steady = products[products["launched_on"].isna() & products["ends_on"].isna()]
    chosen = steady["id"] if category is None else steady.loc[steady["category"] == category, "id"]
    sold = company.frames["demand_history"]
    mine = sold[(sold["channel_id"] == BY_CODE[channel][0]) & sold["product_id"].isin(chosen)]
    days = company.basis.calendar.days[: company.basis.calendar.history]
    return mine.groupby("day")["quantity"].sum().reindex(days.astype("datetime64[s]"), fill_value=0)


def festive(company: DemoCompany) -> NDArray[np.bool_]:
    calendar = company.basis.calendar
    found = np.zeros(calendar.history + calendar.horizon, dtype=bool)
    for first, last in (*CLOSED_SPANS, *(span for window in FEAST_WINDOWS for span in window.spans)):
        found[calendar.span(first, last)] = True
    return found[: calendar.history]


@pytest.mark.parametrize("channel", ["MT", "GT", "HORECA", "ECOM"])
def test_weekdays_of_a_channel(default: DemoCompany, channel: str) -> None:
    plain = totals(default, channel=channel)[~festive(default)]
    found = plain.groupby(plain.index.day_of_week).mean() / plain.mean()
    assert found.to_numpy() == pytest.approx(BY_CODE[channel][1].weekdays, abs=0.05)


@pytest.mark.parametrize("category", CATEGORIES)
def test_yearly_season(default: DemoCompany, category: str) -> None:
    plain = totals(default, channel="GT", category=category)[~festive(default)]
    weekdays = np.array(BY_CODE["GT"][1].weekdays)[plain.index.day_of_week]
    open_days = weekdays > 0
    level = np.log(plain.to_numpy()[open_days] / weekdays[open_days])
    day = plain.index.day_of_year.to_numpy()[open_days]
    time = np.arange(len(plain))[open_days]
    rule = YEARLY_SEASON[category]
    angle = 2 * np.pi * (day - rule.peak_day_of_year) / 365.25
    effects, *_rest = np.linalg.lstsq(np.column_stack([np.ones_like(angle), time, np.cos(angle)]), level, rcond=None)
    assert effects[2] == pytest.approx(rule.amplitude, abs=0.035)


@pytest.mark.parametrize("category", ["Beverages", "Sauces", "Frozen"])
def test_ramadan_sells_more(default: DemoCompany, category: str) -> None:
    """The first two weeks of the fast, before those of Hari Raya begin, beside the two weeks before the fast."""
    sold = totals(default, channel="GT", category=category)
    chinese = next(window for window in FEAST_WINDOWS if window.name == "After Chinese New Year")
    ratios = []
    for start in RAMADAN_STARTS:
        fast = [start + timedelta(days=n) for n in range(14)]
        before = [start - timedelta(days=n) for n in range(1, 15)]
        taken = [day for first, last in chinese.spans for day in pd.date_range(first - timedelta(days=17), last).date]
        days = set(sold.index.date)
        if set(fast) <= days and set(before) <= days and not set(before + fast) & set(taken):
            ratios.append(sold[pd.DatetimeIndex(fast)].sum() / sold[pd.DatetimeIndex(before)].sum())
    fasting = next(window for window in FEAST_WINDOWS if window.name == "Ramadan")
    assert ratios
    assert np.mean(ratios) == pytest.approx(fasting.factor(category), rel=0.10)


def test_exports_know_no_feasts(default: DemoCompany) -> None:
    sold, feast = totals(default, channel="EXPORT"), festive(default)
    shut = sold.index.isin([day for first, last in CLOSED_SPANS for day in pd.date_range(first, last)])
    assert sold[shut].sum() == 0
    # Few and large shipments: the mean of a hundred days is known to a fifth.
    assert sold[feast & ~shut].mean() == pytest.approx(sold[~feast].mean(), rel=0.2)


def test_promotions_lift_by_the_rule_and_leave_a_dip(default: DemoCompany) -> None:
    """Sold in the promotion over the same product's usual week, without feasts; the median of all promotions."""
    calendar, series = default.basis.calendar, default.demand.series
    modern = series[series["channel_id"] == 1]
    sold = pd.DataFrame(default.demand.wanted[modern.index].T).T.groupby(modern["product_id"].to_numpy()).sum()
    quiet = ~festive(default)
    found = []
    for promotion in default.demand.promotions.itertuples():
        run = calendar.span(promotion.starts_on, promotion.ends_on)
        before, after = slice(run.start - 21, run.start), slice(run.stop, run.stop + DIP_DAYS)
        if before.start < 0 or after.stop > calendar.history or not quiet[before.start : after.stop].all():
            continue
        history = sold.loc[promotion.product_id]
        usual = history[before].sum() / 3
        if usual > 200:
            weeks = (run.stop - run.start) / 7
            found.append((history[run].sum() / weeks / usual / promotion.uplift, history[after].sum() / usual))
    lift, dip = np.median(np.array(found), axis=0)
    assert len(found) > 100
    assert lift == pytest.approx(1, abs=0.05)
    assert dip == pytest.approx(DIP_FACTOR, abs=0.05)


def test_uplift_follows_the_discount(default: DemoCompany) -> None:
    promotions = default.demand.promotions
    category = promotions["product_id"].map(default.frames["product"].set_index("id")["category"])
    snacks = promotions[(category == "Snacks") & (promotions["discount"] == 0.2)]
    assert set(snacks["uplift"]) == {2.0}


def test_revenue_is_the_net_price_of_the_channel_less_the_promotion(default: DemoCompany) -> None:
    sold = default.frames["demand_history"].head(50_000)
    price = sold["product_id"].map(default.frames["product"].set_index("id")["unit_price"])
    net = price * np.array([0, *(rule.price_share for rule in CHANNELS)])[sold["channel_id"]]
    discount = (1 - sold["revenue"] / sold["quantity"] / net)[sold["quantity"] >= 20]
    assert set(discount.round(2).abs()) <= {0.0, 0.10, 0.15, 0.20, 0.25, 0.30}
    assert (discount.round(2) == 0).mean() > 0.8


def test_lead_times_of_suppliers(default: DemoCompany) -> None:
    lines = default.frames["purchase_order_line"].set_index("id")
    orders = default.frames["purchase_order"].set_index("id")
    receipts = default.frames["receipt"]
    order = receipts["line_id"].map(lines["order_id"])
    days = (receipts["received_on"] - pd.to_datetime(order.map(orders["ordered_on"]))).dt.days
    found = days.groupby(order.map(orders["supplier_id"])).agg(["mean", "std", "size"])
    for number, rule in enumerate(default.basis.network.supplier_rules, start=1):
        mean, sd, size = found.loc[number]
        assert mean == pytest.approx(rule.mean_days, abs=4 * rule.sd_days / np.sqrt(size) + 0.05 * rule.mean_days)
        if size >= 60:
            assert sd == pytest.approx(rule.sd_days, rel=0.3, abs=0.5)


def test_intermittent_goods_sell_now_and_then(default: DemoCompany) -> None:
    rate, channel = default.demand.series["rate"].to_numpy(), default.demand.series["channel_id"].to_numpy()
    sporadic = (rate > 0) & (channel != BY_CODE["EXPORT"][0])
    share = (default.demand.wanted[sporadic] > 0).mean(axis=1)
    products = default.demand.series.loc[sporadic, "product_id"].nunique()
    assert products == default.basis.scale.intermittent
    assert (share <= rate[sporadic] + 0.03).all()
    # Not all weekdays are open to every channel, and a very small lot may come to nothing.
    assert np.median(share / rate[sporadic]) == pytest.approx(0.87, abs=0.12)


def test_stock_outs_cost_sales_but_not_many(default: DemoCompany) -> None:
    wanted, sold = default.flows[0].items.need.sum(), default.flows[0].past.issued.sum()
    assert 0.97 < sold / wanted < 0.998


@pytest.mark.parametrize("row", ROWS)
def test_the_document_holds_every_rule(row: str) -> None:
    assert row in DOCUMENT
