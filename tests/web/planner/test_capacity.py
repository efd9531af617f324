"""Supply › Capacity: the heat map and what loads a cell of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.capacity import PATH, Ids, load_rows
from services.supply_plan import ResourceLoad

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    stock_company.make_tea()
    stock_company.sell_out_of_tea()


def clicked(visitor: Any, row_id: object, column: object) -> Any:
    cell = {"rowId": row_id, "colId": column}
    return visitor.call(f"{Ids.products}.rowData", {f"{Ids.load}.cellClicked": cell})


def test_a_share_a_week_and_the_weeks_that_are_over() -> None:
    (row,) = load_rows([ResourceLoad("LINE", "Line", "KL", [5.0, 15.0, 1.0, 0.0], [10.0, 10.0, 0.0, 0.0])])
    assert [row[f"w{week}"] for week in range(4)] == [0.5, 1.5, 9.99, None]
    assert row["over"] == 2


def test_page_shows_the_load(visitor: Visit) -> None:
    assert "1 resources over 13 weeks" in visitor("executive").layout(PATH).text


def test_a_cell_shows_what_loads_it(visitor: Visit) -> None:
    shown = clicked(visitor("planner"), "LINE", "w0").json["response"]
    assert [row["code"] for row in shown[Ids.products]["rowData"]] == ["TEA"]
    assert shown[Ids.title]["children"] == "Line, week of 2026-03-02"
    assert "hours wanted for 1 products" in shown[Ids.note]["children"]


@pytest.mark.parametrize(
    ("row_id", "column"),
    [("LINE", "w0"), ("LINE", "name"), ("NONE", "w0"), (None, None), ("LINE", "w99"), ({}, [])],
    ids=repr,
)
def test_whatever_is_clicked_is_answered(visitor: Visit, row_id: object, column: object) -> None:
    assert clicked(visitor("planner"), row_id, column).status_code in (200, 204, 404)
