"""The walls of what suppliers do over the API: every endpoint, by level, by withheld feature and by foreign id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from api_client import API, ApiClient
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load
from werkzeug.test import TestResponse

import app
from data.db import owner_engine

SOON = str(TODAY + timedelta(20))
PLACES = ("/supplier", "/quality-issues", "/files", "/edi")
PARTNERS_OWN = ("portal.", "signed_in")


@dataclass(frozen=True, slots=True)
class Case:
    """An endpoint: its feature, what its id is of, and what it takes: JSON made of an id, or bytes."""

    feature: str
    thing: str = ""
    body: Callable[[int], Any] | bytes | None = None
    query: str = ""


def _answer(body: Callable[[int], Any] | None = None) -> Case:
    return Case("portal.supplier", "line", body)


def _shipment(line: int) -> Any:
    lines = [{"line_id": line, "quantity": 1}]
    return {"number": "W-1", "ships_on": str(TODAY), "arrives_on": SOON, "lines": lines}


def _invoice(line: int) -> Any:
    return {
        "number": "W-1",
        "issued_on": str(TODAY),
        "lines": [{"line_id": line, "quantity": 1, "unit_price": 1}],
    }


SHIPMENTS, DOCUMENTS, QUALITY = (f"portal.supplier.{name}" for name in ("shipments", "documents", "quality"))
SCORECARD, INVOICES, STOCK = (f"portal.supplier.{name}" for name in ("scorecard", "invoices", "stock"))
FORECAST, CAPACITY = (f"portal.supplier.{name}" for name in ("forecast", "capacity"))
TERMS = {"quantity": 1, "promised_on": SOON}
DOCUMENT = f"?name=a.pdf&kind=gmp&number=N&body=B&valid_until={SOON}&product_id="
ORDRSP = (
    b"UNB+UNOC:3+A+B+260302:0900+7'UNH+1+ORDRSP:D:96A:UN'BGM+231+R1+4'RFF+ON:PO-ALPHA'LIN+1+5'UNS+S'UNT+6+1'UNZ+1+7'"
)
LINES = "/supplier/order-lines"
CASES: dict[tuple[str, str], Case] = {
    ("GET", LINES): Case("portal.supplier"),
    ("GET", f"{LINES}/<int:order_id>"): _answer(),
    ("POST", f"{LINES}/acknowledgement"): Case("portal.supplier"),
    ("POST", f"{LINES}/<int:line_id>/acknowledgement"): _answer(),
    ("POST", f"{LINES}/<int:line_id>/confirmation"): _answer(),
    ("POST", f"{LINES}/<int:line_id>/agreement"): _answer(),
    ("POST", f"{LINES}/<int:line_id>/proposal"): _answer(lambda _id: {**TERMS, "reason": "x"}),
    ("POST", f"{LINES}/<int:line_id>/split"): _answer(lambda _id: {"parts": [TERMS, TERMS], "reason": "x"}),
    ("POST", f"{LINES}/<int:line_id>/refusal"): _answer(lambda _id: {"reason": "x"}),
    ("GET", "/supplier/forecast"): Case(FORECAST),
    ("POST", "/supplier/forecast/commits"): Case(
        FORECAST, body=lambda _id: {"forecast_id": 1, "cells": [{"item": "A", "starts_on": SOON, "quantity": 1}]}
    ),
    ("GET", "/supplier/capacity"): Case(CAPACITY),
    ("POST", "/supplier/capacity"): Case(
        CAPACITY, "item", lambda item: {"product_id": item, "first": SOON, "last": SOON, "quantity": 1}
    ),
    ("POST", "/supplier/closures"): Case(CAPACITY, body=lambda _id: {"first": SOON, "last": SOON, "reason": "x"}),
    ("POST", "/supplier/lead-times"): Case(
        CAPACITY, "item", lambda item: {"product_id": item, "days": 3, "valid_from": SOON, "reason": "x"}
    ),
    ("GET", "/supplier/managed-stock"): Case(STOCK),
    ("POST", "/supplier/managed-stock/<item_id>/levels"): Case(STOCK, "item", lambda _id: {"minimum": 1, "maximum": 2}),
    ("POST", "/supplier/managed-stock/<item_id>/replenishments"): Case(
        STOCK, "item", lambda _id: {"quantity": 1, "arrives_on": SOON}
    ),
    ("GET", "/supplier/lines-to-ship"): Case(SHIPMENTS),
    ("GET", "/supplier/shipments"): Case(SHIPMENTS),
    ("POST", "/supplier/shipments"): Case(SHIPMENTS, "line", _shipment),
    ("GET", "/supplier/shipments/<int:shipment_id>"): Case(SHIPMENTS, "shipment"),
    ("POST", "/supplier/shipments/<int:shipment_id>/cancellation"): Case(SHIPMENTS, "shipment"),
    ("GET", "/supplier/lines-to-invoice"): Case(INVOICES),
    ("GET", "/supplier/invoices"): Case(INVOICES),
    ("POST", "/supplier/invoices"): Case(INVOICES, "line", _invoice),
    ("GET", "/supplier/invoices/<int:invoice_id>"): Case(INVOICES, "invoice"),
    ("GET", "/supplier/documents"): Case(DOCUMENTS),
    ("GET", "/supplier/documents/items"): Case(DOCUMENTS),
    ("POST", "/supplier/documents"): Case(DOCUMENTS, "item", b"%PDF-1.7\n%%EOF\n", DOCUMENT),
    ("GET", "/supplier/scorecard"): Case(SCORECARD),
    ("POST", "/supplier/scorecard/disputes"): Case(SCORECARD, "line", lambda line: {"line_id": line, "reason": "x"}),
    ("GET", "/quality-issues"): Case(QUALITY),
    ("GET", "/quality-issues/<int:issue_id>"): Case(QUALITY, "issue"),
    ("POST", "/quality-issues/<int:issue_id>/answer"): Case(
        QUALITY, "issue", lambda _id: {"asked": "containment", "text": "x"}
    ),
    ("POST", "/quality-issues/<int:issue_id>/files"): Case(QUALITY, "issue", b"a,b\n1,2\n", "?name=a.csv"),
    ("GET", "/files/<int:file_id>"): Case(QUALITY, "file"),
    ("GET", "/edi/orders/<number>"): Case("portal.supplier", "order"),
    ("GET", "/edi/forecast"): Case(FORECAST),
    ("POST", "/edi/interchanges"): Case("portal.supplier", body=ORDRSP),
}


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """The company of tests.trading, where both suppliers have one of everything."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        ids = load()
        for company, name in (("alpha", "supplier"), ("beta", "supplier2")):
            _one_of_everything(ids, company, ApiClient.of(name), ApiClient.of("planner"))
        yield ids


