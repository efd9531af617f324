"""Published plans beside each other and beside now: sums by group and month, the largest change first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import stock_company
from rows import Rows, colleague
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import InvalidInput, NotAllowed, NotFound
from core.permissions import Permission, Role
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from models.network import Location
from models.product import Product
from services import as_of, plan_versions
from services.plan_comparison import NOW, compare

MONTH = TODAY.replace(day=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CHIPS of 310 a month at 5, TEA of 620 a month at 20."""
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    with owner_engine().begin() as connection:
        connection.execute(text("insert into channel (code, name) values ('MT', 'MT') on conflict do nothing"))
        connection.execute(text("update product set category = 'Snacks', uom = 'bag' where code = 'CHIPS'"))
        connection.execute(text("update product set category = 'Drinks', uom = 'box' where code = 'TEA'"))
        connection.execute(text("update product set unit_price = case code when 'CHIPS' then 5 else 20 end"))
    Rows().bump("products")


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def published(viewer: Viewer, kind: str = "demand") -> int:
    with session_scope(viewer) as session:
        if kind == "supply":
            return plan_versions.publish_supply(session, viewer)
        return plan_versions.publish_demand(session, viewer, kind=kind)


def decide(quantity: float, month: date = MONTH) -> None:
    """The planner's word on CHIPS at the plant."""
    Rows().add(
        "forecast_override",
        product_id=ids(Product)["CHIPS"],
        location_id=ids(Location)["KL"],
        frequency="month",
        period=month,
        stream="planner",
        quantity=quantity,
    )
    Rows().bump("demand_plan")


def changes(viewer: Viewer, *plans: object, **asked: Any) -> dict[str, float]:
    return {row["key"]: row["change"] for row in compare(viewer, *plans, **asked).rows}


def test_two_plans_side_by_side(planner: Viewer) -> None:
    first = published(planner)
    decide(350)
    second = published(planner, "consensus")
    found = compare(planner, first, second)
    assert (found.one, found.other) == ("Demand 2026-03 v1", "Consensus 2026-03 v1")
    assert [(row["key"], row["change"], row["m0"], row["unit"]) for row in found.rows] == [
        ("Snacks", 200, 200, "RM"),
        ("Drinks", 0, 0, "RM"),
    ]
    assert found.rows[0]["share"] == pytest.approx(200 / found.rows[0]["one"])
    assert found.totals["other"][0] - found.totals["one"][0] == pytest.approx(200)
    assert changes(planner, second, first) == {"Snacks": -200, "Drinks": 0}


def test_a_plan_beside_now(planner: Viewer) -> None:
    version = published(planner)
    assert changes(planner, version, NOW) == {"Drinks": 0, "Snacks": 0}
    decide(300)
    assert changes(planner, version, NOW) == {"Snacks": -50, "Drinks": 0}
    assert changes(planner, version, NOW, by="product", shown="units", category="Snacks") == {"CHIPS": -10}


def test_units_stand_beside_groups_that_have_one(planner: Viewer) -> None:
    version = published(planner)
    by_item = {row["key"]: row["unit"] for row in compare(planner, version, NOW, by="product", shown="units").rows}
    assert by_item == {"CHIPS": "bag", "TEA": "box"}
    with owner_engine().begin() as connection:
        connection.execute(text("update product set category = 'Snacks'"))
    Rows().bump("products")
    (row,) = compare(planner, version, NOW, shown="units").rows
    assert row["unit"] == ""


def test_a_supply_plan_beside_now_agrees(planner: Viewer) -> None:
    version = published(planner, "supply")
    for measure in ("receipts", "demand", "end_stock", "owed"):
        found = compare(planner, version, NOW, by="product", measure=measure, shown="units")
        assert found.measure == measure
        assert found.rows
        assert all(abs(row["change"]) < 1e-6 for row in found.rows)


@pytest.mark.parametrize(
    "scope", [{"location": "KL"}, {"kind": "finished"}, {"product": "TEA"}, {"category": "Drinks"}]
)
def test_published_and_current_figures_are_narrowed_alike(planner: Viewer, scope: dict[str, str]) -> None:
    version = published(planner, "supply")
    found = compare(planner, version, NOW, measure="demand", shown="units", **scope)
    assert sum(found.totals["one"]) > 0
    assert found.totals["one"] == pytest.approx(found.totals["other"])


def test_months_that_only_one_has_are_left_out(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    version = published(planner, "supply")
    monkeypatch.setenv("TANDEM_TODAY", "2026-04-06")
    assert min(compare(planner, version, NOW).months) == date(2026, 4, 1)


def test_what_can_not_be_compared(planner: Viewer) -> None:
    demand, supply = published(planner), published(planner, "supply")
    with pytest.raises(InvalidInput, match="two of a kind"):
        compare(planner, demand, supply)
    with pytest.raises(InvalidInput, match="Choose category"):
        compare(planner, demand, NOW, by="moon")
    for odd in (None, "", "1", 0, 2**70, [], {}):
        with pytest.raises(NotFound):
            compare(planner, odd, NOW)
        with pytest.raises(NotFound):
            compare(planner, demand, odd)


def test_an_unknown_measure_is_the_first_of_the_kind(planner: Viewer) -> None:
    assert compare(planner, published(planner), NOW, measure="receipts").measure == "consensus"


def test_a_screen_as_of_a_published_plan(planner: Viewer) -> None:
    published(planner)
    decide(350)
    (known,) = as_of.choices(planner, ("demand", "consensus"))
    assert (known.name, known.published_by) == ("Demand 2026-03 v1", planner.name)
    found = as_of.beside_now(planner, known, ["consensus"], scope={"category": "Snacks"})
    ((measure, before, now, change),) = found.rows
    assert (measure, before[0], now[0], change[0]) == ("consensus", 1550, 1750, 200)
    assert as_of.chosen_plan([known], str(known.version_id)) == known
    assert as_of.chosen_plan([known], "x") is None
    assert as_of.choices(planner, ("supply",)) == []
    assert as_of.choices(colleague(Role.ADMIN), ("demand",)) == []


def test_only_colleagues_who_plan_compare(planner: Viewer) -> None:
    version = published(planner)
    for refused in (colleague(Role.ADMIN), colleague(without=Permission.PLAN_READ)):
        with pytest.raises(NotAllowed):
            compare(refused, version, NOW)
