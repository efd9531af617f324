"""Rules of the company: what is stored, by whom, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from core.errors import NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.people import AuditEntry
from services import inventory, planning_rules
from services.company_rules import as_entered
from services.stocking_rules import StockingRules


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def changed(viewer: Viewer, **figures: float) -> None:
    seen = as_entered(planning_rules.rules_in_force(viewer)["stocking"])
    planning_rules.save_rules(viewer, "stocking", {**seen, **figures}, seen=seen)


def test_dearer_orders_are_larger_after_a_recalculation(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    changed(planner, order_cost=2000, change_limit=1000)
    assert inventory.recalculate(planner, as_of=TODAY)["policies_changed"] > 0


def test_who_changed_what_is_kept(planner: Viewer) -> None:
    changed(planner, holding_rate=30)
    with owner_engine().connect() as connection:
        entry = connection.execute(
            select(AuditEntry.__table__).where(AuditEntry.action == "stocking_rules.change")
        ).one()
    assert (entry.before, entry.after) == ({"holding_rate": 0.2}, {"holding_rate": 0.3})


def test_nothing_changed_is_no_line_in_the_audit(planner: Viewer) -> None:
    changed(planner)
    with owner_engine().connect() as connection:
        assert not connection.scalar(select(AuditEntry.id).where(AuditEntry.action == "stocking_rules.change"))


@pytest.mark.parametrize("name", ["", "other", None, 5, {"a": 1}], ids=repr)
def test_no_such_rules(planner: Viewer, name: object) -> None:
    with pytest.raises(NotFound):
        planning_rules.save_rules(planner, name, as_entered(StockingRules()), seen=as_entered(StockingRules()))


@pytest.mark.parametrize("role", ["executive", "supplier"])
def test_who_may_not_change(viewer_of: Callable[[str], Viewer], role: str) -> None:
    with pytest.raises(NotAllowed):
        planning_rules.save_rules(viewer_of(role), "stocking", {}, seen=None)
