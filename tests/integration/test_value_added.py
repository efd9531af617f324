"""What steps and people added to published plans, reckoned by hand from their figures and the sales that came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from planning_past import TODAY, Past, load
from rows import colleague

from core.errors import Conflict, InvalidInput, NotAllowed
from core.permissions import Permission, Role
from core.viewer import Viewer
from services import plan_rules, value_added
from services.company_rules import as_entered
from services.plan_rules import FrozenRules, TouchlessRules
from services.value_added import ValueFilters

JAN, FEB, MAR = "2026-01-01", "2026-02-01", "2026-03-01"
KIND = ValueFilters(kind="demand")


@pytest.fixture(scope="module")
def past(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """Plans of January (twice) and February; A sold 100 and 100, B 50 and 40."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        past = load()
        past.edit("2026-01-03", {("A", JAN): (None, 90, 80)})
        past.edit("2026-01-04", {("A", JAN): (90, 95, 80), ("A", FEB): (None, 130, 110)}, by="executive")
        past.edit("2026-01-04", {("B", FEB): (None, 44, 44)}, stream="sales", by="executive")
        past.edit("2026-01-09", {("A", JAN): (95, 100, 80)})
        past.edit("2026-02-02", {("A", FEB): (130, 120, 120)})
        past.publish("2026-01-01", {("A", JAN): {"statistical": 1.0}}, number=1)
        past.publish(
            "2026-01-01",
            {
                ("A", JAN): {"naive": 60, "statistical": 80, "planner": 95, "consensus": 95},
                ("B", JAN): {"naive": 50, "statistical": 40, "uplift": 5, "consensus": 45},
                ("A", FEB): {"naive": 100, "statistical": 110, "planner": 130, "consensus": 130},
                ("B", FEB): {"naive": 40, "statistical": 44, "sales": 44, "consensus": 44},
                ("A", MAR): {"naive": 100, "statistical": 10, "consensus": 10},
            },
            number=2,
        )
        past.publish("2026-02-01", {("A", FEB): {"statistical": 110, "planner": 120, "consensus": 120}})
        past.publish(
            "2026-02-01", {("A", FEB): {"statistical": 110, "consensus": 100}}, kind="consensus", at="2026-02-20"
        )
        yield past


@pytest.fixture
def planner(past: Past) -> Viewer:
    return colleague()


def by_step(viewer: Viewer, **filters: str) -> dict[str, tuple[int, float, float]]:
    """Cells, error before and after of each step."""
    found = value_added.value_added(viewer, ValueFilters(**filters))
    return {row["step"]: (row["cells"], row["before"], row["after"]) for row in found.steps}


def test_every_step_is_judged_where_it_spoke(planner: Viewer) -> None:
    """Lag 1 of the demand plans: January of January's second version, February of February's."""
    assert by_step(planner, kind="demand") == {
        "statistical": (2, 40 + 0, 20 + 10),
        "events": (1, 10, 5),
        "planner": (2, 20 + 10, 5 + 20),
        "consensus": (3, 20 + 5 + 10, 5 + 5 + 20),
    }


def test_lag_two_is_the_plan_before(planner: Viewer) -> None:
    assert by_step(planner, kind="demand", lag="2") == {
        "statistical": (2, 0, 10 + 4),
        "sales": (1, 4, 4),
        "planner": (1, 10, 30),
        "consensus": (2, 14, 34),
    }


def test_the_last_plan_of_a_month_counts_whatever_its_kind(planner: Viewer) -> None:
    assert by_step(planner)["consensus"] == (3, 20 + 5 + 10, 5 + 5 + 0)
    assert by_step(planner, kind="consensus")["consensus"] == (1, 10, 0)


def test_shares_and_counts(planner: Viewer) -> None:
    found = value_added.value_added(planner, ValueFilters(kind="demand"))
    row = next(row for row in found.steps if row["step"] == "planner")
    assert (row["better"], row["worse"], row["actual"]) == (1, 1, 200)
    assert (row["before_wmape"], row["after_wmape"]) == pytest.approx((0.15, 0.125))
    assert row["value_added"] == pytest.approx(0.025)


def test_the_stair_is_over_all_cells(planner: Viewer) -> None:
    stair = {step.step: (step.error, step.added) for step in value_added.value_added(planner, KIND).stair}
    assert stair["naive"] == (pytest.approx(40 / 150), None)
    assert stair["consensus"] == pytest.approx((30 / 250, 5 / 250))
    assert stair["planner"] == pytest.approx(((35 - 5) / 250, 5 / 250))
    assert stair["events"] == pytest.approx((35 / 250, 5 / 250))
    assert list(stair) == ["naive", "statistical", "events", "planner", "consensus"]


