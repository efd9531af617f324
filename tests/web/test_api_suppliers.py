"""What a supplier does over the API, and what the company does with it: it is done, for the right people only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from api_client import ApiClient
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load
from werkzeug.test import TestResponse

from data.db import owner_engine

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
BYTES = "application/octet-stream"
SOON, LATER = str(TODAY + timedelta(20)), str(TODAY + timedelta(30))


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture(scope="module")
def supplier(ids: Trading) -> ApiClient:
    return ApiClient.of("supplier")


@pytest.fixture(scope="module")
def planner(ids: Trading) -> ApiClient:
    return ApiClient.of("planner")


def one(statement: str, **values: Any) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text(statement), values).one()


def change(client: ApiClient, path: str, do: str, body: Any = None) -> TestResponse:
    """Do something with a thing as it is seen now."""
    seen = client.get(path).headers["ETag"]
    more = {} if body is None else {"json": body}
    return client.post(f"{path}/{do}", headers={"If-Match": seen}, **more)


def items(client: ApiClient, path: str) -> list[Any]:
    """A whole list, page by page."""
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = client.get(f"{path}{'&' if '?' in path else '?'}limit=1{more}")
        assert answer.status_code == 200, answer.text
        found, cursor = [*found, *answer.json["items"]], answer.json["next"]
    return found


def test_rounds_about_an_order_line(ids: Trading, supplier: ApiClient, planner: ApiClient) -> None:
    path = f"/supplier/order-lines/{ids['alpha.later']}"
    parts = [{"quantity": 60, "promised_on": SOON}, {"quantity": 40, "promised_on": LATER}]
    sent = change(supplier, path, "split", {"parts": parts, "reason": "Two lorries"})
    assert sent.status_code == 201
    answer = f"/supplier-answers/{sent.json['answer_id']}"
    assert [each["id"] for each in items(planner, "/supplier-answers?show=counter")] == [sent.json["answer_id"]]
    ours = {"quantity": 90, "promised_on": SOON, "note": "All of it at once"}
    decided = change(planner, answer, "proposal", ours)
    assert (decided.status_code, decided.json["status"]) == (200, "countered")
    assert decided.json["history"][0]["counter_quantity"] == 90
    assert supplier.get(path).json["state"] == "countered"
    agreed = change(supplier, path, "agreement")
    assert agreed.status_code == 201
    confirmed = change(supplier, f"/supplier/order-lines/{ids['alpha.week']}", "confirmation")
    refused = change(supplier, f"/supplier/order-lines/{ids['alpha.soon']}", "refusal", {"reason": "Mill is down"})
    wanted = [each.json["answer_id"] for each in (agreed, confirmed, refused)]
    accepted = planner.post("/supplier-answers/acceptance", json={"ids": wanted})
    assert (accepted.status_code, accepted.json["accepted"], len(accepted.json["refused"])) == (200, 2, 1)
    line = one("select status, confirmed_quantity from purchase_order_line where id = :id", id=ids["alpha.later"])
    assert tuple(line) == ("confirmed", 90)
    assert change(planner, f"/supplier-answers/{wanted[2]}", "acceptance").json["status"] == "accepted"
    line = one("select status from purchase_order_line where id = :id", id=ids["alpha.soon"])
    assert line.status == "cancelled"


def test_order_lines_come_page_by_page_in_every_order(ids: Trading, supplier: ApiClient) -> None:
    path = "/supplier/order-lines?show=all&fields=id,due_on,order"
    for sort in ("due_on", "-due_on", "order", "-requested_on", "id", "-id"):
        paged, whole = items(supplier, f"{path}&sort={sort}"), supplier.get(f"{path}&sort={sort}").json
        assert paged == whole["items"]
        assert len(paged) == 8
        if "requested" not in sort:
            given = [each[sort.lstrip("-")] for each in paged]
            assert given == sorted(given, reverse=sort.startswith("-"))


def test_new_lines_are_seen_at_once(ids: Trading, supplier: ApiClient) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("delete from order_acknowledgement where line_id = :id"), {"id": ids["alpha.confirmed"]}
        )
        connection.execute(text("delete from order_acknowledgement where line_id = :id"), {"id": ids["alpha.past"]})
    assert supplier.post("/supplier/order-lines/acknowledgement").json == {"acknowledged": 1}


def test_from_a_shipping_notice_to_stock(ids: Trading, supplier: ApiClient, planner: ApiClient) -> None:
    to_ship = {each["line_id"]: each for each in items(supplier, "/supplier/lines-to-ship")}
    assert to_ship[ids["alpha.confirmed"]]["quantity"] == 100
    told: dict[str, Any] = {"number": "ASN-1", "ships_on": str(TODAY), "arrives_on": SOON}
    told["lines"] = [{"line_id": ids["alpha.confirmed"], "quantity": 60, "lot": "A1"}]
    sent = supplier.post("/supplier/shipments", json=told, headers={"Idempotency-Key": "asn"})
    assert (sent.status_code, sent.json["lines"][0]["quantity"]) == (201, 60)
    assert supplier.post("/supplier/shipments", json=told, headers={"Idempotency-Key": "asn"}).data == sent.data
    told["lines"][0]["quantity"] = 5
    assert supplier.post("/supplier/shipments", json=told).status_code == 409, "the number was used"
    other = supplier.post("/supplier/shipments", json={**told, "number": "ASN-2"})
    assert [each["number"] for each in items(supplier, "/supplier/shipments?fields=number")] == ["ASN-2", "ASN-1"]
    cancelled = change(supplier, f"/supplier/shipments/{other.json['id']}", "cancellation")
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelled")

    expected = planner.get("/expected-deliveries").json
    assert [each["number"] for each in expected["shipments"]] == ["ASN-1"]
    delivery = f"/expected-deliveries/shipment/{sent.json['id']}"
    came = {"lots": [{"quantity": 50, "damaged": 10, "lot": "A1"}]}
    assert change(planner, delivery, "receipt", came).status_code == 422, "a difference needs a reason"
    came["lots"][0]["reason"] = "Wet"
    stale = planner.get(delivery).headers["ETag"]
    booked = change(planner, delivery, "receipt", came)
    assert (booked.status_code, booked.json["quantity"], booked.json["differences"]) == (201, 50, "damaged")
    assert planner.post(f"{delivery}/receipt", json=came, headers={"If-Match": stale}).status_code == 412
    stock = "select coalesce(sum(quantity), 0) as stock from stock_lot where lot = 'A1'"
    assert one(stock).stock == 50
    assert items(planner, "/goods-receipts")[0] == booked.json
    back = change(planner, f"/goods-receipts/{booked.json['id']}", "reversal", {"reason": "Wrong dock"})
    assert (back.status_code, back.json["reversal_reason"], one(stock).stock) == (200, "Wrong dock", 0)
    assert planner.get("/goods-receipts/999").status_code == planner.get("/expected-deliveries/x/1").status_code == 404


def test_documents_are_asked_for_sent_and_read(ids: Trading, supplier: ApiClient, planner: ApiClient) -> None:
    suppliers = {each["name"]: each["id"] for each in items(planner, "/supplier-scorecards")}
    assert ids["alpha.party"] in suppliers.values()
    wanted = {"supplier_id": ids["alpha.party"], "kind": "haccp", "due_on": SOON}
    asked = [planner.post("/document-requests", json=wanted | {"note": note}).json["id"] for note in "abc"]
    assert planner.post(f"/document-requests/{asked[1]}/withdrawal").status_code == 204
    assert [each["id"] for each in items(planner, "/document-requests")] == [asked[0], asked[2]]
    assert [each["id"] for each in items(planner, "/document-requests?closed=true")] == [asked[1]]
    told = {
        "kind": "haccp",
        "number": "H-1",
        "body": "SIRIM",
        "valid_until": str(TODAY + timedelta(300)),
        "name": "haccp.pdf",
    }
    path = f"/supplier/documents?{urlencode(told)}"
    assert supplier.post(path, json=told).status_code == 415
    for wrong, status in ((b"<html>", 415), (b"", 415), (PDF + b" " * 10_000_000, 413)):
        assert supplier.post(path, data=wrong, content_type=BYTES).status_code == status
    headers = {"Idempotency-Key": "document"}
    sent = supplier.post(path, data=PDF, content_type=BYTES, headers=headers)
    assert sent.status_code == 201, sent.text
    again = supplier.post(path, data=PDF, content_type=BYTES, headers=headers)
    assert again.json == sent.json
    (waiting,) = (each for each in items(supplier, "/supplier/documents") if each["state"] == "sent")
    assert (waiting["submission_id"], waiting["number"]) == (sent.json["request_id"], "H-1")
    (file,) = waiting["files"]
    for reader in (supplier, planner):
        with reader.get(f"/files/{file['id']}") as fetched:
            assert (fetched.data, fetched.mimetype) == (PDF, "application/pdf")
            assert "attachment" in fetched.headers["Content-Disposition"]
    neighbour = ApiClient.of("supplier2")
    foreign, unknown = (neighbour.get(f"/files/{each}") for each in (file["id"], 10**9))
    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    request = f"/partner-requests/{sent.json['request_id']}"
    assert planner.get(request).json["files"] == [{"name": "haccp.pdf", "href": f"/api/v1/files/{file['id']}"}]
    several = planner.post("/partner-requests/acceptance", json={"ids": [sent.json["request_id"]]})
    assert (several.json["accepted"], len(several.json["refused"])) == (0, 1), "it needs judgement"
    assert change(planner, request, "acceptance", {}).status_code == 200
    assert {each["state"] for each in items(supplier, "/supplier/documents")} == {"valid"}


def test_a_quality_issue_from_raising_to_closure(ids: Trading, supplier: ApiClient, planner: ApiClient) -> None:
    told = {"supplier_id": ids["alpha.party"], "title": "Wet cartons", "description": "Wet", "severity": "major"}
    raised = [planner.post("/quality-issues", json={**told, "due_on": on}) for on in (LATER, SOON)]
    assert [each.status_code for each in raised] == [201, 201]
    assert [each["id"] for each in items(supplier, "/quality-issues")] == [each.json["id"] for each in reversed(raised)]
    path = f"/quality-issues/{raised[0].json['id']}"
    kept = supplier.post(f"{path}/files?name=a.csv", data=b"a,b\n1,2\n", content_type=BYTES)
    assert (kept.status_code, kept.json["files"][0]["file_name"]) == (201, "a.csv")
    for asked, more in (("containment", {}), ("cause", {}), ("action", {"done_on": SOON})):
        assert change(planner, path, "closure", {}).status_code == 409
        given = change(supplier, path, "answer", {"asked": asked, "text": f"Our {asked}", **more})
        assert given.status_code == 200, given.text
    assert change(planner, path, "rejection", {"note": "That is not why"}).json["asked"] == "cause"
    for asked, more in (("cause", {}), ("action", {"done_on": SOON})):
        change(supplier, path, "answer", {"asked": asked, "text": "Better", **more})
    closed = change(planner, path, "closure", {"note": "Seen"})
    assert (closed.status_code, closed.json["state"]) == (200, "closed")
    assert [each["id"] for each in items(supplier, "/quality-issues?closed=true")] == [raised[0].json["id"]]
    assert one("select state from quality_issue where id = :id", id=raised[0].json["id"]).state == "closed"


def test_the_scorecard_is_the_same_for_both_sides_and_a_line_can_be_disputed(
    ids: Trading, supplier: ApiClient, planner: ApiClient
) -> None:
    own, inside = supplier.get("/supplier/scorecard"), planner.get(f"/supplier-scorecards/{ids['alpha.party']}")
    assert own.status_code == 200
    assert own.data == inside.data
    assert {each["id"] for each in own.json["lines"]} >= {ids["alpha.received"]}
    sent = supplier.post("/supplier/scorecard/disputes", json={"line_id": ids["alpha.received"], "reason": "Your dock"})
    assert sent.status_code == 201
    assert change(planner, f"/partner-requests/{sent.json['request_id']}", "acceptance", {}).status_code == 200
    lines = {each["id"]: each["excluded"] for each in supplier.get("/supplier/scorecard").json["lines"]}
    assert lines[ids["alpha.received"]] == "Your dock"
    assert planner.get("/supplier-scorecards/999").status_code == 404


def test_an_invoice_from_sending_to_its_decision(ids: Trading, supplier: ApiClient, planner: ApiClient) -> None:
    assert ids["alpha.received"] in {each["line_id"] for each in items(supplier, "/supplier/lines-to-invoice")}
    line = {"line_id": ids["alpha.received"], "quantity": 50, "unit_price": 2.5}
    sent = [
        supplier.post("/supplier/invoices", json={"number": number, "issued_on": str(TODAY), "lines": [line]})
        for number in ("INV-1", "INV-2")
    ]
    assert [(each.status_code, each.json["amount"], each.json["matched"]) for each in sent] == [(201, 125, True)] * 2
    first, second = (f"/supplier-invoices/{each.json['id']}" for each in sent)
    assert supplier.get(f"/supplier/invoices/{sent[0].json['id']}").json == planner.get(first).json
    approved = change(planner, first, "approval", {})
    assert (approved.status_code, approved.json["status"]) == (200, "approved")
    disputed = change(planner, second, "dispute", {"reason": "Sent twice"})
    assert (disputed.status_code, disputed.json["decision_note"]) == (200, "Sent twice")
    assert [each["number"] for each in items(planner, "/supplier-invoices")] == ["INV-2", "INV-1"]
    assert [each["status"] for each in items(supplier, "/supplier/invoices")] == ["disputed", "approved"]
    assert change(planner, first, "approval", {}).status_code == 409


def test_messages_of_edifact(ids: Trading, supplier: ApiClient, planner: ApiClient) -> None:
    own, bought = (client.get("/edi/orders/PO-ALPHA") for client in (supplier, planner))
    assert (own.status_code, own.mimetype) == (200, "application/edifact")
    assert own.text.count("LIN+") == bought.text.count("LIN+") > 0
    assert supplier.get("/edi/forecast").status_code == 404, "none is shared"
    number = one("select line_no from purchase_order_line where id = :id", id=ids["alpha.past"]).line_no
    body = [
        *("UNB+UNOC:3+A+B+260302:0900+7", "UNH+1+ORDRSP:D:96A:UN", "BGM+231+R1+4", "RFF+ON:PO-ALPHA"),
        *(f"LIN+{number}+6", f"DTM+67:{TODAY + timedelta(9):%Y%m%d}:102", "UNS+S", "UNT+7+1", "UNZ+1+7"),
    ]
    message = ("'".join(body) + "'").encode()
    count = "select count(*) as answers from supplier_response where line_id = :id"
    for dry, made in ((True, 0), (False, 1)):
        taken = supplier.post(f"/edi/interchanges?dry={dry}", data=message, content_type="application/edifact")
        assert (taken.status_code, taken.json["dry"]) == (200, dry), taken.text
        assert one(count, id=ids["alpha.past"]).answers == made
    assert supplier.post("/edi/interchanges", data=message, content_type=BYTES).status_code == 415
    for wrong in (b"", b"x", b"\xff\x00", message.replace(b"PO-ALPHA", b"PO-BETA")):
        refused = supplier.post("/edi/interchanges", data=wrong, content_type="application/edifact")
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json"), refused.text
