"""What the statuses come to each day: stored once a day, read as a trend, worked out backwards for the demo company."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import insert, select, update
from stock_company import TODAY, ago

from core.errors import NotAllowed
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries import inventory as inventory_queries
from data.queries import stock_trend as queries
from models.stock import StockLot
from models.stock_status import StockStatusDay
from services import inventory, positions, stock_trend


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def stored() -> list[Any]:
    table = StockStatusDay.__table__
    with owner_engine().connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.day, table.c.status)))


def remembered(day: date, money: float, *, status: str = "at_risk") -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            insert(StockStatusDay).values(day=day, status=status, items=2, money_at_stake=money, stock_value=0)
        )


def test_a_recalculation_stores_its_day_and_a_second_one_changes_nothing(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    first = stored()
    assert {row.day for row in first} == {TODAY}
    totals = {row.status: row for row in first}
    for total in positions.summary(planner).statuses:
        assert totals[total.status].items == total.items
        assert float(totals[total.status].money_at_stake) == pytest.approx(total.money_at_stake)
    inventory.recalculate(planner, as_of=TODAY)
    assert stored() == first


def test_the_worker_stores_a_day_once(planner: Viewer) -> None:
    assert stock_trend.remember_today(planner)
    first = stored()
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).values(quantity=0))
    assert not stock_trend.remember_today(planner)
    assert stored() == first


def test_of_workers_that_start_together_one_stores_the_day(planner: Viewer) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _worker: stock_trend.remember_today(planner), range(4))) == [False] * 3 + [True]


def test_a_trend_has_the_last_figure_of_each_week_and_the_start_of_the_month(planner: Viewer) -> None:
    for back, money in ((1, 70.0), (8, 60.0), (9, 55.0), (7 * 12, 10.0), (200, 1.0)):
        remembered(ago(back), money)
    found = stock_trend.trends(planner)["at_risk"]
    assert found.weeks == [10.0, *[None] * 10, 60.0, 70.0]
    assert (found.benchmark_day, found.benchmark) == (date(2026, 3, 1), 70.0)
    assert found.since == ago(84)


def test_without_the_first_of_the_month_the_day_before_it_counts(planner: Viewer) -> None:
    remembered(date(2026, 2, 26), 40.0)
    assert stock_trend.trends(planner)["at_risk"].benchmark == 40.0


def test_a_new_company_has_no_trend_yet(planner: Viewer) -> None:
    assert stock_trend.trends(planner)["at_risk"].since is None
    stock_trend.remember_today(planner)
    found = stock_trend.trends(planner)["excess"]
    assert (found.benchmark, found.since) == (None, TODAY)


def test_items_without_policy_are_counted(planner: Viewer) -> None:
    remembered(ago(7), 0.0, status="no_policy")
    assert stock_trend.trends(planner)["no_policy"].weeks[-2] == 2


def test_the_past_is_rolled_back_by_what_moved(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    days = stock_trend.work_out_past(planner, weeks=2)
    assert days == 3  # two weeks and the first of the month
    past = TODAY - timedelta(days=14)
    value = {day: sum(float(row.stock_value) for row in stored() if row.day == day) for day in (past, TODAY)}
    # 14 days before there were 13 more days of issues: 20 of sugar at RM 3 and 100 bottles at RM 0.40 a day; and the 70
    # of sugar that expire today.
    assert value[past] - value[TODAY] == pytest.approx(13 * (20 * 3 + 100 * 0.4) + 70 * 3)
    before = stored()
    stock_trend.work_out_past(planner, weeks=2)
    assert stored() == before


def test_a_day_rolled_back_to_now_is_the_stock_of_now(planner: Viewer) -> None:
    with session_scope(planner) as session:
        rolled = queries.past_stock(session, day=TODAY, today=TODAY).set_index(positions.KEYS)
        held = inventory_queries.stock(session, as_of=TODAY).set_index(positions.KEYS)
    rolled = rolled[(rolled[["on_hand", "on_order", "allocated"]] > 0).any(axis=1)]
    assert list(rolled["on_order"]) == list(held["on_order"].reindex(rolled.index))
    assert list(rolled["on_hand"]) == list((held["on_hand"] + held["expired"]).reindex(rolled.index))


def test_partners_see_nothing(viewer_of: Callable[[str], Viewer]) -> None:
    for ask in (stock_trend.trends, stock_trend.remember_today, stock_trend.work_out_past):
        with pytest.raises(NotAllowed):
            ask(viewer_of("supplier"))
