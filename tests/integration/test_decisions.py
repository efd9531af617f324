"""What is decided: who owes it, who is told, what two people do to it at once, and what it brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from core.clock import today
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from services import decisions
from services.decision_outcome import checked_from
from services.decisions import ASKED, DONE, DROPPED, OPEN

MONTH = date(2026, 3, 1)
AFTER = date(2026, 6, 1)
SOON = today() + timedelta(days=30)


@pytest.fixture(autouse=True)
def company(database: Path) -> Iterator[None]:
    """The demo company without any decision."""
    yield
    with owner_engine().begin() as connection:
        connection.execute(text("delete from sop_decision"))
        connection.execute(text("delete from notification"))
        connection.execute(text("delete from plan_version where note = 'of the test'"))


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def executive(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("executive")


def cycle(month: date = MONTH) -> int:
    statement = (
        "insert into sop_cycle (month, status) values (:month, 'closed') "
        "on conflict (month) do update set version = sop_cycle.version returning id"
    )
    with owner_engine().begin() as connection:
        return int(connection.execute(text(statement), {"month": month}).scalar_one())


def add(viewer: Viewer, **values: Any) -> dict[str, Any]:
    given = {"cycle_id": cycle(), "step": "executive", "kind": "decision", "title": "Second shift", **values}
    found = decisions.add(viewer, **given)
    return one(viewer, found)


def one(viewer: Viewer, decision_id: int) -> dict[str, Any]:
    return next(row for row in decisions.decisions(viewer) if row["id"] == decision_id)


def stored(statement: str, **values: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def tasks() -> list[Any]:
    return stored("select user_id, kind, title, done_at is not null from notification order by id")


def test_a_decision_keeps_owner_day_and_money_and_is_a_task_until_it_is_done(
    planner: Viewer, executive: Viewer
) -> None:
    found = add(
        executive, title=" Build ahead in May ", owner_id=planner.user_id, due_on=SOON, expected_value="12500.5"
    )
    assert (found["title"], found["owner"], found["expected_value"]) == ("Build ahead in May", planner.name, 12500.5)
    assert (found["status"], found["decided_by"], found["month"]) == (OPEN, executive.name, MONTH)
    assert tasks() == [(planner.user_id, "task", "Build ahead in May", False)]
    decisions.finish(planner, found["id"], found["version"])
    assert one(planner, found["id"])["status"] == DONE
    assert tasks()[0][3] is True
    actions = stored("select action from audit_entry where subject_id = :id order by id", id=str(found["id"]))
    assert [action for (action,) in actions] == ["decision.add", "decision.finish"]


def test_what_is_asked_is_taken_with_another_owner_who_alone_has_the_task_then(
    planner: Viewer, executive: Viewer
) -> None:
    found = add(planner, asked=True, owner_id=executive.user_id, expected_value=9_000, due_on=SOON)
    assert (found["status"], found["decided_by"]) == (ASKED, None)
    assert tasks() == [(executive.user_id, "approval", "Second shift", False)]
    decisions.decide(executive, found["id"], found["version"], owner_id=str(planner.user_id))
    now = one(planner, found["id"])
    assert (now["status"], now["owner_id"], now["decided_by"]) == (OPEN, planner.user_id, executive.name)
    assert (now["expected_value"], now["due_on"]) == (9_000, SOON)  # as it was asked
    assert {row[0]: row[3] for row in tasks()} == {executive.user_id: True, planner.user_id: False}


def test_what_is_dropped_keeps_the_reason_and_needs_one(planner: Viewer) -> None:
    found = add(planner, owner_id=planner.user_id)
    with pytest.raises(InvalidInput, match="Reason"):
        decisions.drop(planner, found["id"], found["version"], reason="  ")
    decisions.drop(planner, found["id"], found["version"], reason="The customer left")
    assert one(planner, found["id"])["status"] == DROPPED
    assert tasks()[0][3] is True
    assert stored("select reason from audit_entry where action = 'decision.drop'") == [("The customer left",)]


def test_the_list_of_a_cycle_and_of_a_status_has_what_is_asked_on_top(planner: Viewer) -> None:
    other = cycle(date(2026, 4, 1))
    first, second = add(planner, title="open"), add(planner, title="asked", asked=True)
    third = add(planner, title="next cycle", cycle_id=other, due_on=SOON)
    assert [row["id"] for row in decisions.decisions(planner)] == [second["id"], third["id"], first["id"]]
    assert [row["id"] for row in decisions.decisions(planner, cycle_id=other)] == [third["id"]]
    assert [row["id"] for row in decisions.decisions(planner, status=ASKED)] == [second["id"]]


def test_the_second_of_two_people_is_told_who_was_first(planner: Viewer, executive: Viewer) -> None:
    found = add(planner)
    decisions.finish(executive, found["id"], found["version"])
    with pytest.raises(Conflict, match=f"now done: {executive.email}"):
        decisions.drop(planner, found["id"], found["version"], reason="too late")


def test_of_many_at_once_one_alone_decides(planner: Viewer) -> None:
    found = add(planner, asked=True)

    def decide(_number: int) -> bool:
        try:
            decisions.decide(planner, found["id"], found["version"])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(decide, range(8))) == 1
    assert one(planner, found["id"])["version"] == found["version"] + 1


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({"cycle_id": 0}, NotFound, "no such cycle"),
        ({"cycle_id": "1"}, NotFound, "no such cycle"),
        ({"step": "lunch"}, InvalidInput, "Step"),
        ({"kind": None}, InvalidInput, "Kind"),
        ({"title": " \u200b "}, InvalidInput, "Decision: write"),
        ({"title": "x" * 201}, InvalidInput, "at most 200"),
        ({"owner_id": 10**30}, InvalidInput, "Owner"),
        ({"owner_id": "nobody"}, InvalidInput, "Owner"),
        ({"due_on": "2020-01-01"}, InvalidInput, "past"),
        ({"due_on": "9999-12-31"}, InvalidInput, "too far"),
        ({"due_on": "soon"}, InvalidInput, "Due on: enter a date"),
        ({"expected_value": "1e9"}, InvalidInput, "Expected RM"),
        ({"expected_value": float("nan")}, InvalidInput, "Expected RM"),
        ({"measure": "luck", "level": "company"}, InvalidInput, "Measured by"),
        ({"measure": "revenue"}, InvalidInput, "Measured of"),
        ({"measure": "revenue", "level": "family", "member": "No such"}, InvalidInput, "there is no “No such”"),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, dict) else None,
)
def test_what_can_not_be_is_refused_and_nothing_is_written(
    planner: Viewer, values: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        add(planner, **values)
    assert decisions.decisions(planner) == []
    assert tasks() == []


def test_a_partner_owns_nothing(planner: Viewer) -> None:
    ((supplier,),) = stored("select id from app_user where email = 'supplier@demo.tandem.example'")
    with pytest.raises(InvalidInput, match="Owner"):
        add(planner, owner_id=supplier)


def test_readers_read_and_others_see_nothing(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    found = add(planner)
    analyst = viewer_of("analyst")
    assert decisions.decisions(analyst)
    with pytest.raises(NotAllowed):
        add(analyst)
    for change in (decisions.finish, decisions.decide):
        with pytest.raises(NotAllowed):
            change(analyst, found["id"], found["version"])
    with pytest.raises(NotAllowed):
        decisions.check(analyst, found["id"], found["version"], 1)
    for role in ("admin", "supplier", "customer", "oem"):
        with pytest.raises(NotAllowed):
            decisions.decisions(viewer_of(role))


def test_it_is_checked_three_cycles_later_and_not_before(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked_from(MONTH) == AFTER
    assert checked_from(date(2025, 12, 1)) == date(2026, 3, 1)
    found = add(planner, expected_value=100)
    monkeypatch.setenv("TANDEM_TODAY", "2026-05-31")
    assert not one(planner, found["id"])["due_for_check"]
    with pytest.raises(Conflict, match="2026-06-01"):
        decisions.check(planner, found["id"], found["version"], 90)
    monkeypatch.setenv("TANDEM_TODAY", AFTER.isoformat())
    assert one(planner, found["id"])["due_for_check"]
    with pytest.raises(InvalidInput, match="Brought RM"):
        decisions.check(planner, found["id"], found["version"], "much")
    decisions.check(planner, found["id"], found["version"], "90")
    now = one(planner, found["id"])
    assert (now["actual_value"], now["checked_on"], now["due_for_check"]) == (90, AFTER, False)


def test_the_hit_rate_counts_what_brought_as_much_as_was_expected() -> None:
    told = [(100.0, 120.0), (100.0, 100.0), (100.0, 99.0), (None, 5.0), (100.0, None)]
    found = decisions.hit_rate([{"expected_value": wanted, "actual_value": actual} for wanted, actual in told])
    assert (found.checked, found.hits, found.expected, found.actual) == (3, 2, 300.0, 319.0)
    assert found.share == pytest.approx(2 / 3)
    assert decisions.hit_rate([]).share is None


def last_quarter() -> tuple[date, date]:
    """First and last of the newest three whole months."""
    last = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
    return (pd.Timestamp(last) - pd.DateOffset(months=2)).date(), last


def sales_of(since: date, until: date, family: str | None = None) -> tuple[float, float]:
    """Revenue and what it cost, straight from the booked lines."""
    statement = (
        "select coalesce(sum(h.revenue), 0)::float8, coalesce(sum(h.quantity * coalesce(p.unit_cost, 0)), 0)::float8 "
        "from demand_history h join product p on p.id = h.product_id "
        "where h.day >= :since and h.day < cast(:until as date) + interval '1 month' "
        "and (cast(:family as text) is null or p.family = :family)"
    )
    ((revenue, cost),) = stored(statement, since=since, until=until, family=family)
    return revenue, cost


def forget_published_plans() -> None:
    """Those of the demo company."""
    with owner_engine().begin() as connection:
        connection.execute(text("delete from plan_version"))


def test_without_a_published_plan_it_is_measured_against_the_year_before(planner: Viewer) -> None:
    forget_published_plans()
    since, until = last_quarter()
    ((family,),) = stored(
        "select p.family from demand_month m join product p on p.id = m.product_id "
        "where m.month >= :since group by 1 order by sum(m.revenue) desc limit 1",
        since=since,
    )
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into demand_history (day, source_key, product_id, location_id, channel_id, quantity, revenue) "
                "select cast(:since as date) - interval '1 year', 'of the year before', product_id, location_id, "
                "channel_id, 5, 321 from demand_history join product p on p.id = product_id "
                "where p.family = :family limit 1"
            ),
            {"since": since, "family": family},
        )
    found = add(planner, cycle_id=cycle(since), measure="revenue", level="family", member=family, expected_value=1)
    got = decisions.outcome(planner, found["id"])
    assert got is not None
    assert not got.published
    assert (got.since, got.until) == (since, until)
    assert got.actual == pytest.approx(sales_of(since, until, family)[0])
    before = [day.replace(year=day.year - 1) for day in (since, until)]
    assert got.expected == pytest.approx(sales_of(before[0], before[1], family)[0])
    assert got.expected > 0
    assert got.value == pytest.approx(got.actual - got.expected)
    whole = add(planner, cycle_id=cycle(since), measure="margin", level="company")
    margin = decisions.outcome(planner, whole["id"])
    assert margin is not None
    revenue, cost = sales_of(since, until)
    assert margin.actual == pytest.approx(revenue - cost)


def test_a_published_plan_tells_what_was_expected_without_it(planner: Viewer) -> None:
    forget_published_plans()
    month, _until = last_quarter()
    ((product, location, channel, code),) = stored(
        "select m.product_id, m.location_id, m.channel_id, p.code from demand_month m "
        "join product p on p.id = m.product_id where m.month < :month and m.revenue > 0 order by 1, 2, 3 limit 1",
        month=month,
    )
    with owner_engine().begin() as connection:
        version = connection.execute(
            text(
                "insert into plan_version (kind, first_period, number, months, note, summary) "
                "values ('demand', :month, 77, 6, 'of the test', '{}') returning id"
            ),
            {"month": month},
        ).scalar_one()
        connection.execute(
            text(
                "insert into demand_plan_value (version_id, product_id, location_id, channel_id, period, "
                "naive, statistical, uplift, consensus) "
                "select :version, :product, :location, :channel, cast(:month as date) + n * interval '1 month', "
                "1, 10, 0, 99 from generate_series(0, 5) n"
            ),
            {"version": version, "product": product, "location": location, "channel": channel, "month": month},
        )
    found = add(planner, cycle_id=cycle(month), measure="revenue", level="product", member=code)
    got = decisions.outcome(planner, found["id"])
    ((price,),) = stored(
        "select (sum(revenue) / sum(quantity))::float8 from demand_month "
        "where product_id = :product and month >= cast(:month as date) - interval '1 year' and month < :month",
        product=product,
        month=month,
    )
    assert got is not None
    assert got.published
    assert got.expected == pytest.approx(3 * 10 * price)  # three months of statistics, not of the consensus


def test_what_names_no_measure_or_is_not_over_has_no_proposal(planner: Viewer) -> None:
    since, _until = last_quarter()
    plain = add(planner, cycle_id=cycle(since))
    assert decisions.outcome(planner, plain["id"]) is None
    early = add(planner, cycle_id=cycle(today().replace(day=1)), measure="revenue", level="company")
    assert decisions.outcome(planner, early["id"]) is None
    with pytest.raises(NotFound):
        decisions.outcome(planner, 10**9)
