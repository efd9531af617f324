"""A supplier's documents by their buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from callbacks.partner.supplier_documents import PATH, Ids
from callbacks.planner.document_requests import Ids as Inside

Visit = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_from_asking_to_sending(ids: Trading, visitor: Visit) -> None:
    supplier, planner = visitor("supplier"), visitor("planner")
    due = str(TODAY + timedelta(9))
    wanted = {"supplier": str(ids["alpha.party"]), "kind": "coa", "due_on": due, "note": "Of lot L7"}
    assert planner.press(Inside.ask, {f"{getattr(Inside, n)}.value": v for n, v in wanted.items()}).status_code == 200
    assert "Of lot L7" in supplier.layout(PATH).text
    given = {"kind": "coa", "number": "A-7", "body": "Lab & Co", "item": "-", "valid_until": due}
    offered = supplier.press(Ids.choose, {f"{getattr(Ids, n)}.value": v for n, v in given.items()})
    zone = offered.json["response"][Ids.file]["children"]["props"]
    sent = supplier.post(f"{zone['data-upload']}&name=coa.pdf", data=b"%PDF-1.7\n%%EOF\n")
    assert sent.status_code == 200
    assert "A-7" in supplier.layout(PATH).text
    assert "A-7" in supplier.get("/download/supplier-documents.csv").text
    refused = supplier.post(f"{zone['data-upload']}&name=coa.pdf", data=b"MZ nothing")
    assert refused.status_code == 415
    row = {"id": f"s{sent.json['id']}", "submission": int(sent.json["id"])}
    assert supplier.press(Ids.back, {f"{Ids.rows}.selectedRows": [row]}).status_code == 200
    assert "A-7" not in supplier.layout(PATH).text
    assert visitor("supplier-viewer").post(f"{zone['data-upload']}&name=x", data=b"%PDF-1.7").status_code == 403
