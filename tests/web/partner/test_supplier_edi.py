"""EDIFACT by the page: a file or pasted text is looked at, then taken over; downloads."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

Visitors = Callable[..., Any]
PATH = "/portal/supplier/edi"
SENT = "UNB+UNOC:3+A+B+260302:0900+7'UNH+1+ORDRSP:D:96A:UN'BGM+231+R1+4'RFF+ON:PO-ALPHA'LIN+1+5'UNS+S'UNT+6+1'UNZ+1+7'"


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_a_file_is_looked_at_and_taken_over(visitor: Visitors) -> None:
    from callbacks.partner.supplier_edi import Ids

    who = visitor("supplier")
    assert "number=PO-ALPHA" in who.layout(PATH).text
    address = f"data:text/plain;base64,{b64encode(SENT.encode()).decode()}"
    opened = who.call(f"{Ids.text}.value", {f"{Ids.file}.contents": address})
    assert "ORDRSP" in opened.text
    assert "Nothing is wrong" in who.press(Ids.check, {f"{Ids.text}.value": SENT}).text
    assert "The buyer is told" in who.press(Ids.take, {f"{Ids.text}.value": SENT}).text
    assert "beta" not in who.layout(PATH).text.lower()


def test_downloads_and_who_may_have_them(visitor: Visitors) -> None:
    order = "/download/order.edi?number="
    found = visitor("supplier").get(f"{order}PO-ALPHA")
    assert found.mimetype == "application/edifact"
    assert "BGM+220+PO-ALPHA+9'" in found.text
    foreign, unknown = (visitor("supplier").get(f"{order}{number}") for number in ("PO-BETA", "PO-NONE"))
    assert foreign.status_code == unknown.status_code == 404
    assert visitor("customer").get(f"{order}PO-ALPHA").status_code == 403
    assert visitor("customer").get("/download/supplier-forecast.edi").status_code == 403
    assert visitor("customer").layout(PATH).status_code == 403


def test_a_viewer_downloads_and_sends_nothing(visitor: Visitors) -> None:
    from callbacks.partner.supplier_edi import Ids

    who = visitor("supplier-viewer")
    page = who.layout(PATH).text
    assert "number=PO-ALPHA" in page
    assert "Take it over" not in page
    assert "permission" in who.press(Ids.take, {f"{Ids.text}.value": SENT}).text
