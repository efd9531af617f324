"""Rules of boxes and categories: which comes first, what the recalculation makes of them, who may change them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY, ids

from core.errors import Conflict, InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from models.network import Location
from models.planning import InventoryPolicy
from models.policy import StockingRule
from models.product import Product
from services import box_rules, inventory, item_classes
from services.box_rules import BoxStocking, Scope


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def item(code: str) -> tuple[int, int]:
    return ids(Product)[code], ids(Location)["KL"]


def stored(model: Any, code: str = "") -> Any:
    table = model.__table__
    with owner_engine().connect() as connection:
        rows = list(connection.execute(select(table)))
    return next(row for row in rows if row.product_id == item(code)[0]) if code else rows


def box_of(planner: Viewer, code: str) -> str:
    with session_scope(planner) as session:
        return str(item_classes.boxes(session, planner)[item(code)])


def save(viewer: Viewer, scope: Scope, *, version: int = 0, **values: Any) -> BoxStocking:
    given = {"target_percent": None, "measure": "", "method": "", "priority": None, **values}
    return box_rules.save_box_rule(viewer, scope, version=version, **given)


def test_item_then_rules_by_priority_then_company(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    box = box_of(planner, "SUGAR")
    assert box in item_classes.BOXES
    save(planner, Scope(box=box), target_percent=97.5)
    save(planner, Scope(category="Materials"), target_percent=90, measure="fill", priority=200)
    inventory.recalculate(planner, as_of=TODAY)
    sugar = stored(InventoryPolicy, "SUGAR")
    assert (sugar.service_target, sugar.measure) == (0.975, "fill")
    assert (sugar.inputs["target_source"], sugar.inputs["rule"]) == ("rule", f"{box} Materials")
    assert sugar.inputs["box"] == box
    chips = stored(InventoryPolicy, "CHIPS")
    assert (chips.service_target, chips.inputs["target_source"]) == (0.95, "company")
    # The category first: the lowest priority wins.
    save(planner, Scope(category="Materials"), version=1, target_percent=90, priority=5)
    inventory.recalculate(planner, as_of=TODAY)
    assert stored(InventoryPolicy, "SUGAR").service_target == 0.9
    # The item before all.
    version = inventory.why(planner, *item("SUGAR")).version
    inventory.set_service_target(planner, *item("SUGAR"), target=0.99, version=version)
    inventory.recalculate(planner, as_of=TODAY)
    assert stored(InventoryPolicy, "SUGAR").service_target == 0.99
    found = box_rules.box_stocking(planner, Scope(box=box))
    assert [row["code"] for row in found.rows] == ["SUGAR"]
    assert found.others == [("Materials", 5)]
    # Back to what the rules say, at once.
    version = inventory.why(planner, *item("SUGAR")).version
    back = inventory.set_service_target(planner, *item("SUGAR"), target=None, version=version)
    assert (back.service_target, back.service_target_fixed) == (0.9, False)
    assert inventory.recalculate(planner, as_of=TODAY)["policies_changed"] == 0


def test_method_of_a_box_changes_the_levels(planner: Viewer) -> None:
    save(planner, Scope(category="Snacks"), method="periodic")
    inventory.recalculate(planner, as_of=TODAY)
    chips = stored(InventoryPolicy, "CHIPS")
    assert chips.method == "periodic"
    # 19 days of 10 with a standard deviation of 3, less a week's demand.
    level = 190 + 1.6448536269514722 * 3 * 19**0.5
    assert float(chips.order_up_to) == pytest.approx(level, abs=1e-3)
    assert float(chips.reorder_point) == pytest.approx(level - 70, abs=1e-3)
    again = inventory.recalculate(planner, as_of=TODAY)
    assert (again["policies_changed"], again["policies_proposed"]) == (0, 0)


def test_rule_that_says_nothing_is_removed(planner: Viewer) -> None:
    saved = save(planner, Scope(box="AX"), target_percent=98)
    assert (saved.rule.service_target, saved.rule.version) == (0.98, 1)
    assert save(planner, Scope(box="AX"), version=1).rule.version == 0
    assert stored(StockingRule) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"target_percent": 40},
        {"target_percent": "much"},
        {"target_percent": 100},
        {"measure": "luck"},
        {"method": 7},
        {"priority": 0},
        {"priority": 1.5},
    ],
    ids=["low", "word", "certain", "measure", "method", "zero", "part"],
)
def test_senseless_rules_are_refused(planner: Viewer, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        save(planner, Scope(box="AX"), **wrong)
    assert stored(StockingRule) == []


def test_scopes_conflicts_and_rights(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    for scope in (Scope(), Scope(box="DX"), Scope(box="AX", category="Snacks"), Scope(category="x" * 999)):
        with pytest.raises(InvalidInput):
            save(planner, scope, target_percent=98)
    save(planner, Scope(box="AX"), target_percent=98)
    for seen in (0, 7, None, "x"):
        with pytest.raises(Conflict):
            save(planner, Scope(box="AX"), version=seen, target_percent=97)  # type: ignore[arg-type]
    executive, supplier = viewer_of("executive"), viewer_of("supplier")
    assert box_rules.box_stocking(executive, Scope(box="AX")).rule.service_target == 0.98
    with pytest.raises(NotAllowed):
        save(executive, Scope(box="AX"), version=1, target_percent=97)
    with pytest.raises(NotAllowed):
        box_rules.box_stocking(supplier, Scope(box="AX"))
