"""The executive page: each figure is that of its own page, its light follows its target, nothing is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import NotAllowed
from core.i18n import percent
from core.viewer import Viewer
from data.db import owner_engine
from services import accounts, capacity, executive, executive_families, kpi, people, plan_gap, positions
from services.capacity_months import WEEKS, capacity_by, capacity_months
from services.executive import BAD, GOOD, QUIET, WARN, Indicator
from services.home_cards import short_money
from services.service_trend import otif_by, otif_by_month
from services.stock_turns import stock_turns


@pytest.fixture
def planner(database: Path, viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def cards(viewer: Viewer, measure: str = "revenue") -> dict[str, Indicator]:
    return {card.key: card for card in executive.indicators(viewer, measure=measure)}


def test_every_figure_is_that_of_its_page(planner: Viewer) -> None:
    found = cards(planner)
    landing = plan_gap.landing(planner).rows[0]
    otif, accuracy = kpi.customer_otif(planner), kpi.accuracy_by_month(planner)
    assert otif is not None
    assert accuracy is not None
    assert found["revenue"].value == short_money(landing.to_date)
    assert found["gap"].value == short_money(landing.gap or 0.0)
    assert found["service"].value == percent(otif.rate)
    assert accuracy.latest is not None
    assert found["accuracy"].value == percent(accuracy.latest.accuracy)
    assert found["stock"].value == short_money(positions.summary(planner).stock_value)
    assert found["capacity"].value == percent(capacity_months(planner).share)
    assert all(card.verdict and card.href.startswith("/") for card in found.values())


def test_units_stand_for_sales_and_gap(planner: Viewer) -> None:
    money, units = cards(planner), cards(planner, "volume")
    assert "units" in units["volume"].value
    assert "units" in units["gap"].value
    assert {key: money[key] for key in ("margin", "service", "stock")} == {
        key: units[key] for key in ("margin", "service", "stock")
    }


def test_months_of_service_add_up_to_their_lines(planner: Viewer) -> None:
    months = otif_by_month(planner)
    assert [month.member for month in months] == sorted(month.member for month in months)
    assert 1 <= len(months) <= kpi.TREND_MONTHS
    assert all(0 <= month.rate <= 1 and month.lines > 0 for month in months)
    whole = kpi.customer_otif(planner)
    rates = otif_by(planner, "category").values()
    assert whole is not None
    assert min(rates) <= whole.rate <= max(rates)


def test_capacity_by_month_is_the_board_by_month(planner: Viewer) -> None:
    weeks, loads = capacity.board(planner)
    found = capacity_months(planner)
    first = found.months[0]
    own = [at for at, week in enumerate(weeks) if week.replace(day=1) == first]
    wanted = sum(load.hours[at] for load in loads for at in own)
    there = sum(load.available[at] for load in loads for at in own)
    assert found.total[0] == pytest.approx(wanted / there)
    assert len(found.weeks) == WEEKS
    tops = [max(share or 0.0 for share in row.shares) for row in found.resources]
    assert tops == sorted(tops, reverse=True)


def test_a_part_of_the_range_is_as_full_as_its_resources(planner: Viewer) -> None:
    _weeks, loads = capacity.board(planner)
    full = [sum(load.hours[:WEEKS]) / sum(load.available[:WEEKS]) for load in loads]
    assert capacity_by(planner, "category")
    for share in capacity_by(planner, "family").values():
        assert min(full) - 1e-9 <= share <= max(full) + 1e-9


def test_turns_are_cost_of_sales_over_average_stock(planner: Viewer) -> None:
    found = stock_turns(planner)
    with owner_engine().connect() as connection:
        (cost,) = connection.execute(
            text(
                "select sum(m.quantity * coalesce(p.unit_cost, 0))::float8 from demand_month m "
                "join product p on p.id = m.product_id where m.month >= :until - interval '11 months' "
                "and m.month <= :until"
            ),
            {"until": kpi.last_whole_month(positions.summary(planner).data_date)},
        ).one()
    known = [value for value in found.weeks if value is not None]
    assert found.cost_of_sales == pytest.approx(cost)
    assert found.turns == pytest.approx(cost / (sum(known) / len(known)))


def test_the_heat_map_holds_every_part_once_the_largest_first(planner: Viewer) -> None:
    landings = {row.name: row.landing for row in plan_gap.landing(planner, level="category").rows}
    rows = executive_families.heat_map(planner)
    assert [landings[row.member] for row in rows] == sorted((landings[row.member] for row in rows), reverse=True)
    assert len({row.member for row in rows}) == len(rows)
    for row in rows:
        assert len(row.cells) == len(executive_families.heads())
        assert all(cell.tone in (GOOD, WARN, BAD, QUIET) and cell.told for cell in row.cells)


@pytest.mark.parametrize(
    ("share", "tone"), [(None, QUIET), (0.0, GOOD), (0.849, GOOD), (0.85, WARN), (1.0, WARN), (1.01, BAD)], ids=str
)
def test_the_light_of_capacity_changes_at_85_and_100_percent(share: float | None, tone: str) -> None:
    assert executive.capacity_tone(share) == tone


def test_a_company_without_data_has_dashes_and_no_lights(empty_database: Path) -> None:
    people.create_administrator(email="a@example.com", name="A", company="Acme", password="correct horse battery")
    viewer = accounts.operator()
    found = cards(viewer)
    assert {found[key].tone for key in ("revenue", "service", "accuracy", "stock", "capacity", "gap")} == {QUIET}
    assert found["service"].value == found["capacity"].value == "–"
    assert executive_families.heat_map(viewer) == []


def test_it_is_for_those_who_may_see_the_plan(database: Path, viewer_of: Callable[[str], Viewer]) -> None:
    for role in ("admin", "supplier"):
        with pytest.raises(NotAllowed):
            executive.indicators(viewer_of(role))
        with pytest.raises(NotAllowed):
            executive_families.heat_map(viewer_of(role))
