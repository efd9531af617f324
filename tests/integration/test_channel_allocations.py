"""Shares of channels: who may, what is refused, and that together they never have more than all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, add, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Channel
from services import channel_allocations


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    with owner_engine().begin() as connection:
        for code in ("ECOM", "RETAIL"):
            add(connection, Channel, code=code, name=code.title())


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def save(viewer: Viewer, share: object = 40, **given: Any) -> list[dict[str, Any]]:
    values = {"channel": ids(Channel)["ECOM"], "valid_from": TODAY.isoformat(), **given}
    return channel_allocations.save(viewer, share_percent=share, **values)


def test_together_they_never_have_more_than_all_on_any_day(planner: Viewer) -> None:
    retail = ids(Channel)["RETAIL"]
    save(planner, 60)
    with pytest.raises(InvalidInput, match=r"from 2026-03-02 on the channels would have 105.0 % together"):
        save(planner, 45, channel=retail)
    save(planner, 40, channel=retail, valid_from="2026-04-01")
    with pytest.raises(InvalidInput, match="from 2026-04-01 on"):
        save(planner, 61, valid_from="2026-03-15")
    assert len(save(planner, 70, item="NEW")) == 3, "a narrower scope counts for itself"


def test_each_scope_is_told_by_its_name(planner: Viewer) -> None:
    save(planner, item="CHIPS", location="KL")
    save(planner, category="Drinks")
    found = [(row["code"], row["category"], row["location"]) for row in save(planner)]
    assert found == [("CHIPS", None, "KL"), (None, "Drinks", None), (None, None, None)]


def test_two_people_change_one(planner: Viewer) -> None:
    (row,) = save(planner)
    key = {"allocation_id": row["id"], "version": row["version"]}
    (changed,) = save(planner, 50, **key)
    assert changed["share"] == 0.5
    for attempt in (lambda: save(planner, 60, **key), lambda: channel_allocations.remove(planner, row["id"], 1)):
        with pytest.raises(Conflict, match="has changed"):
            attempt()
    with pytest.raises(Conflict, match="already"):
        save(planner, 10)
    assert channel_allocations.remove(planner, row["id"], changed["version"]) == []
    with pytest.raises(NotFound):
        channel_allocations.remove(planner, row["id"], changed["version"])


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("share", -1, "Share"),
        ("share", 101, "Share"),
        ("share", "much", "Share"),
        ("item", "NOTHING", "Item"),
        ("location", "MARS", "Place"),
        ("channel", 10**9, "Channel"),
        ("channel", None, "Channel"),
        ("valid_from", "soon", "From"),
    ],
    ids=str,
)
def test_what_can_not_be_saved(planner: Viewer, field: str, value: object, error: str) -> None:
    with pytest.raises(InvalidInput, match=error):
        save(planner, **{field: value})
    with pytest.raises(InvalidInput, match="either"):
        save(planner, item="NEW", category="Drinks")
    assert channel_allocations.allocations(planner) == []


def test_who_may_not(viewer_of: Callable[[str], Viewer]) -> None:
    with pytest.raises(NotAllowed):
        save(viewer_of("executive"))
    with pytest.raises(NotAllowed):
        channel_allocations.allocations(viewer_of("supplier"))
