"""Floors and ceilings: where the plan breaks them, and the edit that brings it inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from consensus_company import person
from rows import Rows
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.db import owner_engine
from services import plan_bounds

FORM = {"whose": "category:Snacks", "starts_on": "2026-03", "ends_on": "2026-05", "measure": "volume", "ceiling": 60}


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    return found


def save(rows: Rows, **form: Any) -> int:
    return plan_bounds.save(person(rows, "finance"), FORM | form)


def test_what_breaks_a_bound_comes_first_with_its_money(rows: Rows) -> None:
    save(rows)
    found = plan_bounds.bound_months(person(rows, "sales"))
    assert [one.planned for one in found] == pytest.approx([70, 50, 50])
    assert (found[0].gap, found[0].gap_value) == (pytest.approx(10), pytest.approx(20))
    assert [one.gap for one in found[1:]] == [0, 0]


def test_the_plan_is_brought_inside_in_proportion(rows: Rows) -> None:
    bound, planner = save(rows), person(rows, "planner")
    change, seen = plan_bounds.inside_preview(planner, bound, "2026-04")
    assert (change.value, seen.before_total, seen.after_total) == (60, pytest.approx(70), pytest.approx(60))
    plan_bounds.bring_inside(planner, bound, "2026-04")
    assert not any(one.gap for one in plan_bounds.bound_months(planner))
    with owner_engine().connect() as connection:
        assert connection.execute(text("select stream, source, mode from demand_edit")).all() == [
            ("planner", "consensus", "set")
        ]
    with pytest.raises(InvalidInput, match="inside this bound already"):
        plan_bounds.bring_inside(planner, bound, "2026-04")


@pytest.mark.parametrize("whose", ["company", "channel:MT"])
def test_a_floor_in_money_of_the_company_or_a_channel(rows: Rows, whose: str) -> None:
    bound = save(rows, whose=whose, measure="revenue", starts_on="2026-05", floor=1200, ceiling=None)
    found = plan_bounds.bound_months(person(rows, "finance"))
    assert [one.gap_value for one in found] == pytest.approx([-100])
    plan_bounds.bring_inside(person(rows, "planner"), bound, "2026-05")
    assert plan_bounds.bound_months(person(rows, "finance"))[0].planned == pytest.approx(1200, abs=0.02)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"ceiling": None}, "floor, a ceiling"),
        ({"floor": 70}, "must not be above"),
        ({"floor": -1, "ceiling": None}, "below zero"),
        ({"ceiling": "many"}, "Ceiling: enter a number"),
        ({"whose": "category:"}, "Of: choose"),
        ({"whose": "brand:X"}, "Of: choose"),
        ({"whose": None}, "Of: choose"),
        ({"measure": "margin"}, "RM or units"),
        ({"starts_on": "2026-13"}, "From: enter a month"),
        ({"ends_on": "2026-02"}, "not before the first"),
    ],
    ids=str,
)
def test_bounds_that_are_none_are_refused(rows: Rows, form: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        save(rows, **form)
    assert plan_bounds.bound_months(person(rows, "finance")) == []


def test_the_second_of_two_people_is_told(rows: Rows) -> None:
    bound, finance = save(rows), person(rows, "finance")
    plan_bounds.save(finance, FORM | {"ceiling": 80}, bound_id=bound, version=1)
    with pytest.raises(Conflict, match="Somebody else"):
        plan_bounds.save(finance, FORM | {"ceiling": 90}, bound_id=bound, version=1)
    plan_bounds.remove(finance, bound, 2)
    with pytest.raises(NotFound):
        plan_bounds.remove(finance, bound, 2)


def test_each_role_does_its_part(rows: Rows) -> None:
    bound = save(rows)
    for role in ("sales", "marketing", "executive", "analyst"):
        with pytest.raises(NotAllowed):
            plan_bounds.save(person(rows, role), FORM)
        with pytest.raises(NotAllowed):
            plan_bounds.bring_inside(person(rows, role), bound, "2026-04")
    with pytest.raises(NotAllowed):
        plan_bounds.bound_months(person(rows, "admin"))


@pytest.mark.parametrize("bound", [None, 0, "1", 99, 2**70], ids=repr)
def test_what_is_no_bound_is_not_found(rows: Rows, bound: object) -> None:
    with pytest.raises(NotFound):
        plan_bounds.bring_inside(person(rows, "planner"), bound, "2026-04")
