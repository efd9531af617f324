"""Inventory › Expiry: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids

from callbacks.planner.expiry_board import PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import inventory

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}
TYPED = {
    f"{Ids.kind}.value": "urgent_sale",
    f"{Ids.quantity}.value": 15,
    f"{Ids.recovery}.value": 50,
    f"{Ids.due_on}.value": "2026-03-04",
    f"{Ids.proposal_note}.value": "staff shop",
}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def chips() -> dict[str, Any]:
    return {"product_id": ids(Product)["CHIPS"], "location_id": ids(Location)["KL"], "lot": "C1"}


def listed(visitor: Any, grid: str, **values: Any) -> dict[str, Any]:
    given = {f"{grid}.getRowsRequest": REQUEST, f"{Ids.filters}.data": values.get("filters", {})}
    answer = visitor.call(f"{grid}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def press(visitor: Any, button: str, seen: Any, **values: Any) -> Any:
    """A button of the detail, with the first open action chosen."""
    actions = seen.get("actions") or {"": None}
    given = {f"{Ids.seen}.data": seen, f"{Ids.chosen_action}.value": next(iter(actions)), **values}
    return visitor.press(button, given)


def proposed(visitor: Any) -> dict[str, Any]:
    """What the browser remembers after a proposal."""
    answer = press(visitor, Ids.propose, chips(), **TYPED)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json["response"][Ids.seen]["data"]
    return seen


def stored() -> list[tuple[Any, ...]]:
    statement = text(
        "select a.status, a.done_quantity::float8, a.recovered::float8, l.quantity::float8 "
        "from expiry_action a join stock_lot l using (product_id, location_id, lot)"
    )
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def test_page_shows_what_is_lost_how_soon(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "RM 21,240" in page
    assert "Within 7 days" in page
    found = listed(visitor("planner"), Ids.rows)
    shown = found[Ids.rows]["getRowsResponse"]
    assert [(row["lot"], row["expires_on"]) for row in shown["rowData"]] == [
        ("T1", "2026-12-27"),
        ("S0", "2026-03-02"),
        ("C1", "2026-03-04"),
    ]
    assert found[Ids.totals]["children"].startswith("3 lots · value at risk RM 21,240 · RM 0 expected back")


def test_filters_of_the_address_reach_the_list(visitor: Visit) -> None:
    planner = visitor("planner")
    assert '"bucket": "week"' in planner.layout(PATH, "?bucket=week&unknown=1").text.replace('":"', '": "')
    found = listed(planner, Ids.rows, filters={"bucket": "week"})[Ids.rows]["getRowsResponse"]
    assert [row["lot"] for row in found["rowData"]] == ["C1"]


@pytest.mark.parametrize("filters", [None, "x", {"bucket": ["week"], "search": {"a": 1}}, {"bucket": "' or 1=1"}])
def test_senseless_filters_do_not_break_the_list(visitor: Visit, filters: Any) -> None:
    listed(visitor("planner"), Ids.rows, filters=filters)


def test_selecting_a_lot_shows_it_and_fills_the_form(visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [chips()]})
    shown = answer.json["response"]
    assert shown[Ids.title]["children"] == "Chips"
    assert "Within 7 days" in str(shown[Ids.place]["children"])
    for figure in ("35 unit", "20 unit", "15 unit", "RM 30", "RM 2.00"):
        assert figure.partition(" unit")[0] in str(shown[Ids.about]["children"])
    assert (shown[Ids.quantity]["value"], shown[Ids.due_on]["value"]) == (15, "2026-03-04")
    assert shown[Ids.proposing]["style"] == {}
    assert shown[Ids.deciding]["style"] == {"display": "none"}


def test_selecting_nothing_or_nonsense(visitor: Visit) -> None:
    planner = visitor("planner")
    for nothing in (None, [], [{}, {}], "x"):
        answer = planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": nothing})
        assert answer.status_code in (200, 204)
    for foreign in ([{"product_id": 10**9, "location_id": 1, "lot": "C1"}], [{"lot": ["C1"]}]):
        assert planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": foreign}).status_code == 404


def test_from_proposal_to_result(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = proposed(planner)
    assert stored() == [("proposed", None, None, 35)]
    assert (
        listed(planner, Ids.rows)[Ids.rows]["getRowsResponse"]["rowData"][2]["action_kind"] == "Urgent sale, proposed"
    )
    for button, status in ((Ids.approve, "approved"), (Ids.start, "running")):
        seen = press(planner, button, seen).json["response"][Ids.seen]["data"]
        assert stored()[0][0] == status
    typed = {f"{Ids.done_quantity}.value": 14, f"{Ids.recovered}.value": 12.5, f"{Ids.note}.value": "one broke"}
    done = press(planner, Ids.finish, seen, **typed).json["response"]
    assert stored() == [("done", 14, 12.5, 21)]
    assert "14" in str(done[Ids.measures]["children"])
    assert "one broke" in str(done[Ids.history]["children"])
    assert done[Ids.deciding]["style"] == {"display": "none"}
    assert done[Ids.quantity]["value"] == 1  # 21 are left, of which 20 sell in time
    cards = planner.call(
        f"{Ids.cards}.children", {f"{Ids.changed}.data": "x", f"{Ids.filters}.data": {"bucket": "week"}}
    )
    assert "RM 2" in cards.text
    actions = listed(planner, Ids.actions)
    assert actions[Ids.action_totals]["children"] == "0 open, RM 0 expected back · 1 done, RM 12 came back"
    again = visitor("planner").call(f"{Ids.about}.children", {f"{Ids.actions}.selectedRows": [chips()]})
    assert again.status_code == 200


def test_each_state_offers_its_own_step(visitor: Visit) -> None:
    planner = visitor("planner")
    for status, shown in (("proposed", Ids.approve), ("approved", Ids.start), ("running", Ids.result)):
        seen = {"actions": {"7": {"id": 7, "version": 1, "status": status, "quantity": 3}}}
        steps = planner.call(
            f"{Ids.approve}.style", {f"{Ids.chosen_action}.value": "7", f"{Ids.seen}.data": seen}
        ).json["response"]
        offered = [step for step in (Ids.approve, Ids.start, Ids.result) if steps[step]["style"] == {}]
        assert offered == [shown]


def test_cancelling_asks_why(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = proposed(planner)
    assert "write a few words" in press(planner, Ids.cancel, seen, **{f"{Ids.note}.value": ""}).text
    press(planner, Ids.cancel, seen, **{f"{Ids.note}.value": "sold"})
    assert stored()[0][0] == "cancelled"


def test_stale_decision_is_a_conflict(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = proposed(planner)
    press(planner, Ids.approve, seen)
    assert "has changed since you opened it and is now approved" in press(planner, Ids.approve, seen).text
    assert stored()[0][0] == "approved"


def test_deciding_without_an_action_is_explained(visitor: Visit) -> None:
    assert "Choose an action first" in press(visitor("planner"), Ids.approve, chips()).text


def test_closing_the_detail(visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.rows}.selectedRows", {f"{Ids.close}.n_clicks": 1}).json["response"]
    assert answer[Ids.split]["className"] == "split"
    assert (answer[Ids.rows]["selectedRows"], answer[Ids.actions]["selectedRows"]) == ([], [])


@pytest.mark.parametrize("name", ["executive", "analyst"])
def test_others_read_and_may_not_act(visitor: Visit, name: str) -> None:
    seen = proposed(visitor("planner"))
    reader = visitor(name)
    assert listed(reader, Ids.rows)[Ids.rows]["getRowsResponse"]["rowCount"] == 3
    shown = reader.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [chips()]}).json["response"]
    assert shown[Ids.proposing]["style"] == shown[Ids.deciding]["style"] == {"display": "none"}
    for button in (Ids.propose, Ids.approve, Ids.start, Ids.finish, Ids.cancel):
        assert press(reader, button, seen, **TYPED).status_code == 403
    assert stored() == [("proposed", None, None, 35)]


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    for output in (f"{Ids.rows}.getRowsResponse", f"{Ids.actions}.getRowsResponse", f"{Ids.about}.children"):
        assert supplier.call(output).status_code == 403


def test_lists_come_as_files(visitor: Visit) -> None:
    planner = visitor("planner")
    proposed(planner)
    lots = planner.get("/download/expiry-board.csv?bucket=week&sort=code:asc").text.splitlines()
    assert lots[0].lstrip("\ufeff").startswith("code,name,category,location,uom,lot,quantity")
    assert len(lots) == 2
    assert "C1,35," in lots[1]
    actions = planner.get("/download/expiry-actions.csv").text.splitlines()
    assert ",proposed,urgent_sale,CHIPS," in actions[1]
    assert planner.get("/download/expiry-actions.xlsx").status_code == 200


def test_empty_company_is_told_what_to_do(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        for table in ("stock_lot", "inventory_policy"):
            connection.exec_driver_sql(f"delete from {table}")
    assert "Import data" in visitor("planner").layout(PATH).text
