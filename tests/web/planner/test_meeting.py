"""S&OP › Meeting: its agenda, the figures of each item, and a decision written down at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.meeting import PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine
from services import decisions, meeting
from services.meeting import STANDARD

Visit = Callable[..., Any]
MONTH = date(2031, 3, 1)


@pytest.fixture(autouse=True)
def cycle(database: Path) -> Iterator[int]:
    """A cycle later than any other, with an agenda of its own for the executive step."""
    with owner_engine().begin() as connection:
        cycle_id = connection.execute(
            text("insert into sop_cycle (month) values (:month) returning id"), {"month": MONTH}
        ).scalar_one()
        connection.execute(
            text(
                "insert into sop_step (cycle_id, step, position, due_on, agenda) "
                "values (:cycle, 'executive', 6, :month, :agenda)"
            ),
            {"cycle": cycle_id, "month": MONTH, "agenda": "- Price round\n\n  * New line at Shah Alam\n"},
        )
    yield cycle_id
    with owner_engine().begin() as connection:
        connection.execute(text("delete from sop_cycle where id = :id"), {"id": cycle_id})


def shown(visitor: Any, item: object, cycle_id: object) -> str:
    about = {"cycle": cycle_id, "step": "executive", "items": {}}
    found = visitor.call(f"{Ids.shown}.children", {f"{Ids.item}.value": item, f"{Ids.about}.data": about})
    assert found.status_code == 200, found.text
    return json.dumps(found.json["response"], ensure_ascii=False)


def test_the_agenda_has_the_lines_of_the_step_then_the_standard_items(viewer_of: Callable[[str], Viewer]) -> None:
    planner = viewer_of("planner")
    found = meeting.meeting(planner)
    assert found is not None
    assert (found.month, found.step) == (MONTH, "executive")
    assert [item.title for item in found.items[:2]] == ["Price round", "New line at Shah Alam"]
    assert tuple(item.key for item in found.items[2:]) == STANDARD
    other = meeting.meeting(planner, month="2031-03", step="demand")
    assert other is not None
    assert tuple(item.key for item in other.items) == STANDARD


def test_the_page_names_the_review_and_its_items(visitor: Visit) -> None:
    page = json.dumps(visitor("executive").layout(PATH, "?cycle=2031-03&step=executive").json, ensure_ascii=False)
    for told in ("Executive review 2031-03", "Price round", "Gap to AOP", "meeting-leave", Ids.write):
        assert told in page


def test_who_may_not_decide_has_no_box(visitor: Visit, cycle: int) -> None:
    assert Ids.write not in json.dumps(visitor("analyst").layout(PATH).json)
    about = {"cycle": cycle, "step": "executive"}
    given = {f"{Ids.about}.data": about, f"{Ids.decision}.value": "No"}
    assert visitor("analyst").press(Ids.write, given).status_code == 403


@pytest.mark.parametrize("item", [*STANDARD, "own0"])
def test_every_item_has_its_view(visitor: Visit, cycle: int, item: str) -> None:
    assert '"type"' in shown(visitor("planner"), item, cycle)


@pytest.mark.parametrize("item", [None, 7, ["gap"], {"a": 1}, "no such item"], ids=str)
def test_an_odd_item_shows_what_was_decided(visitor: Visit, item: object) -> None:
    assert "Decided in this cycle" in shown(visitor("planner"), item, "x")


def test_a_decision_is_written_down_at_once_and_shown(
    visitor: Visit, cycle: int, viewer_of: Callable[[str], Viewer]
) -> None:
    executive = viewer_of("executive")
    given = {
        f"{Ids.about}.data": {"cycle": cycle, "step": "executive"},
        f"{Ids.item}.value": "asked",
        f"{Ids.decision}.value": "Raise prices of drinks",
        f"{Ids.owner}.value": str(executive.user_id),
        f"{Ids.expected}.value": 250_000,
    }
    answer = visitor("executive").press(Ids.write, given)
    assert answer.status_code == 200, answer.text
    assert "Raise prices of drinks" in json.dumps(answer.json["response"][Ids.shown])
    (found,) = decisions.decisions(executive, cycle_id=cycle)
    assert (found["owner_id"], found["expected_value"], found["step"]) == (executive.user_id, 250_000, "executive")


def test_an_empty_decision_is_refused(visitor: Visit, cycle: int, viewer_of: Callable[[str], Viewer]) -> None:
    visitor("executive").press(Ids.write, {f"{Ids.about}.data": {"cycle": cycle, "step": "executive"}})
    visitor("executive").press(Ids.write, {f"{Ids.decision}.value": "Without a cycle"})
    assert decisions.decisions(viewer_of("executive"), cycle_id=cycle) == []
