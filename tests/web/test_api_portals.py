"""What customers, OEMs and the companies behind them do over the API: it is done, and for the right people only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from api_client import ApiClient
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from data.db import owner_engine

SOON, LATER = str(TODAY + timedelta(3)), str(TODAY + timedelta(20))
KEY = "7d0e5a4c-1c70-4b52-9d3c-6a3f2f6f7a01"
ROWS = """
insert into stock_lot (product_id, location_id, lot, quantity, received_on) values (:sold, :site, 'G1', 900, :day);
insert into product (id, code, name, uom, kind) values (900, 'MAT', 'Own sugar', 'KG', 'material');
insert into bom (id, product_id, valid_from) values (910, :made, :before), (911, :made, :day), (912, :other, :day);
insert into bom_line (bom_id, component_id, quantity) values (910, 900, 1), (911, 900, 2), (912, 900, 1);
insert into stock_lot (product_id, location_id, lot, quantity, received_on) values (900, :site, 'M', 40, :day);
insert into oem_material (oem_id, product_id) values (:oem, 900);
"""


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        found = load()
        values = {"sold": found["gamma.item"], "site": found["site"], "day": TODAY}
        values |= {"made": found["omega.item"], "other": found["sigma.item"], "oem": found["omega.party"]}
        values["before"] = TODAY - timedelta(100)
        for statement in filter(str.strip, ROWS.split(";")):
            done(statement, **{name: value for name, value in values.items() if f":{name}" in statement})
        yield found


@pytest.fixture(scope="module")
def people(ids: Trading) -> dict[str, ApiClient]:
    names = ("customer", "customer2", "customer-viewer", "oem", "oem2", "oem-viewer", "supplier", "planner")
    return {name: ApiClient.of(name) for name in names}


def done(statement: str, **values: Any) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statement), values)


def one(statement: str, **values: Any) -> tuple[Any, ...]:
    with owner_engine().connect() as connection:
        return tuple(connection.execute(text(statement), values).one())


@contextmanager
def withheld(company: int, right: str) -> Iterator[None]:
    done("insert into company_withheld values (:company, :right)", company=company, right=right)
    try:
        yield
    finally:
        done("delete from company_withheld")


def test_order_lists_come_in_pages_of_the_database_in_any_order(people: dict[str, ApiClient], ids: Trading) -> None:
    for name, path, sorts in (
        ("customer", "/customer/order-lines", ("requested_on", "order", "id")),
        ("oem", "/oem/production-orders", ("due_on", "number", "starts_on", "id")),
    ):
        whole = people[name].get(f"{path}?show=all").json["items"]
        for sort in sorts:
            rising = people[name].items(f"{path}?show=all&sort={sort}")
            falling = people[name].items(f"{path}?show=all&sort=-{sort}")
            assert {each["id"] for each in rising} == {each["id"] for each in whole}
            assert [each["id"] for each in falling] == [each["id"] for each in reversed(rising)]
            assert [each[sort] for each in rising] == sorted(each[sort] for each in rising)
        first = people[name].get(f"{path}?show=all&limit=2").json["next"]
        assert people[name].get(f"{path}?sort=-id&cursor={first}").status_code == 400


def test_a_change_of_a_line_is_asked_for_and_taken_back(people: dict[str, ApiClient], ids: Trading) -> None:
    customer, path = people["customer"], f"/customer/order-lines/{ids['gamma.open']}"
    assert customer.post(f"{path}/change-requests", json={"cancel": True}).status_code == 428
    made = customer.change(path, "change-requests", {"quantity": 60, "wanted_on": LATER, "note": "Less is enough"})
    assert made.status_code == 201, made.text
    asked = f"/requests/{made.json['request_id']}"
    assert customer.get(path).json["changes"][0]["change"]["quantity"] == 60
    assert (customer.get(asked).json["status"], customer.get(asked).json["kind"]) == ("pending", "order_change")
    assert people["customer-viewer"].post(f"{asked}/withdrawal").status_code == 403
    assert (
        people["customer2"].post(f"{asked}/withdrawal").data == people["customer2"].post("/requests/9/withdrawal").data
    )
    assert customer.post(f"{asked}/withdrawal").json["status"] == "withdrawn"
    assert customer.post(f"{asked}/withdrawal").status_code == 409


def test_a_return_is_reported_agreed_and_closed(people: dict[str, ApiClient], ids: Trading) -> None:
    customer, planner = people["customer"], people["planner"]
    assert ids["gamma.good"] in [each["line_id"] for each in customer.items("/customer/returnable-lines")]
    report = {"line_id": ids["gamma.good"], "quantity": 5, "reason": "damaged", "note": "Wet boxes"}
    made = customer.post("/customer/return-reports", json=report).json["request_id"]
    assert customer.get("/customer/return-reports").json["items"][0]["report"]["quantity"] == 5
    assert planner.change(f"/partner-requests/{made}", "acceptance", {}).status_code == 200
    (agreed,) = customer.items("/customer/returns")
    assert customer.get(f"/customer/returns/{agreed['id']}").json["status"] == "expected"
    inside = f"/returns/{agreed['id']}"
    assert customer.get(inside).status_code == 403
    assert planner.change(inside, "scrapping", {}).status_code == 409
    assert planner.change(inside, "receipt").json["status"] == "received"
    assert planner.post(f"{inside}/scrapping", json={}, headers={"If-Match": '"old"'}).status_code == 412
    assert planner.change(inside, "restocking", {"note": "Dry again"}).json["status"] == "restocked"
    assert one("select sum(quantity) from stock_lot where lot = :lot", lot=agreed["number"]) == (5,)
    assert "disposition_note" not in customer.get(f"/customer/returns/{agreed['id']}").json


def test_a_basket_is_kept_held_given_back_and_ordered(people: dict[str, ApiClient], ids: Trading) -> None:
    customer = people["customer"]
    table = customer.post(
        "/customer/order-tables", json={"csv": f"code,quantity,unit,wanted_on\nGAMMA-ITEM,20,,{SOON}"}
    )
    assert table.json["lines"] == [{"product_id": ids["gamma.item"], "count": 20, "unit": "KG", "wanted_on": SOON}]
    made = customer.post("/customer/order-templates", json={"name": "Weekly", **table.json})
    kept = f"/customer/order-templates/{made.json['id']}"
    assert customer.get(kept).json["lines"] == 1
    assert customer.get(f"{kept}/basket").json["lines"][0]["count"] == 20
    assert customer.delete(kept).status_code == 204
    assert customer.get(kept).status_code == 404
    assert len(customer.get("/customer/past-orders/SO-GAMMA/basket").json["lines"]) == 6
    for basket in (KEY, KEY.replace("01", "02")):
        held = customer.post("/customer/order-holds", json={"key": basket, **table.json})
        assert held.status_code == 201, held.text
    assert {each["key"] for each in customer.items("/customer/order-holds")} == {KEY, KEY.replace("01", "02")}
    assert customer.delete(f"/customer/order-holds/{KEY}").status_code == 204
    assert [each["key"] for each in customer.items("/customer/order-holds")] == [KEY.replace("01", "02")]
    sent = customer.post("/customer/orders", json={"key": KEY.replace("01", "02"), "reference": "PO 7"})
    assert customer.get(f"/customer/orders/{sent.json['request_id']}").json["reference"] == "PO 7"
    assert customer.post(f"/requests/{sent.json['request_id']}/withdrawal").json["status"] == "withdrawn"
    assert customer.items("/customer/order-holds") == []


def test_promotions_service_and_forecast_of_a_customer(people: dict[str, ApiClient], ids: Trading) -> None:
    customer = people["customer"]
    (item,) = customer.items("/customer/promotable-items")
    wish = {"name": "Raya", "starts_on": SOON, "ends_on": LATER, "mechanic": "display", "items": [item["id"]]}
    made = customer.post("/customer/promotions", json={**wish, "volume": 90}).json["request_id"]
    found = customer.get(f"/customer/promotions/{made}").json
    assert (found["state"], found["expected"], found["items"][0]["code"]) == ("asked", 90, "GAMMA-ITEM")
    assert customer.post("/customer/promotions", json={**wish, "items": [9], "volume": 90}).status_code == 422
    service = customer.get("/customer/service").json
    assert (service["chosen"], service["late_lines"], len(service["lines"])) == ("2026-02", 1, 3)
    cells = [{"item": "GAMMA-ITEM", "month": "2026-04", "quantity": 40}]
    assert customer.patch("/customer/forecast/cells", json={"cells": cells}).json == {"changed": 1}
    assert customer.post("/customer/forecast/versions", json={}).json == {"number": 1}
    bad = customer.post("/customer/forecast/table-checks", json={"csv": "item,2026-04\nNONE,1"}).json
    assert (bad["changed"], bad["problems"][0]["value"]) == (0, "NONE")
    assert customer.post("/customer/forecast/tables", json={"csv": "item,2026-04\nGAMMA-ITEM,50"}).json["changed"] == 1
    filling = {"rule": "percent", "percent": 20, "items": [item["id"]]}
    assert customer.post("/customer/forecast/cells/filling", json=filling).json["changed"] == 1
    assert customer.post("/customer/forecast/versions", json={}).json == {"number": 2}
    (said,) = customer.items("/customer/forecast/versions/2/cells")
    assert (said["item"], said["month"], said["quantity"]) == ("GAMMA-ITEM", "2026-04-01", 60)
    compared = customer.get("/customer/forecast/comparison?older=1&newer=2").json
    assert (compared["cells"][0]["before"], compared["cells"][0]["after"]) == (40, 60)
    assert [each["lag"] for each in customer.get("/customer/forecast/accuracy").json["lags"]] == [1, 2, 3]
    (waiting,) = customer.items("/requests?kind=customer_forecast&status=pending")
    assert customer.post(f"/requests/{waiting['id']}/withdrawal").status_code == 200
    assert customer.get("/customer/forecast").json["draft"]["number"] == 2


def test_an_oem_follows_its_orders_and_answers_recipes(people: dict[str, ApiClient], ids: Trading) -> None:
    oem, path = people["oem"], f"/oem/production-orders/{ids['omega.running']}"
    assert [each["name"] for each in oem.get(path).json["milestones"] if each["reached"]] == [
        *("planned", "released", "started", "made")
    ]
    asked = oem.change(path, "priority-requests", {"due_on": LATER, "reason": "Not so urgent"})
    assert asked.status_code == 201, asked.text
    assert oem.get(path).json["asked"][0]["asked"]["due_on"] == LATER
    assert {each["reason"] for each in oem.items("/oem/risks")} <= {"material", "capacity"}
    (material,) = oem.items("/oem/materials")
    assert (material["code"], material["places"]) == ("MAT", [{"location": "Kuala Lumpur", "quantity": 40}])
    assert {each["number"] for each in oem.get("/oem/quality").json["orders"]} == {
        *("MO-OMEGA-done", "MO-OMEGA-late", "MO-OMEGA-running")
    }
    recipe = "/oem/recipe-changes/911"
    assert oem.get(recipe).json["changes"] == [{"what": "more", "component": "Own sugar"}]
    assert oem.change(recipe, "answer", {"answer": "objected"}).status_code == 422
    assert oem.change(recipe, "answer", {"answer": "acknowledged"}).json["answer"] == "acknowledged"
    assert one("select actor from recipe_acknowledgement where bom_id = 911") == ("Oem",)
    assert oem.patch(
        "/oem/forecast/cells", json={"cells": [{"item": "OMEGA-ITEM", "month": "2026-04", "quantity": 7}]}
    ).json == {"changed": 1}


def test_messages_carry_files_and_are_read_when_it_is_said(people: dict[str, ApiClient], ids: Trading) -> None:
    customer, planner = people["customer"], people["planner"]
    thread = f"/messages/sales_order/{ids['gamma.order']}"
    assert planner.post(thread, json={"body": "On its way"}).status_code == 201
    content = {"data": b"day,units\n2026-03-02,5\n", "content_type": "application/octet-stream"}
    assert customer.post(f"{thread}/files?name=plan.csv", **content).status_code == 201
    assert customer.post(f"{thread}/files?name=plan.csv", json={}).status_code == 415
    (file,) = planner.get(thread).json["messages"][-1]["files"]
    with planner.get(f"/files/{file['id']}") as sent:
        assert (sent.data, sent.headers["Content-Disposition"]) == (content["data"], "attachment; filename=plan.csv")
    assert people["customer2"].get(f"/files/{file['id']}").data == people["customer2"].get("/files/999999").data
    assert planner.get("/messages").json["items"][0]["unread"] == 1
    assert planner.post(f"{thread}/reading", json={}).status_code == 204
    assert planner.get("/messages").json["items"][0]["unread"] == 0
    refused = people["customer-viewer"].post(f"{thread}/files?name=a.csv", **content)
    assert refused.status_code == 403


def test_a_company_keeps_its_people_and_webhooks(people: dict[str, ApiClient], ids: Trading) -> None:
    oem = people["oem"]
    viewer_id = ids["person.oem-viewer"]
    changed = oem.change(f"/people/{viewer_id}", body={"level": "portal_user", "active": True}, method="PATCH")
    assert (changed.status_code, changed.json["level"]) == (200, "portal_user")
    stale = oem.open(
        "PATCH",
        f"/people/{viewer_id}",
        json={"level": "portal_admin", "active": True},
        headers={"If-Match": '"old"'},
    )
    assert stale.status_code == 412
    back = oem.change(f"/people/{viewer_id}", body={"level": "portal_viewer", "active": True}, method="PATCH")
    assert back.status_code == 200
    invited = oem.post("/invitations", json={"email": "new@oem.example", "name": "New", "level": "portal_user"})
    assert (invited.status_code, invited.json["email"]) == (201, "new@oem.example")
    (waiting,) = oem.items("/invitations")
    assert oem.delete(f"/invitations/{waiting['id']}").status_code == 204
    assert oem.items("/invitations") == []
    made = oem.post("/webhooks", json={"url": "https://erp.oem.example/in", "events": ["orders"]})
    assert made.json["secret"].startswith("whsec_")
    (webhook,) = oem.items("/webhooks")
    path = f"/webhooks/{webhook['id']}"
    assert oem.post(f"{path}/test").status_code == 202
    (delivery,) = oem.items("/webhook-deliveries")
    assert oem.post(f"/webhook-deliveries/{delivery['id']}/redelivery").status_code == 204
    assert [each["event"] for each in oem.items("/webhook-deliveries")] == ["test", "test"]
    assert oem.change(path, body={"active": False}, method="PATCH").json["active"] is False
    assert people["oem2"].delete(path).data == people["oem2"].delete("/webhooks/99999").data
    assert people["oem-viewer"].delete(path).status_code == 403
    assert oem.delete(path).status_code == 204
    assert oem.items("/webhooks") == []


# Who may, where, of which feature, and a body that its schema takes.
WRITES: list[tuple[str, str, str, str, Any]] = [
    ("customer", "POST", "/customer/order-lines/{gamma.open}/change-requests", "portal.customer.ordering", {}),
    ("customer", "POST", "/customer/order-templates", "portal.customer.ordering", {"name": "A", "lines": ...}),
    ("customer", "DELETE", "/customer/order-templates/1", "portal.customer.ordering", None),
    ("customer", "DELETE", f"/customer/order-holds/{KEY}", "portal.customer.ordering", None),
    (
        *("customer", "POST", "/customer/return-reports", "portal.customer.returns"),
        {"line_id": 1, "quantity": 1, "reason": "damaged"},
    ),
    (
        *("customer", "POST", "/customer/promotions", "portal.customer.promotions"),
        {"name": "A", "starts_on": SOON, "ends_on": LATER, "mechanic": "price", "items": [1], "volume": 1},
    ),
    ("customer", "POST", "/customer/forecast/cells/filling", "portal.customer.forecast", {"rule": "clear"}),
    ("customer", "POST", "/customer/forecast/tables", "portal.customer.forecast", {"csv": "item"}),
    ("oem", "POST", "/oem/forecast/cells/filling", "portal.oem.demand", {"rule": "clear"}),
    (
        *("oem", "POST", "/oem/production-orders/{omega.planned}/priority-requests", "portal.oem.priority"),
        {"reason": "A"},
    ),
    ("oem", "POST", "/oem/recipe-changes/911/answer", "portal.oem.changes", {"answer": "acknowledged"}),
    ("oem", "POST", "/webhooks", "portal.api", {"url": "https://a.example"}),
    ("oem", "DELETE", "/webhooks/1", "portal.api", None),
    ("oem", "POST", "/webhooks/1/test", "portal.api", None),
    ("oem", "POST", "/messages/general/-/files?name=a.csv", "portal.messages", b"a,b"),
]


def test_writes_need_the_level_the_kind_of_partner_and_the_feature(people: dict[str, ApiClient], ids: Trading) -> None:
    lines = [{"product_id": ids["gamma.item"], "count": 1, "wanted_on": SOON}]
    for name, method, place, feature, body in WRITES:
        path = place.replace("{gamma.open}", str(ids["gamma.open"])).replace(
            "{omega.planned}", str(ids["omega.planned"])
        )
        sent = body | {"lines": lines} if isinstance(body, dict) and "lines" in body else body
        more: dict[str, Any] = {} if sent is None else {"json": sent}
        if isinstance(sent, bytes):
            more = {"data": sent, "content_type": "application/octet-stream"}
        seen = people[name].get(path.rpartition("/")[0]).headers.get("ETag", '"x"')

        def status(who: str, *, method: str = method, path: str = path, seen: str = seen, more: Any = more) -> int:
            return people[who].open(method, path, headers={"If-Match": seen}, **more).status_code

        assert status(f"{name}-viewer") == 403, path
        if path.startswith(f"/{name}/"):
            assert status("oem" if name == "customer" else "customer") in (403, 404), path
        with withheld(ids["gamma" if name == "customer" else "omega"], feature):
            # Without the API as such nobody is known at its door.
            assert status(name) == (401 if feature == "portal.api" else 403), path


READS = (
    ("customer", "customer2", "/customer/order-lines", "portal.customer"),
    ("customer", "customer2", "/customer/orders", "portal.customer.ordering"),
    ("customer", "customer2", "/customer/returns", "portal.customer.returns"),
    ("customer", "customer2", "/customer/promotions", "portal.customer.promotions"),
    ("oem", "oem2", "/oem/production-orders", "portal.oem"),
    ("oem", "oem2", "/oem/recipe-changes", "portal.oem.changes"),
    ("oem", "oem2", "/people", ""),
    ("customer", "customer2", "/requests", "portal.messages"),
)


def test_b01_what_is_anothers_answers_like_what_is_not_there(people: dict[str, ApiClient], ids: Trading) -> None:
    for name, neighbour, path, feature in READS:
        own = [each["id"] for each in people[name].get(path).json["items"]]
        assert own, path
        foreign = people[neighbour].get(path).json["items"]
        assert not {each["id"] for each in foreign} & set(own)
        told = [people[neighbour].get(f"{path}/{each}") for each in (own[0], 10**9, 10**30)]
        assert {(each.status_code, each.data) for each in told} == {(404, told[0].data)}, path
        if feature:
            with withheld(ids["gamma" if name == "customer" else "omega"], feature):
                assert people[name].get(path).status_code == 403, path
                assert people[name].get(f"{path}/{own[0]}").status_code == 403, path
