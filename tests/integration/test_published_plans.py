"""Published plans beside what was sold and beside each other, reckoned by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from planning_past import TODAY, Past, load
from rows import colleague

from core.errors import NotAllowed
from core.permissions import Permission, Role
from core.viewer import Viewer
from services import plan_rules, published_plans
from services.company_rules import as_entered
from services.plan_rules import FrozenRules

JAN, FEB, MAR, APR = "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"


@pytest.fixture(scope="module")
def past(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """For February a plan of 120 made for January on and one of 105 made for February on; 100 came. In the two frozen
    months 200 of the first plan became 230."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        past = load()
        first = {("A", JAN): {"statistical": 90}, ("A", FEB): {"statistical": 120}, ("A", MAR): {"statistical": 80}}
        past.ids["first"] = past.publish("2026-01-01", first)
        past.ids["draft"] = past.publish(FEB, {("A", FEB): {"statistical": 1}}, number=1)
        second = {("A", FEB): {"statistical": 105}, ("A", MAR): {"statistical": 95}, ("A", APR): {"statistical": 70}}
        past.ids["second"] = past.publish(FEB, second, number=2)
        agreed = {("A", FEB): {"statistical": 105, "consensus": 100}, ("B", MAR): {"statistical": 7}}
        past.ids["agreed"] = past.publish(FEB, agreed, kind="consensus", at="2026-02-20")
        yield past


@pytest.fixture
def planner(past: Past) -> Viewer:
    return colleague()


def errors(viewer: Viewer, kind: str = "demand") -> dict[tuple[str, int], tuple[float, float]]:
    found = published_plans.lag_triangle(viewer, kind=kind)
    return {(cell["period"], cell["lag"]): (round(cell["wmape"], 6), round(cell["bias"], 6)) for cell in found}


def test_the_error_of_a_month_at_each_lag(planner: Viewer) -> None:
    """formulas.md: 120 and 105 of a month that came to 100 are 20 % at lag 2 and 5 % at lag 1."""
    assert errors(planner) == {
        ("2026-01", 1): (0.1, -0.1),
        ("2026-02", 2): (0.2, 0.2),
        ("2026-02", 1): (0.05, 0.05),
    }


def test_the_last_plan_of_a_month_is_judged_whatever_its_kind(planner: Viewer) -> None:
    assert errors(planner, "")[("2026-02", 1)] == (0, 0)
    assert list(errors(planner, "consensus")) == [("2026-02", 1)]


def test_the_items_behind_an_error(planner: Viewer) -> None:
    (row,) = published_plans.missed_items(planner, "2026-02", 2, kind="demand").rows
    assert (row["code"], row["planned"], row["actual"], row["missed"], row["money"]) == ("A", 120, 100, 20, 40)


@pytest.mark.parametrize(
    ("month", "lag"),
    [("2026-03", 1), ("2026-13", 1), ("2026-02", 99), ("2026-02", "1"), (None, 1), ("x", 1), (["2026-02"], 1)],
)
def test_what_is_no_figure_of_the_triangle_has_no_items(planner: Viewer, month: Any, lag: Any) -> None:
    assert published_plans.missed_items(planner, month, lag).total == 0


def test_a_plan_is_compared_with_the_one_before_in_the_frozen_months(planner: Viewer) -> None:
    """February 120 became 105, March 80 became 95: 30 of 200."""
    (row,) = published_plans.stability(planner, kind="demand")
    assert (row["plan"], row["earlier"], row["months"]) == ("2026-02 v2", "2026-01 v1", 2)
    assert (row["before"], row["now"], row["changed"]) == (200, 200, 30)
    assert (row["nervousness"], row["adherence"]) == pytest.approx((0.15, 0.85))


def test_what_only_one_plan_has_counts_as_changed(planner: Viewer) -> None:
    (row,) = published_plans.stability(planner)
    assert (row["before"], row["now"], row["changed"]) == (200, 107, 20 + 80 + 7)


def test_the_items_that_a_plan_changed(past: Past, planner: Viewer) -> None:
    found = published_plans.changed_items(planner, past.ids["second"], kind="demand")
    assert [(row["code"], row["changed"], row["money"]) for row in found.rows] == [("A", 30, 60)]
    for odd in (None, "1", 0, past.ids["draft"], 2**63, []):
        assert published_plans.changed_items(planner, odd, kind="demand").total == 0


def test_the_company_decides_how_many_months_are_frozen(past: Past, planner: Viewer) -> None:
    seen = as_entered(plan_rules.rules_in_force(planner, FrozenRules))
    plan_rules.save_rules(planner, FrozenRules, {"months": 1}, seen=seen)
    try:
        (row,) = published_plans.stability(planner, kind="demand")
        assert row["nervousness"] == pytest.approx(15 / 120)
    finally:
        plan_rules.save_rules(planner, FrozenRules, seen, seen={"months": 1})


def test_before_any_month_is_over_there_is_no_figure(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-01-25")
    assert published_plans.lag_triangle(planner) == []


@pytest.mark.parametrize(
    "ask",
    [
        published_plans.lag_triangle,
        published_plans.stability,
        lambda viewer: published_plans.missed_items(viewer, "2026-02", 1),
        lambda viewer: published_plans.changed_items(viewer, 1),
    ],
    ids=["triangle", "stability", "missed", "changed"],
)
def test_only_colleagues_who_plan_see_them(past: Past, ask: Callable[[Viewer], Any]) -> None:
    for refused in (colleague(Role.ADMIN), colleague(without=Permission.PLAN_READ)):
        with pytest.raises(NotAllowed):
            ask(refused)
