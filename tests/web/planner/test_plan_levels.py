"""Supply › Demand and supply: the grid, the chart of a group, and the way down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.plan_levels import PATH, Ids
from services.plan_levels import PER_GROUP

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def rows(visitor: Any, **view: str) -> list[dict[str, Any]]:
    values = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.view}.data": view}
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", values)
    found: list[dict[str, Any]] = answer.json["response"][Ids.rows]["getRowsResponse"]["rowData"]
    return found


def opened(visitor: Any, view: dict[str, str], row: int) -> Any:
    values = {f"{Ids.rows}.cellClicked": {"colId": "group", "rowId": str(row)}, f"{Ids.view}.data": view}
    return visitor.call(f"{Ids.go}.href", values)


def test_page_adds_up_by_category_at_first(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "All groups together" in page
    assert "plan-levels.csv" in page


def test_gap_rows_stand_out(visitor: Visit) -> None:
    shown = rows(visitor("planner"), by="item", shown="units")
    assert shown[0]["group"] == "CHIPS Chips · KL"
    owed = next(row for row in shown if row["code"] == "owed")
    assert owed["b0"] == pytest.approx(30)


def test_a_click_on_a_name_goes_down_to_the_supply_plan(visitor: Visit) -> None:
    planner = visitor("planner")
    href = opened(planner, {"by": "category"}, 0).json["response"][Ids.go]["href"]
    assert "by=family" in href
    assert "category=Snacks" in href
    href = opened(planner, {"by": "item"}, PER_GROUP - 1).json["response"][Ids.go]["href"]
    assert href.startswith("/supply/plan?search=CHIPS&location=KL")


def test_a_chosen_group_is_drawn(visitor: Visit) -> None:
    values = {f"{Ids.rows}.selectedRows": [{"key": "Snacks"}], f"{Ids.view}.data": {"by": "category"}}
    shown = visitor("planner").call(f"{Ids.chart}.figure", values).json["response"]
    assert shown[Ids.chart_title]["children"] == "Snacks"


def test_the_list_can_be_taken_along(visitor: Visit) -> None:
    text = visitor("planner").get("/download/plan-levels.csv?by=item&shown=units&product=CHIPS").text
    assert "owed" in text
    assert "CHIPS" in text


@pytest.mark.parametrize("row", ["x", "99999999999", "-1", ""], ids=repr)
def test_rows_that_are_none_lead_nowhere(visitor: Visit, row: str) -> None:
    values = {f"{Ids.rows}.cellClicked": {"colId": "group", "rowId": row}, f"{Ids.view}.data": None}
    assert "href" not in visitor("planner").call(f"{Ids.go}.href", values).text
