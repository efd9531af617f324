"""The register of risks and opportunities: what it takes, who is told, that nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rows import colleague
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Role
from core.viewer import Viewer
from data.db import owner_engine
from services import risks
from services.risks import RiskFilters

GIVEN = {
    "title": "Second shift starts late",
    "kind": "risk",
    "category": "",
    "product": "",
    "probability": 40,
    "impact": 250_000,
    "month": "2026-12",
    "owner_id": None,
    "due_on": "2026-11-30",
    "mitigation": "Hire two operators",
}

# Field, what was typed, what is said about it.
REFUSED = [
    ("title", " ", "Title: write"),
    ("kind", "chance", "Kind: choose"),
    ("category", "Shoes", "Category: choose"),
    ("product", "NONE-1", "Product: there is none with the code “NONE-1”"),
    ("probability", 101, "Probability: enter 0 to 100"),
    ("probability", "often", "Probability: enter a number"),
    ("impact", -1, "Impact: enter RM from 0"),
    ("impact", float("inf"), "Impact: enter a number"),
    ("month", "soon", "Month: enter a date"),
    ("month", "1999-01", "Month: choose one"),
    ("owner_id", "999999", "Owner: choose"),
    ("owner_id", {"a": 1}, "Owner: choose"),
    ("due_on", "2026-02-30", "Due on: enter a date"),
]


@pytest.fixture(autouse=True)
def register(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-21")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from plan_risk"))
        connection.execute(text("delete from notification"))


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def inbox() -> list[tuple[Any, ...]]:
    statement = text("select user_id, title, detail, done_at is null from notification where key like 'risk:%'")
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def test_the_largest_expected_value_comes_first_and_risks_count_below_zero(planner: Viewer) -> None:
    first = risks.create(planner, GIVEN)
    chance = {"title": "New hypermarket chain", "kind": "opportunity", "probability": 90, "impact": 200_000}
    second = risks.create(planner, GIVEN | chance)
    found = risks.top_risks(planner, 5)
    assert [(row["id"], row["expected"]) for row in found] == [(second, 180_000), (first, -100_000)]
    assert [row["id"] for row in risks.top_risks(planner, 1)] == [second]
    total = risks.sums(planner)
    assert (total.risks, total.risk_impact, total.expected) == (1, -250_000, 80_000)
    assert [row["id"] for row in risks.risks(planner, RiskFilters(kind="risk"))] == [first]
    assert [row["id"] for row in risks.risks(planner, RiskFilters(search="HYPER"))] == [second]


def test_the_owner_is_told_and_the_task_ends_with_the_risk(planner: Viewer) -> None:
    made = risks.create(planner, GIVEN | {"owner_id": planner.user_id})
    assert inbox() == [(planner.user_id, "Risk: Second shift starts late", "RM 250,000, hits 2026-12", True)]
    risks.set_status(planner, made, 1, "mitigated", "Two operators hired")
    assert [told[3] for told in inbox()] == [False]
    found = risks.risk(planner, made)
    assert [remark["body"] for remark in found["remarks"]] == ["Mitigated: Two operators hired"]
    assert (found["status"], found["version"], found["changed_by"]) == ("mitigated", 2, planner.name)
    risks.set_status(planner, made, 2, "open", "One has left again")
    assert [told[3] for told in inbox()] == [True]


def test_the_second_of_two_people_is_told_who_was_first(planner: Viewer) -> None:
    made = risks.create(planner, GIVEN)
    risks.change(planner, made, 1, GIVEN | {"probability": 60})
    with pytest.raises(Conflict, match=planner.name):
        risks.change(planner, made, 1, GIVEN | {"probability": 10})
    with pytest.raises(Conflict):
        risks.set_status(planner, made, 1, "closed", "Not any more")
    assert risks.risk(planner, made)["probability"] == 0.6


@pytest.mark.parametrize(
    ("name", "typed", "said"), REFUSED, ids=[f"{name} {at}" for at, (name, *_) in enumerate(REFUSED)]
)
def test_what_is_refused_says_what_it_takes(planner: Viewer, name: str, typed: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        risks.create(planner, GIVEN | {name: typed})
    assert risks.risks(planner, RiskFilters(status="")) == []


def test_a_status_needs_a_note_and_has_to_be_another(planner: Viewer) -> None:
    made = risks.create(planner, GIVEN)
    for status, note in (("happened", ""), ("open", "still"), ("gone", "what"), (None, "what")):
        with pytest.raises(InvalidInput):
            risks.set_status(planner, made, 1, status, note)
    for missing in (0, "x", made + 1, None):
        with pytest.raises(NotFound):
            risks.set_status(planner, missing, 1, "closed", "note")


def test_readers_read_and_the_admin_does_not(planner: Viewer) -> None:
    risks.create(planner, GIVEN)
    assert len(risks.top_risks(colleague(Role.ANALYST))) == 1
    with pytest.raises(NotAllowed):
        risks.create(colleague(Role.ANALYST), GIVEN)
    with pytest.raises(NotAllowed):
        risks.top_risks(colleague(Role.ADMIN))
