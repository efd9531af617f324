"""S&OP › Executive: what its callbacks answer, and who may open it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callbacks.planner.executive import PATH, Ids
from core.viewer import Viewer
from services import executive

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(database: Path) -> None:
    """The small demo company."""


def answer(visitor: Any, output: str, **values: Any) -> str:
    found = visitor.call(output, {f"{name}.value": value for name, value in values.items()})
    assert found.status_code == 200, found.text
    return json.dumps(found.json["response"], ensure_ascii=False)


def test_the_cards_show_the_figures_of_the_service(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    shown = answer(visitor("executive"), f"{Ids.cards}.children", **{Ids.measure: "revenue"})
    for card in executive.indicators(viewer_of("executive")):
        assert card.name in shown
        assert card.value in shown
        assert card.verdict in shown


def test_units_instead_of_money_change_sales_and_gap_alone(visitor: Visit) -> None:
    guest = visitor("planner")
    money, units = (answer(guest, f"{Ids.cards}.children", **{Ids.measure: value}) for value in ("revenue", "volume"))
    assert "Revenue to date" in money
    assert "Volume to date" in units
    assert "Margin to date" in units


def test_the_heat_map_lists_categories_or_families(visitor: Visit) -> None:
    guest = visitor("analyst")
    output = f"{Ids.families}.children"
    categories = answer(guest, output, **{Ids.level: "category", Ids.measure: "revenue"})
    families = answer(guest, output, **{Ids.level: "family", Ids.measure: "volume"})
    assert "Beverages" in categories
    assert "Beverages" not in families
    assert "units" in families


@pytest.mark.parametrize("odd", [None, "", 7, [], {"a": 1}, "'; drop table"], ids=str)
def test_an_odd_choice_is_the_usual_one(visitor: Visit, odd: object) -> None:
    usual = answer(visitor("planner"), f"{Ids.families}.children", **{Ids.level: "category", Ids.measure: "revenue"})
    assert answer(visitor("planner"), f"{Ids.families}.children", **{Ids.level: odd, Ids.measure: odd}) == usual


def test_capacity_gap_risks_and_decisions_answer(visitor: Visit) -> None:
    guest = visitor("finance")
    assert "All resources" in answer(guest, f"{Ids.capacity}.children")
    assert "AOP" in answer(guest, f"{Ids.gap}.figure", **{Ids.measure: "revenue"})
    assert answer(guest, f"{Ids.risks}.children")
    assert "Overtime on the cooking line" in answer(guest, f"{Ids.decisions}.children")


@pytest.mark.parametrize("role", ["admin", "supplier", "customer", "oem"])
def test_it_is_closed_to_partners_and_administrators(visitor: Visit, role: str) -> None:
    guest = visitor(role)
    assert guest.get(PATH).status_code == 403
    assert guest.call(f"{Ids.cards}.children", {}).status_code == 403
