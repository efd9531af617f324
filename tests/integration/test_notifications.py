"""Telling people: once by key, done for one or for all, and who can be asked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from cycle_company import change, people, stored

from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from services import notifications
from services.notifications import APPROVAL, TASK, Notice

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def notice(key: str = "thing:1", title: str = "Look at it", kind: str = TASK) -> Notice:
    return Notice(kind, key, title, "/somewhere", detail="soon")


def tell(viewer: Viewer, names: tuple[str, ...], told: Notice) -> None:
    with session_scope(viewer) as session:
        notifications.tell(session, viewer, [people()[name] for name in names], told)


def waiting() -> list[tuple[str, str, str]]:
    return stored(
        "select split_part(u.email, '@', 1), n.key, n.title from notification n join app_user u on u.id = n.user_id "
        "where done_at is null order by 1, 2"
    )


def test_each_is_told_once_by_key(planner: Viewer) -> None:
    tell(planner, ("sales", "finance", "sales"), notice())
    tell(planner, ("sales",), notice(title="Look at it again", kind=APPROVAL))
    assert waiting() == [("finance", "thing:1", "Look at it"), ("sales", "thing:1", "Look at it again")]
    assert stored("select count(*) from notification") == [(2,)]
    ((by,),) = stored("select distinct created_by from notification")
    assert by == planner.user_id


def test_nobody_to_tell_is_nobody(planner: Viewer) -> None:
    tell(planner, (), notice())
    with session_scope(planner) as session:
        assert notifications.tell_once(session, planner, [], notice()) == 0
    assert waiting() == []


def test_what_is_done_comes_back_when_it_is_told_again_but_not_when_told_once(planner: Viewer) -> None:
    tell(planner, ("sales", "finance"), notice())
    with session_scope(planner) as session:
        notifications.done(session, "thing:1", person=people()["sales"])
    assert waiting() == [("finance", "thing:1", "Look at it")]
    with session_scope(planner) as session:
        everybody = [people()[name] for name in ("sales", "finance", "marketing")]
        assert notifications.tell_once(session, planner, everybody, notice(title="Once")) == 1
    assert waiting() == [("finance", "thing:1", "Look at it"), ("marketing", "thing:1", "Once")]
    tell(planner, ("sales",), notice())
    assert [name for name, _key, _title in waiting()] == ["finance", "marketing", "sales"]


def test_done_for_all(planner: Viewer) -> None:
    tell(planner, ("sales", "finance"), notice())
    tell(planner, ("sales",), notice("thing:12"))
    with session_scope(planner) as session:
        notifications.done(session, "thing:1")
    assert waiting() == [("sales", "thing:12", "Look at it")]


def test_done_below_leaves_other_things_alone(planner: Viewer) -> None:
    for key in ("thing:1", "thing:1:late:a", "thing:1:late:b", "thing:12:late:a", "thing_1:x"):
        tell(planner, ("sales",), notice(key))
    with session_scope(planner) as session:
        notifications.done_below(session, "thing:1", but="thing:1:late:b")
    assert [key for _name, key, _title in waiting()] == ["thing:1", "thing:12:late:a", "thing:1:late:b", "thing_1:x"]


def test_telling_at_once_is_telling_once(planner: Viewer) -> None:
    def once(_number: int) -> int:
        with session_scope(planner) as session:
            return notifications.tell_once(session, planner, [people()["sales"]], notice())

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(once, range(4))) == 1
    assert len(waiting()) == 1


def test_people_with_a_right_are_active_colleagues(planner: Viewer) -> None:
    def names(permission: Permission) -> set[str]:
        with session_scope(planner) as session:
            found = set(notifications.people_with(session, permission))
        return {name for name, number in people().items() if number in found}

    assert names(Permission.CYCLE_MANAGE) == {"planner"}
    assert names(Permission.PLAN_READ) == {"planner", "executive", "analyst", "sales", "marketing", "finance"}
    assert names(Permission.SUPPLIER_PORTAL) == set(), "partners are no colleagues"
    change("update app_user set active = false where role = 'planner'")
    try:
        assert names(Permission.CYCLE_MANAGE) == set()
    finally:
        change("update app_user set active = true where role = 'planner'")
