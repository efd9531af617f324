"""Supply › Master schedule: the list, the weeks of an item, the orders behind a figure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, ids

from callbacks.planner.master_schedule import PATH, Ids
from models.network import Location
from models.product import Product

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def chips() -> dict[str, int]:
    return {"product_id": ids(Product)["CHIPS"], "location_id": ids(Location)["KL"]}


def listed(visitor: Any, filters: Any = None) -> list[dict[str, Any]]:
    given = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters}
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["response"][Ids.rows]["getRowsResponse"]["rowData"]
    return rows


def test_page_and_list(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "Master schedule" in planner.layout(PATH, "?only=over&unknown=1").text
    assert {row["code"] for row in listed(planner)} == {"CHIPS", "NEW", "OLD", "TEA"}
    assert [row["code"] for row in listed(planner, {"search": "chips"})] == ["CHIPS"]


@pytest.mark.parametrize("filters", ["x", {"only": ["over"], "search": {"a": 1}}, {"location": "' or 1=1"}], ids=str)
def test_senseless_filters_do_not_break_it(visitor: Visit, filters: Any) -> None:
    listed(visitor("planner"), filters)


def test_the_weeks_of_an_item(visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.weeks}.rowData", {f"{Ids.rows}.selectedRows": [chips()]})
    shown = answer.json["response"]
    assert shown[Ids.title]["children"] == "Chips"
    lines = {row["id"]: row for row in shown[Ids.weeks]["rowData"]}
    assert lines["forecast"]["w0"] == 70
    assert (lines["atp"]["w0"], lines["available"]["w0"]) == (40, -30)
    assert "schedule-now" in shown[Ids.weeks]["columnDefs"][1]["cellClass"]
    assert "40 EA can be promised this week" in shown[Ids.state]["children"]
    assert shown[Ids.promise]["href"] == "/supply/promise?item=CHIPS&location=KL"


def test_choosing_a_figure(visitor: Visit) -> None:
    planner = visitor("planner")
    for clicked, rows in (
        ({"rowId": "orders", "colId": "w0"}, []),
        ({"rowId": "atp", "colId": "w0"}, []),
        ({"rowId": "orders", "colId": "w999999999999"}, []),
        (None, []),
    ):
        given = {f"{Ids.weeks}.cellClicked": clicked, f"{Ids.seen}.data": chips()}
        answer = planner.call(f"{Ids.cell}.rowData", given, triggered=f"{Ids.weeks}.cellClicked")
        assert answer.status_code == 200, answer.text
        assert answer.json["response"][Ids.cell]["rowData"] == rows


def test_an_item_that_is_none(visitor: Visit) -> None:
    planner = visitor("planner")
    for selected, status in ((None, 204), ([{}, {}], 204), ([{"product_id": "x"}], 404)):
        answer = planner.call(f"{Ids.weeks}.rowData", {f"{Ids.rows}.selectedRows": selected})
        assert answer.status_code in (status, 200), answer.text


def test_partners_see_none_of_it(visitor: Visit) -> None:
    assert "Master schedule" not in visitor("supplier").layout(PATH).text
