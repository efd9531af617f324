"""Inventory › Halal: the board, a certificate with its documents, and allowing a blocked source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import halal_company
import pytest
from halal_company import TODAY
from sqlalchemy import text

from callbacks.planner.halal import PATH, Ids
from data.db import owner_engine

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture(autouse=True)
def ids(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    return halal_company.load()


def listed(visitor: Any, grid: str, filters: Any = None) -> list[dict[str, Any]]:
    given = {f"{grid}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters or {}}
    answer = visitor.call(f"{grid}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["response"][grid]["getRowsResponse"]["rowData"]
    return rows


def gelita() -> int:
    with owner_engine().connect() as connection:
        return int(connection.execute(text("select id from certificate where number = 'S-GELITA'")).scalar_one())


def shown(visitor: Any, row: Any) -> Any:
    return visitor.call(f"{Ids.body}.children", {f"{Ids.rows}.selectedRows": [row]})


def test_board_tells_what_there_is_to_do(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    for said in ("certificates have run out", "of 2 finished products", "Blocked sources"):
        assert said in page
    planner = visitor("planner")
    assert [row["state"] for row in listed(planner, Ids.rows)][:2] == ["◆ Expired", "● Valid"]
    assert [row["number"] for row in listed(planner, Ids.rows, {"state": "expired"})] == ["S-GELITA"]
    assert "supplier Gelita" in listed(planner, Ids.products)[0]["why"]
    assert listed(planner, Ids.blocked)[0]["state"] == "◆ Blocked"
    cards = planner.call(f"{Ids.cards}.children", {f"{Ids.changed}.data": 1, f"{Ids.filters}.data": {}})
    assert "Not covered" in cards.text


def test_senseless_filters_do_not_break_the_list(visitor: Visit) -> None:
    for filters in ("x", {"state": ["expired"], "search": {"a": 1}}, {"kind": "' or 1=1"}):
        listed(visitor("planner"), Ids.rows, filters)


def test_a_document_is_added_fetched_and_removed(visitor: Visit) -> None:
    planner = visitor("planner")
    sent = planner.post(f"/inventory/halal/{gelita()}/document?name=halal.pdf", data=PDF)
    assert sent.json == {"id": str(gelita())}
    page = str(planner.layout(PATH, f"?uploaded={gelita()}").json)
    assert "halal.pdf" in page
    assert f"/inventory/halal/{gelita()}/document" in page
    with owner_engine().connect() as connection:
        document = connection.execute(text("select id from certificate_document")).scalar_one()
    address = f"/inventory/halal/document/{document}"
    answer = planner.get(address)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=halal.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor("executive").get(address).status_code == 200
    assert visitor("supplier").get(address).status_code == 403
    assert visitor("supplier").post(f"/inventory/halal/{gelita()}/document", data=PDF).status_code == 403
    assert visitor("executive").post(f"/inventory/halal/{gelita()}/document", data=PDF).status_code == 403
    removed = planner.post("/_dash-update-component", json=_removing(planner, document))
    assert removed.status_code == 200, removed.text
    assert planner.get(address).status_code == 404


def _removing(planner: Any, document: int) -> dict[str, Any]:
    """The press of the button that removes a document."""
    pressed = {"type": Ids.remove, "index": document}
    key = next(
        found
        for found, spec in planner.app.callback_map.items()
        if "callback" in spec and any(Ids.remove in item["id"] for item in spec["inputs"])
    )
    body: dict[str, Any] = planner.envelope_of(key)
    body["inputs"] = [[{"id": pressed, "property": "n_clicks", "value": 1}]]
    body["changedPropIds"] = [f'{{"index":{document},"type":"{Ids.remove}"}}.n_clicks']
    return body


def test_wrong_files_are_refused_with_a_reason(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = planner.post(f"/inventory/halal/{gelita()}/document?name=x.pdf", data=b"<html>")
    assert answer.status_code == 415
    assert "neither a PDF" in answer.json["error"]
    assert planner.post("/inventory/halal/999999/document", data=PDF).status_code == 404


def test_selecting_a_certificate_or_a_product(visitor: Visit, ids: dict[str, int]) -> None:
    planner = visitor("planner")
    body = str(shown(planner, {"id": str(gelita())}).json)
    assert "SAUCE Sauce" in body
    assert "/data/records?entity=certificates" in body
    for nothing in (None, [], "x"):
        assert planner.call(f"{Ids.body}.children", {f"{Ids.rows}.selectedRows": nothing}).status_code in (200, 204)
    assert shown(planner, {"id": 10**12}).status_code == 404
    key = {f"{Ids.products}.selectedRows": [{"product_id": ids["SAUCE"], "code": "SAUCE", "name": "Sauce"}]}
    callback_id = next(
        found
        for found, spec in planner.app.callback_map.items()
        if "callback" in spec and any(f"{i['id']}.{i['property']}" == next(iter(key)) for i in spec["inputs"])
    )
    answer = planner.post("/_dash-update-component", json=planner.envelope_of(callback_id, key))
    assert "S-GELITA, expired on 2026-03-01" in answer.text


def test_allowing_and_blocking_again(visitor: Visit, ids: dict[str, int]) -> None:
    planner = visitor("planner")
    (row,) = listed(planner, Ids.blocked)
    chosen = planner.call(f"{Ids.source}.data", {f"{Ids.blocked}.selectedRows": [row]}).json["response"]
    assert chosen[Ids.allow]["disabled"] is False
    source = chosen[Ids.source]["data"]
    assert source == {"supplier_id": ids["Gelita"], "product_id": ids["GELATIN"]}
    typed = {f"{Ids.source}.data": source, f"{Ids.until}.value": "2026-04-01", f"{Ids.reason}.value": "on its way"}
    assert "write a few words" in planner.press(Ids.allow, {**typed, f"{Ids.reason}.value": ""}).text
    assert planner.press(Ids.allow, typed).status_code == 200
    assert listed(planner, Ids.blocked)[0]["state"] == "▲ Allowed until 2026-04-01"
    assert visitor("executive").press(Ids.allow, typed).status_code == 403
    assert visitor("executive").press(Ids.block, typed).status_code == 403
    assert planner.press(Ids.block, typed).status_code == 200
    assert listed(planner, Ids.blocked)[0]["state"] == "◆ Blocked"
    assert planner.call(f"{Ids.source}.data", {f"{Ids.blocked}.selectedRows": []}).status_code == 200


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    for output in (f"{Ids.rows}.getRowsResponse", f"{Ids.products}.getRowsResponse", f"{Ids.body}.children"):
        assert supplier.call(output).status_code == 403
    for name in ("certificates", "halal-products", "halal-blocked"):
        assert supplier.get(f"/download/{name}.csv").status_code == 403


def test_lists_come_as_files(visitor: Visit) -> None:
    planner = visitor("planner")
    first = planner.get("/download/certificates.csv?state=expired").text.splitlines()
    assert first[0].lstrip("\ufeff").startswith("state,kind,holder,code,name,body,number")
    assert first[1].startswith("expired,halal,supplier,GELITA")
    assert len(planner.get("/download/halal-products.csv").text.splitlines()) == 6
    assert "Gelita" in planner.get("/download/halal-blocked.csv").text


def test_closing_the_detail(visitor: Visit) -> None:
    answer = visitor("planner").call(f"{Ids.rows}.selectedRows", {f"{Ids.close}.n_clicks": 1}).json["response"]
    assert answer[Ids.split]["className"] == "split"
