"""Everybody chooses the own mails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from visitor import Visitor

from callbacks.account.notifications import Ids, topic_id
from core.viewer import Viewer
from services import mail_preferences
from services.mail_preferences import TOPICS


def save(who: Visitor, *, quiet: tuple[str, str] = ("", ""), **chosen: Any) -> Any:
    states = {f"{topic_id(topic)}.value": chosen.get(topic, "at_once") for topic in TOPICS}
    hours = {f"{Ids.quiet_from}.value": quiet[0], f"{Ids.quiet_until}.value": quiet[1]}
    return who.press(Ids.save, {**states, **hours})


@pytest.mark.parametrize("name", ["planner", "supplier"])
def test_a_choice_is_kept_and_it_is_the_own(
    database: Path, visitor: Callable[[str], Visitor], viewer_of: Callable[[str], Viewer], name: str
) -> None:
    other = mail_preferences.preferences(viewer_of("customer"))
    person = visitor(name)
    assert save(person, quiet=("22:00", "06:30"), orders="never").status_code == 200
    found = mail_preferences.preferences(viewer_of(name))
    assert (found.deliveries["orders"], found.deliveries["messages"]) == ("never", "at_once")
    assert found.quiet is not None
    assert [f"{at:%H:%M}" for at in found.quiet] == ["22:00", "06:30"]
    assert save(person).status_code == 200
    assert mail_preferences.preferences(viewer_of(name)).quiet is None
    assert mail_preferences.preferences(viewer_of("customer")) == other


def test_what_is_no_choice_is_refused(database: Path, visitor: Callable[[str], Visitor]) -> None:
    planner = visitor("planner")
    for refused in (save(planner, orders="sometimes"), save(planner, orders=["x"]), save(planner, quiet=("22:00", ""))):
        assert "sideUpdate" in refused.json
    assert "Quiet hours" in planner.layout("/account/notifications").text
