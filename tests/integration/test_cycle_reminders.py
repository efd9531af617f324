"""Reminders of steps: when, to whom, and each only once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from cycle_company import MONTH, change, people, stored

from core.viewer import Viewer
from data.db import session_scope
from services import cycle, cycle_reminders, notifications

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture(autouse=True)
def started(cycles: None, viewer_of: Callable[[str], Viewer]) -> int:
    """Data is due on Wednesday, 2026-03-04; the analyst owns it."""
    return cycle.start(viewer_of("planner"), MONTH)


def waiting() -> list[tuple[str, str]]:
    return stored(
        "select split_part(u.email, '@', 1), n.title from notification n join app_user u on u.id = n.user_id "
        "where n.kind = 'reminder' and n.done_at is null order by n.id"
    )


@pytest.mark.parametrize(
    ("due_on", "on", "told"),
    [
        ("2026-03-04", "2026-03-02", None),
        ("2026-03-04", "2026-03-03", "is due on 2026-03-04"),
        ("2026-03-04", "2026-03-04", None),
        ("2026-03-04", "2026-03-05", "is a day late"),
        ("2026-03-04", "2026-03-09", "is 5 days late"),
        ("2026-03-09", "2026-03-06", "is due on 2026-03-09"),
        ("2026-03-09", "2026-03-05", None),
    ],
    ids=["long before", "the day before", "the day", "the day after", "days after", "friday before", "thursday before"],
)
def test_when_owners_are_reminded(monkeypatch: pytest.MonkeyPatch, due_on: str, on: str, told: str | None) -> None:
    change(f"update sop_step set due_on = '{due_on}' where step = 'data'")
    monkeypatch.setenv("TANDEM_TODAY", on)
    assert cycle_reminders.remind() == (told is not None)
    assert waiting() == ([("analyst", f"Data of the cycle 2026-03 {told}")] if told else [])


def test_each_is_told_once_a_day_and_the_newest_says_all(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for on in ("2026-03-03", "2026-03-03", "2026-03-05", "2026-03-05", "2026-03-06"):
        monkeypatch.setenv("TANDEM_TODAY", on)
        told.append(cycle_reminders.remind())
    assert told == [1, 0, 1, 0, 1]
    assert waiting() == [("analyst", "Data of the cycle 2026-03 is 2 days late")]


def test_what_somebody_has_done_is_not_told_again_that_day(
    monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]
) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-05")
    cycle_reminders.remind()
    ((key,),) = stored("select key from notification where kind = 'reminder'")
    with session_scope(viewer_of("analyst")) as session:
        notifications.done(session, key, person=people()["analyst"])
    assert (cycle_reminders.remind(), waiting()) == (0, [])


def test_two_workers_tell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-05")
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _number: cycle_reminders.remind(), range(4))) == 1
    assert len(waiting()) == 1


@pytest.mark.parametrize(
    "change_",
    [
        "update sop_step set status = 'closed' where step = 'data'",
        "update sop_cycle set status = 'closed'",
        "update sop_step set owner_id = null where step = 'data'",
    ],
    ids=["closed step", "closed cycle", "nobody"],
)
def test_nobody_is_reminded_of_what_is_over(monkeypatch: pytest.MonkeyPatch, change_: str) -> None:
    change(change_)
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-20")
    assert cycle_reminders.remind() == 0


def test_who_has_left_is_not_reminded(monkeypatch: pytest.MonkeyPatch) -> None:
    change("update app_user set active = false where role = 'analyst'")
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-20")
    try:
        assert cycle_reminders.remind() == 0
    finally:
        change("update app_user set active = true where role = 'analyst'")


def test_a_new_owner_is_told_what_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-05")
    cycle_reminders.remind()
    change(f"update sop_step set owner_id = {people()['sales']} where step = 'data'")
    assert cycle_reminders.remind() == 1
    assert ("sales", "Data of the cycle 2026-03 is a day late") in waiting()
