"""A cycle from its start to its published plan: who may, what is told and refused, and that nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from cycle_company import MONTH, change, people, stored

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from services import cycle, cycle_steps, cycle_template, plan_versions
from services.cycle import Step
from services.cycle_lock import STEPS

NAMES = ("planner", "executive", "analyst", "sales", "marketing", "finance")


pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def executive(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("executive")


@pytest.fixture
def started(cycles: None, planner: Viewer) -> int:
    return cycle.start(planner, MONTH)


def step(viewer: Viewer, name: str) -> Step:
    found = cycle.cycle(viewer)
    assert found is not None
    return found.step(name)


def accept_all(viewer: Viewer, name: str) -> None:
    """Go on without whatever is not met."""
    found = cycle.cycle(viewer)
    assert found is not None
    for check in cycle_steps.checks(viewer, found.id)[name]:
        held = step(viewer, name)
        if not check.met and check.key not in held.accepted:
            cycle_steps.accept(viewer, held.id, held.version, key=check.key, reason="known")


def close(viewer: Viewer, name: str) -> None:
    accept_all(viewer, name)
    held = step(viewer, name)
    cycle_steps.close(viewer, held.id, held.version)


def close_until(viewer: Viewer, name: str) -> None:
    """All steps before this one."""
    for each in STEPS[: STEPS.index(name)]:
        close(viewer, each)


def inbox(name: str) -> list[str]:
    return [
        title
        for (title,) in stored(
            "select title from notification where user_id = :id and done_at is null order by id", id=people()[name]
        )
    ]


def test_a_cycle_begins_with_its_template(planner: Viewer, started: int) -> None:
    found = cycle.cycle(planner)
    assert found is not None
    assert (found.id, found.month, found.status) == (started, date(2026, 3, 1), "open")
    assert [(each.step, each.state, each.owner, f"{each.due_on:%m-%d}") for each in found.steps] == [
        ("data", "open", "Analyst", "03-04"),
        ("product", "waiting", "Marketing", "03-06"),
        ("demand", "waiting", "Planner", "03-12"),
        ("supply", "waiting", "Planner", "03-18"),
        ("reconcile", "waiting", "Finance", "03-23"),
        ("executive", "waiting", "Executive", "03-26"),
    ]
    assert inbox("analyst") == ["Data of the cycle 2026-03 is open"]


def test_working_days_leave_weekends_out() -> None:
    assert cycle_template.working_day(date(2026, 3, 1), 1) == date(2026, 3, 2)
    assert cycle_template.working_day(date(2026, 3, 1), 6) == date(2026, 3, 9)
    assert cycle_template.working_day(date(2026, 2, 1), 21) == date(2026, 3, 2), "past the end goes on"


def test_one_cycle_runs_at_a_time(planner: Viewer, started: int) -> None:
    assert cycle.next_month(planner) is None
    with pytest.raises(Conflict, match="The cycle of 2026-03 is running"):
        cycle.start(planner, "2026-04")


@pytest.mark.parametrize("month", ["2026-04", "", None, 3, {"a": 1}, "x" * 500], ids=repr)
def test_only_the_next_month_can_be_started(planner: Viewer, month: object) -> None:
    with pytest.raises(Conflict, match="The next cycle is that of 2026-03"):
        cycle.start(planner, month)
    assert cycle.cycle(planner) is None


def test_two_who_start_at_once_start_one(planner: Viewer) -> None:
    assert sorted(at_once(lambda: str(cycle.start(planner, MONTH) > 0))) == ["Conflict", "Conflict", "Conflict", "True"]
    assert stored("select count(*) from sop_step") == [(6,)]


def at_once(work: Callable[[], Any], count: int = 4) -> list[str]:
    def attempt(_number: int) -> str:
        try:
            return str(work())
        except UserError as error:
            return type(error).__name__

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


def test_the_whole_cycle_publishes_each_plan(planner: Viewer, started: int) -> None:
    for name in STEPS:
        close(planner, name)
    found = cycle.cycle(planner)
    assert found is not None
    assert found.status == "closed"
    assert [(each.step, each.published_kind, each.published) for each in found.steps if each.published] == [
        ("demand", "demand", "2026-03 v1"),
        ("supply", "supply", "2026-03 v1"),
        ("reconcile", "consensus", "2026-03 v1"),
        ("executive", "supply", "2026-03 v2"),
    ]
    assert {row["cycle_id"] for row in plan_versions.versions(planner)} == {started}
    assert all(each.closed_by == "Planner" for each in found.steps)
    assert cycle.next_month(planner) == date(2026, 4, 1)
    assert [inbox(name) for name in NAMES] == [[]] * 6, "nothing waits for anybody any more"
    cycle.start(planner, "2026-04")
    assert cycle.months(planner) == [date(2026, 4, 1), date(2026, 3, 1)]


def test_closing_opens_the_next_step_and_tells_its_owner(planner: Viewer, started: int) -> None:
    close(planner, "data")
    assert [each.state for each in cycle.cycle(planner).steps[:3]] == ["closed", "open", "waiting"]  # type: ignore[union-attr]
    assert inbox("analyst") == []
    assert inbox("marketing") == ["Product of the cycle 2026-03 is open"]


def test_what_is_not_met_keeps_a_step_open(planner: Viewer, started: int) -> None:
    held = step(planner, "data")
    with pytest.raises(Conflict, match=r"Data can't be closed: .*Sales are up to date: 2026-02-15"):
        cycle_steps.close(planner, held.id, held.version)
    cycle_steps.accept(planner, held.id, held.version, key="sales_fresh", reason=" holiday of the distributor ")
    accepted = step(planner, "data").accepted["sales_fresh"]
    assert (accepted["by"], accepted["reason"]) == ("Planner", "holiday of the distributor")


@pytest.mark.parametrize(
    ("key", "reason", "message"),
    [
        ("forecast_run", "why not", "choose one that is not met"),
        ("nothing", "x", "choose one that is not met"),
        (None, "x", "choose one that is not met"),
        ({"a": 1}, "x", "choose one that is not met"),
        ("sales_fresh", " ", "Reason: write a few words"),
        ("sales_fresh", "x" * 501, "at most 500"),
    ],
    ids=repr,
)
def test_only_what_is_not_met_is_accepted(
    planner: Viewer, started: int, key: object, reason: object, message: str
) -> None:
    held = step(planner, "data")
    with pytest.raises(InvalidInput, match=message):
        cycle_steps.accept(planner, held.id, held.version, key=key, reason=reason)
    assert step(planner, "data").accepted == {}


def test_steps_are_closed_in_their_order(planner: Viewer, started: int) -> None:
    held = step(planner, "demand")
    with pytest.raises(Conflict, match="Demand is waiting now"):
        cycle_steps.close(planner, held.id, held.version)


def test_two_who_close_at_once_publish_once(planner: Viewer, started: int) -> None:
    close_until(planner, "demand")
    accept_all(planner, "demand")
    held = step(planner, "demand")
    answers = at_once(lambda: cycle_steps.close(planner, held.id, held.version))
    assert sorted(answers) == ["Conflict", "Conflict", "Conflict", "None"]
    assert [row["kind"] for row in plan_versions.versions(planner)] == ["demand"]
    assert [each.state for each in cycle.cycle(planner).steps] == [  # type: ignore[union-attr]
        *("closed", "closed", "closed", "open", "waiting", "waiting")
    ]


def test_the_second_is_told_who_was_first(planner: Viewer, started: int) -> None:
    held = step(planner, "data")
    values = {"owner": str(held.owner_id), "due_on": "2026-03-05", "agenda": "Sales", "notes": "all in"}
    cycle_steps.change(planner, held.id, held.version, **values)
    with pytest.raises(Conflict, match=r"planner@demo\.tandem\.example changed it at 20"):
        cycle_steps.change(planner, held.id, held.version, **{**values, "notes": "nothing in"})
    assert (step(planner, "data").notes, step(planner, "data").due_on) == ("all in", date(2026, 3, 5))


def test_a_step_that_goes_to_somebody_else_is_told(planner: Viewer, started: int) -> None:
    held = step(planner, "data")
    cycle_steps.change(
        planner, held.id, held.version, owner=str(people()["sales"]), due_on=held.due_on, agenda="Sales", notes=""
    )
    assert (inbox("analyst"), inbox("sales")) == ([], ["Data of the cycle 2026-03 is open"])


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("owner", "999999", "Owner: choose a colleague"),
        ("owner", "admin", "Owner: choose a colleague"),
        ("due_on", "soon", "Due on: enter a date"),
        ("due_on", None, "Due on: enter a date"),
        ("agenda", " ", "Agenda: write a few words"),
        ("agenda", "x" * 2_001, "at most 2000"),
        ("notes", "x" * 10_001, "at most 10000"),
    ],
)
def test_texts_of_a_step_that_make_no_sense(
    planner: Viewer, started: int, field: str, value: object, message: str
) -> None:
    held = step(planner, "data")
    given = {"owner": "", "due_on": "2026-03-04", "agenda": "Sales", "notes": ""}
    wanted = str(people()["admin"]) if value == "admin" else value
    with pytest.raises(InvalidInput, match=message):
        cycle_steps.change(planner, held.id, held.version, **{**given, field: wanted})  # type: ignore[arg-type]
    assert step(planner, "data").version == held.version


def test_opening_again_takes_back_what_came_after(planner: Viewer, executive: Viewer, started: int) -> None:
    close_until(planner, "reconcile")
    held = step(planner, "demand")
    cycle_steps.reopen(executive, held.id, held.version, reason="A large order came in")
    found = cycle.cycle(planner)
    assert found is not None
    assert [each.state for each in found.steps] == ["closed", "closed", "open", "waiting", "waiting", "waiting"]
    assert found.step("demand").published == "2026-03 v1", "what was published stays"
    told = "Demand of the cycle 2026-03 was opened again by Executive"
    assert [told in inbox(name) for name in NAMES] == [True, True, True, False, True, True]
    close(planner, "demand")
    assert step(planner, "demand").published == "2026-03 v2"
    assert told not in inbox("finance"), "once it is closed nobody has to look any more"


def test_the_last_step_opens_a_closed_cycle_again(planner: Viewer, executive: Viewer, started: int) -> None:
    for name in STEPS:
        close(planner, name)
    held = step(planner, "executive")
    cycle_steps.reopen(executive, held.id, held.version, reason="The board wants more")
    assert cycle.cycle(planner).status == "open"  # type: ignore[union-attr]
    assert cycle.next_month(planner) is None


def test_a_past_cycle_stays_closed(planner: Viewer, executive: Viewer, started: int) -> None:
    for name in STEPS:
        close(planner, name)
    held = step(planner, "executive")
    cycle.start(planner, "2026-04")
    with pytest.raises(Conflict, match="The cycle of 2026-04 has begun"):
        cycle_steps.reopen(executive, held.id, held.version, reason="too late")


def test_opening_again_needs_a_reason_and_a_closed_step(planner: Viewer, executive: Viewer, started: int) -> None:
    held = step(planner, "data")
    with pytest.raises(Conflict, match="Data is open now"):
        cycle_steps.reopen(executive, held.id, held.version, reason="x")
    close(planner, "data")
    held = step(planner, "data")
    with pytest.raises(InvalidInput, match="Reason: write a few words"):
        cycle_steps.reopen(executive, held.id, held.version, reason="")
    assert step(planner, "data").state == "closed"


def test_nothing_is_closed_while_there_is_nothing_to_publish(planner: Viewer, started: int) -> None:
    close_until(planner, "demand")
    change("update forecast_run set state = 'failed'", "select tandem_bump('forecast')")
    try:
        accept_all(planner, "demand")
        held = step(planner, "demand")
        with pytest.raises(InvalidInput, match="There is no monthly forecast"):
            cycle_steps.close(planner, held.id, held.version)
        assert (step(planner, "demand").state, plan_versions.versions(planner)) == ("open", [])
    finally:
        change("update forecast_run set state = 'done'", "select tandem_bump('forecast')")


def test_who_may_do_what(planner: Viewer, viewer_of: Callable[[str], Viewer], started: int) -> None:
    held = step(planner, "data")
    texts = {"owner": "", "due_on": "2026-03-04", "agenda": "Sales", "notes": ""}
    for name in ("executive", "sales", "marketing", "finance", "supplier", "admin"):
        somebody = viewer_of(name)
        for act in (
            lambda who=somebody: cycle.start(who, "2026-04"),
            lambda who=somebody: cycle_steps.accept(who, held.id, held.version, key="sales_fresh", reason="x"),
            lambda who=somebody: cycle_steps.close(who, held.id, held.version),
            lambda who=somebody: cycle_steps.change(who, held.id, held.version, **texts),
        ):
            with pytest.raises(NotAllowed):
                act()
    with pytest.raises(NotAllowed):
        cycle_steps.reopen(planner, held.id, held.version, reason="x")
    for name in ("supplier", "admin"):
        for read in (
            cycle.cycle,
            cycle.months,
            cycle.next_month,
            cycle.upcoming,
            cycle.owners,
            cycle_template.template,
        ):
            with pytest.raises(NotAllowed):
                read(viewer_of(name))


def test_the_owner_closes_a_step_and_writes_its_notes_only(
    planner: Viewer, viewer_of: Callable[[str], Viewer], started: int
) -> None:
    analyst = viewer_of("analyst")
    held = step(analyst, "data")
    cycle_steps.change(
        analyst, held.id, held.version, owner=str(people()["sales"]), due_on="2026-03-31", agenda="Sales", notes="in"
    )
    held = step(analyst, "data")
    assert (held.notes, held.owner, held.due_on) == ("in", "Analyst", date(2026, 3, 4))
    accept_all(planner, "data")
    held = step(analyst, "data")
    cycle_steps.close(analyst, held.id, held.version)
    assert step(analyst, "data").closed_by == "Analyst"


@pytest.mark.parametrize("step_id", [None, "1 or 1=1", 10**30, -1, True, {}], ids=repr)
def test_unknown_steps_are_answered_alike(planner: Viewer, started: int, step_id: object) -> None:
    with pytest.raises(NotFound):
        cycle_steps.close(planner, step_id, 1)


def test_late_steps_are_told_from_open_ones(planner: Viewer, started: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-04")
    assert step(planner, "data").state == "open", "on the day itself it is not late"
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-05")
    assert step(planner, "data").state == "late"
    assert step(planner, "product").state == "waiting"


def test_the_template_changes_the_next_cycle(planner: Viewer, started: int) -> None:
    before = cycle_template.as_seen(cycle_template.template(planner))
    entered = {**before, "data": {"role": "sales", "due_day": "2", "agenda": "Sell-in\nSell-out"}}
    cycle_template.save_template(planner, entered, seen=before)
    assert step(planner, "data").owner == "Analyst"
    month, days = cycle.upcoming(planner)
    assert (month, days[0]) == (date(2026, 4, 1), ("data", date(2026, 4, 2)))
    with pytest.raises(Conflict, match="Somebody else has changed the template"):
        cycle_template.save_template(planner, entered, seen=before)


@pytest.mark.parametrize(
    ("step_name", "field", "value", "message"),
    [
        ("data", "role", "admin", "Data, owner: choose a role"),
        ("data", "role", None, "Data, owner: choose a role"),
        ("demand", "due_day", 0, "Demand, working day: enter a whole number from 1 to 40"),
        ("demand", "due_day", 41, "Demand, working day"),
        ("demand", "due_day", 2.5, "Demand, working day"),
        ("demand", "due_day", None, "Demand, working day: enter a number"),
        ("demand", "due_day", 4, "Demand can't be due before Product"),
        ("supply", "agenda", "", "Supply, agenda: write a few words"),
    ],
)
def test_templates_that_make_no_sense(planner: Viewer, step_name: str, field: str, value: object, message: str) -> None:
    before = cycle_template.as_seen(cycle_template.template(planner))
    entered = {**before, step_name: {**before[step_name], field: value}}
    with pytest.raises(InvalidInput, match=message):
        cycle_template.save_template(planner, entered, seen=before)
    assert cycle_template.as_seen(cycle_template.template(planner)) == before


def test_everything_is_on_record(planner: Viewer, executive: Viewer, started: int) -> None:
    close(planner, "data")
    held = step(planner, "data")
    cycle_steps.reopen(executive, held.id, held.version, reason="Sales are missing")
    told = stored(
        "select action, actor, reason from audit_entry where action like 'cycle.%' and id >= "
        "(select id from audit_entry where action = 'cycle.start' and subject_id = :cycle) order by id",
        cycle=str(started),
    )
    assert told[0][0] == "cycle.start"
    assert ("cycle.accept", "planner@demo.tandem.example", "known") in told
    assert told[-2][0] == "cycle.close_step"
    assert told[-1] == ("cycle.reopen_step", "executive@demo.tandem.example", "Sales are missing")
