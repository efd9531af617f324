"""Data › Export: what can be taken out, for whom, and where its files are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from data.entities import ENTITIES

PATH = "/data/export"
Visitors = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("database")


def listed(visitor: Any) -> dict[str, dict[str, Any]]:
    """The rows of the grid by the name of the entity in its links."""
    found = grid_rows(visitor.layout(PATH).json)
    return {row["files"].partition("/data/export/")[2].partition(".csv")[0]: row for row in found}


def grid_rows(component: Any) -> list[dict[str, Any]]:
    if isinstance(component, dict):
        if component.get("rowData"):
            return list(component["rowData"])
        component = list(component.values())
    inner = component if isinstance(component, list) else []
    return next((rows for part in inner if (rows := grid_rows(part))), [])


@pytest.mark.parametrize("name", ["planner", "executive", "analyst", "admin"])
def test_every_entity_that_the_viewer_may_take_out_is_listed(visitor: Visitors, name: str) -> None:
    person = visitor(name)
    rows = listed(person)
    assert "products" in rows
    assert ("users" in rows) == (name == "admin")
    for entity in ENTITIES:
        taken = person.get(f"/data/export/{entity}.csv") if entity in ("products", "users", "companies") else None
        assert taken is None or (taken.status_code == 200) == (entity in rows), entity


def test_the_count_is_that_of_the_file(visitor: Visitors) -> None:
    planner = visitor("planner")
    rows = listed(planner)
    for entity in ("products", "sales_orders", "boms"):
        taken = planner.get(f"/data/export/{entity}.csv").text
        assert rows[entity]["rows"] == len(taken.splitlines()) - 1, entity


def test_each_line_leads_to_both_kinds_of_file_and_form(visitor: Visitors) -> None:
    row = listed(visitor("planner"))["products"]
    assert row["files"] == "[CSV](/data/export/products.csv) · [XLSX](/data/export/products.xlsx)"
    assert row["templates"] == "[CSV](/data/template/products.csv) · [XLSX](/data/template/products.xlsx)"
    assert row["name"] == ENTITIES["products"].label


def test_archives_are_offered_to_those_who_get_them(visitor: Visitors) -> None:
    for name, forms in (("planner", True), ("executive", False)):
        page = json.dumps(visitor(name).layout(PATH).json)
        assert "/data/export/everything.zip" in page
        assert ("/data/template/all.zip" in page, '"templates"' in page.partition("rowData")[0]) == (forms, forms)


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_do_not_get_the_page(visitor: Visitors, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403