def test_people_are_judged_by_what_stood_when_the_plan_was_published(planner: Viewer) -> None:
    """January was the executive's word (the last edit before the plan), February the planner's."""
    found = value_added.value_added(planner, ValueFilters(kind="demand")).people
    assert [(row["person"], row["step"], row["before"], row["after"]) for row in found] == [
        ("Executive", "planner", 20, 5),
        ("Planner", "planner", 10, 20),
    ]
    earlier = value_added.value_added(planner, ValueFilters(kind="demand", lag="2")).people
    assert [(row["person"], row["step"], row["cells"], row["worse"]) for row in earlier] == [
        ("Executive", "planner", 1, 1),
        ("Executive", "sales", 1, 0),
    ]


def test_the_items_behind_a_step(planner: Viewer) -> None:
    found = value_added.items(planner, ValueFilters(kind="demand", lag="2"))
    assert [(row["code"], row["money"]) for row in found.rows] == [("A", -40), ("B", 0)]
    assert found.rows[0]["value_added"] == pytest.approx(-0.2)
    sales = value_added.items(planner, ValueFilters(kind="demand", lag="2", step="sales"))
    assert [row["code"] for row in sales.rows] == ["B"]


def test_the_items_behind_a_person(past: Past, planner: Viewer) -> None:
    person = str(past.people()["executive"])
    found = value_added.items(planner, ValueFilters(kind="demand", lag="2", person=person))
    assert [row["code"] for row in found.rows] == ["A", "B"]
    only = value_added.items(planner, ValueFilters(kind="demand", lag="2", person=person, step="sales"))
    assert [row["code"] for row in only.rows] == ["B"]
    assert value_added.items(planner, ValueFilters(person="nobody")).total == 0


def test_items_are_sorted_and_paged(planner: Viewer) -> None:
    found = value_added.items(planner, ValueFilters(kind="demand", lag="2"), start=0, end=1, sort=(("code", True),))
    assert ([row["code"] for row in found.rows], found.total) == (["B"], 2)


def touchless(viewer: Viewer, **filters: str) -> list[str]:
    return [row["code"] for row in value_added.touchless_items(viewer, ValueFilters(**filters)).rows]


def test_items_that_are_better_left_alone(past: Past, planner: Viewer) -> None:
    assert touchless(planner, kind="demand", lag="2") == []
    seen = as_entered(plan_rules.rules_in_force(planner, TouchlessRules))
    plan_rules.save_rules(planner, TouchlessRules, {"months": 1, "gain": 0}, seen=seen)
    assert touchless(planner, kind="demand", lag="2") == ["A", "B"]
    assert touchless(planner, kind="demand") == []
    seen = as_entered(plan_rules.rules_in_force(planner, TouchlessRules))
    plan_rules.save_rules(planner, TouchlessRules, {"months": 1, "gain": 5}, seen=seen)
    assert touchless(planner, kind="demand") == ["A"]
    (row,) = value_added.touchless_items(planner, ValueFilters(kind="demand")).rows
    assert (row["months"], row["better"], row["worse"], f"{row['last_month']:%Y-%m}") == (2, 1, 1, "2026-02")


def test_rules_are_changed_by_planners_one_at_a_time(past: Past, planner: Viewer) -> None:
    with pytest.raises(NotAllowed):
        plan_rules.save_rules(colleague(Role.ANALYST), FrozenRules, {"months": 3}, seen={"months": 2})
    with pytest.raises(Conflict):
        plan_rules.save_rules(planner, FrozenRules, {"months": 3}, seen={"months": 7})
    with pytest.raises(InvalidInput, match="Frozen"):
        plan_rules.save_rules(planner, FrozenRules, {"months": "x"}, seen={"months": 2})


@pytest.mark.parametrize("lag", ["", "0", "-1", "x", "99", "²", "1" * 40])
def test_an_odd_lag_is_the_nearest_there_is(planner: Viewer, lag: str) -> None:
    found = value_added.value_added(planner, ValueFilters(lag=lag, kind="odd"))
    assert found.lag == (2 if lag == "99" else 1)
    assert found.lags == 2


def test_classes_have_their_own_figures(planner: Viewer) -> None:
    found = value_added.value_added(planner, ValueFilters(kind="demand"))
    assert sum(row["cells"] for row in found.classes) == 3
    assert value_added.value_added(planner, ValueFilters(kind="demand", box="none")).steps == []


def test_before_the_first_plan_there_is_nothing(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-01-25")
    found = value_added.value_added(planner, ValueFilters())
    assert (found.steps, found.people, found.classes, found.stair, found.lags) == ([], [], [], [], 0)
    assert value_added.items(planner, ValueFilters()).total == 0
    assert value_added.touchless_items(planner, ValueFilters()).total == 0


@pytest.mark.parametrize("ask", [value_added.value_added, value_added.items, value_added.touchless_items])
def test_only_colleagues_who_plan_see_it(past: Past, ask: Callable[..., Any]) -> None:
    for refused in (colleague(Role.ADMIN), colleague(without=Permission.PLAN_READ)):
        with pytest.raises(NotAllowed):
            ask(refused, ValueFilters())
