"""Inventory › Stock: the list, the detail and each button, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids

from callbacks.planner.stock import NEW_LOT, PATH, Ids
from data.db import owner_engine
from models.network import Location
from models.product import Product

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def chips() -> dict[str, Any]:
    return {"product_id": ids(Product)["CHIPS"], "location_id": ids(Location)["KL"], "lot": "C2"}


def listed(visitor: Any, filters: Any = None) -> dict[str, Any]:
    given = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters or {}}
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def detail(visitor: Any, row: Any = None) -> Any:
    return visitor.call(f"{Ids.lots}.children", {f"{Ids.rows}.selectedRows": [row or chips()]})


def correct(visitor: Any, seen: Any, **values: Any) -> Any:
    typed = {"lot": "C2", "quantity": 4, "reason": "damage", "note": "torn", **values}
    return visitor.press(
        Ids.adjust,
        {f"{Ids.seen}.data": seen, **{f"{getattr(Ids, name)}.value": value for name, value in typed.items()}},
    )


def stored() -> dict[str, float]:
    with owner_engine().connect() as connection:
        rows = connection.execute(text("select lot, quantity::float8 from stock_lot where lot like 'C%'"))
        return {row[0]: row[1] for row in rows}


def test_page_shows_lots_and_what_they_are_worth(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "All places" in page
    found = listed(visitor("planner"))
    rows = {row["lot"]: row for row in found[Ids.rows]["getRowsResponse"]["rowData"]}
    assert (rows["C1"]["state"], rows["C1"]["value"]) == ("Within 7 days", 70)
    assert (rows["B1"]["state"], rows["B1"]["expires_on"]) == ("no expiry", "never")
    assert found[Ids.totals]["children"].startswith("8 lots · RM ")


@pytest.mark.parametrize("filters", ["x", {"within": ["7"], "search": {"a": 1}}, {"storage": "' or 1=1"}])
def test_senseless_filters_do_not_break_the_list(visitor: Visit, filters: Any) -> None:
    listed(visitor("planner"), filters)


def test_selecting_a_lot_shows_its_item(visitor: Visit) -> None:
    shown = detail(visitor("planner")).json["response"]
    assert shown[Ids.title]["children"] == "Chips"
    assert shown[Ids.seen]["data"]["lots"] == {"C1": 35, "C2": 5}
    assert shown[Ids.lot]["value"] == "C2"
    assert [option["value"] for option in shown[Ids.lot]["options"]] == ["C1", "C2", NEW_LOT]
    assert "No open order" in str(shown[Ids.promises]["children"])
    assert "No movement" in str(shown[Ids.movements]["children"])


def test_selecting_nothing_or_nonsense(visitor: Visit) -> None:
    planner = visitor("planner")
    several: list[Any] = [None, [], [{}, {}], "x"]
    for nothing in several:
        answer = planner.call(f"{Ids.lots}.children", {f"{Ids.rows}.selectedRows": nothing})
        assert answer.status_code in (200, 204)
    assert detail(planner, {"product_id": 10**9, "location_id": "x"}).status_code == 404


def test_movements_are_turned_over_page_by_page(visitor: Visit) -> None:
    planner = visitor("planner")
    sugar = {**chips(), "product_id": ids(Product)["SUGAR"]}
    seen = detail(planner, sugar).json["response"][Ids.seen]["data"]
    given = {f"{Ids.seen}.data": seen, f"{Ids.page}.data": 1}
    older = planner.press(Ids.older, given).json["response"]
    assert older[Ids.page]["data"] == 2
    assert "101 to 120 of 120" in str(older[Ids.movements]["children"])
    newer = planner.press(Ids.newer, given).json["response"]
    assert newer[Ids.page]["data"] == 0
    for odd in (None, -5, "x", 10**30):
        assert planner.press(Ids.newer, {**given, f"{Ids.page}.data": odd}).status_code == 200


def test_choosing_a_lot_fills_in_its_quantity(visitor: Visit) -> None:
    planner, seen = visitor("planner"), {"lots": {"C1": 35}}
    for lot, style, quantity in (("C1", {"display": "none"}, 35), (NEW_LOT, {}, None)):
        given = {f"{Ids.lot}.value": lot, f"{Ids.seen}.data": seen}
        answer = planner.call(f"{Ids.new_lot}.style", given).json["response"]
        assert (answer[Ids.new_lot]["style"], answer[Ids.quantity]["value"]) == (style, quantity)


def test_correcting_a_lot(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = detail(planner).json["response"][Ids.seen]["data"]
    done = correct(planner, seen).json["response"]
    assert stored() == {"C1": 35, "C2": 4}
    assert done[Ids.outcome]["children"].startswith("Corrected: ADJ-")
    assert "Damaged · torn · Planner" in str(done[Ids.movements]["children"])
    assert done[Ids.seen]["data"]["lots"]["C2"] == 4
    assert "somebody changed it" in correct(planner, seen, quantity=3).text
    assert stored()["C2"] == 4
    value = planner.call(f"{Ids.valuation}.children", {f"{Ids.changed}.data": 1})
    assert "All places" in value.text


def test_taking_in_a_new_lot(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = detail(planner).json["response"][Ids.seen]["data"]
    new = {"lot": NEW_LOT, "lot_name": "C9", "reason": "found", "expires_on": "2026-09-01", "received_on": ""}
    assert correct(planner, seen, **new).status_code == 200
    assert stored() == {"C1": 35, "C2": 5, "C9": 4}


@pytest.mark.parametrize("name", ["executive", "analyst"])
def test_others_read_and_may_not_correct(visitor: Visit, name: str) -> None:
    reader = visitor(name)
    seen = detail(reader).json["response"][Ids.seen]["data"]
    assert correct(reader, seen).status_code == 403
    assert stored() == {"C1": 35, "C2": 5}


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.get("/download/stock.csv").status_code == 403
    for output in (f"{Ids.rows}.getRowsResponse", f"{Ids.lots}.children", f"{Ids.valuation}.children"):
        assert supplier.call(output).status_code == 403


def test_list_comes_as_a_file(visitor: Visit) -> None:
    lines = visitor("planner").get("/download/stock.csv?search=chips&sort=quantity:asc").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("code,name,category,location,lot,quantity,uom")
    assert [line.split(",")[4] for line in lines[1:]] == ["C2", "C1"]


def test_closing_the_detail(visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.rows}.selectedRows", {f"{Ids.close}.n_clicks": 1}).json["response"]
    assert answer[Ids.split]["className"] == "split"


def test_empty_company_is_told_what_to_do(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from stock_lot")
    assert "Import data" in visitor("planner").layout(PATH).text
