"""Data health: the score, the findings, one finding with its rows, and the fix that happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from data.db import owner_engine

Visitors = Callable[..., Any]
PATH = "/data/health"
PREFIX = "planner-data-health"
FINDING = "?entity=products&finding=unassigned_category"


def unassign(*, rows: int) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "update product set category = 'Unassigned' where id in "
                "(select id from product where life_cycle = 'active' order by code limit :rows)"
            ),
            {"rows": rows},
        )
        connection.execute(text("select tandem_bump('products')"))


def mend(visitor: Any, value: Any, about: Any) -> Any:
    return visitor.press(f"{PREFIX}--mend", {f"{PREFIX}--value.value": value, f"{PREFIX}--about.data": about})


def about(rows: Any, *, finding: str = "unassigned_category") -> dict[str, Any]:
    return {"entity": "products", "finding": finding, "rows": rows}


def test_the_page_shows_score_findings_and_every_kind_of_rows(database: Path, visitor: Visitors) -> None:
    page = json.dumps(visitor("planner").layout(PATH).json)
    for shown in (
        "health-total",
        "Certificates that ran out",
        "Demand history",
        "Stock movements",
        "/help#data-health",
    ):
        assert shown in page


def test_a_finding_shows_its_rows_and_the_fix_changes_them(fresh_database: Path, visitor: Visitors) -> None:
    unassign(rows=3)
    analyst = visitor("analyst")
    assert "Products without a category" in analyst.layout(PATH).text
    page = analyst.layout(PATH, FINDING).text
    assert "Set for all 3 rows" in page
    answer = mend(analyst, "Sauces", about(3))
    assert answer.status_code == 200, answer.text
    assert "3 rows were changed. The score went from" in answer.text
    assert "No row has this finding any more." in answer.text
    assert "Products without a category" not in analyst.layout(PATH).text


def test_rows_that_changed_meanwhile_are_looked_at_again_first(fresh_database: Path, visitor: Visitors) -> None:
    unassign(rows=3)
    assert "The filter shows 3 rows by now, not 2." in mend(visitor("planner"), "Sauces", about(2)).text
    assert "Set for all 3 rows" in visitor("planner").layout(PATH, FINDING).text


@pytest.mark.parametrize("given", [None, [], {}, {"rows": "3"}, about(None)], ids=str)
def test_a_call_that_no_page_makes_is_refused(database: Path, visitor: Visitors, given: Any) -> None:
    assert mend(visitor("planner"), "Sauces", given).status_code in {400, 422}


@pytest.mark.parametrize(
    "query", ["?entity=nonsense", "?entity=products&finding=nonsense", "?finding=without_cost", "?entity=users"]
)
def test_what_there_is_not_is_told_with_a_way_back(database: Path, visitor: Visitors, query: str) -> None:
    page = visitor("planner").layout(PATH, query).text
    assert "There is no such finding." in page
    assert "Back to data health" in page


def test_who_may_not_edit_sees_the_rows_but_no_button(fresh_database: Path, visitor: Visitors) -> None:
    unassign(rows=2)
    executive = visitor("executive")
    page = json.dumps(executive.layout(PATH, FINDING).json)
    assert "Unassigned" in page
    assert f"{PREFIX}--mend" not in page
    assert "/data/import" not in page
    assert mend(executive, "Sauces", about(2)).status_code == 403


def test_an_administrator_sees_master_data_only(database: Path, visitor: Visitors) -> None:
    page = visitor("admin").layout(PATH).text
    assert "Supplier terms" in page
    for hidden in ("Demand history", "Stock movements", "Purchase orders"):
        assert hidden not in page
    assert visitor("admin").layout(PATH, "?entity=stock&finding=expired").status_code == 403


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_do_not_get_in(database: Path, visitor: Visitors, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403
    assert mend(visitor(name), "Sauces", about(1)).status_code == 403


def test_without_data_the_page_says_what_to_do(
    server: Any, empty_template: str, tmp_path: Path, visitor: Visitors
) -> None:
    from trading import load

    with server.copy(tmp_path, template=empty_template):
        load()
        with owner_engine().begin() as connection:
            connection.execute(text("truncate location, channel, product, supplier, customer cascade"))
        assert "/data/import" in json.dumps(visitor("analyst").layout(PATH).json)
        assert "An analyst can import them" in visitor("planner").layout(PATH).text
