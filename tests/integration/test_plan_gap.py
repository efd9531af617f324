"""The gap to the annual operating plan: reckoned by hand, what is not known, who may see it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rows import Rows, colleague
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed, NotFound
from core.permissions import Role
from data.db import owner_engine, session_scope
from services import plan_gap
from services.plan_versions import publish_demand

PLANNER = colleague(Role.PLANNER)
MONTHS = [f"2026-{month:02d}-01" for month in range(1, 13)]


def target(level: str, member: str, measure: str, *values: float) -> None:
    """The same every month, or a value a month."""
    with owner_engine().begin() as connection:
        for at, month in enumerate(MONTHS):
            row = {"level": level, "member": member, "measure": measure, "period": date.fromisoformat(month)}
            row["value"] = values[at % len(values)]
            connection.execute(
                text(
                    "insert into aop_target (level, member, period, measure, value) "
                    "values (:level, :member, :period, :measure, :value)"
                ),
                row,
            )


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """Ten months of 50 at RM 1, a plan of 320 in each of the two that are left: the example of the formulas."""
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-01")
    made = Rows()
    made.product("A", category="Sauces", brand="Wira", family="Soy", unit_price=1, unit_cost=0.4)
    made.product("B", category="Snacks", brand="Wira", family="Nuts", unit_price=20, unit_cost=8)
    made.place()
    made.channel()
    for month in [*MONTHS[:9], "2026-10-31"]:
        made.sell(month, "A", 50, 50)
    made.forecast("2026-11-01", {("A", "2026-11-01"): 320, ("A", "2026-12-01"): 320})
    target("company", "", "revenue", 100)
    return made


def test_landing_of_the_textbook() -> None:
    found = plan_gap.landing(PLANNER)
    (row,) = found.rows
    assert (row.aop, row.to_date, row.rest, row.landing) == pytest.approx((1200, 500, 640, 1140))
    assert (row.gap, row.gap_share, row.status) == (pytest.approx(-60), pytest.approx(-0.05), "warn")
    assert row.gap_to_date == pytest.approx(-500)
    assert (found.whole_months, found.missing, found.published) == (10, [], None)


def test_margin_is_price_less_cost() -> None:
    (row,) = plan_gap.landing(PLANNER, measure="margin").rows
    assert (row.landing, row.aop, row.gap, row.status) == (pytest.approx(1140 * 0.6), None, None, "unknown")


def test_the_month_that_runs_is_what_was_sold_and_the_plan_of_the_days_to_come(
    company: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-16")
    company.sell("2026-11-15", "A", 100, 100)
    (row,) = plan_gap.landing(PLANNER).rows
    assert (row.to_date, row.landing) == pytest.approx((500, 500 + 100 + 160 + 320))
    found = plan_gap.months(PLANNER, measure="revenue", level="company")
    assert found.actual == [50.0] * 10 + [100.0, None]
    assert found.landing[10:] == pytest.approx([260, 320])
    assert found.current[10:] == pytest.approx([320, 320])


def test_months_beyond_the_plan_are_named_and_not_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from forecast_value where period = '2026-12-01'"))
    found = plan_gap.landing(PLANNER)
    (row,) = found.rows
    assert found.missing == [date(2026, 12, 1)]
    assert (row.aop, row.aop_covered, row.landing, row.gap) == pytest.approx((1200, 1100, 820, -280))


def test_the_plan_published_last_counts_like_that_of_now() -> None:
    with session_scope(PLANNER) as session:
        publish_demand(session, PLANNER)
    with owner_engine().begin() as connection:
        connection.execute(text("update demand_plan_value set consensus = 300"))
        connection.execute(text("select tandem_bump('plan_version')"))
    found = plan_gap.landing(PLANNER)
    assert found.published == "2026-11 v1"
    assert found.rows[0].rest_published == pytest.approx(600)
    made = plan_gap.plan_bridge(PLANNER)
    assert made is not None
    assert [made.parts.total(name) for name in ("volume", "mix", "price")] == pytest.approx([40, 0, 0])


def test_bridge_to_the_plan_adds_up(company: Rows) -> None:
    for month in MONTHS[:10]:
        company.sell(month, "B", 5, 100)
    for member, volume, revenue in (("Sauces", 40, 48), ("Snacks", 6, 120)):
        target("category", member, "volume", volume)
        target("category", member, "revenue", revenue)
    made = plan_gap.aop_bridge(PLANNER)
    assert made is not None
    assert made.names == ["Sauces", "Snacks"]
    total = sum(made.parts.total(name) for name in ("volume", "mix", "price"))
    assert total == pytest.approx(1500 - 1680)
    assert made.parts.total("price") == pytest.approx(500 - 1.2 * 500)
    assert plan_gap.aop_bridge(PLANNER, level="channel") is None


def test_members_without_targets_and_targets_without_sales_are_shown() -> None:
    target("category", "Frozen", "revenue", 10)
    found = {row.member: row for row in plan_gap.landing(PLANNER, level="category").rows}
    assert (found["Sauces"].gap, found["Frozen"].gap) == (None, pytest.approx(-120))
    assert plan_gap.landing(PLANNER, level="category").rows[0].member == "Frozen"


def test_what_is_asked_for_is_checked() -> None:
    for asked in ({"measure": "service"}, {"level": "planet"}, {"year": 3000}):
        with pytest.raises(InvalidInput):
            plan_gap.landing(PLANNER, **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        plan_gap.months(PLANNER, measure="revenue", level="category", member="Gone")
    with pytest.raises(NotAllowed):
        plan_gap.landing(colleague(Role.ADMIN))


def test_an_empty_company_has_no_landing(company: Rows) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("truncate demand_history, forecast_value, aop_target"))
        connection.execute(text("select tandem_bump('demand')"))
    (row,) = plan_gap.landing(PLANNER, year=2027).rows
    assert (row.aop, row.landing, row.status) == (None, 0, "unknown")
    assert plan_gap.plan_bridge(PLANNER) is None
