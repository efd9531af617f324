"""S&OP › Decisions: each button pressed, and what is stored afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.decisions import NEW, PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine
from services import decisions

Visit = Callable[..., Any]
MONTH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def cycle(database: Path) -> Iterator[int]:
    with owner_engine().begin() as connection:
        statement = (
            "insert into sop_cycle (month, status) values (:month, 'closed') "
            "on conflict (month) do update set version = sop_cycle.version returning id"
        )
        found = int(connection.execute(text(statement), {"month": MONTH}).scalar_one())
        connection.execute(text("delete from sop_decision"))
    return found


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def form(cycle: int, **values: Any) -> dict[str, Any]:
    """What the form of a new decision sends."""
    usual = {Ids.new_cycle: str(cycle), Ids.new_step: "executive", Ids.new_kind: "decision", Ids.new_title: "Hire"}
    return {f"{name}.value": (usual | values).get(name) for name in NEW}


def one(planner: Viewer) -> dict[str, Any]:
    (found,) = decisions.decisions(planner)
    return found


def press(visitor: Any, button: str, found: dict[str, Any], **values: Any) -> Any:
    seen = {"id": found["id"], "version": found["version"]}
    return visitor.press(button, {f"{Ids.seen}.data": seen, **{f"{name}.value": v for name, v in values.items()}})


def test_what_is_asked_is_decided_done_and_checked(visitor: Visit, planner: Viewer, cycle: int) -> None:
    guest = visitor("executive")
    assert (
        guest.press(Ids.ask, form(cycle, **{Ids.new_expected: 900, Ids.new_owner: str(planner.user_id)})).status_code
        == 200
    )
    assert one(planner)["status"] == "asked"
    assert press(guest, Ids.decide, one(planner), **{Ids.owner: "-", Ids.expected: 1000}).status_code == 200
    assert (one(planner)["status"], one(planner)["expected_value"]) == ("open", 1000)
    assert press(guest, Ids.finish, one(planner)).status_code == 200
    assert press(guest, Ids.check, one(planner), **{Ids.actual: 1200}).status_code == 200
    assert (one(planner)["status"], one(planner)["actual_value"]) == ("done", 1200)
    listed = guest.call(f"{Ids.told}.children", {}).json["response"]
    assert "1 of 1 checked decisions" in listed[Ids.told]["children"]


def test_what_is_written_down_is_open_and_can_be_dropped(visitor: Visit, planner: Viewer, cycle: int) -> None:
    guest = visitor("sales")
    guest.press(Ids.add, form(cycle, **{Ids.new_measure: "revenue", Ids.new_level: "company"}))
    assert (one(planner)["status"], one(planner)["measure"]) == ("open", "revenue")
    press(guest, Ids.drop, one(planner), **{Ids.reason: ""})
    assert one(planner)["status"] == "open"
    press(guest, Ids.drop, one(planner), **{Ids.reason: "too dear"})
    assert one(planner)["status"] == "dropped"


def test_the_list_is_narrowed_and_counted(visitor: Visit, planner: Viewer, cycle: int) -> None:
    decisions.add(planner, cycle, "demand", "decision", "first", asked=True)
    decisions.add(planner, cycle, "demand", "action", "second")
    for show, titles in (("", ["first", "second"]), ("asked", ["first"]), ("open", ["second"]), ("late", []), (7, 2)):
        response = visitor("analyst").call(f"{Ids.told}.children", {f"{Ids.show}.data": show}).json["response"]
        rows = [row["title"] for row in response[Ids.rows]["rowData"]]
        assert rows == titles or len(rows) == titles


def test_the_address_opens_a_decision_with_its_proposal(visitor: Visit, planner: Viewer, cycle: int) -> None:
    found = decisions.add(planner, cycle, "demand", "decision", "Second shift", measure="revenue", level="company")
    page = json.dumps(visitor("planner").layout(PATH, f"?decision={found}").json, ensure_ascii=False)
    assert "Second shift" in page
    assert "Revenue: Company from 2026-03 to 2026-05" in page
    for odd in ("x", "9" * 40, "-1", ""):
        assert visitor("planner").layout(PATH, f"?decision={odd}").status_code == 200


def test_selecting_a_row_shows_what_can_be_done(visitor: Visit, planner: Viewer, cycle: int) -> None:
    found = decisions.add(planner, cycle, "demand", "decision", "Second shift")
    for role, may in (("executive", True), ("analyst", False)):
        values = {f"{Ids.rows}.selectedRows": [{"id": found}]}
        shown = (
            visitor(role).call(f"{Ids.title}.children", values, triggered=f"{Ids.rows}.selectedRows").json["response"]
        )
        assert shown[Ids.title]["children"] == "Second shift"
        assert (shown[Ids.finish]["style"] == {}) is may


def test_readers_change_nothing(visitor: Visit, planner: Viewer, cycle: int) -> None:
    assert visitor("analyst").press(Ids.add, form(cycle)).status_code == 403
    assert decisions.decisions(planner) == []
    assert visitor("admin").get(PATH).status_code == 403
    assert visitor("supplier").get("/download/decisions.csv").status_code == 403


def test_the_list_comes_as_a_file(visitor: Visit, planner: Viewer, cycle: int) -> None:
    decisions.add(planner, cycle, "demand", "decision", "first", asked=True)
    decisions.add(planner, cycle, "demand", "action", "second")
    assert "second" in visitor("planner").get("/download/decisions.csv").text
    narrowed = visitor("planner").get("/download/decisions.csv?show=asked").text
    assert "first" in narrowed
    assert "second" not in narrowed
