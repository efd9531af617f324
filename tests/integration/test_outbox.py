"""Mail on its way out: written with its cause, rendered literally, no header smuggled in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from mails import outbox_rows
from sqlalchemy import text
from trading import Trading, load

from core.errors import InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import owner_engine, session_scope, sign_in_scope
from services import outbox
from services.accounts import operator
from services.mail_texts import render, templates

RESET = {"name": "Ann", "href": "/reset?token=abc", "until": "2026-03-02 12:00"}


@pytest.fixture(scope="module")
def company(server: object, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> object:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):  # type: ignore[attr-defined]
        yield load()


@pytest.fixture(autouse=True)
def empty(company: Trading) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from mail_outbox"))


def test_a_mail_is_written_with_its_cause_or_not_at_all() -> None:
    with sign_in_scope() as session:
        assert outbox.send(session, address="ann@example.com", template="reset", values=RESET, urgent=True)
    with suppress(KeyError), session_scope(operator()) as session:
        outbox.send(session, address="bob@example.com", template="reset", values=RESET)
        raise KeyError("the cause failed")
    assert [row.address for row in outbox_rows()] == ["ann@example.com"]


def test_of_two_mails_with_one_key_the_first_stays() -> None:
    with sign_in_scope() as session:
        sent = [
            outbox.send(session, address=f"{name}@example.com", template="reset", values=RESET, dedupe_key="k")
            for name in ("ann", "bob")
        ]
    assert sent[0] is not None
    assert sent[1] is None
    assert len(outbox_rows()) == 1


def test_a_partners_session_writes_and_reads_no_mail(viewer_of: Callable[[str], Viewer]) -> None:
    supplier = viewer_of("supplier")
    with pytest.raises(NotAllowed), session_scope(supplier) as session:
        outbox.send(session, address="ann@example.com", template="reset", values=RESET)
    with pytest.raises(NotAllowed), session_scope(supplier) as session:
        session.execute(text("select id from mail_outbox"))
    assert outbox_rows() == []


@pytest.mark.parametrize(
    "address",
    [
        *("", "ann", "ann@", "ann@example", "ann@example.com\nBcc: x@example.com", "ann@example.com, bob@example.com"),
        *("Ann <ann@example.com>", "ann@exa mple.com", "ann\r@example.com", "ä@example.com", f"a@{'b' * 300}.com"),
    ],
)
def test_f12_what_is_no_single_address_gets_no_mail(address: str) -> None:
    with pytest.raises(InvalidInput), sign_in_scope() as session:
        outbox.send(session, address=address, template="reset", values=RESET)


def test_f12_no_line_break_gets_into_the_subject() -> None:
    values = {"who": "Eve", "title": "PO 1\r\nBcc: all@example.com\u2028x", "detail": None, "href": "/portal"}
    assert render("event", values).subject == "PO 1 Bcc: all@example.com x"


def test_f10_what_fills_a_template_is_never_a_template_itself() -> None:
    odd = "{{7*7}} {% include 'x' %} %(who)s <b>"
    mail = render("message", {"who": odd, "title": odd, "detail": odd, "href": "/portal/messages"})
    assert odd in mail.subject
    assert mail.text.count(odd) == 3
    assert "<b>" not in mail.html
    assert mail.html.count("{{7*7}} {% include &#39;x&#39; %} %(who)s &lt;b&gt;") == 4


@pytest.mark.parametrize(
    "href", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_f10_a_link_leads_nowhere_else(href: str) -> None:
    mail = render("reset", {**RESET, "href": href})
    assert "evil" not in mail.text + mail.html
    assert "javascript" not in mail.html


def test_a_value_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(InvalidInput, match="until"), sign_in_scope() as session:
        outbox.send(session, address="ann@example.com", template="reset", values={"name": "Ann", "href": "/x"})
    with pytest.raises(KeyError), sign_in_scope() as session:
        outbox.send(session, address="ann@example.com", template="no such", values={})


FILLED = {
    "invitation": RESET | {"who": "Ann", "company": "Acme"},
    "reset": RESET,
    "security": {"name": "Ann", "title": "T", "detail": "D", "href": "/account"},
    "reminder": {"name": "Ann", "title": "T", "lines": ["one", "two"], "href": "/portal"},
    "digest": {"name": "Ann", "entries": [{"title": "T", "detail": "D", "href": "/portal"}]},
    "test": {"name": "Ann"},
    **{
        name: {"who": "Acme", "title": "T", "detail": "D", "href": "/portal"}
        for name in ("event", "order_sent", "order_changed", "answer_decided", "request_decided", "message")
    },
}


def test_every_template_can_be_filled() -> None:
    assert set(FILLED) == templates()
    for name, values in FILLED.items():
        mail = render(name, values)
        assert mail.subject
        assert mail.text.endswith("\n")
        assert mail.html.rstrip().endswith("</html>")