def _one_of_everything(ids: Trading, company: str, own: ApiClient, inside: ApiClient) -> None:
    told = {"title": "Wet", "description": "Wet", "severity": "minor", "due_on": SOON}
    made = {
        "shipment": own.post("/supplier/shipments", json={**_shipment(ids[f"{company}.confirmed"]), "number": "S"}),
        "invoice": own.post("/supplier/invoices", json={**_invoice(ids[f"{company}.received"]), "number": "S"}),
        "issue": inside.post("/quality-issues", json={**told, "supplier_id": ids[f"{company}.party"]}),
    }
    ids.update({f"{company}.{thing}": _body(answer)["id"] for thing, answer in made.items()})
    path = f"/quality-issues/{ids[f'{company}.issue']}/files?name=a.csv"
    kept = own.post(path, data=b"a,b\n1,2\n", content_type="application/octet-stream")
    ids[f"{company}.file"] = _body(kept)["files"][0]["id"]
    ids[f"{company}.line"] = ids[f"{company}.later"]


def _body(answer: TestResponse) -> Any:
    assert answer.status_code == 201, answer.text
    return answer.json


def send(client: ApiClient, method: str, rule: str, case: Case, wanted: object) -> tuple[int, bytes]:
    """What a client is told that asks for ``wanted``: the id of a thing, or the number of an order."""
    for parameter in ("line_id", "order_id", "shipment_id", "invoice_id", "issue_id", "file_id"):
        rule = rule.replace(f"<int:{parameter}>", str(wanted))
    path = rule.replace("<item_id>", f"{wanted}-1").replace("<number>", str(wanted)) + case.query
    more: dict[str, Any] = {}
    if isinstance(case.body, bytes):
        kind = "application/edifact" if rule.startswith("/edi") else "application/octet-stream"
        more = {"data": case.body, "content_type": kind}
        path += str(wanted) if case.query.endswith("=") else ""
    elif case.body is not None:
        more = {"json": case.body(int(str(wanted)))}
    seen = {"If-Match": '"x"'} if method == "POST" else {}
    with client.open(method, path, headers=seen, **more) as answer:
        return answer.status_code, answer.data


