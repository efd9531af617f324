"""The outbox: seen, tried again, cancelled, tried out; the company's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mails import outbox_rows
from sqlalchemy import text
from visitor import Visitor

from callbacks.admin.mail import Ids
from core.settings import settings
from data.db import owner_engine, session_scope
from services import outbox
from services.accounts import operator


@pytest.fixture
def admin(database: Path, visitor: Callable[[str], Visitor]) -> Iterator[Visitor]:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from mail_outbox"))
    yield visitor("admin")
    settings.cache_clear()


def put(address: str = "ann@example.com") -> None:
    values = {"name": "Ann", "href": "/reset?token=SECRET", "until": "2026-03-02"}
    with session_scope(operator()) as session:
        outbox.send(session, address=address, template="reset", values=values)


def press(admin: Visitor, button: str, row: dict[str, Any] | None = None) -> Any:
    selected = [] if row is None else [row]
    return admin.press(button, {f"{Ids.mails}.selectedRows": selected, f"{Ids.state}.value": "-"})


def told(answer: Any) -> str:
    """The toast of an answer."""
    return str(answer.json["sideUpdate"]["shell--toasts"]["children"][0]["props"]["children"])


def shown(admin: Visitor, state: str = "-") -> dict[str, Any]:
    answer: dict[str, Any] = admin.call(f"{Ids.mails}.rowData", {f"{Ids.state}.value": state}).json["response"]
    return answer


def test_the_page_says_that_no_server_is_set_up_and_shows_no_link(admin: Visitor) -> None:
    put()
    assert "No mail server" in admin.layout("/admin/mail").text
    answer = shown(admin)
    assert "TANDEM_SMTP_URL" in answer[Ids.server_note]["children"]
    (row,) = answer[Ids.mails]["rowData"]
    assert (row["recipient"], row["state"], row["tries"]) == ("ann@example.com", "Waiting", 0)
    assert "SECRET" not in str(answer)
    assert shown(admin, "sent")[Ids.mails]["rowData"] == []


def test_a_failed_mail_is_tried_again_and_a_waiting_one_is_cancelled(admin: Visitor) -> None:
    put()
    with owner_engine().begin() as connection:
        connection.execute(text("update mail_outbox set state = 'failed', tries = 6, last_error = '550 no'"))
    (row,) = shown(admin)[Ids.mails]["rowData"]
    assert press(admin, Ids.retry, row).status_code == 200
    assert [(found.state, found.tries) for found in outbox_rows()] == [("waiting", 0)]
    assert press(admin, Ids.cancel, row).status_code == 200
    assert [(found.state, found.values) for found in outbox_rows()] == [("cancelled", {})]
    assert "cancelled already" in told(press(admin, Ids.retry, row))


def test_a_test_mail_needs_a_server(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No mail server" in told(press(admin, Ids.test))
    monkeypatch.setenv("TANDEM_SMTP_URL", "smtp://127.0.0.1:9?tls=none")
    monkeypatch.setenv("TANDEM_MAIL_FROM", "Tandem <tandem@example.com>")
    settings.cache_clear()
    assert "admin@demo.tandem.example" in press(admin, Ids.test).text
    assert [found.template for found in outbox_rows()] == ["test"]


def test_the_companys_clock(admin: Visitor) -> None:
    saved = admin.press(Ids.save_zone, {f"{Ids.zone}.value": "Europe/Berlin"})
    assert "Europe/Berlin" in saved.json["response"][Ids.zone_outcome]["children"]
    for odd in ("Nowhere/Land", None, 7):
        assert "choose one of the list" in told(admin.press(Ids.save_zone, {f"{Ids.zone}.value": odd}))


def test_nothing_is_chosen(admin: Visitor) -> None:
    assert told(press(admin, Ids.retry)) == "Select a mail first."
    for odd in (10**9, "x", None):
        assert press(admin, Ids.cancel, {"id": odd}).status_code == 404


@pytest.mark.parametrize("name", ["planner", "supplier"])
def test_only_who_manages_partners_sees_the_outbox(
    admin: Visitor, visitor: Callable[[str], Visitor], name: str
) -> None:
    assert press(visitor(name), Ids.cancel, {"id": 1}).status_code == 403
