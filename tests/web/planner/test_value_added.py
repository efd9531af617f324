"""Demand › Value added: figures of the page, the items behind a figure, the touchless list and its rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from planning_past import TODAY, Past, load

from callbacks.planner.value_added import PATH, Ids

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}
JAN, FEB = "2026-01-01", "2026-02-01"


@pytest.fixture(scope="module", autouse=True)
def past(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """In January people improved A, in February they made it worse; nobody spoke of B."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        past = load()
        past.edit("2025-12-28", {("A", JAN): (None, 95, 90), ("A", FEB): (None, 130, 100)}, by="executive")
        past.publish(
            "2026-01-01",
            {
                ("A", JAN): {"naive": 60, "statistical": 90, "planner": 95, "consensus": 95},
                ("B", JAN): {"naive": 50, "statistical": 40, "consensus": 40},
            },
        )
        past.publish("2026-02-01", {("A", FEB): {"naive": 90, "statistical": 100, "planner": 130, "consensus": 130}})
        yield past


def listed(visitor: Any, grid: str, store: str, **filters: Any) -> list[dict[str, Any]]:
    given = {f"{grid}.getRowsRequest": REQUEST, f"{store}.data": filters}
    answer = visitor.call(f"{grid}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["response"][grid]["getRowsResponse"]["rowData"]
    return rows


def choose(visitor: Any, grid: str, row: dict[str, Any], **selected: Any) -> Any:
    given = {f"{grid}.selectedRows": [row], f"{Ids.filters}.data": {"lag": "1"}, **selected}
    return visitor.call(f"{Ids.behind}.data", given, triggered=f"{grid}.selectedRows").json["response"]


def test_the_page_tells_what_people_added(visitor: Visit) -> None:
    page = json.dumps(visitor("executive").layout(PATH).json, ensure_ascii=False)
    assert "10.0 percentage points further away from what was sold" in page
    assert "▼ −12.5" in page
    assert '"worse_of": "1 of 2"' in page


def test_a_person_leads_to_their_items(visitor: Visit, past: Past) -> None:
    person = past.people()["executive"]
    found = choose(visitor("planner"), Ids.people, {"person_id": person, "step": "planner"})
    behind = found[Ids.behind]["data"]
    assert (behind["person"], behind["step"], behind["lag"]) == (str(person), "planner", "1")
    assert [row["code"] for row in listed(visitor("planner"), Ids.items, Ids.behind, **behind)] == ["A"]


def test_a_step_leads_to_its_items(visitor: Visit) -> None:
    behind = choose(visitor("planner"), Ids.steps, {"step": "statistical"})[Ids.behind]["data"]
    assert {row["code"] for row in listed(visitor("planner"), Ids.items, Ids.behind, **behind)} == {"A", "B"}


def test_a_class_leads_to_its_items(visitor: Visit) -> None:
    behind = choose(visitor("planner"), Ids.classes, {"box": "CZ"})[Ids.behind]["data"]
    assert (behind["box"], behind["step"]) == ("CZ", "consensus")


def test_rules_decide_what_is_left_alone(visitor: Visit) -> None:
    planner = visitor("planner")
    assert listed(planner, Ids.touchless, Ids.filters) == []
    typed = {f"{Ids.months}.value": 2, f"{Ids.gain}.value": 0, f"{Ids.seen}.data": {"months": 3, "gain": 0}}
    saved = planner.press(Ids.save, typed).json["response"]
    assert saved[Ids.seen]["data"] == {"months": 2, "gain": 0}
    (row,) = listed(planner, Ids.touchless, Ids.filters)
    assert (row["code"], row["months"], row["last_spoken"], row["worse_of"]) == ("A", 2, "2026-02", "1 of 2")
    assert "Somebody else has changed these figures" in planner.press(Ids.save, typed).text


def test_only_planners_change_the_rules(visitor: Visit) -> None:
    assert visitor("analyst").press(Ids.save, {}).status_code == 403


def test_lists_are_taken_along(visitor: Visit) -> None:
    found = visitor("analyst").get("/download/value-added.csv?step=planner").text.splitlines()
    assert (len(found), found[1].split(",")[0]) == (2, "A")
    assert visitor("analyst").get("/download/touchless-items.csv").status_code == 200


def test_filters_that_are_none(visitor: Visit) -> None:
    odd = {"lag": [1], "kind": {"a": 1}, "box": 7, "step": None, "person": "x" * 99}
    assert listed(visitor("planner"), Ids.items, Ids.behind, **odd) == []


def test_without_plans_the_page_says_what_to_do(visitor: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-01-10")
    page = json.dumps(visitor("planner").layout(PATH).json, ensure_ascii=False)
    assert "No month of a published plan is over yet." in page
