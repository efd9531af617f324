"""Effects of events: known ones are found within their intervals, and none where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.event_effects import COLUMNS, DAY_SHARES, event_effects, related_promotions
from analytics.forecasting.feasts import FEAST_WINDOWS, calendar_drivers
from analytics.inputs import FloatArray

NAMES = ("deal", "after_deal", "display", "price")
# Log effects of four groups at driver value 1; of price it is the elasticity.
GROUP_EFFECTS = np.array(
    [[0.6, -0.15, 0.3, -2.0], [0.4, -0.1, 0.1, -1.5], [0.9, -0.2, 0.5, -2.5], [0.2, 0.0, 0.0, -1.0]]
)
SPREAD = np.array([0.15, 0.05, 0.1, 0.5])


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Weekly sales of many items with a level, trend, season and noise of their own; own: true log effects."""

    periods: pd.DatetimeIndex
    log_demand: FloatArray
    drivers: Drivers
    own: FloatArray

    @property
    def ids(self) -> list[str]:
        return [f"item {number}" for number in range(self.log_demand.shape[1])]

    @property
    def groups(self) -> list[str]:
        return [f"group {number % len(GROUP_EFFECTS)}" for number in range(self.log_demand.shape[1])]

    def effects(self) -> pd.DataFrame:
        return event_effects(
            self.log_demand, ids=self.ids, groups=self.groups, periods=self.periods, drivers=self.drivers
        )


def market(*, series: int = 200, weeks: int = 156, working: bool = True, seed: int = 0) -> Market:
    rng = np.random.default_rng(seed)
    periods = pd.date_range("2023-01-02", periods=weeks, freq="W-MON")
    time, shape = np.arange(weeks)[:, None], (weeks, series)
    deal = np.asarray(rng.random(shape) < 0.1, dtype=np.float64)
    after = np.vstack([np.zeros((1, series)), deal[:-1]]) * (1 - deal)
    display = np.broadcast_to(np.isin(time % 51, [15, 16, 17]), shape).astype(np.float64)
    price = np.round(rng.normal(0, 0.08, shape), 2) * (rng.random(shape) < 0.4)
    drivers = np.stack([deal, after, display, price])
    own = GROUP_EFFECTS[np.arange(series) % 4] + rng.normal(0, 1, (series, 4)) * SPREAD
    own = own if working else np.zeros_like(own)
    level = rng.normal(4, 1, series) + 0.002 * time * rng.normal(0, 1, series)
    season = 0.2 * rng.random(series) * np.cos(2 * np.pi * (time / 52.18 - rng.random(series)))
    noise = rng.normal(0, 0.15, shape)
    log_demand = level + season + np.einsum("nk,ktn->tn", own, drivers) + noise
    return Market(periods, log_demand, Drivers(NAMES, drivers), own)


def with_truth(known: Market) -> pd.DataFrame:
    found = known.effects()
    series = found["unique_id"].map({name: place for place, name in enumerate(known.ids)}).to_numpy()
    driver = found["driver"].map(NAMES.index).to_numpy()
    group = found["group"].str.removeprefix("group ").astype(int).to_numpy()
    return found.assign(true=np.exp(known.own[series, driver]), group_true=np.exp(GROUP_EFFECTS[group, driver]))


def test_known_uplifts_lie_in_their_intervals() -> None:
    found = with_truth(market())
    inside = (found["low"] <= found["true"]) & (found["true"] <= found["high"])
    assert (inside.groupby(found["driver"]).mean() >= 0.75).all()
    assert inside.mean() <= 0.88, "an interval of 80 % that holds much more says less than is known"
    groups = found.drop_duplicates(["group", "driver"])
    assert (
        (groups["group_low"] <= groups["group_true"]) & (groups["group_true"] <= groups["group_high"])
    ).mean() >= 0.75


def test_where_nothing_works_no_effect_is_claimed() -> None:
    found = market(working=False).effects()
    claimed = (found["low"] > 1) | (found["high"] < 1)
    assert claimed.mean() < 0.1
    of_groups = (found["group_low"] > 1) | (found["group_high"] < 1)
    assert not of_groups.any()
    assert (found["effect"] - 1).abs().groupby(found["driver"]).median().drop("price").max() < 0.02


def test_shrinkage_beats_each_item_on_its_own() -> None:
    """Half a year of history each: the group knows what an item cannot."""
    known = market(weeks=30, seed=2)
    together = with_truth(known).query("driver == 'deal'")
    alone = [
        event_effects(
            known.log_demand[:, [place]],
            ids=["x"],
            groups=["x"],
            periods=known.periods,
            drivers=Drivers(NAMES, known.drivers.values[:, :, [place]]),
        )
        for place in range(40)
    ]
    own = pd.concat(alone).query("driver == 'deal'")["effect"].to_numpy()
    truth = np.exp(known.own[: len(own), 0])
    pooled = together.set_index("unique_id").loc[known.ids[: len(own)], "effect"].to_numpy()
    assert np.abs(np.log(pooled / truth)).mean() < 0.9 * np.abs(np.log(own / truth)).mean()


