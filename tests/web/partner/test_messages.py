"""A partner's messages by their buttons and through the upload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from callbacks.partner.messages import PATH, Ids
from callbacks.planner.partner_messages import Ids as Inside
from data.db import owner_engine
from services import partner_messages

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture(autouse=True)
def notes(ids: Trading, viewer_of: Callable[[str], Any]) -> Iterator[None]:
    """A note of the planner that the supplier must never get."""
    planner, order = viewer_of("planner"), ids["alpha.order"]
    partner_messages.say(planner, "purchase_order", order, "CANARY-internal", internal=True)
    partner_messages.say(planner, "purchase_order", order, "Please confirm")
    yield
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_message"))


def order(ids: Trading, company: str = "alpha") -> dict[str, object]:
    return {"subject": "purchase_order", "subject_id": str(ids[f"{company}.order"])}


def test_reading_and_replying(ids: Trading, visitor: Visit) -> None:
    supplier = visitor("supplier")
    page = supplier.layout(PATH, f"?about=purchase_order&id={ids['alpha.order']}")
    assert "PO-ALPHA" in page.text
    assert "1 unread" in page.text
    opened = supplier.call(f"{Ids.posts}.children", {f"{Ids.chosen}.data": order(ids)})
    assert "Please confirm" in opened.text
    assert "CANARY" not in opened.text + page.text
    sent = supplier.press(Ids.send, {f"{Ids.chosen}.data": order(ids), f"{Ids.body}.value": "We do"})
    assert sent.json["response"][Ids.body]["value"] == ""
    assert "We do" in supplier.call(f"{Ids.posts}.children", {f"{Ids.chosen}.data": order(ids)}).text


def test_a_viewer_reads_only(ids: Trading, visitor: Visit) -> None:
    reader = visitor("supplier-viewer")
    opened = reader.call(f"{Ids.posts}.children", {f"{Ids.chosen}.data": order(ids)})
    assert opened.json["response"][Ids.replying]["style"] == {"display": "none"}
    assert reader.press(Ids.send, {f"{Ids.chosen}.data": order(ids), f"{Ids.body}.value": "x"}).status_code == 403


@pytest.mark.parametrize("wanted", ["beta", "unknown"])
def test_b01_foreign_threads_answer_like_unknown_ones(ids: Trading, visitor: Visit, wanted: str) -> None:
    asked = order(ids, "beta") if wanted == "beta" else {"subject": "purchase_order", "subject_id": "999999"}
    answer = visitor("supplier").call(f"{Ids.posts}.children", {f"{Ids.chosen}.data": asked})
    assert (answer.status_code, answer.json["error"]) == (404, "There is nothing here to write about.")


def test_b19_files_go_to_own_threads_only(ids: Trading, visitor: Visit) -> None:
    supplier = visitor("supplier")
    for name, status in (("beta", 404), ("alpha", 200)):
        path = f"{PATH}/file?about=purchase_order&id={ids[f'{name}.order']}&name=a.csv"
        assert supplier.post(path, data=b"a,b\n1,2\n").status_code == status
    assert supplier.http.post(path, data=b"a,b\n1,2\n").status_code == 400, "without the token of the page"
    with owner_engine().connect() as connection:
        (made,) = connection.scalars(text("select id from attachment")).all()
    assert supplier.get(f"/attachment/{made}").data == b"a,b\n1,2\n"
    assert visitor("supplier2").get(f"/attachment/{made}").status_code == 404


def test_files_may_be_larger_than_other_requests(ids: Trading, visitor: Visit) -> None:
    path = f"{PATH}/file?about=general&name=a.pdf"
    assert visitor("supplier").post(path, data=b"%PDF-" + bytes(3_000_000)).status_code == 200


def test_inside_it_is_plain_who_reads(ids: Trading, visitor: Visit) -> None:
    planner = visitor("planner")
    chosen = {f"{Inside.chosen}.data": order(ids)}
    assert "CANARY-internal" in planner.call(f"{Inside.posts}.children", chosen).text
    both = {
        name: planner.call(f"{Inside.marked}.children", chosen | {f"{Inside.internal}.value": name}).text
        for name in (True, False)
    }
    assert "the partner never sees it" in both[True]
    assert "internal=yes" in both[True]
    assert "Alpha Sdn Bhd reads this" in both[False]
    assert "internal=yes" not in both[False]
    values = chosen | {f"{Inside.body}.value": "CANARY too", f"{Inside.internal}.value": True}
    assert planner.press(Inside.send, values).status_code == 200
    assert "CANARY" not in visitor("supplier").call(f"{Ids.posts}.children", {f"{Ids.chosen}.data": order(ids)}).text
