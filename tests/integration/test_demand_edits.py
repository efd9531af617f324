"""Edits of the demand plan at every level, in numbers, and what stands in the ledger of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import demand_company
import pytest
from demand_company import DEC, JAN, person, said

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