def test_every_endpoint_of_suppliers_is_here() -> None:
    there = {
        (method, path)
        for rule in app.server.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        if (path := rule.rule.removeprefix(API)) != rule.rule
        and f"/{path.split('/')[1]}" in PLACES
        and getattr(app.server.view_functions[rule.endpoint], "__permission__", "").startswith(PARTNERS_OWN)
    }
    assert there == set(CASES)


def test_viewers_read_and_change_nothing(ids: Trading) -> None:
    viewer = ApiClient.of("supplier-viewer")
    for (method, rule), case in CASES.items():
        wanted = "PO-ALPHA" if case.thing == "order" else ids[f"alpha.{case.thing or 'line'}"]
        status, told = send(viewer, method, rule, case, wanted)
        allowed = {200} if rule != "/edi/forecast" else {404}  # none is shared
        assert status in ({403} if method == "POST" else allowed), (method, rule, told)


@pytest.mark.parametrize("feature", sorted({case.feature for case in CASES.values()}))
def test_a_withheld_feature_is_closed(ids: Trading, feature: str) -> None:
    with owner_engine().begin() as connection:
        withheld = "insert into company_withheld (company_id, permission) values (:id, :feature)"
        connection.execute(text(withheld), {"id": ids["alpha"], "feature": feature})
    supplier = ApiClient.of("supplier")
    try:
        for (method, rule), case in CASES.items():
            if case.feature == feature:
                wanted = "PO-ALPHA" if case.thing == "order" else ids[f"alpha.{case.thing or 'line'}"]
                status, told = send(supplier, method, rule, case, wanted)
                assert status == (404 if case.thing == "file" else 403), (method, rule, told)
    finally:
        with owner_engine().begin() as connection:
            connection.execute(text("delete from company_withheld"))


def test_b01_foreign_ids_answer_like_unknown_ones(ids: Trading) -> None:
    supplier = ApiClient.of("supplier")
    for (method, rule), case in CASES.items():
        if case.thing:
            foreign = "PO-BETA" if case.thing == "order" else ids[f"beta.{case.thing}"]
            answers = [send(supplier, method, rule, case, each) for each in (foreign, 10**9)]
            assert answers[0][0] == 404, (method, rule, answers[0])
            assert answers[0] == answers[1], (method, rule)


def test_nobody_else_comes_in(ids: Trading) -> None:
    """Other partners get nothing of suppliers, and what is for colleagues no supplier."""
    for name in ("customer", "oem"):
        client = ApiClient.of(name)
        for (method, rule), case in CASES.items():
            wanted = "PO-ALPHA" if case.thing == "order" else ids[f"alpha.{case.thing or 'line'}"]
            assert send(client, method, rule, case, wanted)[0] in (403, 404), (name, method, rule)
    supplier = ApiClient.of("supplier")
    inside = (
        *("supplier-answers", "supplier-invoices", "supplier-scorecards", "goods-receipts", "expected-deliveries"),
        "document-requests",
    )
    assert {supplier.get(f"/{path}").status_code for path in inside} == {403}
    issue = f"/quality-issues/{ids['alpha.issue']}"
    assert supplier.post(f"{issue}/closure", json={}).status_code == 403
    executive = ApiClient.of("executive")
    seen = executive.get(issue).headers["ETag"]
    refused = executive.post(f"{issue}/closure", json={}, headers={"If-Match": seen})
    assert refused.status_code == 403