def test_an_item_that_was_never_promoted_takes_the_effect_of_its_group() -> None:
    known = market(series=80)
    known.drivers.values[0, :, 0] = 0
    first = known.effects().query("unique_id == 'item 0' and driver == 'deal'").iloc[0]
    assert first["effect"] == pytest.approx(first["group_effect"])
    assert first["low"] < first["group_low"]
    assert first["high"] > first["group_high"]


def test_what_a_promotion_brings_on_part_of_a_week_is_that_share_of_its_uplift() -> None:
    """A deal of three days in seven that triples sales: 1 + 3/7 x 2 on the week, and not 3 to the power of 3/7."""
    rng = np.random.default_rng(4)
    weeks, series = 104, 30
    share = rng.choice([0, 3 / 7, 4 / 7, 1], p=[0.8, 0.07, 0.07, 0.06], size=(weeks, series))
    after = np.where(share > 0, 0, rng.choice([0, 2 / 7], p=[0.8, 0.2], size=share.shape))
    after[(share > 0) & (share < 1)] = 3 / 7
    log_demand = np.log(100 * (1 + 2 * share - 0.4 * after)) + rng.normal(0, 0.05, share.shape)
    found = event_effects(
        log_demand,
        ids=[str(place) for place in range(series)],
        groups=["all"] * series,
        periods=pd.date_range("2024-01-01", periods=weeks, freq="W-MON"),
        drivers=Drivers(("promotion", "after_promotion"), np.stack([share, after])),
    )
    effect = found.groupby("driver")["group_effect"].first()
    assert effect["promotion"] == pytest.approx(3, rel=0.02)
    assert effect["after_promotion"] == pytest.approx(0.6, abs=0.03)


def test_an_elasticity_of_discount_is_its_effect_less_one() -> None:
    rng = np.random.default_rng(5)
    discount = rng.choice([0, 0.1, 0.2, 0.3], p=[0.85, 0.05, 0.05, 0.05], size=(104, 20))
    log_demand = np.log(50 * (1 + 4 * discount)) + rng.normal(0, 0.05, discount.shape)
    found = event_effects(
        log_demand,
        ids=[str(place) for place in range(20)],
        groups=["all"] * 20,
        periods=pd.date_range("2024-01-01", periods=104, freq="W-MON"),
        drivers=Drivers(("discount",), discount[None]),
    )
    assert found["group_effect"].iloc[0] - 1 == pytest.approx(4, rel=0.03)


def test_moving_feasts_are_told_from_the_season_of_days() -> None:
    """Three years of days with a week, a year and a fast that moves through it."""
    rng = np.random.default_rng(6)
    days = pd.date_range("2023-01-01", "2025-12-31", freq="D")
    calendar = calendar_drivers(days, frequency="D", state="SGR")
    true = {"ramadan": 1.3, "before_hari_raya_puasa": 1.5, "after_hari_raya_puasa": 0.7, "before_deepavali": 1.2}
    effects = np.log([true.get(name, 1.0) for name in calendar.names])
    week = np.log([1.3, 1.1, 1.0, 1.1, 1.3, 0.8, 0.4])[days.day_of_week]
    year = 0.15 * np.cos(2 * np.pi * (days.day_of_year.to_numpy() - 100) / 365.25)
    log_demand = (5 + week + year + effects @ calendar.values)[:, None] + rng.normal(0, 0.2, (len(days), 12))
    drivers = np.broadcast_to(calendar.values[..., None], (*calendar.values.shape, 12))
    found = (
        event_effects(
            log_demand,
            ids=[str(place) for place in range(12)],
            groups=["all"] * 12,
            periods=days,
            drivers=Drivers(calendar.names, drivers),
        )
        .drop_duplicates("driver")
        .set_index("driver")
    )
    for name, effect in true.items():
        assert found["group_effect"][name] == pytest.approx(effect, rel=0.05), name
    claimed = (found["group_low"] > 1) | (found["group_high"] < 1)
    assert claimed[list(true)].all()
    assert claimed.drop(list(true)).mean() < 0.2


def test_every_feast_window_is_a_share_of_days() -> None:
    families = [name for family in DAY_SHARES for name in family]
    assert {window.name for window in FEAST_WINDOWS} <= set(families)
    assert len(families) == len(set(families))


