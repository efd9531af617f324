"""Shipments by their page, and the goods receipt beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_a_supplier_ships_and_a_planner_books_by_button(ids: Trading, visitor: Visitors) -> None:
    from callbacks.partner.supplier_shipments import Ids
    from callbacks.planner.goods_receipt import Ids as Receipt

    supplier, planner = visitor("supplier"), visitor("planner")
    page = supplier.layout("/portal/supplier/shipments")
    assert "PO-ALPHA" in page.text
    assert "BETA" not in page.text.upper()
    typed = {"number": "ASN-7", "ships_on": str(TODAY), "arrives_on": str(TODAY)}
    values = {f"{getattr(Ids, name)}.value": value for name, value in typed.items()}
    lots = [{"line_id": ids["alpha.confirmed"], "quantity": 30}]
    assert "expects your shipment" in supplier.press(Ids.send, values | {f"{Ids.lines}.rowData": lots}).text
    assert "ASN-7" in planner.layout("/supply/goods-receipt").text
    chosen = {f"{Receipt.arrivals}.selectedRows": [{"id": "s1", "order": "ASN-7"}]}
    shown = planner.call(f"{Receipt.lots}.rowData", chosen).json["response"]
    given = {
        f"{Receipt.chosen}.data": shown[Receipt.chosen]["data"],
        f"{Receipt.lots}.rowData": shown[Receipt.lots]["rowData"],
    }
    assert "in stock now" in planner.press(Receipt.book, given).text
    for row, disabled in (({"id": 1, "reversed": False}, False), ({"id": 1, "reversed": True}, True), (None, True)):
        chosen = {f"{Receipt.bookings}.selectedRows": [row] if row else []}
        offered = planner.call(f"{Receipt.reverse}.disabled", chosen).json["response"]
        assert offered[Receipt.reverse]["disabled"] is disabled
    assert visitor("customer").layout("/portal/supplier/shipments").status_code == 403
