"""The page on which a customer orders: basket, dates, hold, order; nothing for others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from callbacks.order_basket import empty_basket
from callbacks.partner.customer_ordering import PATH, Ids
from data.db import owner_engine

Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        found = load()
        where = {"product": found["gamma.item"], "site": found["site"], "day": TODAY}
        with owner_engine().begin() as connection:
            connection.execute(
                text(
                    "insert into stock_lot (product_id, location_id, lot, quantity, received_on) "
                    "values (:product, :site, 'G1', 500, :day)"
                ),
                where,
            )
            connection.execute(
                text("insert into list_price (product_id, valid_from, price) values (:product, '2025-01-01', 4)"),
                where,
            )
        yield found


def basket_after(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(answer.json["response"][Ids.basket]["data"])


def resume(customer: Any, values: dict[str, Any]) -> Any:
    """What the page does when the browser still knows of a hold."""
    listens = f"{Ids.kept}.modified_timestamp"
    callback_id = next(
        found
        for found, spec in customer.app.callback_map.items()
        if any(f"{item['id']}.{item['property']}" == listens for item in spec["inputs"])
    )
    body = customer.envelope_of(callback_id, values, triggered=listens)
    return customer.post("/_dash-update-component", json=body)


def test_customer_fills_checks_holds_and_orders(visitor: Visitors, ids: Trading) -> None:
    customer = visitor("customer")
    page = customer.layout(PATH).text
    assert "GAMMA-ITEM" in page
    assert "RM 4.00" in page
    typed = {
        f"{Ids.product}.value": str(ids["gamma.item"]),
        f"{Ids.count}.value": 100,
        f"{Ids.unit}.value": "KG",
        f"{Ids.wanted}.value": "2026-03-09",
        f"{Ids.basket}.data": empty_basket(),
    }
    basket = basket_after(customer.press(Ids.add, typed))
    checked = basket_after(customer.press(Ids.check, {f"{Ids.basket}.data": basket}))
    assert checked["lines"][0]["ways"][0]["label"].startswith("All at once: 100 KG · 2026-03-09")
    held = customer.press(Ids.hold, {f"{Ids.basket}.data": checked})
    assert "Held for 59 more minutes" in held.text
    opened_anew = {f"{Ids.kept}.data": checked["key"], f"{Ids.basket}.data": empty_basket()}
    assert "Held for 59 more minutes" in resume(customer, opened_anew).text
    assert resume(customer, opened_anew).json["response"][Ids.basket]["data"]["key"] == checked["key"]
    assert "Held for" not in resume(visitor("customer2"), opened_anew).text
    sent = customer.press(Ids.order, {f"{Ids.basket}.data": checked, f"{Ids.reference}.value": "PO 1"})
    assert "Your order is with us" in sent.text
    again = customer.press(Ids.order, {f"{Ids.basket}.data": empty_basket()})
    assert "Nothing is held for this order" in again.text
    assert "PO 1" in customer.layout(PATH).text
    assert "GAMMA" not in visitor("customer2").layout(PATH).text


def test_catalogue_is_the_layout_of_what_is_pasted(visitor: Visitors) -> None:
    customer = visitor("customer")
    form = customer.get("/download/customer-catalogue.csv").text
    head, row = form.lstrip("\ufeff").splitlines()[:2]
    assert head.startswith("code,quantity,unit,wanted_on")
    filled = row.replace("GAMMA-ITEM,,KG,", "GAMMA-ITEM,7,KG,2026-03-09")
    answer = customer.press(
        Ids.paste, {f"{Ids.pasted}.value": f"{head}\n{filled}", f"{Ids.basket}.data": empty_basket()}
    )
    assert basket_after(answer)["lines"][0]["count"] == "7"


def test_order_again_fills_the_basket_and_orders_of_others_are_unknown(visitor: Visitors) -> None:
    assert "GAMMA-ITEM" in visitor("customer").layout(PATH, "?order=SO-GAMMA").text
    answers = [visitor("customer").layout(PATH, f"?order={number}") for number in ("SO-DELTA", "SO-NONE")]
    assert answers[0].status_code == answers[1].status_code
    assert "There is no such order" in answers[0].text
    assert "There is no such order" in answers[1].text


def test_viewer_looks_only(visitor: Visitors, ids: Trading) -> None:
    looking = visitor("customer-viewer")
    assert "GAMMA-ITEM" in looking.layout(PATH).text
    line = {"product_id": ids["gamma.item"], "count": "1", "wanted_on": "2026-03-09"}
    for button in (Ids.check, Ids.hold, Ids.order, Ids.release):
        answer = looking.press(button, {f"{Ids.basket}.data": empty_basket() | {"lines": [line]}})
        assert answer.status_code == 403, button


@pytest.mark.parametrize("name", ["planner", "supplier", "oem"])
def test_nobody_else_gets_in(visitor: Visitors, name: str) -> None:
    assert visitor(name).get(PATH).status_code == 403


def test_withheld_feature_is_closed_at_every_door(visitor: Visitors, ids: Trading) -> None:
    with owner_engine().begin() as connection:
        withheld = "insert into company_withheld values (:company, 'portal.customer.ordering')"
        connection.execute(text(withheld), {"company": ids["delta"]})
    neighbour = visitor("customer2")
    assert neighbour.get(PATH).status_code == 403
    assert neighbour.get("/download/customer-catalogue.csv").status_code == 403
    assert neighbour.press(Ids.check, {f"{Ids.basket}.data": empty_basket()}).status_code == 403
