"""What a supplier does over the API, and what the company does with it: it is done, for the right people only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from api_client import ApiClient
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load
from werkzeug.test import TestResponse

from data.db import owner_engine

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
