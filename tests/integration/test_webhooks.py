"""Webhooks: told what concerns their company, signed, again until taken, the neighbour's never seen."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hooks import Listener, listening
from sqlalchemy import text
from trading import Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.settings import PROJECT, settings
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import webhook_sending, webhooks
from services.mail_sending import BACK_OFF
from services.partner_events import PartnerEvent, announce

ViewerOf = Callable[[str], Viewer]
# Later than the clock of the database, by which a delivery is due from the moment it is made.
NOON = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
SENT = PartnerEvent("purchase_order.sent", "purchase_order", 7, "Order PO-ALPHA", "/portal/supplier/orders")


@pytest.fixture(scope="module")
def company(server: Any, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture(scope="module")
def running() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def listener(company: Trading, running: Listener, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setenv("TANDEM_WEBHOOKS_TO_ANYWHERE", "yes")
    settings.cache_clear()
    run("delete from webhook", "delete from partner_event", "delete from company_withheld")
    running.plan, running.got = [], []
    with time_machine.travel(NOON, tick=False):
        yield running
    settings.cache_clear()


def run(statement: str, *more: str) -> list[Any]:
    with owner_engine().begin() as connection:
        for each in more:
            connection.execute(text(each))
        found = connection.execute(text(statement))
        return list(found) if found.returns_rows else []


def say(viewer_of: ViewerOf, company_id: int, event: PartnerEvent = SENT, *, by: str = "planner") -> None:
    viewer = viewer_of(by)
    with session_scope(viewer) as session:
        announce(session, viewer, company_id, event)


def stored() -> list[tuple[str, int, int | None]]:
    return [tuple(row) for row in run("select state, tries, response_code from webhook_delivery order by id")]


def test_a_delivery_is_signed_and_sent_once(company: Trading, viewer_of: ViewerOf, listener: Listener) -> None:
    secret = webhooks.add(viewer_of("supplier"), listener.url, [])
    say(viewer_of, company["alpha"])
    assert [webhook_sending.look(), webhook_sending.look()] == [1, 0]
    ((_path, headers, body),) = listener.got
    told = json.loads(body)
    assert (told["type"], told["title"], told["by"]) == ("purchase_order.sent", "Order PO-ALPHA", "company")
    assert told["link"].endswith("/portal/supplier/orders")
    at = int(NOON.timestamp())
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Tandem-Signature"] == f"t={at},v1={proof}"
    assert stored() == [("delivered", 1, 200)]
    assert secret not in str(run("select sealed_secret from webhook"))


def test_the_snippet_of_the_guide_tells_true_from_forged_and_from_old(
    company: Trading, viewer_of: ViewerOf, listener: Listener
) -> None:
    guide = (PROJECT / "docs/guide/webhooks.md").read_text()
    names: dict[str, Any] = {}
    exec(guide.partition("```python\n")[2].partition("```")[0], names)
    genuine = names["is_from_tandem"]
    secret = webhooks.add(viewer_of("supplier"), listener.url, [])
    say(viewer_of, company["alpha"])
    webhook_sending.look()
    ((_path, headers, body),) = listener.got
    header = headers["Tandem-Signature"]
    assert genuine(secret, header, body)
    assert not genuine("whsec_other", header, body)
    assert not genuine(secret, header, body + b" ")
    assert not genuine(secret, header.replace("t=", "t=1"), body)
    assert not genuine(secret, "", body)
    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        assert not genuine(secret, header, body), "a replay"


def test_each_try_is_signed_with_its_own_time(company: Trading, viewer_of: ViewerOf, listener: Listener) -> None:
    """Who keeps a replay window of five minutes takes a delivery that is tried again hours later."""
    listener.plan = [500]
    webhooks.add(viewer_of("supplier"), listener.url, [])
    say(viewer_of, company["alpha"])
    assert webhook_sending.look() == 0
    assert stored() == [("waiting", 1, 500)]
    with time_machine.travel(NOON + BACK_OFF[0], tick=False):
        assert webhook_sending.look() == 1
    first, second = (headers for _path, headers, _body in listener.got)
    assert first["Tandem-Delivery"] == second["Tandem-Delivery"]
    assert second["Tandem-Signature"].startswith(f"t={int((NOON + BACK_OFF[0]).timestamp())},")


def test_b20_a_company_hears_of_itself_only_and_the_own_company_of_all(
    company: Trading, viewer_of: ViewerOf, listener: Listener
) -> None:
    for name in ("supplier", "supplier2", "customer"):
        webhooks.add(viewer_of(name), f"{listener.url}/{name}", [])
    run(f"insert into webhook (company_id, url, sealed_secret) select {company['own']}, '{listener.url}/own', "
        "sealed_secret from webhook limit 1")  # fmt: skip
    say(viewer_of, company["alpha"])
    say(viewer_of, company["beta"], by="supplier2")
    webhook_sending.look()
    paths = sorted(path for path, *_rest in listener.got)
    assert paths == ["/hook/own", "/hook/own", "/hook/supplier", "/hook/supplier2"]


@pytest.mark.parametrize(
    "away",
    [
        "update company set active = false where name like 'Alpha%'",
        "insert into company_withheld (company_id, permission) select id, 'portal.supplier' from company",
        "insert into company_withheld (company_id, permission) select id, 'portal.api' from company",
    ],
    ids=["suspended company", "withheld feature", "withheld webhooks"],
)
def test_b13_who_may_not_know_is_not_told(company: Trading, viewer_of: ViewerOf, listener: Listener, away: str) -> None:
    webhooks.add(viewer_of("supplier"), listener.url, [])
    say(viewer_of, company["alpha"])
    run(away)
    try:
        webhook_sending.look()
    finally:
        run("update company set active = true")
    assert listener.got == []


def test_only_the_kinds_of_news_that_were_chosen(company: Trading, viewer_of: ViewerOf, listener: Listener) -> None:
    webhooks.add(viewer_of("supplier"), listener.url, ["messages"])
    say(viewer_of, company["alpha"])
    webhook_sending.look()
    assert listener.got == []


def test_after_too_many_failures_a_webhook_is_switched_off(
    company: Trading, viewer_of: ViewerOf, listener: Listener
) -> None:
    supplier = viewer_of("supplier")
    webhooks.add(supplier, listener.url, [])
    for _event in range(webhook_sending.ALLOWED_FAILURES + 1):
        say(viewer_of, company["alpha"])
    webhook_sending.look()
    run(f"update webhook_delivery set state = 'waiting', ended_at = null, due_at = '{NOON}', tries = {len(BACK_OFF)}")
    listener.plan = [500] * webhook_sending.ALLOWED_FAILURES
    webhook_sending.look()
    (found,) = webhooks.webhooks(supplier)
    assert not found["active"]
    assert "10 deliveries" in found["disabled_reason"]
    assert {state for state, *_rest in stored()} == {"failed"}
    webhooks.switch(supplier, found["id"], active=True)
    webhooks.redeliver(supplier, webhooks.deliveries(supplier)[0]["id"])
    assert webhook_sending.look() == 1


def test_two_workers_deliver_once(company: Trading, viewer_of: ViewerOf, listener: Listener) -> None:
    webhooks.add(viewer_of("supplier"), listener.url, [])
    for _event in range(6):
        say(viewer_of, company["alpha"])
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _worker: webhook_sending.look(), range(3))) == 6
    assert len(listener.got) == 6


def test_b01_the_neighbours_webhook_is_one_that_is_not_there(viewer_of: ViewerOf, listener: Listener) -> None:
    supplier, other = viewer_of("supplier"), viewer_of("supplier2")
    webhooks.add(supplier, listener.url, [])
    (own,) = webhooks.webhooks(supplier)
    webhooks.send_test(supplier, own["id"])
    (sent,) = webhooks.deliveries(supplier)
    assert (webhooks.webhooks(other), webhooks.deliveries(other)) == ([], [])
    with session_scope(other) as session:
        assert session.execute(text("select id from webhook union all select id from webhook_delivery")).all() == []
        assert session.scalar(text("select tandem_delete_webhook(:id)"), {"id": own["id"]}) is False
    for webhook_id in (own["id"], 10**9, "x", None):
        with pytest.raises(NotFound, match=r"There is no such webhook\."):
            webhooks.remove(other, webhook_id)
    for delivery_id in (sent["id"], 10**9):
        with pytest.raises(NotFound, match=r"There is no such delivery\."):
            webhooks.redeliver(other, delivery_id)
    webhooks.remove(supplier, own["id"])
    assert webhooks.webhooks(supplier) == []


def test_nobody_of_a_partner_reads_the_secret(viewer_of: ViewerOf) -> None:
    with pytest.raises(NotAllowed), session_scope(viewer_of("supplier")) as session:
        session.execute(text("select sealed_secret from webhook"))


@pytest.mark.parametrize("name", ["supplier-viewer", "planner", "executive"])
def test_who_does_not_look_after_the_company_changes_nothing(
    viewer_of: ViewerOf, name: str, listener: Listener
) -> None:
    with pytest.raises(NotAllowed):
        webhooks.add(viewer_of(name), listener.url, [])


def test_an_address_once_and_kinds_of_the_list(viewer_of: ViewerOf, listener: Listener) -> None:
    supplier = viewer_of("supplier")
    webhooks.add(supplier, listener.url, ["orders"])
    with pytest.raises(Conflict):
        webhooks.add(supplier, listener.url, [])
    with pytest.raises(InvalidInput):
        webhooks.add(supplier, f"{listener.url}/2", ["no such"])
