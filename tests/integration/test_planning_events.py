"""The calendar of events: who may change it, what it refuses, and that nothing is overwritten unseen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rows import Rows, colleague
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Permission, Role
from data.db import owner_engine, session_scope
from data.queries.settings import version
from services import planning_events
from services.planning_events import EventFilters

PLANNER = colleague(Role.PLANNER)
PROMOTION = {
    "code": "RAYA-1",
    "name": "Raya offer",
    "kind": "promotion",
    "product": "A",
    "location": "",
    "channel": "MT",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-14",
    "discount": 0.2,
}

# Field, what was typed, what is said about it.
REFUSED = [
    ("code", " ", "Code: write"),
    ("code", "x" * 61, "Code: at most 60"),
    ("name", None, "Name: write"),
    ("kind", "sale", "Kind: choose one of: promotion"),
    ("product", "C", "Product: there is none with the code “C”"),
    ("location", "JB", "Location: there is none"),
    ("channel", "X", "Channel: there is none"),
    ("starts_on", "1 March", "First day: enter a date"),
    ("ends_on", "2026-02-30", "Last day: enter a date"),
    ("ends_on", "2026-02-28", "Last day: 2026-02-28 is before the first day, 2026-03-01"),
    ("discount", "a fifth", "Discount: enter a number"),
    ("discount", 20, "Discount: enter a share from 0 to 1, such as 0.2 for 20 % off"),
    ("discount", -0.1, "Discount: enter a share"),
    ("status", "cancelled", "Status: choose one of: draft, approved"),
]


@pytest.fixture(autouse=True)
def goods(empty_database: Path) -> None:
    made = Rows()
    made.product("A")
    made.product("B")
    made.place()
    made.channel()


def create(**given: Any) -> dict[str, Any]:
    return planning_events.create(PLANNER, PROMOTION | given)


def codes(**filters: Any) -> list[str]:
    return [row["code"] for row in planning_events.events(PLANNER, EventFilters(**filters)).rows]


def trail() -> list[Any]:
    with owner_engine().connect() as connection:
        return list(connection.execute(text("select action, before, after, reason from audit_entry order by id")))


def data_version() -> str:
    with session_scope(PLANNER) as session:
        return version(session, planning_events.SUBJECT)


def test_an_event_is_stored_as_it_was_given() -> None:
    found = create()
    assert found == planning_events.event(PLANNER, found["id"])
    assert (found["product"], found["product_name"], found["channel"]) == ("A", "Product A", "MT")
    assert found["location"] is None, "all locations"
    assert (found["starts_on"], found["ends_on"]) == (date(2026, 3, 1), date(2026, 3, 14))
    assert (found["discount"], found["status"], found["version"]) == (0.2, "approved", 1)
    assert [line.action for line in trail()] == ["planning_event.create"]
    assert trail()[0].after["starts_on"] == "2026-03-01"
    assert data_version() == "1"


def test_what_cannot_be_accepted_names_its_field() -> None:
    for field, value, says in REFUSED:
        with pytest.raises(InvalidInput) as refused:
            create(**{field: value})
        assert refused.value.message.startswith(says), field
    assert codes() == []
    assert trail() == []


def test_a_code_is_given_once() -> None:
    other = create(code="OTHER")
    create()
    with pytest.raises(InvalidInput, match="Code: there is an event “RAYA-1” already"):
        create(name="Another")
    with pytest.raises(InvalidInput, match="Code: there is an event “RAYA-1” already"):
        planning_events.change(PLANNER, other["id"], 1, {"code": "RAYA-1"})


def test_a_change_keeps_what_is_not_given_and_is_recorded_with_what_changed() -> None:
    found = create(note="in all shops")
    changed = planning_events.change(PLANNER, found["id"], 1, {"ends_on": date(2026, 3, 20), "channel": ""})
    assert changed == found | {"ends_on": date(2026, 3, 20), "channel": None, "channel_name": None, "version": 2}
    line = trail()[-1]
    assert (line.action, line.before["ends_on"], line.after["ends_on"]) == (
        "planning_event.change",
        "2026-03-14",
        "2026-03-20",
    )
    assert set(line.after) == {"ends_on", "channel_id"}
    assert data_version() == "2"


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    found = create()
    assert planning_events.change(PLANNER, found["id"], 1, PROMOTION) == found
    assert len(trail()) == 1


def test_nobody_overwrites_what_they_have_not_seen() -> None:
    found = create()
    planning_events.change(PLANNER, found["id"], 1, {"name": "Raya"})
    with pytest.raises(Conflict, match="RAYA-1 has changed since"):
        planning_events.change(PLANNER, found["id"], 1, {"name": "Hari Raya"})
    with pytest.raises(Conflict, match="RAYA-1 has changed since"):
        planning_events.cancel(PLANNER, found["id"], 1, reason="late")


def test_a_cancelled_event_stays_and_is_not_changed_again() -> None:
    found = create()
    with pytest.raises(InvalidInput, match="Reason"):
        planning_events.cancel(PLANNER, found["id"], 1, reason="")
    gone = planning_events.cancel(PLANNER, found["id"], 1, reason="no stock")
    assert (gone["status"], gone["version"]) == ("cancelled", 2)
    assert (trail()[-1].action, trail()[-1].reason) == ("planning_event.cancel", "no stock")
    with pytest.raises(Conflict, match="RAYA-1 is cancelled"):
        planning_events.change(PLANNER, found["id"], 2, {"name": "Again"})


def test_a_draft_waits_for_approval() -> None:
    draft = create(status="draft")
    assert planning_events.change(PLANNER, draft["id"], 1, {"status": "approved"})["status"] == "approved"


def test_an_event_that_is_not_there() -> None:
    for event_id in (0, 99, "1", None, True):
        with pytest.raises(NotFound, match="no such event"):
            planning_events.event(PLANNER, event_id)
        with pytest.raises(NotFound, match="no such event"):
            planning_events.change(PLANNER, event_id, 1, {})
        with pytest.raises(NotFound, match="no such event"):
            planning_events.cancel(PLANNER, event_id, 1, reason="none")


def test_the_calendar_is_narrowed_and_paged() -> None:
    create()
    create(code="ALL", product="", kind="closure", discount=None, starts_on="2026-05-01", ends_on="2026-05-01")
    create(code="B-1", name="100_%", product="B", status="draft", starts_on="2026-02-01")
    assert codes() == ["B-1", "RAYA-1", "ALL"]
    assert codes(product="A") == ["RAYA-1", "ALL"]
    assert codes(kind="promotion", status="approved") == ["RAYA-1"]
    assert codes(since=date(2026, 3, 14), until=date(2026, 4, 30)) == ["B-1", "RAYA-1"]
    assert codes(since=date(2026, 3, 15)) == ["ALL"]
    assert codes(search="raya-") == ["RAYA-1"]
    assert codes(search="_%") == ["B-1"], "signs are signs"
    page = planning_events.events(PLANNER, first=1, limit=1)
    assert ([row["code"] for row in page.rows], page.total) == (["RAYA-1"], 3)


def test_rights() -> None:
    found = create()
    reader = colleague(Role.EXECUTIVE)
    assert planning_events.event(reader, found["id"]) == found
    for act in (
        lambda: planning_events.create(reader, PROMOTION | {"code": "X"}),
        lambda: planning_events.change(reader, found["id"], 1, {}),
        lambda: planning_events.cancel(reader, found["id"], 1, reason="none"),
        lambda: planning_events.events(colleague(without=Permission.FORECAST_READ)),
        lambda: planning_events.event(colleague(Role.SUPPLIER), found["id"]),
    ):
        with pytest.raises(NotAllowed):
            act()
