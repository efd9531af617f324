"""Remarks about a thing: in their order, who is named in them, who may read and write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cycle_company import change, people, stored

from core.errors import InvalidInput, NotAllowed
from core.viewer import Viewer
from services import comments

pytestmark = pytest.mark.usefixtures("cycles")
THING = ("demand", "product=CHIPS")


@pytest.fixture
def sales(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("sales")


def say(viewer: Viewer, body: object) -> int:
    return comments.say(viewer, *THING, body, about="Chips", href="/demand/review?product=CHIPS")


def mentioned() -> list[tuple[str, str, str, str]]:
    return stored(
        "select split_part(u.email, '@', 1), n.title, n.detail, n.href from notification n "
        "join app_user u on u.id = n.user_id where n.kind = 'mention' order by n.id"
    )


def test_remarks_stand_in_their_order_with_their_authors(sales: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    say(sales, " Too high ")
    say(viewer_of("planner"), "Why?")
    comments.say(sales, "demand", "product=TEA", "Elsewhere", about="Tea", href="/demand/review")
    assert [(row["body"], row["author"]) for row in comments.thread(sales, *THING)] == [
        ("Too high", "Sales"),
        ("Why?", "Planner"),
    ]


def test_who_is_named_is_told_once(sales: Viewer) -> None:
    say(sales, "@planner and @Finance. please look; @planner again")
    href, said = "/demand/review?product=CHIPS", "@planner and @Finance. please look; @planner again"
    assert sorted(mentioned()) == [
        ("finance", "Sales names you: Chips", said, href),
        ("planner", "Sales names you: Chips", said, href),
    ]
    say(sales, "@planner once more")
    assert [name for name, *_rest in mentioned()].count("planner") == 2, "each remark counts for itself"


@pytest.mark.parametrize("body", ["@nobody", "planner", "@supplier look", "@ planner", "mail planner@demo"], ids=repr)
def test_nobody_else_is_told(sales: Viewer, body: str) -> None:
    say(sales, body)
    assert mentioned() == []


def test_who_has_left_is_not_told(sales: Viewer) -> None:
    change("update app_user set active = false where role = 'finance'")
    try:
        say(sales, "@finance look")
        assert mentioned() == []
        assert "Finance" not in [name for _id, name, _at in comments.colleagues(sales)]
    finally:
        change("update app_user set active = true where role = 'finance'")


@pytest.mark.parametrize(
    "body", ["", "  ", None, 3, {"a": 1}, "x" * 2_001], ids=["", "blank", "none", "3", "{}", "long"]
)
def test_remarks_that_say_nothing_or_too_much(sales: Viewer, body: object) -> None:
    with pytest.raises(InvalidInput, match="Comment: "):
        say(sales, body)
    assert comments.thread(sales, *THING) == []


def test_what_looks_like_a_command_is_a_text(sales: Viewer) -> None:
    say(sales, "<script>alert(1)</script>'; drop table comment")
    assert comments.thread(sales, *THING)[0]["body"] == "<script>alert(1)</script>'; drop table comment"


def test_colleagues_are_those_inside(sales: Viewer) -> None:
    found = {at: number for number, _name, at in comments.colleagues(sales)}
    assert found == {name: number for name, number in people().items() if name != "supplier"}


@pytest.mark.parametrize("name", ["supplier", "admin"])
def test_others_neither_read_nor_write(viewer_of: Callable[[str], Viewer], name: str) -> None:
    outsider = viewer_of(name)
    for act in (
        lambda: comments.thread(outsider, *THING),
        lambda: say(outsider, "Let me in"),
        lambda: comments.colleagues(outsider),
    ):
        with pytest.raises(NotAllowed):
            act()
