"""The scorecard's page for a supplier, and the dispute by its button."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from callbacks.partner.supplier_scorecard import PATH, Ids

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_page_and_dispute(ids: Trading, visitor: Visit) -> None:
    supplier = visitor("supplier")
    page = json.dumps(supplier.layout(PATH).json)
    assert "PO-ALPHA" in page
    assert "BETA" not in page
    assert "2026-03" in page
    assert "/portal/supplier/quality" in page
    assert "/portal/supplier/documents" in page
    file = supplier.get("/download/supplier-scorecard.csv").text
    assert "PO-ALPHA" in file
    assert "BETA" not in file
    values = {f"{Ids.chosen}.data": {"id": ids["alpha.late"]}, f"{Ids.reason}.value": "Your gate was closed"}
    assert "counts until the company accepts" in supplier.press(Ids.dispute, values).text
    assert supplier.press(Ids.dispute, values | {f"{Ids.chosen}.data": {"id": ids["beta.late"]}}).status_code == 404
    assert "Dispute this line" not in visitor("supplier-viewer").layout(PATH).text
