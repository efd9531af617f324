"""What the market wants: a mean for every series and day by the rules, and the demand drawn around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.basis import Basis
from data.demo.calendar import Calendar
from data.demo.frames import rows
from data.demo.network import COLD_STORE, KLANG, PENANG
from data.demo.products import Catalogue
from data.demo.promotions import discounts, make_promotions, promotion_factors
from data.demo.rules import (
    CATEGORIES,
    CHANNELS,
    CLOSED_SPANS,
    EXPORT_DAYS_SHARE,
    FEAST_WINDOWS,
    GROWTH_PER_YEAR,
    INTERMITTENT_DAYS_SHARE,
    LAUNCH_RAMP_DAYS,
    PHASE_OUT_DAYS,
    PHASE_OUT_FLOOR,
    PRODUCT_NOISE_CV,
    YEARLY_SEASON,
)
from data.demo.scale import stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TYPICAL_REVENUE_PER_DAY = 1900.0  # RM of the middle product
POPULARITY_SIGMA = 0.85
SECOND_LOCATION_SHARE = 0.62  # of products
EXPORT, E_COMMERCE = 4, 3  # places in CHANNELS
FROZEN_STORES = ("chilled", "frozen")


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """``pairs`` (product_id, location_id), ``series`` (pair, product_id, location_id, channel_id) in pair order.

    mean: series x (history + horizon); wanted: series x history, whole units; discount: like mean.
    """

    pairs: pd.DataFrame
    series: pd.DataFrame
    mean: Floats
    wanted: Ints
    discount: Floats
    promotions: pd.DataFrame


def make_demand(basis: Basis) -> Demand:
    """The demand of all finished goods."""
    catalogue, calendar = basis.catalogue, basis.calendar
    goods = catalogue.products[catalogue.products["kind"] == "finished"].reset_index(drop=True)
    sporadic = _sporadic_goods(goods, catalogue, count=basis.scale.intermittent)
    series = _series(goods, sporadic)
    promotions = make_promotions(goods[~goods["id"].isin(sporadic)], calendar)
    product = series["product_id"].to_numpy() - 1
    channel = series["channel_id"].to_numpy() - 1
    level = _levels(goods, calendar)[product] * _patterns(goods, calendar)[product, channel]
    mean = series["base"].to_numpy()[:, None] * level
    mean *= promotion_factors(promotions, goods, calendar)[product, channel]
    pairs = series.groupby("pair")[["product_id", "location_id"]].first().reset_index(drop=True)
    wanted = _draw(mean[:, : calendar.history], series)
    discount = discounts(promotions, goods, calendar)[product, channel]
    return Demand(pairs, series.drop(columns=["base"]), mean, wanted, discount, promotions)


def expected_by_pair(demand: Demand) -> Floats:
    """Mean demand of all channels together: pairs x days."""
    starts = np.flatnonzero(np.diff(demand.series["pair"].to_numpy(), prepend=-1))
    return np.asarray(np.add.reduceat(demand.mean, starts, axis=0))


def _sporadic_goods(goods: pd.DataFrame, catalogue: Catalogue, *, count: int) -> NDArray[np.int64]:
    """The heaviest packs sell now and then."""
    weight = {number: good.pack.kilograms for number, good in catalogue.goods.items() if good.variety.oem == 0}
    steady = goods.loc[goods["life_cycle"] == "active", "id"]
    heaviest = steady[steady.isin(weight)].map(weight).sort_values(ascending=False, kind="stable")
    return np.asarray(goods.loc[heaviest.index[:count], "id"])


def _series(goods: pd.DataFrame, sporadic: Ints) -> pd.DataFrame:
    """Where and through which channels each product sells, and its base level (units a day) there."""
    rng = stream("series")
    found = []
    pair = 0
    for good in rows(goods):
        main = COLD_STORE if good.storage in FROZEN_STORES else KLANG
        split = float(rng.uniform(0.60, 0.75)) if rng.random() < SECOND_LOCATION_SHARE else 1.0
        popularity = float(np.exp(rng.normal(0, POPULARITY_SIGMA)))
        used = [0, 1, *(place for place, odds in ((2, 0.65), (3, 0.7), (4, 0.45)) if rng.random() < odds)]
        shares = np.array([CHANNELS[place].share for place in used]) * rng.uniform(0.7, 1.3, len(used))
        base = TYPICAL_REVENUE_PER_DAY * popularity / float(good.unit_price) * shares / shares.sum()
        rate = float(rng.uniform(*INTERMITTENT_DAYS_SHARE)) if good.id in sporadic else 0.0
        for location, part in ((main, split), (PENANG, 1 - split)):
            # Parcels and containers leave from the main store only.
            local = [n for n, place in enumerate(used) if location == main or place not in (E_COMMERCE, EXPORT)]
            if part == 0:
                continue
            for n in local:
                places = 1 if used[n] in (E_COMMERCE, EXPORT) else part
                found.append((pair, good.id, location, used[n] + 1, base[n] * places, rate))
            pair += 1
    return pd.DataFrame(found, columns=["pair", "product_id", "location_id", "channel_id", "base", "rate"])


def _levels(goods: pd.DataFrame, calendar: Calendar) -> Floats:
    """Growth and life cycle: products x days."""
    growth = stream("growth").uniform(*GROWTH_PER_YEAR, len(goods))
    level = (1 + growth)[:, None] ** calendar.years_from_start
    days = np.arange(level.shape[1])
    for row, good in enumerate(rows(goods)):
        if good.launched_on is not None:
            age = days - calendar.index(good.launched_on)
            level[row] *= np.where(age < 0, 0.0, 1 - np.exp(-(age + 1) / LAUNCH_RAMP_DAYS))
        if good.ends_on is not None:
            left = calendar.index(good.ends_on) - days
            fall = PHASE_OUT_FLOOR + (1 - PHASE_OUT_FLOOR) * np.clip(left / PHASE_OUT_DAYS, 0, 1)
            level[row] *= np.where(left < 0, 0.0, fall)
    return level


def _patterns(goods: pd.DataFrame, calendar: Calendar) -> Floats:
    """Weekday, season and feasts: products x channels x days."""
    by_category = {category: _category_pattern(category, calendar) for category in CATEGORIES}
    return np.stack([by_category[category] for category in goods["category"]])


def _category_pattern(category: str, calendar: Calendar) -> Floats:
    season = YEARLY_SEASON[category]
    angle = 2 * np.pi * (calendar.days_of_year - season.peak_day_of_year) / 365.25
    wave = 1 + season.amplitude * np.cos(angle)
    feasts = np.ones_like(wave)
    for window in FEAST_WINDOWS:
        for first, last in window.spans:
            feasts[calendar.span(first, last)] *= window.factor(category)
    pattern = []
    for channel in CHANNELS:
        days = np.array(channel.weekdays)[calendar.weekdays] * wave * feasts**channel.feast_exponent
        for first, last in CLOSED_SPANS:
            days[calendar.span(first, last)] *= channel.closed_factor
        pattern.append(days)
    return np.stack(pattern)


def _draw(mean: Floats, series: pd.DataFrame) -> Ints:
    """Whole units: a shared day of the product, the channel's own spread, then chance of the unit."""
    rng = stream("demand")
    product = series["product_id"].to_numpy() - 1
    channel = series["channel_id"].to_numpy() - 1
    shared = rng.gamma(1 / PRODUCT_NOISE_CV**2, PRODUCT_NOISE_CV**2, (product.max() + 1, mean.shape[1]))
    spread = np.array([rule.noise_cv for rule in CHANNELS])[channel][:, None] ** 2
    drawn = mean * shared[product] * rng.gamma(1 / spread, 1.0, mean.shape) * spread
    rate = np.where(channel == EXPORT, EXPORT_DAYS_SHARE, series["rate"].to_numpy())
    sporadic = rate > 0
    happens = rng.random((int(sporadic.sum()), mean.shape[1])) < rate[sporadic][:, None]
    drawn[sporadic] = drawn[sporadic] / rate[sporadic][:, None] * happens
    return np.asarray(rng.poisson(drawn))
