"""Streams side by side: at every level, the widest disagreement first, with what was published and the AOP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from consensus_company import MARCH, person
from rows import Rows, colleague

from core.errors import NotAllowed
from core.permissions import Role
from services import consensus_streams
from services.consensus_streams import LEVELS, StreamView, stream_rows, streams


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    return company.load()


def shown(rows: Rows, **view: Any) -> list[dict[str, Any]]:
    wanted = StreamView(**view)
    return stream_rows(streams(person(rows, "sales"), wanted), wanted).rows


def test_the_widest_disagreement_comes_first(rows: Rows) -> None:
    found = shown(rows)
    assert [row["name"] for row in found] == ["Sauces", "Snacks"]
    # Sales 330 against finance 280 units at RM 10; the planner 170 against 150 at RM 2.
    assert [row["spread"] for row in found] == pytest.approx([500, 40])
    assert (found[0]["high"], found[0]["low"]) == ("sales", "finance")
    assert found[0]["consensus"] == pytest.approx(10 * (310 / 3 + 200))
    assert found[0]["marketing"] is None
    assert found[0]["cover_sales"] == pytest.approx(1 / 3)


def test_one_month_alone(rows: Rows) -> None:
    found = shown(rows, month="2026-04")
    assert [row["name"] for row in found] == ["Snacks", "Sauces"]
    assert found[0]["planner"] == pytest.approx(140)
    assert found[1]["spread"] == 0
    assert found[1]["high"] == ""


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_comes_to_the_same(rows: Rows, level: str) -> None:
    found = shown(rows, by=level)
    assert sum(row["consensus"] for row in found) == pytest.approx(10 * (310 / 3 + 200) + 340)
    assert all(row["id"] for row in found)


def test_units_and_search(rows: Rows) -> None:
    assert shown(rows, by="product", shown="units", search="sauce")[0]["sales"] == pytest.approx(330)
    assert shown(rows, search="nothing like it") == []


def test_several_units_of_measure_have_no_sum(rows: Rows) -> None:
    rows.product("OIL", uom="KG", category="Sauces", unit_price=1)
    company.said(rows, "OIL", "sales", MARCH, 5)
    assert shown(rows, shown="units", search="sauces")[0]["consensus"] is None


def test_what_was_published_and_the_targets_stand_beside(rows: Rows) -> None:
    company.published(rows, company.date(2026, 2, 1), statistical=90.0, consensus=95.0)
    rows.add("aop_target", level="category", member="Sauces", period=MARCH, measure="revenue", value=1100)
    rows.bump("aop")
    found = streams(person(rows, "finance"), StreamView())
    row = shown(rows)[0]
    assert found.published == "2026-02 v1"
    assert row["published"] == pytest.approx(950)  # it has March only
    assert row["aop"] == pytest.approx(1100)


def test_without_a_forecast_there_is_nothing(empty_database: Path) -> None:
    found = streams(colleague(), StreamView())
    assert (found.months, stream_rows(found, StreamView()).rows) == ([], [])


@pytest.mark.usefixtures("rows")
def test_partners_and_administrators_see_nothing() -> None:
    for role in (Role.ADMIN, Role.SUPPLIER, Role.CUSTOMER, Role.OEM):
        with pytest.raises(NotAllowed):
            streams(colleague(role), StreamView())


def test_odd_views_become_the_usual_one() -> None:
    assert consensus_streams.stream_view({"by": "x", "shown": "y"}) == StreamView()
