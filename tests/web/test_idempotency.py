"""Writes over the API: once for one Idempotency-Key, and only on the state that was seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trading
from api_client import ApiClient
from databases import TestServer
from sqlalchemy import text

from data.db import owner_engine
from services import idempotency

LINES = "/supplier/order-lines"
TERMS = {"quantity": 80, "promised_on": "2026-04-20", "reason": "Half of it is late"}


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[trading.Trading]:
    """The company of tests.trading for all tests of this module."""
    home: Path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, server.copy(home, template=empty_template):
        patch.setenv("TANDEM_TODAY", trading.TODAY.isoformat())
        yield trading.load()


@pytest.fixture(scope="module")
def supplier(ids: trading.Trading) -> ApiClient:
    return ApiClient.of("supplier")


@pytest.fixture(scope="module")
def planner(ids: trading.Trading) -> ApiClient:
    return ApiClient.of("planner")


def etag_of(client: ApiClient, path: str) -> str:
    return str(client.get(path).headers["ETag"])


def answers_to(line_id: int) -> int:
    with owner_engine().connect() as connection:
        counted = text("select count(*) from supplier_response where line_id = :line_id")
        return int(connection.scalar(counted, {"line_id": line_id}) or 0)


def test_a_repeated_request_is_answered_again_and_done_once(supplier: ApiClient, ids: trading.Trading) -> None:
    path = f"{LINES}/{ids['alpha.later']}"
    headers = {"If-Match": etag_of(supplier, path), "Idempotency-Key": "first"}
    first, again = (supplier.post(f"{path}/proposal", json=TERMS, headers=headers) for _each in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    other = supplier.post(f"{path}/proposal", json={**TERMS, "quantity": 1}, headers=headers)
    assert (other.status_code, other.mimetype) == (422, "application/problem+json")
    assert answers_to(ids["alpha.later"]) == 1


def test_of_requests_at_once_one_is_done(supplier: ApiClient, ids: trading.Trading) -> None:
    path = f"{LINES}/{ids['alpha.week']}"
    headers = {"If-Match": etag_of(supplier, path), "Idempotency-Key": "at-once"}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _n: supplier.post(f"{path}/proposal", json=TERMS, headers=headers), range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert answers_to(ids["alpha.week"]) == 1


def test_a_key_is_of_one_person_and_a_refused_request_may_be_sent_again(
    supplier: ApiClient, ids: trading.Trading
) -> None:
    path = f"{LINES}/{ids['alpha.soon']}"
    wrong = supplier.post(f"{path}/confirmation", headers={"If-Match": '"x"', "Idempotency-Key": "second"})
    assert wrong.status_code == 412
    headers = {"If-Match": etag_of(supplier, path), "Idempotency-Key": "second"}
    assert supplier.post(f"{path}/confirmation", headers=headers).status_code == 201
    colleague = ApiClient.of("supplier-colleague")
    assert "Idempotent-Replayed" not in colleague.post(f"{path}/confirmation", headers=headers).headers
    for key in ("", "é", "x" * (idempotency.LONGEST + 1), "a b"):
        answer = supplier.post(f"{path}/confirmation", headers={"If-Match": '"x"', "Idempotency-Key": key})
        assert answer.status_code == 400, key


def test_b18_no_answer_of_the_company_before_is_given_again(supplier: ApiClient, ids: trading.Trading) -> None:
    """Somebody who has changed the company sends what was sent in the name of the earlier one."""
    path = f"{LINES}/{ids['alpha.past']}"
    headers = {"If-Match": etag_of(supplier, path), "Idempotency-Key": "moved"}
    assert supplier.post(f"{path}/proposal", json=TERMS, headers=headers).status_code == 201
    move = text("update app_user set company_id = :company where id = :person")
    try:
        with owner_engine().begin() as connection:
            connection.execute(move, {"company": ids["beta"], "person": ids["person.supplier"]})
        answer = supplier.post(f"{path}/proposal", json=TERMS, headers=headers)
    finally:
        with owner_engine().begin() as connection:
            connection.execute(move, {"company": ids["alpha"], "person": ids["person.supplier"]})
    assert answer.status_code in (404, 422)
    assert "ALPHA" not in answer.text.upper()


def test_changes_need_the_state_that_was_seen(supplier: ApiClient, ids: trading.Trading) -> None:
    path = f"{LINES}/{ids['alpha.confirmed']}"
    assert supplier.post(f"{path}/proposal", json=TERMS).status_code == 428
    seen = etag_of(supplier, path)
    assert supplier.get(path, headers={"If-None-Match": seen}).status_code == 304
    assert etag_of(supplier, f"{path}?fields=id,quantity") == seen, "what is seen of it, not what is shown"
    assert supplier.post(f"{path}/proposal", json=TERMS, headers={"If-Match": seen}).status_code == 201
    stale = supplier.post(f"{path}/proposal", json={**TERMS, "quantity": 7}, headers={"If-Match": seen})
    assert (stale.status_code, stale.mimetype) == (412, "application/problem+json")


def test_records_are_read_page_by_page_added_and_changed(planner: ApiClient, ids: trading.Trading) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        shown = planner.get(f"/products?limit=2&fields=code{f'&cursor={cursor}' if cursor else ''}").json
        seen += [row["code"] for row in shown["items"]]
        cursor = shown["next"]
    assert len(seen) == len(set(seen)) == 6
    assert planner.get("/products?limit=501").status_code == 400
    assert planner.get("/products?fields=password").status_code == 400
    assert planner.get("/products?cursor=WzFd.made-up").status_code == 400
    assert [row["code"] for row in planner.get("/products?code=BETA-ITEM").json["items"]] == ["BETA-ITEM"]
    added = planner.post("/channels", json={"code": "WEB", "name": "Web shop"})
    assert (added.status_code, added.json["active"]) == (201, True)
    assert planner.post("/channels", json={"code": "WEB", "name": "Again"}).status_code == 422
    headers = {"If-Match": added.headers["ETag"]}
    assert planner.patch("/channels/WEB", json={"name": "Shop"}, headers=headers).json["name"] == "Shop"
    assert planner.patch("/channels/WEB", json={"name": "Late"}, headers=headers).status_code == 412
    assert planner.patch("/channels/WEB", json={"code": "X"}, headers=headers).status_code == 400
    assert planner.get("/channels/none").status_code == 404


def test_rows_in_bulk_are_checked_by_a_job(planner: ApiClient, ids: trading.Trading) -> None:
    assert planner.post("/imports", json={"entity": "channels", "rows": [{"code": "A"}]}).status_code == 403
    analyst = ApiClient.of("analyst")
    rows: list[dict[str, Any]] = [{"code": "APP", "name": "App"}, {"code": "TEL", "name": None}]
    headers = {"Idempotency-Key": "bulk"}
    started = analyst.post("/imports", json={"entity": "channels", "rows": rows}, headers=headers)
    assert started.status_code == 202
    assert analyst.post("/imports", json={"entity": "channels", "rows": rows}, headers=headers).data == started.data
    job = analyst.get(f"/jobs/{started.json['job_id']}")
    assert (job.json["kind"], job.json["state"]) == ("import_check", "queued")
    assert planner.get(f"/jobs/{started.json['job_id']}").status_code == 404
    assert analyst.get(f"/imports/{started.json['import_id']}").json["entity"] == "channels"
    assert analyst.post(f"/imports/{started.json['import_id']}/commit", json={}).status_code == 409
    for wrong in ({}, {"rows": rows, "csv": "x"}, {"rows": []}, {"rows": [[]]}):
        assert analyst.post("/imports", json={"entity": "channels", **wrong}).status_code == 400
    nested = analyst.post("/imports", json={"entity": "channels", "rows": [{"code": {"a": 1}}]})
    assert nested.status_code == 422
