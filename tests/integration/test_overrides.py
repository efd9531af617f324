"""The ledger of edits: who sees what, what is narrowed, and scores of months that are over, reckoned by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from planning_past import TODAY, Past, load
from rows import colleague

from core.errors import NotAllowed, NotFound
from core.permissions import Permission, Role
from core.viewer import Viewer
from services import overrides
from services.overrides import OverrideFilters, Score


@pytest.fixture(scope="module")
def past(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """A good edit of January, a bad one of January and February that expired, one taken back, one of April."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        past = load()
        past.ids["good"] = past.edit("2025-12-10", {("A", "2026-01-01"): (None, 95, 80)}, reason="Promotion")
        past.ids["bad"] = past.edit(
            "2026-01-05",
            {
                ("A", "2026-02-01"): (90, 130, 110),
                ("B", "2026-02-01"): (None, 40, 44),
                ("B", "2026-01-01"): (45, None, 45),
                ("A", "2026-05-01"): (None, 70, 60),
            },
            stream="sales",
            by="executive",
            scope={"category": "Sauces", "channel": ["MT", "GT"]},
            expires_on="2026-03-01",
        )
        past.ids["undone"] = past.edit(
            "2026-02-10", {("A", "2026-03-01"): (None, 200, 60)}, undone_at="2026-02-11T08:00:00+00:00"
        )
        past.ids["holding"] = past.edit("2026-03-10", {("B", "2026-04-01"): (50, 60, 50)}, value=0.2, mode="share")
        yield past


@pytest.fixture
def planner(past: Past) -> Viewer:
    return colleague()


def listed(viewer: Viewer, **filters: str) -> list[int]:
    return [row["id"] for row in overrides.overrides(viewer, OverrideFilters(**filters)).rows]


def named(past: Past, *names: str) -> list[int]:
    return [past.ids[name] for name in names]


def test_the_newest_edit_stands_on_top(past: Past, planner: Viewer) -> None:
    assert listed(planner) == named(past, "holding", "undone", "bad", "good")


def test_an_edit_says_what_it_did(past: Past, planner: Viewer) -> None:
    row = overrides.override(planner, past.ids["bad"])
    assert row["scope"] == "Sauces · MT, GT"
    assert (f"{row['first_month']:%Y-%m}", f"{row['last_month']:%Y-%m}") == ("2026-01", "2026-05")
    assert (row["before_total"], row["after_total"], row["person"]) == (135, 240, "Executive")


def test_scores_compare_the_edit_with_the_plan_before_it(past: Past, planner: Viewer) -> None:
    """A February: |130 - 100| = 30 against |110 - 100| = 10; B February: 0 against 4. What was cleared is not judged,
    nor is what is not over."""
    row = overrides.override(planner, past.ids["bad"])
    assert (row["judged"], row["closer"], row["further"]) == (2, 1, 1)
    assert (row["before_error"], row["after_error"], row["gain"]) == (14, 30, -16)
    assert row["gain_money"] == (10 - 30) * 2 + (4 - 0) * 10


def test_the_total_is_of_all_edits_that_match(planner: Viewer) -> None:
    found = overrides.overrides(planner, OverrideFilters(), end=1)
    assert (found.total, len(found.rows), found.expired) == (4, 1, 1)
    assert found.score == Score(3, 2, 1, 34, 35, 20 * 2 + 60, 5 * 2 + 60)
    assert overrides.overrides(planner, OverrideFilters(state="holding")).score == Score()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"stream": "sales"}, ["bad"]),
        ({"state": "holding"}, ["holding"]),
        ({"state": "expired"}, ["bad"]),
        ({"state": "undone"}, ["undone"]),
        ({"state": "scored"}, ["bad", "good"]),
        ({"search": "product b"}, ["holding", "bad"]),
        ({"search": "%"}, []),
        ({"stream": "nobody's", "state": "odd", "person": "x"}, ["holding", "undone", "bad", "good"]),
    ],
    ids="-".join,
)
def test_the_list_is_narrowed(past: Past, planner: Viewer, filters: dict[str, str], expected: list[str]) -> None:
    assert listed(planner, **filters) == named(past, *expected)


def test_the_list_is_narrowed_to_a_person(past: Past, planner: Viewer) -> None:
    people = {name: user for user, name in overrides.people(planner)}
    assert listed(planner, person=people["Executive"]) == named(past, "bad")


@pytest.mark.parametrize(
    ("name", "state"), [("good", "over"), ("bad", "expired"), ("undone", "undone"), ("holding", "holding")]
)
def test_an_edit_has_one_state(past: Past, planner: Viewer, name: str, state: str) -> None:
    assert overrides.override(planner, past.ids[name])["state"] == state


def test_the_list_is_sorted_and_paged(past: Past, planner: Viewer) -> None:
    by_after = overrides.overrides(planner, OverrideFilters(), start=1, end=3, sort=(("after_total", False),))
    assert [row["id"] for row in by_after.rows] == named(past, "good", "undone")
    assert overrides.overrides(planner, OverrideFilters(), sort=(("reason; drop", True),)).total == 4
    beyond = overrides.overrides(planner, OverrideFilters(), start=90, end=99)
    assert (beyond.rows, beyond.total) == ([], 4)


def test_cells_tell_what_was_closer(past: Past, planner: Viewer) -> None:
    found = overrides.cells(planner, past.ids["bad"])
    told = {(row["code"], f"{row['period']:%m}"): (row["actual"], row["verdict"]) for row in found.rows}
    assert told == {
        ("A", "02"): (100, "further"),
        ("A", "05"): (None, ""),
        ("B", "01"): (50, ""),
        ("B", "02"): (40, "closer"),
    }
    assert found.total == 4


def test_corrected_sales_correct_the_score(past: Past, planner: Viewer) -> None:
    assert overrides.override(planner, past.ids["good"])["gain"] == 15
    past.sell("2026-01-21", "A", -20, -40)
    past.bump("demand")
    try:
        assert overrides.override(planner, past.ids["good"])["gain"] == -15
    finally:
        past.sell("2026-01-22", "A", 20, 40)
        past.bump("demand")


def test_nothing_is_judged_before_its_month_is_over(
    past: Past, planner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-01-25")
    assert overrides.override(planner, past.ids["good"])["gain"] is None


@pytest.mark.parametrize("edit_id", [None, 0, -1, "1", 2**63, 1.5, [], True])
def test_an_edit_that_is_not_there(planner: Viewer, edit_id: Any) -> None:
    with pytest.raises(NotFound):
        overrides.override(planner, edit_id)
    assert overrides.cells(planner, edit_id).total == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda viewer: overrides.overrides(viewer, OverrideFilters()),
        lambda viewer: overrides.override(viewer, 1),
        lambda viewer: overrides.cells(viewer, 1),
        overrides.people,
    ],
    ids=["list", "one", "cells", "people"],
)
def test_only_colleagues_who_plan_see_the_ledger(past: Past, ask: Callable[[Viewer], Any]) -> None:
    for refused in (colleague(Role.ADMIN), colleague(without=Permission.PLAN_READ)):
        with pytest.raises(NotAllowed):
            ask(refused)


def test_a_scope_is_told_whatever_is_stored() -> None:
    assert overrides.scope_text({"level": None, "members": []}) == "everything"
    assert overrides.scope_text({"a": ["x", 3], "b": {"c": 1}, "d": True}) == "x, 3"
    assert overrides.scope_text("text") == "–"
