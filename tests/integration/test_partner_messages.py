"""Threads between the company and a partner: who reads what, what stays inside, what counts as read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from core.errors import InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import attachments, partner_messages
from services.accounts import operator

ViewerOf = Callable[[str], Viewer]
ORDER = "purchase_order"


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture(autouse=True)
def _silence(ids: Trading) -> Iterator[None]:
    yield
    with owner_engine().begin() as connection:
        for table in ("partner_message", "partner_message_read", "attachment", "partner_event", "notification"):
            connection.execute(text(f"delete from {table}"))


def bodies(viewer: Viewer, order: int) -> list[str]:
    return [each.body for each in partner_messages.thread(viewer, ORDER, order).messages]


def test_both_sides_write_into_one_thread(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier, planner, order = viewer_of("supplier"), viewer_of("planner"), ids["alpha.order"]
    partner_messages.say(supplier, ORDER, order, "Can it be later?")
    (listed,) = partner_messages.threads(planner)
    assert (listed.title, listed.unread, listed.company) == ("Purchase order PO-ALPHA", 1, "Alpha Sdn Bhd")
    found = partner_messages.thread(planner, ORDER, str(order))
    assert [(each.body, each.by_partner, each.mine) for each in found.messages] == [("Can it be later?", True, False)]
    assert partner_messages.unread(planner) == 0, "what was opened is read"
    assert partner_messages.unread(viewer_of("executive")) == 1, "by that person only"
    partner_messages.say(planner, ORDER, order, "Yes.")
    assert partner_messages.unread(supplier) == 1
    assert bodies(supplier, order) == ["Can it be later?", "Yes."]


def test_internal_notes_never_cross(ids: Trading, viewer_of: ViewerOf) -> None:
    """The database keeps them back: no count, no preview, no search and no direct SQL tells of one."""
    supplier, planner, order = viewer_of("supplier"), viewer_of("planner"), ids["alpha.order"]
    partner_messages.say(planner, ORDER, order, "Their price is too high", internal=True)
    assert partner_messages.threads(supplier) == []
    partner_messages.say(planner, ORDER, order, "Good morning")
    partner_messages.send_file(
        planner, ORDER, order, io.BytesIO(b"price,limit\n1,2\n"), file_name="limits.csv", internal="yes"
    )
    (listed,) = partner_messages.threads(supplier)
    assert (listed.messages, listed.last, bodies(supplier, order)) == (1, "Good morning", ["Good morning"])
    assert partner_messages.threads(supplier, search="price") == []
    assert bodies(planner, order) == ["Their price is too high", "Good morning", "limits.csv"]
    with session_scope(supplier) as session:
        assert session.scalar(text("select count(id) from partner_message")) == 1
        assert session.scalar(text("select count(id) from attachment")) == 0
        assert session.scalars(text("select detail from partner_event")).all() == ["Good morning"]
    partner_messages.say(supplier, ORDER, order, "Mine", internal=True)
    assert bodies(supplier, order)[-1] == "Mine", "a partner has no internal notes"


def test_b01_foreign_and_unknown_things_answer_alike(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    asked = [
        (ORDER, ids["beta.order"]),
        (ORDER, ids["alpha.draft"]),
        (ORDER, 10**9),
        (ORDER, None),
        ("sales_order", ids["gamma.order"]),
        ("production_order", ids["omega.late"]),
        ("submission", 1),
        ("supplier", 1),
        (None, None),
    ]
    told = set()
    for about, wanted in asked:
        for act in (
            lambda: partner_messages.thread(supplier, about, wanted),  # noqa: B023
            lambda: partner_messages.say(supplier, about, wanted, "x"),  # noqa: B023
            lambda: partner_messages.send_file(supplier, about, wanted, io.BytesIO(b"a,b"), file_name="x"),  # noqa: B023
        ):
            with pytest.raises(NotFound) as refused:
                act()
            told.add(str(refused.value))
    for company in (ids["own"], 10**9, None):
        with pytest.raises(NotFound) as refused:
            partner_messages.say(planner, "general", None, "x", company_id=company)
        told.add(str(refused.value))
    assert told == {"There is nothing here to write about."}


def test_neighbours_see_nothing(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier, neighbour, order = viewer_of("supplier"), viewer_of("supplier2"), ids["alpha.order"]
    partner_messages.say(supplier, ORDER, order, "Secret")
    partner_messages.say(viewer_of("planner"), "general", None, "Hello", company_id=str(ids["alpha"]))
    assert partner_messages.threads(neighbour) == partner_messages.threads(viewer_of("customer")) == []
    assert {each.title for each in partner_messages.threads(supplier)} == {"General", "Purchase order PO-ALPHA"}
    assert partner_messages.thread(neighbour, "general", None, ids["alpha"]).messages == []
    with session_scope(neighbour) as session:
        for table, column in (("partner_message", "id"), ("partner_message_read", "last_id")):
            seen = session.scalar(
                text(f"select count({column}) from {table} where company_id = :id"), {"id": ids["alpha"]}
            )
            assert seen == 0
    forged = (
        "insert into partner_message (company_id, subject, body, user_id, author, by_partner) "
        "values (:c, 'general', 'x', :u, 'x', :p)"
    )
    own = {"c": supplier.company_id, "u": supplier.user_id, "p": True}
    for changed in ({"c": ids["beta"]}, {"u": ids["person.supplier-colleague"]}, {"p": False}):
        with pytest.raises(NotAllowed), session_scope(supplier) as session:
            session.execute(text(forged), own | changed)


def test_levels_and_withheld_features(ids: Trading, viewer_of: ViewerOf) -> None:
    order = ids["alpha.order"]
    partner_messages.say(viewer_of("planner"), ORDER, order, "Hello")
    reader = viewer_of("supplier-viewer")
    assert bodies(reader, order) == ["Hello"]
    with pytest.raises(NotAllowed):
        partner_messages.say(reader, ORDER, order, "x")
    with pytest.raises(NotAllowed):
        partner_messages.send_file(reader, ORDER, order, io.BytesIO(b"a,b"), file_name="x")
    with owner_engine().begin() as connection:
        connection.execute(text("insert into company_withheld values (:id, 'portal.messages')"), {"id": ids["alpha"]})
    closed = viewer_of("supplier")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from company_withheld"))
    for act in (partner_messages.threads, partner_messages.unread):
        with pytest.raises(NotAllowed):
            act(closed)
    with pytest.raises(NotAllowed):
        partner_messages.partner_companies(viewer_of("supplier"))


@pytest.mark.parametrize(
    "body", ["", "  ", None, 5, "x" * (partner_messages.LONGEST + 1)], ids=["none", "blank", "null", "figure", "long"]
)
def test_a_message_has_words(ids: Trading, viewer_of: ViewerOf, body: object) -> None:
    with pytest.raises(InvalidInput):
        partner_messages.say(viewer_of("supplier"), ORDER, ids["alpha.order"], body)


def test_what_is_unclear_is_not_sent(ids: Trading, viewer_of: ViewerOf) -> None:
    for odd in ("no", 5, [], {}, [[{}]]):
        with pytest.raises(UserError):
            partner_messages.say(viewer_of("planner"), ORDER, ids["alpha.order"], "x", internal=odd)
    assert bodies(viewer_of("planner"), ids["alpha.order"]) == []


def test_files_stand_in_the_thread(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier, order = viewer_of("supplier"), ids["alpha.order"]
    partner_messages.send_file(supplier, ORDER, order, io.BytesIO(b"lot,days\nL1,3\n"), file_name="lots.csv")
    (message,) = partner_messages.thread(viewer_of("planner"), ORDER, order).messages
    assert [file.file_name for file in message.files] == ["lots.csv"]
    assert attachments.fetch(viewer_of("supplier-viewer"), message.files[0].id)[2] == "lots.csv"


def inbox(name: str, ids: Trading) -> list[tuple[str, str]]:
    with owner_engine().connect() as connection:
        statement = text("select kind, title from notification where user_id = :id and done_at is null")
        return [tuple(row) for row in connection.execute(statement, {"id": ids[f"person.{name}"]})]


def test_those_concerned_inside_are_told(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier, planner, order = viewer_of("supplier"), viewer_of("planner"), ids["alpha.order"]
    partner_messages.say(planner, ORDER, order, "A word, @analyst and @supplier.", internal=True)
    assert inbox("analyst", ids) == [("mention", "Planner names you: Purchase order PO-ALPHA")]
    partner_messages.say(supplier, ORDER, order, "We need @executive")
    assert inbox("executive", ids) == [], "a partner's transaction writes into nobody's inbox"
    assert partner_messages.tell_inside(operator()) == 1
    assert inbox("executive", ids) == [("mention", "Alpha Sdn Bhd names you in a message")]
    assert inbox("planner", ids) == [("task", "Message of Alpha Sdn Bhd")]
    assert partner_messages.tell_inside(operator()) == 0
    bodies(planner, order)
    assert inbox("planner", ids) == []


def test_b20_partners_hear_of_what_is_meant_for_them(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, order = viewer_of("planner"), ids["alpha.order"]
    partner_messages.say(planner, ORDER, order, "Ship it")
    with owner_engine().connect() as connection:
        told = connection.execute(text("select company_id, title, detail, href from partner_event")).all()
    href = f"/portal/messages?about=purchase_order&id={order}"
    assert [tuple(row) for row in told] == [(ids["alpha"], "New message: Purchase order PO-ALPHA", "Ship it", href)]
