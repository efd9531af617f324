"""Inventory › Stock counts: making, entering, counting again and approving on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY

from callbacks.planner.stock_counts import PATH, Ids
from data.db import owner_engine

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def made(visitor: Any) -> dict[str, int]:
    typed = {f"{Ids.location}.value": "KL", f"{Ids.category}.value": "Snacks", f"{Ids.tolerance}.value": 10}
    answer = visitor.press(Ids.make, typed)
    assert answer.status_code == 200, answer.text
    href = answer.json["response"][Ids.opened]["children"]["props"]["href"]
    return {"id": int(href.rpartition("=")[2]), "version": 1}


def listed(visitor: Any, count: Any, show: str = "-") -> list[dict[str, Any]]:
    given = {f"{Ids.lines}.getRowsRequest": REQUEST, f"{Ids.count}.data": count, f"{Ids.show}.value": show}
    rows: list[dict[str, Any]] = visitor.call(f"{Ids.lines}.getRowsResponse", given).json["response"][Ids.lines][
        "getRowsResponse"
    ]["rowData"]
    return rows


def typed(visitor: Any, count: Any, row: dict[str, Any], value: Any) -> Any:
    change = {"data": {**row, "counted": value}, "colId": "counted", "oldValue": row["counted"], "value": value}
    return visitor.call(
        f"{Ids.totals}.children", {f"{Ids.lines}.cellValueChanged": [change], f"{Ids.count}.data": count}
    )


def stock() -> dict[str, float]:
    with owner_engine().connect() as connection:
        rows = connection.execute(text("select lot, quantity::float8 from stock_lot where lot like 'C%'"))
        return {row[0]: row[1] for row in rows}


def test_from_a_new_count_to_corrected_stock(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "New count" in planner.layout(PATH).text
    count = made(planner)
    page = planner.layout(PATH, f"?count={count['id']}").text
    assert "0 of 2 lines counted" in page
    first, second = listed(planner, count)
    assert (first["lot"], first["book_quantity"]) == ("C1", 35)
    after = typed(planner, count, first, "30").json["response"]
    assert after[Ids.totals]["children"] == "Open · 1 of 2 lines counted · difference at cost −RM 10"
    count = after[Ids.count]["data"]
    again = planner.press(Ids.recount, {f"{Ids.count}.data": count}).json["response"]
    assert again[Ids.outcome]["children"] == "1 line is to be counted again."
    count = again[Ids.count]["data"]
    assert "has to be counted again" in planner.press(Ids.approve, {f"{Ids.count}.data": count}).text
    (line,) = listed(planner, count, "recount")
    assert (line["first_counted"], line["state"]) == (30, "▲ to be counted again")
    count = typed(planner, count, line, 31).json["response"][Ids.count]["data"]
    count = typed(planner, count, second, 5).json["response"][Ids.count]["data"]
    done = planner.press(Ids.approve, {f"{Ids.count}.data": count}).json["response"]
    assert done[Ids.outcome]["children"] == "Approved; 1 lot was corrected."
    forms = planner.call(f"{Ids.deciding}.style", {f"{Ids.count}.data": done[Ids.count]["data"]}).json["response"]
    assert forms[Ids.deciding]["style"] == forms[Ids.adding]["style"] == {"display": "none"}  # nothing left to press
    assert stock() == {"C1": 31, "C2": 5}
    rows = planner.call(f"{Ids.rows}.getRowsResponse", {f"{Ids.rows}.getRowsRequest": REQUEST}).json["response"]
    assert rows[Ids.rows]["getRowsResponse"]["rowData"][0]["status"] == "● Approved"


def test_a_refused_entry_is_told_and_read_anew(visitor: Visit) -> None:
    planner = visitor("planner")
    count = made(planner)
    first, _second = listed(planner, count)
    typed(planner, count, first, 30)
    refused = typed(planner, count, first, 31)
    assert "somebody else counted lot C1" in refused.text
    assert refused.json["response"][Ids.changed]["data"]
    assert listed(planner, count)[0]["counted"] == 30


def test_adding_a_lot_and_cancelling(visitor: Visit) -> None:
    planner = visitor("planner")
    count = made(planner)
    given = {f"{Ids.count}.data": count, f"{Ids.add_code}.value": "CHIPS", f"{Ids.add_lot}.value": "C9"}
    added = planner.press(Ids.add, {**given, f"{Ids.add_quantity}.value": 3}).json["response"]
    assert len(listed(planner, count)) == 3
    count = added[Ids.count]["data"]
    cancelled = planner.press(Ids.cancel, {f"{Ids.count}.data": count, f"{Ids.reason}.value": "wrong place"})
    assert "Cancelled" in cancelled.text
    assert stock() == {"C1": 35, "C2": 5}


def test_sheet_is_sent_back(visitor: Visit) -> None:
    planner = visitor("planner")
    count = made(planner)
    sheet = planner.get(f"/download/count-sheet.csv?count={count['id']}").text.lstrip("\ufeff").splitlines()
    filled = "\n".join([sheet[0], sheet[1] + "33"])
    address = f"/inventory/counts/{count['id']}/sheet"
    assert planner.post(address, data=filled.encode()).json == {"id": str(count["id"])}
    assert listed(planner, count)[0]["counted"] == 33
    assert planner.post(address, data=b"x").status_code == 422
    assert visitor("executive").post(address, data=filled.encode()).status_code == 403
    assert planner.get("/download/count-sheet.csv?count=x").status_code == 404


def test_nonsense(visitor: Visit) -> None:
    planner = visitor("planner")
    for query in ("?count=x", "?count=999999999999999999999", "?count=-1"):
        assert "New count" in planner.layout(PATH, query).text
    nothings: list[Any] = [None, [], "x", [{"data": "x"}], [5]]
    for changes in nothings:
        answer = planner.call(f"{Ids.totals}.children", {f"{Ids.lines}.cellValueChanged": changes})
        assert answer.status_code in (200, 404)
    chosen = planner.call(f"{Ids.opened}.children", {f"{Ids.rows}.selectedRows": [{"id": 5, "name": "x"}]})
    assert chosen.status_code == 200


def test_others_read_and_partners_do_not(visitor: Visit) -> None:
    count = made(visitor("planner"))
    reader, supplier = visitor("executive"), visitor("supplier")
    assert len(listed(reader, count)) == 2
    assert "New count" not in reader.layout(PATH).text
    for button in (Ids.make, Ids.add, Ids.recount, Ids.approve, Ids.cancel):
        assert reader.press(button, {f"{Ids.count}.data": count}).status_code == 403
    assert supplier.get(PATH).status_code == 403
    assert supplier.get(f"/download/count-sheet.csv?count={count['id']}").status_code == 403
    for output in (f"{Ids.rows}.getRowsResponse", f"{Ids.lines}.getRowsResponse"):
        assert supplier.call(output).status_code == 403
