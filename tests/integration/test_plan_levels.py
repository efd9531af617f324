"""The supply plan added up at any level, for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import stock_company
from stock_company import TODAY, make_tea, sell_out_of_tea

from core.errors import InvalidInput, NotAllowed
from core.viewer import Viewer
from services import inventory, plan_levels, scenarios
from services.plan_levels import LEVELS, MEASURES, MONEY, MONTH, PER_GROUP, UNITS, WEEK, Levels, LevelView, level_view


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    sell_out_of_tea()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def shown(planner: Viewer, **view: str) -> Levels:
    return plan_levels.levels(planner, LevelView(**view))


@pytest.mark.parametrize("bucket", [WEEK, MONTH])
@pytest.mark.parametrize("by", LEVELS)
def test_each_group_balances_and_all_add_up_to_the_whole(planner: Viewer, by: str, bucket: str) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    found, whole = shown(planner, by=by, bucket=bucket), shown(planner, by="all", bucket=bucket)
    lines = found.figures
    end = lines["start"] + lines["firm"] + lines["planned"]
    end = end - lines["independent"] - lines["dependent"] - lines["waste"]
    assert lines["end"] == pytest.approx(end, abs=1e-6)
    added_up = MEASURES[:-2] if bucket == MONTH else MEASURES[:-1]  # the worst weeks of a month differ by group
    for name in added_up:
        assert lines[name].sum(axis=0) == pytest.approx(whole.figures[name][0], abs=1e-6), name


def test_units_of_one_item_and_its_money(planner: Viewer) -> None:
    units = shown(planner, by="item", shown=UNITS, product="CHIPS")
    money = shown(planner, by="item", shown=MONEY, product="CHIPS")
    assert units.figures["independent"][0, :2] == pytest.approx([70, 70])
    assert money.figures["independent"][0, :2] == pytest.approx([140, 140])
    assert units.figures["end"][0, :2] == pytest.approx([-30, -100])
    assert units.figures["owed"][0, :2] == pytest.approx([30, 100])
    assert (units.units, money.units) == (["EA"], ["RM"])


def test_a_group_of_several_units_has_money_only(planner: Viewer) -> None:
    units = shown(planner, by="all", shown=UNITS)
    assert units.units == [""]
    assert np.isnan(units.figures["end"]).all()
    assert not np.isnan(shown(planner, by="all").figures["end"]).any()


def test_months_hold_their_weeks(planner: Viewer) -> None:
    weeks, months = shown(planner, by="all"), shown(planner, by="all", bucket=MONTH)
    assert months.buckets[0] == TODAY.replace(day=1)
    march = [week.month == 3 for week in weeks.buckets]
    assert months.figures["planned"][0, 0] == pytest.approx(weeks.figures["planned"][0, march].sum())
    assert months.figures["end"][0, 0] == pytest.approx(weeks.figures["end"][0, march][-1])


def test_what_owes_most_comes_first_in_rows_of_a_fixed_order(planner: Viewer) -> None:
    found = shown(planner, by="item")
    page = plan_levels.level_rows(found, start=0, end=PER_GROUP + 1)
    assert page.total == len(found.keys) * PER_GROUP
    assert [row["measure"] for row in page.rows] == [*MEASURES, MEASURES[0]]
    worst = found.figures["owed"].max(axis=1)[found.order]
    assert list(worst) == sorted(worst, reverse=True)


def test_days_of_cover(planner: Viewer) -> None:
    with_stock = plan_levels.levels(planner, LevelView(by="item", product="SUGAR", shown=UNITS))
    cover, end = with_stock.figures["cover"][0], with_stock.figures["end"][0]
    demand = with_stock.figures["dependent"][0] + with_stock.figures["independent"][0]
    assert cover[0] == pytest.approx(max(end[0], 0) / (demand[1:5].sum() / 28))


def test_a_scenario_is_added_up_alike(planner: Viewer) -> None:
    made = scenarios.branch(planner, "More")
    scenarios.add_change(planner, made, 1, kind="demand", mode="share", value=100)
    base = shown(planner, by="all").figures["independent"]
    more = plan_levels.levels(planner, LevelView(by="all"), scenario=made).figures["independent"]
    assert more == pytest.approx(2 * base)


def test_nothing_there_is_nothing_shown(planner: Viewer) -> None:
    found = shown(planner, by="family", category="NO-SUCH")
    assert plan_levels.level_rows(found).rows == []
    assert set(map(sum, plan_levels.totals(found).values())) == {0.0}


def test_odd_views_are_refused_or_the_usual(planner: Viewer) -> None:
    assert level_view({"bucket": "year", "shown": "gold", "by": "kind"}) == LevelView(by="kind")
    with pytest.raises(InvalidInput):
        plan_levels.levels(planner, level_view({"by": "product_id"}))


def test_partners_see_none(viewer_of: Callable[[str], Viewer]) -> None:
    with pytest.raises(NotAllowed):
        plan_levels.levels(viewer_of("supplier"), LevelView())
