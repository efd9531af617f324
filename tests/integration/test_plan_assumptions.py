"""Assumptions are linked to figures, and marked when those have moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from consensus_company import APRIL, person
from rows import Rows

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from services import plan_assumptions
from services.plan_assumptions import Assumption

FORM = {
    "body": "Tesco lists the new sauce",
    "whose": "category:Sauces",
    "starts_on": "2026-04",
    "ends_on": "2026-05",
    "measure": "revenue",
    "layer": "consensus",
    "tolerance": 10,
}


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    return found


def written(rows: Rows, **form: Any) -> Assumption:
    plan_assumptions.add(person(rows, "sales"), FORM | form)
    return plan_assumptions.assumptions(person(rows, "analyst"))[0]


def test_a_figure_that_moves_marks_its_assumption(rows: Rows) -> None:
    before = written(rows)
    assert (before.figure, before.now, before.moved) == (2000, pytest.approx(2000), False)
    assert (before.owner, before.status, before.cycle) == ("Sales", "open", company.MARCH)
    company.said(rows, "SAUCE", "planner", APRIL, 130)
    after = plan_assumptions.assumptions(person(rows, "sales"))[0]
    assert (after.now, after.change, after.moved) == (pytest.approx(2300), pytest.approx(0.15), True)


def test_a_stream_counts_as_statistics_where_it_is_silent(rows: Rows) -> None:
    assert written(rows, layer="sales", starts_on="2026-03", ends_on="2026-03").figure == pytest.approx(1300)
    assert written(rows, layer="marketing", whose="company", measure="volume").figure == pytest.approx(300)


def test_once_a_month_is_over_nothing_is_compared(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    written(rows)
    monkeypatch.setenv("TANDEM_TODAY", "2026-05-02")
    found = plan_assumptions.assumptions(person(rows, "sales"))[0]
    assert (found.now, found.moved) == (None, False)


def test_it_turns_out_right_or_wrong_once(rows: Rows) -> None:
    found, sales = written(rows), person(rows, "sales")
    plan_assumptions.decide(sales, found.id, found.version, "wrong")
    assert plan_assumptions.assumptions(sales)[0].status == "wrong"
    with pytest.raises(Conflict, match="wrong meanwhile"):
        plan_assumptions.decide(sales, found.id, found.version, "confirmed")
    with pytest.raises(NotFound):
        plan_assumptions.decide(sales, 2**70, 1, "confirmed")
    with pytest.raises(InvalidInput):
        plan_assumptions.decide(sales, found.id, 2, "maybe")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"body": " "}, "Assumption: write"),
        ({"layer": "aop"}, "Rests on"),
        ({"tolerance": 1001}, "Moved by more than"),
        ({"tolerance": None}, "Moved by more than"),
        ({"starts_on": "2027-04", "ends_on": ""}, "months that are planned"),
    ],
    ids=str,
)
def test_what_is_no_assumption_is_refused(rows: Rows, form: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        written(rows, **form)


def test_who_does_not_sign_writes_nothing_down(rows: Rows) -> None:
    with pytest.raises(NotAllowed):
        plan_assumptions.add(person(rows, "analyst"), FORM)
