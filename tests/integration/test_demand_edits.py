"""Edits of the demand plan at every level, in numbers, and what stands in the ledger of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import demand_company
import pytest
from demand_company import DEC, JAN, person, said

from core.errors import Conflict
from core.permissions import Role
from core.viewer import Viewer
from services import demand_edits
from services.demand_edits import Change, Scope


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demand_company.load(monkeypatch)


@pytest.fixture
def ann() -> Viewer:
    return person("Ann", Role.PLANNER)


def change(mode: str, value: float | None = None, *, scope: Scope | None = None, **asked: Any) -> Change:
    usual: dict[str, Any] = {"stream": "planner", "months": (DEC,), "reason": "Promotion"}
    return Change(scope=scope or Scope(), mode=mode, value=value, **usual | asked)


A, TEA = Scope(product="A"), Scope(family="Tea")
LEAF = Scope(product="A", location="KL", channel="MT")


class TestSet:
    def test_a_cell(self, ann: Viewer) -> None:
        done = demand_edits.apply(ann, change("set", 75, scope=LEAF))
        assert (done.cells, done.before_total, done.after_total) == (1, 60, 75)
        assert said() == {("A", "KL", "MT", DEC): 75}

    def test_a_product_by_the_forecast(self, ann: Viewer) -> None:
        # 150 are planned: 60, 40 and 50. Of 200, 80, 53⅓ and 66⅔.
        demand_edits.apply(ann, change("set", 200, scope=A))
        assert said() == {("A", "KL", "MT", DEC): 80, ("A", "KL", "GT", DEC): 53, ("A", "JB", "MT", DEC): 67}

    def test_a_look_first(self, ann: Viewer) -> None:
        found = demand_edits.preview(ann, change("set", 360, scope=TEA, months=(DEC, JAN)))
        assert (found.cells, found.before_total, found.after_total) == (8, 360, 720)
        assert [(part["key"], part["name"], part["before"], part["after"]) for part in found.children] == [
            ({"product": "A"}, "Tea A", 300, 600),
            ({"product": "B"}, "Tea B", 60, 120),
        ]
        assert said() == {}


class TestUndo:
    def test_back_and_again(self, ann: Viewer) -> None:
        first = demand_edits.apply(ann, change("set", 75, scope=LEAF))
        second = demand_edits.apply(ann, change("set", 200, scope=A))
        with pytest.raises(Conflict, match="Ann has changed some of these figures"):
            demand_edits.undo(ann, first.edit_id)
        demand_edits.undo(ann, second.edit_id)
        assert said() == {("A", "KL", "MT", DEC): 75}
        demand_edits.undo(ann, first.edit_id)
        assert said() == {}
        demand_edits.redo(ann, first.edit_id)
        demand_edits.redo(ann, second.edit_id)
        assert sum(said().values()) == 200
        assert [(row["id"], row["undone"]) for row in demand_edits.undo_stack(ann)] == [
            (second.edit_id, False),
            (first.edit_id, False),
        ]


class TestPaste:
    def test_a_block(self, ann: Viewer) -> None:
        block = [
            {"product": "A", "location": "KL", "channel": "MT", "month": "2026-12", "quantity": "1,200"},
            {"product": "B", "location": "KL", "channel": "MT", "month": JAN, "quantity": 31.5},
            {"product": "B", "location": "KL", "channel": "MT", "month": DEC, "quantity": ""},
        ]
        done = demand_edits.paste(ann, "planner", block, reason="From the key account")
        assert (done.cells, done.before_total, done.after_total) == (2, 90, 1231.5)
        assert said() == {("A", "KL", "MT", DEC): 1200, ("B", "KL", "MT", JAN): 31.5}
