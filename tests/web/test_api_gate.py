"""The second door, case by case of the threat catalogue (security.md, D): tokens only, counted, and never a cookie."""

from __future__ import annotations

import os
import runpy
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import trading
from api_client import API, ApiClient
from databases import TestServer
from gunicorn.app.base import BaseApplication
from sources import PROJECT
from sqlalchemy import text
from visitor import Visitor

import app
from data.db import owner_engine

PROBLEM = "application/problem+json"


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


@pytest.fixture(autouse=True)
def fresh_windows(ids: trading.Trading) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("truncate request_window"))


def test_strangers_are_told_the_same_everywhere(ids: trading.Trading) -> None:
    nobody = ApiClient.of()
    answers = [nobody.get("/supplier/order-lines"), nobody.get("/supplier/order-lines/1")]
    answers += [
        ApiClient("x.y.z").get("/supplier/order-lines"),
        ApiClient("tandem_no_key").get("/supplier/order-lines"),
    ]
    assert {(each.status_code, each.mimetype, each.data) for each in answers} == {(401, PROBLEM, answers[0].data)}
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answers[0].headers


def test_d10_tokens_in_the_address_are_refused(supplier: ApiClient) -> None:
    for name in ("token", "access_token", "api_key", "jwt", "Authorization"):
        answer = ApiClient().get(f"/supplier/order-lines?{name}={supplier.credential}")
        assert (answer.status_code, answer.mimetype) == (400, PROBLEM)


def test_d11_cookies_open_no_endpoint(ids: trading.Trading) -> None:
    visitor = Visitor.of("supplier")
    assert visitor.get("/portal/supplier/orders").status_code == 200
    answer = visitor.get(f"{API}/supplier/order-lines")
    assert answer.status_code == 401
    assert not answer.headers.getlist("Set-Cookie")


def test_d11_tokens_open_no_page_and_no_callback(supplier: ApiClient) -> None:
    headers = {"Authorization": f"Bearer {supplier.credential}"}
    http = app.server.test_client()
    assert http.get("/portal/supplier/orders", headers=headers).location.startswith("/login")
    assert http.get("/_dash-layout", headers={**headers, "Accept": "application/json"}).status_code == 401
    # Without a token against forgery it does not even come to the question who asks.
    assert http.post("/_dash-update-component", headers=headers, json={}).status_code in (400, 401)


def test_pages_are_still_protected_against_forged_requests(ids: trading.Trading) -> None:
    visitor = Visitor.of("supplier")
    assert visitor.http.post("/logout").status_code == 400
    assert visitor.get("/account").status_code == 200


def test_d12_and_b01_foreign_ids_answer_like_unknown_ones(supplier: ApiClient, ids: trading.Trading) -> None:
    for path in ("", "/confirmation", "/proposal"):
        method = "POST" if path else "GET"
        body = {"json": {"quantity": 1, "promised_on": "2026-05-01", "reason": "x"}} if path == "/proposal" else {}
        answers = [
            supplier.open(method, f"/supplier/order-lines/{each}{path}", headers={"If-Match": '"x"'}, **body)
            for each in (ids["beta.later"], ids["alpha.unsent"], 10**9, 10**30, 0)
        ]
        told = [(each.status_code, each.data, sorted(set(each.headers.keys()))) for each in answers]
        assert answers[0].status_code == 404
        assert all(each == told[0] for each in told), path


def test_b03_roles_without_the_right_are_refused_by_every_verb(ids: trading.Trading) -> None:
    customer, viewer = ApiClient.of("customer"), ApiClient.of("supplier-viewer")
    path = f"/supplier/order-lines/{ids['alpha.later']}"
    assert customer.get(path).status_code == 403
    assert customer.post(f"{path}/confirmation").status_code == 403
    assert viewer.get(path).status_code == 200
    assert viewer.post(f"{path}/confirmation").status_code == 403


def test_d13_what_two_readers_would_read_differently_is_refused(supplier: ApiClient) -> None:
    twice = '{"email": "a", "email": "b", "password": "x"}'
    answers = [
        supplier.post("/token", data=twice, content_type="application/json"),
        supplier.get("/supplier/order-lines?limit=1&limit=2"),
        supplier.get("/supplier/order-lines", headers={"X-HTTP-Method-Override": "DELETE"}),
        supplier.get("/supplier/order-lines?_method=DELETE"),
    ]
    assert [(each.status_code, each.mimetype) for each in answers] == [(400, PROBLEM)] * 4


