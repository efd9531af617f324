"""The worker's side of the outbox, against a real SMTP server: once, again, never, not now, two at once, killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from mails import Postman, free_port, outbox_rows, smtp_server
from sqlalchemy import text
from trading import Trading, load

from core.errors import ConfigurationError, Unavailable
from core.settings import settings
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import mail_preferences, outbox
from services.accounts import operator
from services.mail_sending import BACK_OFF, send_due, tidy
from services.mail_server import mail_server

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Kuala Lumpur
EVENT = {"who": "Acme", "title": "Order PO-1", "detail": None, "href": "/portal/supplier/orders"}


@pytest.fixture(scope="module")
def company(server: Any, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Postman, str]]:
    postman = Postman()
    with smtp_server(postman) as url:
        yield postman, url


@pytest.fixture
def postman(company: Trading, running: tuple[Postman, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Postman]:
    """A fresh postman, an empty outbox, noon."""
    found, url = running
    found.__init__()  # type: ignore[misc]
    _point_at(monkeypatch, url)
    run("delete from mail_outbox", "delete from mail_quiet_hours")
    with time_machine.travel(NOON, tick=False):
        yield found
    settings.cache_clear()


def _point_at(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TANDEM_SMTP_URL", url)
    monkeypatch.setenv("TANDEM_MAIL_FROM", "Tandem <tandem@example.com>")
    settings.cache_clear()


def run(*statements: str) -> None:
    with owner_engine().begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def put(address: str | None = "ann@example.com", **options: Any) -> None:
    with session_scope(operator()) as session:
        outbox.send(session, address=address, template="order_sent", values=EVENT, **options)


def states() -> list[tuple[str, int]]:
    return [(row.state, row.tries) for row in outbox_rows()]


def test_a_mail_is_sent_once_and_its_values_are_forgotten(postman: Postman) -> None:
    put()
    assert [send_due(), send_due()] == [1, 0]
    (got,) = postman.got
    assert (got["To"], got["From"]) == ("ann@example.com", "Tandem <tandem@example.com>")
    assert got["Subject"] == "Order PO-1"
    body, page = got.get_body(("plain",)), got.get_body(("html",))
    assert body is not None
    assert page is not None
    assert f"{settings().public_url}/portal/supplier/orders" in body.get_content()
    assert "Acme has sent you an order" in page.get_content()
    (row,) = outbox_rows()
    assert (row.state, row.tries, row.values, row.sent_at) == ("sent", 1, {}, NOON)


def test_4xx_is_tried_again_later_and_then_sent(postman: Postman) -> None:
    postman.plan = ["451 come back", "452 no room"]
    put()
    assert [send_due(), send_due()] == [0, 0]
    (row,) = outbox_rows()
    assert (row.state, row.tries, row.due_at, row.last_error) == (
        *("waiting", 1, NOON + timedelta(minutes=1)),
        "451 come back",
    )
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert send_due() == 0
        assert outbox_rows()[0].due_at == NOON + timedelta(minutes=6)
    with time_machine.travel(NOON + timedelta(minutes=6), tick=False):
        assert send_due() == 1
    assert states() == [("sent", 3)]
    assert outbox_rows()[0].last_error is None
    assert len(postman.got) == 1


def test_5xx_fails_at_once_and_the_others_go(postman: Postman) -> None:
    postman.refused = {"gone@example.com": "550 no such person"}
    for address in ("gone@example.com", "ann@example.com"):
        put(address)
    assert send_due() == 1
    assert states() == [("failed", 1), ("sent", 1)]
    assert outbox_rows()[0].last_error == "550 no such person"


def test_after_the_last_try_a_mail_has_failed(postman: Postman) -> None:
    postman.plan = ["451 no"] * (len(BACK_OFF) + 1)
    put()
    at = NOON
    for wait in (timedelta(0), *BACK_OFF):
        at += wait
        with time_machine.travel(at, tick=False):
            send_due()
    assert states() == [("failed", len(BACK_OFF) + 1)]


def test_i22_a_dead_server_costs_one_try_and_no_action_is_blocked(
    postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(monkeypatch, f"smtp://127.0.0.1:{free_port()}?tls=none")
    put("ann@example.com")
    put("bob@example.com")
    assert send_due() == 0
    assert states() == [("waiting", 1), ("waiting", 0)]
    assert "127.0.0.1" in outbox_rows()[0].last_error


def test_without_a_server_mails_wait(postman: Postman, monkeypatch: pytest.MonkeyPatch) -> None:
    _point_at(monkeypatch, "")
    put()
    assert send_due() == 0
    assert states() == [("waiting", 0)]


def test_encryption_is_never_given_up(postman: Postman, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has no STARTTLS: a mail does not go in the clear instead."""
    _point_at(monkeypatch, settings().smtp_url.replace("none", "starttls"))
    put()
    assert send_due() == 0
    assert "STARTTLS" in outbox_rows()[0].last_error
    assert postman.got == []


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://h:port", "smtp://h?tls=maybe"])
def test_a_wrong_setting_is_told(postman: Postman, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    _point_at(monkeypatch, url)
    with pytest.raises(ConfigurationError, match="TANDEM_SMTP_URL"):
        mail_server()


def test_quiet_hours_wait_and_urgent_mails_do_not(
    postman: Postman, company: Trading, viewer_of: Callable[[str], Viewer]
) -> None:
    supplier = viewer_of("supplier")
    mail_preferences.choose(supplier, {}, quiet_from="11:00", quiet_until="13:30")
    put(None, to_user_id=supplier.user_id)
    put(None, to_user_id=supplier.user_id, urgent=True)
    assert send_due() == 1
    waiting, sent = outbox_rows()
    assert (waiting.state, waiting.due_at, waiting.tries) == ("waiting", NOON + timedelta(minutes=90), 0)
    assert sent.state == "sent"
    with time_machine.travel(NOON + timedelta(minutes=90), tick=False):
        assert send_due() == 1


@pytest.mark.parametrize(
    ("local", "hours", "ends"),
    [
        ("12:00", ("11:00", "13:00"), "13:00"),
        ("13:00", ("11:00", "13:00"), None),
        ("10:59", ("11:00", "13:00"), None),
        ("23:30", ("22:00", "07:00"), "07:00 tomorrow"),
        ("06:59", ("22:00", "07:00"), "07:00"),
        ("07:00", ("22:00", "07:00"), None),
        ("00:00", ("00:00", "23:59"), "23:59"),
    ],
)
def test_quiet_hours_end(local: str, hours: tuple[str, str], ends: str | None) -> None:
    from datetime import time
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Kuala_Lumpur")
    at = datetime.combine(datetime(2026, 3, 2), time.fromisoformat(local), tzinfo=zone)  # noqa: DTZ001
    begin, end = (time.fromisoformat(each) for each in hours)
    found = mail_preferences.quiet_until(at, (begin, end))
    if ends is None:
        assert found is None
        return
    clock, _blank, tomorrow = ends.partition(" ")
    day = at.date() + timedelta(days=bool(tomorrow))
    assert found == datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).astimezone(UTC)


