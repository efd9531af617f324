"""Successor chains: no circles, no more than all of a product's demand, and the history they carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from consensus_company import person
from rows import Rows

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from services import successions


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    found.product("NEW")
    return found


def link(rows: Rows, old: str, new: str, share: Any = 100, starts_on: str = "2026-01-01") -> int:
    form = {"predecessor": str(rows.ids[old]), "successor": str(rows.ids[new]), "starts_on": starts_on, "share": share}
    return successions.add(person(rows, "planner"), form)


def test_history_is_carried_along_the_chain(rows: Rows) -> None:
    link(rows, "SAUCE", "CHIPS", share=50)
    link(rows, "CHIPS", "NEW", starts_on="2026-02-01")
    assert [one["chain"] for one in successions.chains(person(rows, "sales"))] == [
        "SAUCE → CHIPS",
        "SAUCE → CHIPS → NEW",
    ]
    found = successions.history(person(rows, "sales"), rows.ids["NEW"])
    carried = {f"{month:%Y-%m}": value for month, value in zip(found.months, found.carried, strict=True)}
    # 50 of CHIPS and half of the 120 of SAUCE until 2026-01, then 50 of CHIPS until 2026-02.
    assert [carried[month] for month in ("2025-11", "2025-12", "2026-01", "2026-02")] == pytest.approx(
        [110, 110, 50, 0]
    )
    assert sum(found.own) == 0


@pytest.mark.parametrize(
    ("old", "new", "share", "said"),
    [
        ("SAUCE", "SAUCE", 100, "succeed itself"),
        ("NEW", "SAUCE", 100, "circle"),
        ("SAUCE", "NEW", 60, "50 % of the predecessor"),
        ("NEW", "CHIPS", 0, "Share: enter more"),
        ("NEW", "CHIPS", 101, "Share: enter more"),
        ("NEW", "CHIPS", "x", "Share: enter a number"),
    ],
)
def test_links_that_can_not_be_are_refused(rows: Rows, old: str, new: str, share: Any, said: str) -> None:
    link(rows, "SAUCE", "CHIPS", share=50)
    link(rows, "CHIPS", "NEW")
    with pytest.raises(InvalidInput, match=said):
        link(rows, old, new, share=share)
    assert len(successions.chains(person(rows, "planner"))) == 2


def test_a_link_is_there_once_and_removed_as_it_was_seen(rows: Rows) -> None:
    found, planner = link(rows, "SAUCE", "NEW", share=50), person(rows, "planner")
    with pytest.raises(Conflict, match="already"):
        link(rows, "SAUCE", "NEW", share=10)
    with pytest.raises(Conflict, match="50 % from 2026-01-01"):
        successions.remove(planner, found, {"starts_on": "2026-01-01", "share": 0.4})
    successions.remove(planner, found, {"starts_on": "2026-01-01", "share": 0.5})
    with pytest.raises(NotFound):
        successions.remove(planner, found, {})


def test_odd_products_and_roles(rows: Rows) -> None:
    planner = person(rows, "planner")
    for value in (None, "x", 2**70, "999"):
        form = {"predecessor": value, "successor": rows.ids["NEW"], "starts_on": "2026-01-01", "share": 1}
        with pytest.raises(InvalidInput, match="Choose a predecessor"):
            successions.add(planner, form)
    assert sum(successions.history(planner, "x").carried) == 0
    with pytest.raises(NotAllowed):
        successions.add(person(rows, "marketing"), {"share": 1, "starts_on": "2026-01-01"})
