"""A launch on the course of look-alikes: proposed, looked at, written, tracked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from consensus_company import person
from rows import Rows
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed
from data.db import owner_engine, session_scope
from services import launches
from services.demand_plan import demand_plan


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """KETCHUP was launched in 2025-01, sold 50 in its first month, 80 in its second and 100 from then on."""
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    found.product("KETCHUP", category="Sauces", unit_price=9, launched_on=date(2025, 1, 5))
    for month in range(12):
        found.sell(f"2025-{month + 1:02d}-10", "KETCHUP", {0: 50, 1: 80}.get(month, 100), 900)
    found.product("CHILI", category="Sauces", unit_price=10, life_cycle="planned")
    found.bump("demand")
    found.bump("products")
    return found


def form(rows: Rows, **changed: Any) -> dict[str, Any]:
    ids = rows.ids
    usual = {"product": str(ids["CHILI"]), "month": "2026-04", "place": str(ids["KL"]), "channel": str(ids["MT"])}
    return {**usual, "donors": [ids["KETCHUP"]], "level": 200, "share": 10, "victims": [str(ids["SAUCE"])], **changed}


def planned(rows: Rows, product: str) -> list[float]:
    viewer = person(rows, "planner")
    with session_scope(viewer) as session:
        plan = demand_plan(session, viewer)
    own = (plan.base.leaves["product"] == product).to_numpy()
    return [float(value) for value in plan.consensus[own].sum(axis=0)]


def test_look_alikes_come_with_reasons(rows: Rows) -> None:
    found = launches.look_alikes(person(rows, "marketing"), rows.ids["CHILI"])
    assert [(one["code"], one["launched"], one["level"]) for one in found] == [("KETCHUP", "2025-01", 100)]
    assert "same category" in found[0]["reasons"]
    assert "price within 30 %" in found[0]["reasons"]


def test_the_course_is_that_of_look_alikes_at_the_level_expected(rows: Rows) -> None:
    found = launches.preview(person(rows, "marketing"), launches.wish(form(rows)))
    assert found.expected.tolist() == pytest.approx([100, 160])
    assert found.lost["SAUCE"].tolist() == pytest.approx([10, 16])


def test_a_written_launch_is_in_the_plan_and_taken_from_others(rows: Rows) -> None:
    assert planned(rows, "CHILI") == [] or sum(planned(rows, "CHILI")) == 0
    launches.apply(person(rows, "planner"), launches.wish(form(rows)))
    assert planned(rows, "CHILI") == pytest.approx([0, 100, 160])
    assert planned(rows, "SAUCE")[1:] == pytest.approx([90, 84])
    with owner_engine().connect() as connection:
        assert connection.execute(text("select source, stream from demand_edit")).all() == [("life_cycle", "planner")]


def test_marketing_speaks_for_itself(rows: Rows) -> None:
    launches.apply(person(rows, "marketing"), launches.wish(form(rows, share=0)))
    # Weighed with statistics, which know nothing of it: half of it.
    assert planned(rows, "CHILI") == pytest.approx([0, 50, 80])


def test_a_launch_is_tracked_against_its_course(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    launches.apply(person(rows, "planner"), launches.wish(form(rows)))
    viewer = person(rows, "executive")
    assert launches.tracking(viewer)[0]["share"] is None
    rows.sell("2026-04-20", "CHILI", 80, 800)
    monkeypatch.setenv("TANDEM_TODAY", "2026-05-04")
    found = launches.tracking(viewer)
    assert [(one["code"], one["planned_to_date"], one["sold_to_date"]) for one in found] == [("CHILI", 100, 80)]
    assert found[0]["share"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"product": None}, "New product"),
        ({"place": "x"}, "Place"),
        ({"channel": 2**70}, "Channel"),
        ({"month": "2027-01"}, "Launch month: choose one from 2026-03 to 2026-05"),
        ({"month": "soon"}, "Launch month: enter a month"),
        ({"level": 0}, "Steady level"),
        ({"level": "x"}, "Steady level"),
        ({"share": 101}, "Taken from others"),
        ({"victims": None}, "choose the products"),
        ({"donors": []}, "Look-alikes"),
        ({"donors": [{}, None, "x", 99]}, "Look-alikes"),
    ],
    ids=str,
)
def test_wishes_that_can_not_be_are_refused(rows: Rows, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        launches.apply(person(rows, "planner"), launches.wish(form(rows, **changed)))


def test_who_may_not_plan_writes_nothing_and_a_closed_step_neither(rows: Rows) -> None:
    for role in ("sales", "executive", "analyst"):
        with pytest.raises(NotAllowed):
            launches.apply(person(rows, role), launches.wish(form(rows)))
    with owner_engine().begin() as connection:
        connection.execute(text("update sop_step set status = 'closed', closed_at = now() where step = 'product'"))
    with pytest.raises(Conflict, match="Closed for 2026-03"):
        launches.apply(person(rows, "planner"), launches.wish(form(rows)))
