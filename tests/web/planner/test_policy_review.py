"""Inventory › Policy review: what the list shows, each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids

from callbacks.planner.policy_review import PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from models.network import Location
from models.product import Product
from services import inventory
from services.policy_review import propose

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "code", "sort": "asc"}]}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    planner = viewer_of("planner")
    inventory.recalculate(planner, as_of=TODAY)
    keys = [(ids(Product)[code], ids(Location)["KL"]) for code in ("BOTTLE", "SUGAR")]
    wanted = pd.DataFrame(
        {"safety_stock": [0.0, 60.0], "reorder_point": [2500.0, 420.0], "order_quantity": [5000.0, 2000.0],
         "order_up_to": [90_000.0, 2420.0]},
        index=pd.MultiIndex.from_tuples(keys, names=["product_id", "location_id"]),
    )  # fmt: skip
    with session_scope(planner) as session:
        assert propose(session, planner, wanted, source="budget", reason="Within RM 5,000") == 2


def listed(visitor: Any, **filters: str) -> tuple[list[dict[str, Any]], str]:
    given = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters}
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    response = answer.json["response"]
    return response[Ids.rows]["getRowsResponse"]["rowData"], response[Ids.totals]["children"]


def levels() -> dict[str, float]:
    with owner_engine().connect() as connection:
        found = text("select code, order_up_to::float8 from inventory_policy i join product p on p.id = i.product_id")
        return {row[0]: row[1] for row in connection.execute(found)}


def test_list_and_detail_show_what_changes(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "up to 25 %" in planner.layout(PATH).text
    (bottle, sugar), totals = listed(planner)
    assert (bottle["code"], sugar["code"]) == ("BOTTLE\nBottle", "SUGAR\nSugar")
    assert sugar["order_up_to"] == "2,420\nwas 2,342"
    assert sugar["source"] == "Budget\nPlanner"
    assert totals.startswith("2 changes to decide on")
    assert [row["code"] for row in listed(planner, beyond="25")[0]] == ["BOTTLE\nBottle"]
    answer = planner.call(f"{Ids.title}.children", {f"{Ids.rows}.cellClicked": {"rowId": str(sugar["id"])}})
    shown = answer.json["response"]
    assert shown[Ids.title]["children"] == "Sugar"
    assert "Within RM 5,000" in shown[Ids.place]["children"]
    assert "2,420" in str(shown[Ids.levels]["children"])
    assert "5 receipts" in str(shown[Ids.why]["children"])


def test_approval_within_the_limit(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = planner.press(Ids.approve_all, {f"{Ids.filters}.data": {}, f"{Ids.limit}.value": 25})
    assert "1 approved" in answer.json["response"][Ids.outcome]["children"]
    assert "1 changes more than the limit" in answer.json["response"][Ids.outcome]["children"]
    assert levels()["SUGAR"] == 2420
    rows, _totals = listed(planner)
    answer = planner.press(Ids.approve, {f"{Ids.rows}.selectedRows": rows, f"{Ids.limit}.value": None})
    assert answer.status_code == 200, answer.text
    assert levels()["BOTTLE"] == 90_000
    assert listed(planner)[0] == []


def test_rejection_and_decisions_on_one(visitor: Visit) -> None:
    planner = visitor("planner")
    before = levels()
    bottle, sugar = listed(planner)[0]
    refused = planner.press(Ids.reject, {f"{Ids.rows}.selectedRows": [bottle], f"{Ids.reason}.value": ""})
    assert "Reason" in refused.text
    planner.press(Ids.reject, {f"{Ids.rows}.selectedRows": [bottle], f"{Ids.reason}.value": "No room"})
    assert levels() == before
    done = planner.press(Ids.approve_one, {f"{Ids.seen}.data": sugar, f"{Ids.note}.value": "Fine"})
    assert "1 approved" in done.text
    again = planner.press(Ids.reject_one, {f"{Ids.seen}.data": sugar, f"{Ids.note}.value": "Too late"})
    assert "approved by Planner" in again.text


def test_who_only_reads_sees_no_buttons_and_may_not_press_them(visitor: Visit) -> None:
    executive = visitor("executive")
    assert "Approve selected" not in executive.layout(PATH).text
    rows, _totals = listed(executive)
    assert len(rows) == 2
    answer = executive.press(Ids.approve_one, {f"{Ids.seen}.data": rows[0], f"{Ids.note}.value": ""})
    assert answer.status_code == 403