def test_b13_who_may_not_read_it_any_more_gets_nothing(
    postman: Postman, company: Trading, viewer_of: Callable[[str], Viewer]
) -> None:
    from core.permissions import Permission

    people = [viewer_of(name).user_id for name in ("supplier", "supplier2", "customer", "planner")]
    for user_id in people:
        put(None, to_user_id=user_id, reader=Permission.SUPPLIER_PORTAL)
    run(
        f"update app_user set active = false where id = {people[0]}",
        f"update company set active = false where id = {company['beta']}",
    )
    try:
        assert send_due() == 0
    finally:
        run("update app_user set active = true", "update company set active = true")
    assert states() == [("cancelled", 0)] * 4
    assert postman.got == []


def test_two_workers_at_once_send_each_mail_once(postman: Postman) -> None:
    for number in range(12):
        put(f"p{number}@example.com")
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _worker: send_due(), range(3))) == 12
    assert sorted(str(got["To"]) for got in postman.got) == sorted(f"p{number}@example.com" for number in range(12))


def test_killed_between_the_server_and_the_database_the_mail_stays_and_keeps_its_name(postman: Postman) -> None:
    """The one moment in which a mail can come twice: the reader's program sees one Message-ID."""

    def kill(_message: object) -> None:
        postman.seen = None
        # Only this test's connections: the other workers use the same server.
        run(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where state = 'idle in transaction' and datname = current_database()"
        )

    postman.seen = kill
    put()
    with pytest.raises(Unavailable):
        send_due()
    assert states() == [("waiting", 0)]
    assert send_due() == 1
    assert len({str(got["Message-ID"]) for got in postman.got}) == 1
    assert states() == [("sent", 1)]


def test_old_news_is_taken_back_and_old_mails_are_forgotten(postman: Postman) -> None:
    put("sent@example.com")
    send_due()
    put("news@example.com", topic="orders")
    put("link@example.com")
    run(f"update mail_outbox set created_at = '{NOON}'")
    with time_machine.travel(NOON + timedelta(days=8), tick=False):
        assert tidy() == 0
    assert [row.state for row in outbox_rows()] == ["sent", "cancelled", "waiting"]
    with time_machine.travel(NOON + timedelta(days=91), tick=False):
        assert tidy() == 2
    assert [row.address for row in outbox_rows()] == ["link@example.com"]