def test_gaps_horizon_and_prices_that_are_not_known() -> None:
    """Unknown demand and unknown drivers leave a period out; what comes after the history is not looked at."""
    known = market(series=40)
    expected = known.effects()
    rng = np.random.default_rng(7)
    gaps = np.where(rng.random(known.log_demand.shape) < 0.1, np.nan, known.log_demand)
    values = np.concatenate([known.drivers.values, np.full((4, 13, 40), np.nan)], axis=1)
    values[3, :20, :5] = np.nan
    found = event_effects(
        gaps, ids=known.ids, groups=known.groups, periods=known.periods, drivers=Drivers(NAMES, values)
    )
    assert found["unique_id"].tolist() == expected["unique_id"].tolist()
    assert np.log(found["group_effect"] / expected["group_effect"]).abs().median() < 0.02


def test_a_driver_that_a_group_never_saw_has_no_row() -> None:
    known = market(series=8)
    known.drivers.values[2, :, 1::4] = 0
    found = known.effects()
    assert "display" not in set(found.loc[found["group"] == "group 1", "driver"])
    assert "display" in set(found.loc[found["group"] == "group 0", "driver"])


@pytest.mark.parametrize(("weeks", "series"), [(156, 0), (0, 3)], ids=["no series", "no periods"])
def test_nothing_gives_an_empty_frame(weeks: int, series: int) -> None:
    found = event_effects(
        np.zeros((weeks, series)),
        ids=["x"] * series,
        groups=["x"] * series,
        periods=pd.date_range("2024-01-01", periods=weeks, freq="W-MON"),
        drivers=Drivers(("deal",), np.ones((1, weeks, series))),
    )
    assert found.empty
    assert tuple(found.columns) == COLUMNS


@pytest.mark.parametrize(
    ("demand", "driver"),
    [
        (np.array([1.0]), np.array([1.0])),
        (np.full(40, np.nan), np.arange(40) % 2.0),
        (np.ones(40), np.arange(40) % 2.0),
        (np.arange(40.0), np.ones(40)),
    ],
    ids=["one period", "nothing known", "constant", "always on"],
)
def test_edges_show_no_effect_and_do_not_break(demand: FloatArray, driver: FloatArray) -> None:
    found = event_effects(
        demand[:, None],
        ids=["x"],
        groups=["x"],
        periods=pd.date_range("2024-01-01", periods=len(demand), freq="W-MON"),
        drivers=Drivers(("deal",), driver[None, :, None]),
    )
    assert np.isfinite(found[["effect", "low", "high"]].to_numpy(dtype=np.float64)).all()
    assert (found["low"] <= 1).all()
    assert (found["high"] >= 1).all()


@pytest.mark.parametrize(
    ("shape", "problem"), [((2, 3), "demand is"), ((3, 1), "drivers are")], ids=["demand", "drivers"]
)
def test_shapes_that_do_not_fit_are_refused(shape: tuple[int, int], problem: str) -> None:
    with pytest.raises(AnalyticsError, match=problem):
        event_effects(
            np.zeros(shape),
            ids=["x"] * shape[1],
            groups=["x"] * shape[1],
            periods=pd.date_range("2024-01-01", periods=3, freq="MS"),
            drivers=Drivers(("deal",), np.zeros((1, 2, 1))),
        )


def test_related_promotions_are_those_of_the_others_by_what_they_sell() -> None:
    promotion = np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 0.5, 1.0, 0.0]])
    found = related_promotions(promotion, ["tea", "tea", "tea", "soap"], sales=[60, 30, 10, 50])
    assert found == pytest.approx(np.array([[0, 60 / 70, 60 / 90, 0], [(15 + 10) / 40, 10 / 70, 15 / 90, 0]]))
    alike = related_promotions(promotion, ["tea", "tea", "tea", "soap"])
    assert alike[0] == pytest.approx([0, 0.5, 0.5, 0])


def test_cannibalisation_is_found() -> None:
    rng = np.random.default_rng(8)
    promotion = np.asarray(rng.random((156, 40)) < 0.12, dtype=np.float64)
    related = related_promotions(promotion, [f"family {place // 4}" for place in range(40)])
    log_demand = np.log(80 * (1 + promotion) * (1 - 0.3 * related)) + rng.normal(0, 0.1, promotion.shape)
    found = (
        event_effects(
            log_demand,
            ids=[str(place) for place in range(40)],
            groups=["all"] * 40,
            periods=pd.date_range("2023-01-02", periods=156, freq="W-MON"),
            drivers=Drivers(("promotion", "family_promotion"), np.stack([promotion, related])),
        )
        .drop_duplicates("driver")
        .set_index("driver")
    )
    assert found["group_effect"]["family_promotion"] == pytest.approx(0.7, abs=0.03)
    assert found["group_high"]["family_promotion"] < 1


@pytest.mark.parametrize("sales", [[1.0], [1.0, -1.0], [1.0, np.nan]], ids=["length", "negative", "unknown"])
def test_usual_sales_that_make_no_sense_are_refused(sales: list[float]) -> None:
    with pytest.raises(AnalyticsError):
        related_promotions(np.zeros((3, 2)), ["a", "a"], sales=sales)