def test_d14_unknown_addresses_and_methods(supplier: ApiClient) -> None:
    assert [supplier.open(method, "/zz").status_code for method in ("GET", "POST", "DELETE")] == [404] * 3
    answer = supplier.open("DELETE", "/supplier/order-lines")
    assert (answer.status_code, answer.mimetype) == (405, PROBLEM)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    answer = supplier.get("/token")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert supplier.open("TRACE", "/supplier/order-lines").status_code == 405


def test_d15_the_hundred_and_first_request_of_an_address_is_refused(ids: trading.Trading) -> None:
    """Counted in the database, so that it makes no difference which process or thread answers."""

    def ask(_number: int) -> int:
        return ApiClient().get("/supplier/order-lines", environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(ask, range(101)))
    assert sorted(statuses) == [401] * 100 + [429]
    refused = ApiClient().get("/openapi.json", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("100", "0")
    assert ApiClient().get("/openapi.json", environ_base={"REMOTE_ADDR": "198.51.100.8"}).status_code == 200


def test_d15_an_address_that_a_sender_makes_up_gives_no_new_requests(ids: trading.Trading) -> None:
    for number in range(3):
        forged = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"), f"203.0.113.{number}")
        ApiClient().get("/openapi.json", headers=forged, environ_base={"REMOTE_ADDR": "198.51.100.9"})
    with owner_engine().connect() as connection:
        counted = connection.execute(text("select key, requests from request_window")).all()
    assert [tuple(row) for row in counted] == [("address:198.51.100.9", 3)]


def test_d15_the_limit_is_exact_over_four_workers_of_gunicorn(ids: trading.Trading, tmp_path: Path) -> None:
    """Real processes as in operation, each with its own connections; forked, so that nothing is read in again."""
    address = f"unix:{tmp_path / 'web'}"
    site = get_context("fork").Process(target=_serve, args=(address,))
    site.start()
    try:
        path = Path(address.removeprefix("unix:"))
        for _attempt in range(400):
            if path.exists():
                break
            time.sleep(0.02)
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _number: _asked(path), range(130)))
        assert sorted(each.status for each in answers) == [401] * 100 + [429] * 30
        assert len({each.headers["X-Process"] for each in answers}) > 1
        waits = {int(each.headers["Retry-After"]) for each in answers if each.status == 429}
        assert all(0 < wait <= 900 for wait in waits)
    finally:
        site.terminate()
        site.join(10)
    assert site.exitcode is not None


def _serve(address: str) -> None:
    """What ``gunicorn app:server`` does with four workers, with the settings of operation."""
    operation = runpy.run_path(str(PROJECT / "gunicorn.conf.py"))

    class Site(BaseApplication):
        def load_config(self) -> None:
            for name, value in {**operation, "bind": address, "workers": 4, "loglevel": "critical"}.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            return _telling_its_process

    Site().run()


def _telling_its_process(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
    def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start(status, [*headers, ("X-Process", str(os.getpid()))], *more)

    return app.server({**environ, "REMOTE_ADDR": "198.51.100.9", "HTTP_HOST": "localhost"}, begin)


def _asked(path: Path) -> HTTPResponse:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(30)
        line.connect(str(path))
        line.sendall(
            f"GET {API}/supplier/order-lines HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        answer = HTTPResponse(line)
        answer.begin()
        answer.read()
    return answer


def test_d15_a_person_is_counted_from_whatever_address(supplier: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.settings import settings

    monkeypatch.setenv("TANDEM_API_REQUESTS", "3")
    settings.cache_clear()
    asked = [
        supplier.get("/supplier/order-lines", environ_base={"REMOTE_ADDR": f"203.0.113.{n}"}).status_code
        for n in range(4)
    ]
    monkeypatch.undo()
    settings.cache_clear()
    assert asked == [200, 200, 200, 429]


def test_d16_pages_are_not_limited_by_the_api(ids: trading.Trading) -> None:
    visitor = Visitor.of("planner")
    for _each in range(105):
        assert visitor.http.get("/robots.txt").status_code == 200
    with owner_engine().connect() as connection:
        assert connection.scalar(text("select count(*) from request_window")) == 0


def test_b04_fields_that_are_not_asked_for_are_refused(supplier: ApiClient, ids: trading.Trading) -> None:
    path = f"/supplier/order-lines/{ids['alpha.later']}/proposal"
    terms = {"quantity": 1, "promised_on": "2026-05-01", "reason": "x"}
    for more in ({"company_id": ids["beta"]}, {"approved": True}, {"status": "accepted"}):
        answer = supplier.post(path, json={**terms, **more}, headers={"If-Match": '"x"'})
        assert (answer.status_code, answer.mimetype) == (400, PROBLEM)
        assert next(iter(more)) in answer.text
    assert supplier.get("/supplier/order-lines?company_id=1").status_code == 400
