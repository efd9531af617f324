"""Drivers from the database: events by channel, nothing from later, days without stock; true on the demo company."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rows import Rows, colleague
from sqlalchemy import text

from analytics.forecasting.feasts import FEAST_WINDOWS
from analytics.forecasting.holiday_dates import RAMADAN
from analytics.forecasting.panel import to_panel
from core.clock import today
from data.db import owner_engine, session_scope
from data.demo.rules import PROMOTION_ELASTICITY
from data.queries import demand
from data.queries import drivers as rows_of
from services.forecast_drivers import SeriesDrivers, Timeline, series_drivers
from services.forecast_results import series_name
from services.forecasts import demand_window

MONDAY = date(2026, 3, 2)
WEEKS = Timeline("week", MONDAY, history=8, horizon=2)
PLANNER = colleague()
FEASTS = {RAMADAN, *(window.name for window in FEAST_WINDOWS)}


@pytest.fixture
def goods(empty_database: Path) -> Rows:
    """Products A and B at KL, sold through MT (3/4) and GT in the year before."""
    made = Rows()
    for code in ("A", "B"):
        made.product(code)
    for code in ("KL", "PG"):
        made.place(code)
    for code in ("MT", "GT"):
        made.channel(code)
    for code in ("A", "B"):
        made.sell("2025-12-01", code, 30, 30, channel="MT")
        made.sell("2025-12-01", code, 10, 10, channel="GT")
    return made


def found(goods: Rows, timeline: Timeline = WEEKS, series: str = "A/KL B/KL") -> SeriesDrivers:
    pairs = [name.split("/") for name in series.split()]
    names = [f"{goods.ids[code]}:{goods.ids[place]}" for code, place in pairs]
    with session_scope(PLANNER) as session:
        return series_drivers(session, names, timeline)


def driver(drivers: SeriesDrivers, name: str) -> np.ndarray:
    return drivers.drivers.values[drivers.drivers.names.index(name)]


def promote(goods: Rows, first: date, days: int, **given: Any) -> None:
    """An approved promotion of all products, 20 % off, unless told otherwise."""
    event = {"code": f"{first} {given}", "name": "Offer", "kind": "promotion", "discount": 0.2, **given}
    goods.add("planning_event", starts_on=first, ends_on=first + timedelta(days=days - 1), **event)


def weeks(count: int) -> date:
    return MONDAY + timedelta(weeks=count)


def test_an_event_counts_with_the_share_of_its_channel(goods: Rows) -> None:
    promote(goods, weeks(-2), 7, channel_id=goods.ids["MT"], product_id=goods.ids["A"])
    promote(goods, weeks(1), 7, product_id=goods.ids["B"])
    drivers = found(goods)
    assert driver(drivers, "promotion")[:, 0] == pytest.approx([0] * 6 + [0.75, 0, 0, 0])
    assert driver(drivers, "discount")[:, 0] == pytest.approx([0] * 6 + [0.15, 0, 0, 0])
    assert driver(drivers, "after_promotion")[:, 0] == pytest.approx([0] * 7 + [0.75, 0, 0])
    assert driver(drivers, "promotion")[:, 1] == pytest.approx([0] * 9 + [1]), "planned ahead, all channels"


def test_events_reach_the_products_and_places_they_name(goods: Rows) -> None:
    promote(goods, weeks(-3), 7, location_id=goods.ids["PG"])
    promote(goods, weeks(-2), 7)
    drivers = found(goods, series="B/PG A/KL A/PG")
    assert driver(drivers, "promotion")[5].tolist() == [1, 0, 1]
    assert driver(drivers, "promotion")[6].tolist() == [1, 1, 1]


def test_what_is_not_approved_does_not_count(goods: Rows) -> None:
    for status in ("draft", "cancelled"):
        promote(goods, weeks(-2), 7, status=status)
    assert "promotion" not in found(goods).drivers.names


def test_a_promotion_before_the_history_still_leaves_its_dip(goods: Rows) -> None:
    promote(goods, weeks(-9), 7)
    assert driver(found(goods), "after_promotion")[:2, 0].tolist() == [1, 0]


def test_shares_know_nothing_of_what_is_held_out(goods: Rows) -> None:
    promote(goods, weeks(-6), 7, channel_id=goods.ids["MT"])
    goods.sell("2026-02-17", "A", 60, 60, channel="GT")
    for held_out, share in ((0, 0.3), (1, 0.3), (2, 0.75), (4, 0.75)):
        timeline = Timeline("week", MONDAY, history=8, horizon=2, held_out=held_out)
        assert driver(found(goods, timeline), "promotion")[2, 0] == pytest.approx(share), held_out


def test_series_without_sales_in_the_year_before(goods: Rows) -> None:
    """A new one has the shares it began with; where nothing was ever sold, all channels count alike."""
    promote(goods, weeks(-1), 7, channel_id=goods.ids["MT"])
    goods.sell("2026-02-24", "A", 10, 10, place="PG", channel="MT")
    goods.sell("2026-02-24", "A", -2, -2, place="PG", channel="GT")
    timeline = Timeline("week", MONDAY, history=8, horizon=2, held_out=2)
    drivers = found(goods, timeline, "A/PG B/PG")
    assert driver(drivers, "promotion")[7].tolist() == [1, 0.5]


def test_the_calendar_is_the_same_for_all_series(goods: Rows) -> None:
    drivers = found(goods)
    assert drivers.drivers.values.shape == (len(drivers.drivers.names), 10, 2)
    after_chinese_new_year = driver(drivers, "after_chinese_new_year")[6:8]
    assert after_chinese_new_year.tolist() == [[4 / 7] * 2] * 2, "19 to 26 February 2026"
    assert "promotion" not in drivers.drivers.names


def test_no_series(goods: Rows) -> None:
    promote(goods, weeks(-2), 7)
    drivers = found(goods, series="")
    assert drivers.drivers.values.shape[1:] == (10, 0)
    assert drivers.stocked_out is None


def moved(goods: Rows, code: str, *movements: tuple[str, float]) -> None:
    with owner_engine().begin() as connection:
        for year in (2025, 2026):
            connection.execute(text("select tandem_ensure_partition('stock_movement', :year)"), {"year": year})
        for day, quantity in movements:
            connection.execute(
                text(
                    "insert into stock_movement (day, reference, product_id, location_id, kind, quantity) "
                    "values (:day, :reference, :product, :place, 'adjustment', :quantity)"
                ),
                {
                    "day": day,
                    "reference": f"M{quantity}",
                    "product": goods.ids[code],
                    "place": goods.ids["KL"],
                    "quantity": quantity,
                },
            )


def test_days_without_stock_follow_from_movements_and_lots(goods: Rows) -> None:
    """10 on hand; sold out on Friday the 6th of February, filled up on Wednesday the 11th."""
    moved(goods, "A", ("2026-01-20", 50), ("2026-02-06", -50), ("2026-02-11", 30), ("2026-02-12", -20))
    goods.stock("A", 10)
    stocked_out = found(goods).stocked_out
    assert stocked_out is not None
    assert stocked_out.shape == (8, 2)
    assert stocked_out[:, 0] == pytest.approx([0, 0, 0, 0, 2 / 7, 2 / 7, 0, 0])
    assert stocked_out[:, 1].tolist() == [0] * 8


def test_a_gap_that_goes_on_ends_with_the_history_and_with_the_product(goods: Rows) -> None:
    for code in ("A", "B"):
        moved(goods, code, ("2026-01-20", 50), ("2026-02-15", -50))
    with owner_engine().begin() as connection:
        connection.execute(text("update product set ends_on = '2026-02-17' where code = 'B'"))
    stocked_out = found(goods).stocked_out
    assert stocked_out is not None
    assert stocked_out[:, 0] == pytest.approx([0] * 6 + [1, 1])
    assert stocked_out[:, 1] == pytest.approx([0] * 6 + [2 / 7, 0])


def test_where_no_stock_is_kept_nothing_is_known(goods: Rows) -> None:
    assert found(goods).stocked_out is None


@pytest.fixture(scope="module")
def weekly(database: Path) -> tuple[Any, SeriesDrivers, dict[int, str]]:
    """The small demo company in weeks: panel, drivers, category by product."""
    with session_scope(PLANNER) as session:
        since, first = demand_window(session, "week")
        everything = demand.products_to_plan(session, category="", family="", codes=(), life_cycle="")
        sums = demand.period_sums(
            session,
            products=everything["product_id"].tolist(),
            location_id=None,
            frequency="week",
            since=since,
            before=first,
        )
        frame = sums.assign(unique_id=series_name(sums["product_id"], sums["location_id"]))
        frame = frame.rename(columns={"period": "ds", "quantity": "y"})
        panel = to_panel(frame, frequency="week", end=first - timedelta(days=1))
        timeline = Timeline("week", first, history=len(panel.periods), horizon=4, held_out=8)
        category = {row.id: row.category for row in session.execute(text("select id, category from product"))}
        return panel, series_drivers(session, panel.ids, timeline), category


def test_true_uplifts_are_in_the_demo_companys_drivers(weekly: tuple[Any, SeriesDrivers, dict[int, str]]) -> None:
    """Demand over the usual week rises by the elasticity of the category times the driver."""
    panel, drivers, category = weekly
    periods = len(panel.periods)
    discount = driver(drivers, "discount")[:periods]
    elasticity = np.array([PROMOTION_ELASTICITY[category[int(name.split(":")[0])]] for name in panel.ids])
    feasts = [place for place, name in enumerate(drivers.drivers.names) if name in FEASTS]
    plain = (drivers.drivers.values[feasts, :periods] == 0).all(axis=0)
    calm = plain & (discount == 0) & (driver(drivers, "after_promotion")[:periods] == 0)
    usual = pd.DataFrame(np.where(calm, panel.values, np.nan)).rolling(13, center=True, min_periods=4).median()
    usual = usual.to_numpy()
    promoted = plain & (discount > 0.03) & (usual > 100) & np.isfinite(panel.values)
    lift = panel.values[promoted] / usual[promoted] - 1
    expected = (elasticity * discount)[promoted]
    assert promoted.sum() > 50
    assert (lift @ expected) / (expected @ expected) == pytest.approx(1, abs=0.2)


def test_promotions_to_come_are_known_in_the_demo_company(weekly: tuple[Any, SeriesDrivers, dict[int, str]]) -> None:
    panel, drivers, _category = weekly
    assert driver(drivers, "promotion")[len(panel.periods) :].any()


def test_on_days_without_stock_the_demo_company_sells_nothing(database: Path) -> None:
    with session_scope(PLANNER) as session:
        products = list(session.scalars(text("select id from product where kind = 'finished'")))
        since, before = today() - timedelta(days=365), today()
        gaps = rows_of.stock_gaps(session, products=products, since=since, before=before)
        sold = pd.DataFrame(session.execute(text("select product_id, location_id, day from demand_history")).all())
    assert len(gaps) > 0
    days = sold.merge(gaps, on=["product_id", "location_id"])
    assert not ((days["day"] >= days["starts_on"]) & (days["day"] <= days["ends_on"])).any()
