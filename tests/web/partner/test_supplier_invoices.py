"""Invoices by their pages: a supplier sends one, a planner decides it."""

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


def test_a_supplier_sends_an_invoice_and_a_planner_disputes_it(ids: Trading, visitor: Visitors) -> None:
    from callbacks.partner.supplier_invoices import Ids
    from callbacks.planner.supplier_invoices import Ids as Inside

    supplier, planner = visitor("supplier"), visitor("planner")
    page = supplier.layout("/portal/supplier/invoices")
    assert "PO-ALPHA" in page.text
    assert "BETA" not in page.text.upper()
    lines = [{"line_id": ids["alpha.received"], "quantity": 100, "unit_price": 3}]
    values = {f"{Ids.lines}.rowData": lines, f"{Ids.number}.value": "INV-7", f"{Ids.issued_on}.value": str(TODAY)}
    assert "Sent" in supplier.press(Ids.send, values).text
    assert "INV-7" in supplier.get("/download/supplier-invoices.csv").text
    assert "INV-7" not in visitor("supplier2").get("/download/supplier-invoices.csv").text
    assert "INV-7" in planner.layout("/supply/invoices").text
    chosen = {f"{Inside.invoices}.selectedRows": [{"id": 1}]}
    answer = planner.call(f"{Inside.chosen}.data", chosen)
    assert "Price difference" in answer.text
    assert "RM 50.00" in answer.text
    given = {
        f"{Inside.chosen}.data": answer.json["response"][Inside.chosen]["data"],
        f"{Inside.note}.value": "Too dear",
    }
    assert "reads your note" in planner.press(Inside.dispute, given).text
    own = supplier.call(f"{Ids.about}.children", {f"{Ids.invoices}.selectedRows": [{"id": 1}]})
    assert "Too dear" in own.text
    assert visitor("customer").layout("/portal/supplier/invoices").status_code == 403
