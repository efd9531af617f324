"""S&OP › Limits and assumptions: set, broken, brought inside; written down and judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import consensus_company as company
import pytest

from callbacks.planner.plan_bounds import ASSUMPTION_FORM, BOUND_FORM, PATH, Ids

Visit = Callable[..., Any]
BOUND = {
    "whose": "category:Snacks",
    "starts_on": "2026-04",
    "ends_on": "2026-04",
    "measure": "volume",
    "floor": None,
    "ceiling": 60,
    "note": "Cash",
}


@pytest.fixture(autouse=True)
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    company.cycle(company.load())


def pressed(visitor: Any, button: str, grid: str, row: object) -> Any:
    return visitor.press(button, {f"{grid}.selectedRows": [row]})


def test_from_a_bound_to_a_plan_inside_it(visitor: Visit) -> None:
    finance, planner = visitor("finance"), visitor("planner")
    entered = {f"{name_id}.value": BOUND[name] for name, name_id in BOUND_FORM.items()}
    answer = finance.press(Ids.save, entered).json["response"]
    row = answer[Ids.bounds]["rowData"][0]
    assert row["state"] == "◆ above by 10"
    assert answer[Ids.totals]["children"] == "1 of 1 month with a bound outside, by RM 20 in all"
    told = pressed(planner, Ids.preview, Ids.bounds, row).json["response"][Ids.told]["children"]
    assert told == "Snacks, 2026-04: 70 becomes 60, every part in proportion, 1 figure changes."
    answer = pressed(planner, Ids.inside, Ids.bounds, row).json["response"]
    assert answer[Ids.bounds]["rowData"][0]["state"] == "● inside"
    assert pressed(finance, Ids.remove, Ids.bounds, row).json["response"][Ids.bounds]["rowData"] == []


def test_an_assumption_is_written_down_and_judged(visitor: Visit) -> None:
    sales = visitor("sales")
    form = {"body": "Listed", "whose": "company", "starts_on": "2026-03", "ends_on": "2026-05", "layer": "consensus"}
    form |= {"measure": "volume", "tolerance": "5"}
    entered = {f"{name_id}.value": form[name] for name, name_id in ASSUMPTION_FORM.items()}
    row = sales.press(Ids.write, entered).json["response"][Ids.assumptions]["rowData"][0]
    assert row["rests"] == "Consensus · Company · 2026-03 … 2026-05 · units"
    answer = pressed(sales, Ids.refute, Ids.assumptions, row).json["response"]
    assert answer[Ids.assumptions]["rowData"][0]["status"] == "wrong"
    assert "Listed" in visitor("analyst").layout(PATH).text


@pytest.mark.parametrize("row", [None, {}, {"bound": "x", "id": []}, {"bound": 2**70, "month": 5}], ids=repr)
def test_odd_rows_are_answered_in_words(visitor: Visit, row: object) -> None:
    planner = visitor("planner")
    for button, grid in ((Ids.inside, Ids.bounds), (Ids.remove, Ids.bounds), (Ids.confirm, Ids.assumptions)):
        assert "There is no such" in pressed(planner, button, grid, row).text


def test_roles_see_their_own_buttons(visitor: Visit) -> None:
    assert "Set the bound" in visitor("finance").layout(PATH).text
    page = visitor("executive").layout(PATH).text
    assert "Set the bound" not in page
    assert "Bring inside" not in page
