"""The inbox: what waits, in which order, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import today
from core.errors import Conflict, InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import inbox, notifications
from services.inbox import InboxFilters, Worklist, inbox_filters
from services.inbox_entries import EXCEPTION, ORDER, Entry
from services.notifications import TASK, Notice

Viewers = Callable[[str], Viewer]


@pytest.fixture
def planner(fresh_database: Path, viewer_of: Viewers) -> Viewer:
    return viewer_of("planner")


def told(viewer: Viewer, key: str, *, due_on: date | None = None, href: str = "/sop/cycle") -> None:
    with session_scope(viewer) as session:
        notice = Notice(TASK, key, f"Do {key}", href, due_on=due_on)
        notifications.tell(session, viewer, [viewer.user_id or 0], notice)


def of_kind(found: Worklist, kind: str) -> list[Entry]:
    return [entry for entry in found.entries if entry.kind == kind]


def choice(entry: Entry) -> tuple[object, object]:
    return entry.key, entry.version


def orders_to_accept(viewer: Viewer) -> list[Entry]:
    return [entry for entry in of_kind(inbox.worklist(viewer), ORDER) if entry.size is not None]


def scalar(statement: str) -> object:
    with owner_engine().connect() as connection:
        return connection.execute(text(statement)).scalar()


def test_late_tasks_come_first_then_money(planner: Viewer) -> None:
    told(planner, "late", due_on=today() - timedelta(days=1))
    told(planner, "later", due_on=today() + timedelta(days=9))
    found = inbox.worklist(planner)
    assert found.entries[0].key == "late"
    money = [entry.money or 0.0 for entry in found.entries[1:]]
    assert money == sorted(money, reverse=True)
    assert found.waiting[TASK] == 2
    assert found.waiting[ORDER] == scalar("select count(*) from reorder_proposal where status = 'open'")
    assert of_kind(found, EXCEPTION)


def test_filters_narrow_the_list_and_odd_ones_do_not(planner: Viewer) -> None:
    told(planner, "late", due_on=today() - timedelta(days=1))
    only = inbox.worklist(planner, InboxFilters(show="late", kind=TASK, search="DO LATE"))
    assert [entry.key for entry in only.entries] == ["late"]
    assert inbox.worklist(planner, InboxFilters(search="no such thing")).entries == []
    assert inbox_filters({"show": 7, "kind": "x", "search": ["y"]}) == InboxFilters()


def test_each_role_sees_what_it_decides_on(planner: Viewer, viewer_of: Viewers) -> None:
    assert not of_kind(inbox.worklist(viewer_of("executive")), ORDER)
    for outside in ("supplier", "customer", "oem", "admin"):
        with pytest.raises(NotAllowed):
            inbox.worklist(viewer_of(outside))
    proposed = orders_to_accept(planner)[0]
    with pytest.raises(Conflict):
        inbox.accept(viewer_of("sales"), [choice(proposed)])


def test_accepted_orders_become_drafts_within_the_limit(planner: Viewer) -> None:
    small, large = sorted(orders_to_accept(planner), key=lambda entry: entry.size or 0.0)[:2]
    done = inbox.accept(planner, [choice(small), choice(large)], limit=small.size)
    assert done.count == 1
    assert [line.startswith(large.title) and "above the limit" in line for line in done.left] == [True]
    assert scalar(f"select status from reorder_proposal where id = {small.row}") == "accepted"
    assert scalar(f"select status from reorder_proposal where id = {large.row}") == "open"
    assert inbox.worklist(planner).handled == 1


def test_what_changed_meanwhile_is_refused_whole(planner: Viewer) -> None:
    one, other = orders_to_accept(planner)[:2]
    inbox.accept(planner, [choice(one)])
    for stale in ([choice(one), choice(other)], [(other.key, other.version + 1)]):
        with pytest.raises(Conflict, match="meanwhile"):
            inbox.accept(planner, stale)
    assert scalar(f"select status from reorder_proposal where id = {other.row}") == "open"


def test_turned_down_needs_a_reason_and_leaves_what_has_none(planner: Viewer) -> None:
    told(planner, "task")
    chosen = [choice(orders_to_accept(planner)[0]), ("task", 0)]
    with pytest.raises(InvalidInput, match="Reason"):
        inbox.reject(planner, chosen, reason=" ")
    done = inbox.reject(planner, chosen, reason="Too early")
    assert done.count == 1
    assert done.left == ["Do task: open it and decide there."]


def test_ticked_off_tasks_are_gone_and_orders_stay(planner: Viewer) -> None:
    told(planner, "task")
    proposed = orders_to_accept(planner)[0]
    done = inbox.tick_off(planner, [("task", 0), choice(proposed)])
    assert (done.count, len(done.left)) == (1, 1)
    assert "task" not in {entry.key for entry in inbox.worklist(planner).entries}
    told(planner, "task")
    assert "task" in {entry.key for entry in inbox.worklist(planner).entries}


def test_put_off_entries_come_back_on_their_day(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    proposed = orders_to_accept(planner)[0]
    until = today() + timedelta(days=2)
    inbox.snooze(planner, [choice(proposed)], until=until.isoformat(), reason="Waiting for the budget")
    assert proposed.key not in {entry.key for entry in inbox.worklist(planner).entries}
    asleep = inbox.worklist(planner, InboxFilters(show="snoozed")).entries
    assert [(entry.key, entry.snoozed_until) for entry in asleep] == [(proposed.key, until)]
    inbox.wake(planner, [choice(proposed)])
    assert proposed.key in {entry.key for entry in inbox.worklist(planner).entries}
    inbox.snooze(planner, [choice(proposed)], until=until.isoformat(), reason="Once more")
    monkeypatch.setenv("TANDEM_TODAY", until.isoformat())
    assert proposed.key in {entry.key for entry in inbox.worklist(planner).entries}


@pytest.mark.parametrize(
    ("until", "reason", "said"),
    [("2020-01-01", "Later", "after today"), ("soon", "Later", "enter a date"), ("2036-01-01", "", "Reason")],
    ids=["past", "no day", "no reason"],
)
def test_putting_off_asks_for_a_day_to_come_and_a_reason(planner: Viewer, until: str, reason: str, said: str) -> None:
    told(planner, "task")
    with pytest.raises(InvalidInput, match=said):
        inbox.snooze(planner, [("task", 0)], until=until, reason=reason)


@pytest.mark.parametrize("chosen", [[], [(None, 1)], [(f"k{n}", 0) for n in range(201)]], ids=["none", "odd", "many"])
def test_nothing_or_too_much_is_refused(planner: Viewer, chosen: list[tuple[object, object]]) -> None:
    for act in (inbox.accept, inbox.tick_off, inbox.wake):
        with pytest.raises(InvalidInput, match="between 1 and 200"):
            act(planner, chosen)


def test_queues_are_a_persons_own(planner: Viewer, viewer_of: Viewers) -> None:
    wanted = InboxFilters(show="late", kind=ORDER, search="sugar")
    inbox.save_queue(planner, "Sugar", wanted)
    assert inbox.queues(planner) == {"Sugar": wanted}
    assert inbox.queues(viewer_of("sales")) == {}
    inbox.drop_queue(planner, "Sugar")
    assert inbox.queues(planner) == {}
    with pytest.raises(InvalidInput, match="Name"):
        inbox.save_queue(planner, "", wanted)
