"""Returns on the pages of both sides, each button pressed; the detail of an order line and the service beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from callbacks.partner.customer_orders import Ids as Orders
from callbacks.partner.customer_returns import PATH, Ids
from callbacks.planner.returns import PATH as INSIDE
from callbacks.planner.returns import Ids as Inside
from data.db import owner_engine
from services import partner_requests

Visitors = Callable[..., Any]
SERVICE = "/portal/customer/service"


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def submission() -> int:
    with owner_engine().connect() as connection:
        return int(connection.execute(text("select max(id) from partner_submission")).scalar_one())


def test_report_agreement_receipt_and_scrapping_pressed_through(
    visitor: Visitors, viewer_of: Callable[[str], Any], ids: Trading
) -> None:
    customer, planner = visitor("customer"), visitor("planner")
    assert "SO-GAMMA" in customer.layout(PATH, f"?line={ids['gamma.good']}").text
    typed = {
        f"{Ids.line}.value": str(ids["gamma.good"]),
        f"{Ids.quantity}.value": 5,
        f"{Ids.reason}.value": "quality",
        f"{Ids.lot}.value": "",
        f"{Ids.note}.value": "Taste",
    }
    assert "With us" in customer.press(Ids.report, typed).text
    partner_requests.accept(viewer_of("planner"), submission())
    assert "RT-2026-00001" in customer.layout(PATH).text
    page = planner.layout(INSIDE)
    assert "RT-2026-00001" in page.text
    with owner_engine().connect() as connection:
        (return_id,) = connection.execute(text("select id from customer_return")).one()
    for version, button in ((1, Inside.receive), (2, Inside.scrap)):
        row = {"id": return_id, "version": version, "status": "expected" if version == 1 else "received"}
        assert planner.press(button, {f"{Inside.rows}.selectedRows": [row]}).status_code == 200
    assert "scrapped" in customer.layout(PATH).text
    assert "RT-2026-00001" in customer.get("/download/customer-returns.csv").text
    assert "RT-2026-00001" in planner.get("/download/returns.csv").text
    assert "RT-" not in visitor("customer2").get("/download/customer-returns.csv").text


def test_a_report_without_a_delivery_says_what_is_missing(visitor: Visitors) -> None:
    for nothing in ("-", None):
        answer = visitor("customer").press(Ids.report, {f"{Ids.line}.value": nothing, f"{Ids.quantity}.value": 1})
        assert "Delivery: choose the one that something is wrong with." in answer.text


def test_taking_a_report_back(visitor: Visitors, ids: Trading) -> None:
    customer = visitor("customer")
    typed = {
        f"{Ids.line}.value": str(ids["gamma.late"]),
        f"{Ids.quantity}.value": 5,
        f"{Ids.reason}.value": "damaged",
    }
    customer.press(Ids.report, typed)
    row = {"submission": submission(), "waits": True}
    foreign = visitor("customer2").press(Ids.back, {f"{Ids.rows}.selectedRows": [row]})
    unknown = visitor("customer2").press(Ids.back, {f"{Ids.rows}.selectedRows": [{"submission": 10**9}]})
    assert (foreign.status_code, foreign.json) == (unknown.status_code, unknown.json)
    assert "With us" not in customer.press(Ids.back, {f"{Ids.rows}.selectedRows": [row]}).text


def test_detail_of_a_line_tells_its_way_and_takes_a_change(visitor: Visitors, ids: Trading) -> None:
    customer = visitor("customer")
    shown = customer.call(f"{Orders.about}.children", {f"{Orders.lines}.selectedRows": [{"id": ids["gamma.late"]}]})
    for told in ("Ordered for", "Confirmed for this day", "Delivered: 100 KG", "Order again", "Report a problem"):
        assert told in shown.text
    assert "880088" not in shown.text
    foreign, unknown = (
        customer.call(f"{Orders.about}.children", {f"{Orders.lines}.selectedRows": [{"id": line}]})
        for line in (ids["delta.open"], 10**12)
    )
    assert (foreign.status_code, foreign.json) == (unknown.status_code, unknown.json)
    typed = {
        f"{Orders.chosen}.data": ids["gamma.open"],
        f"{Orders.quantity}.value": 50,
        f"{Orders.wanted}.value": "2026-03-20",
    }
    assert customer.press(Orders.change, typed).status_code == 200
    assert visitor("customer-viewer").press(Orders.change, typed).status_code == 403


def test_service_leads_from_months_to_lines(visitor: Visitors, ids: Trading) -> None:
    page = visitor("customer").layout(SERVICE, "?month=2026-02").text
    assert "33.3 %" in page
    assert "96.7 %" in page
    assert "Late" in page
    assert "DELTA" not in page.upper()


@pytest.mark.parametrize("name", ["supplier", "oem"])
def test_nobody_else_gets_in(visitor: Visitors, ids: Trading, name: str) -> None:
    for path in (PATH, SERVICE, INSIDE):
        assert visitor(name).get(path).status_code == 403
