"""A supplier's lists, confirmations and counter-proposals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from services import supplier_orders
from services.supplier_lines import OrderLine

ViewerOf = Callable[[str], Viewer]
SOON = str(TODAY + timedelta(20))


@pytest.fixture(autouse=True)
def _fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())


@pytest.fixture(scope="module")
def shared(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """For tests that change nothing."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture
def ids(empty_database: Path) -> Trading:
    """For tests that change something."""
    return load()


@pytest.fixture
def supplier(viewer_of: ViewerOf, request: pytest.FixtureRequest) -> Viewer:
    request.getfixturevalue("ids" if "ids" in request.fixturenames else "shared")
    return viewer_of("supplier")


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("to_confirm", ["past", "soon", "week", "later"]),
        ("waiting", []),
        ("overdue", ["past", "late"]),
        ("open", ["past", "late", "soon", "week", "confirmed", "later"]),
        ("all", ["later", "confirmed", "week", "cancelled", "soon", "late", "past", "received"]),
        ("nonsense", ["past", "late", "soon", "week", "confirmed", "later"]),
    ],
)
def test_lists_hold_own_sent_lines_fewest_days_left_first(
    shared: Trading, supplier: Viewer, show: str, names: list[str]
) -> None:
    found = supplier_orders.lines(supplier, show=show)
    assert [line.id for line in found.lines] == [shared[f"alpha.{name}"] for name in names]
    assert found.total == len(names)


def test_counts_split_what_is_to_confirm_by_days_left(shared: Trading, supplier: Viewer) -> None:
    to_do = supplier_orders.lines(supplier).to_do
    assert (to_do.to_confirm, to_do.by_days_left) == (4, (1, 1, 1, 1))
    assert (to_do.waiting, to_do.waiting_since) == (0, None)
    assert (to_do.overdue, to_do.overdue_since) == (2, TODAY - timedelta(4))


@pytest.mark.parametrize(("search", "count"), [("po-alpha", 6), ("ITEM OF", 6), ("%", 0), ("no such", 0), ("", 6)])
def test_search_finds_part_of_order_number_or_item(shared: Trading, supplier: Viewer, search: str, count: int) -> None:
    assert supplier_orders.lines(supplier, search=search).total == count


def test_list_is_cut_but_tells_its_length(shared: Trading, supplier: Viewer) -> None:
    found = supplier_orders.lines(supplier, show="all", limit=2)
    assert (len(found.lines), found.total) == (2, 8)


def test_confirmation_waits_for_the_buyer_and_changes_no_plan(ids: Trading, supplier: Viewer) -> None:
    line_id = ids["alpha.soon"]
    before = stored_line(line_id)
    answer = supplier_orders.confirm(supplier, line_id, 1)
    found = supplier_orders.line(supplier, line_id)
    assert found.line.state == "waiting"
    assert [(a.id, a.kind, a.quantity, a.promised_on, a.status, a.answered_by) for a in found.answers] == [
        (answer, "confirm", 100, TODAY + timedelta(2), "pending", "Supplier")
    ]
    assert stored_line(line_id) == before
    to_do = supplier_orders.lines(supplier).to_do
    assert (to_do.to_confirm, to_do.waiting) == (3, 1)


def test_every_answer_is_audited_in_the_suppliers_name_and_renews_figures(ids: Trading, supplier: Viewer) -> None:
    line_id = ids["alpha.soon"]
    supplier_orders.confirm(supplier, line_id, 1)
    propose(supplier, line_id, reason="Kiln repair")
    trail = audit_trail(line_id)
    assert [(e.action, e.actor, e.company_id, e.reason) for e in trail] == [
        ("supplier_answer.confirm", supplier.email, ids["alpha"], None),
        ("supplier_answer.counter", supplier.email, ids["alpha"], "Kiln repair"),
    ]
    assert trail[1].before["kind"] == "confirm"
    assert trail[1].after["quantity"] == "80"
    assert trail[1].after["promised_on"] == SOON
    with owner_engine().connect() as connection:
        assert connection.execute(text("select version from data_version where subject = 'orders'")).scalar_one() == 2


def test_newer_answer_takes_the_place_of_one_that_waits(ids: Trading, supplier: Viewer) -> None:
    line_id = ids["alpha.later"]
    propose(supplier, line_id, quantity=80)
    second = propose(supplier, line_id, quantity="90.5")
    answers = supplier_orders.line(supplier, line_id).answers
    assert [(a.status, float(a.quantity)) for a in answers] == [("pending", 90.5), ("superseded", 80)]
    assert answers[0].id == second
    assert supplier_orders.lines(supplier).to_do.waiting == 1


def test_counter_proposal_can_be_withdrawn_by_confirming(ids: Trading, supplier: Viewer) -> None:
    propose(supplier, ids["alpha.later"])
    supplier_orders.confirm(supplier, ids["alpha.later"], 1)
    assert [a.kind for a in supplier_orders.line(supplier, ids["alpha.later"]).answers] == ["confirm", "counter"]


def test_confirmed_line_can_be_promised_for_another_day(ids: Trading, supplier: Viewer) -> None:
    propose(supplier, ids["alpha.confirmed"], quantity=100)
    assert supplier_orders.line(supplier, ids["alpha.confirmed"]).line.state == "waiting"


def test_answer_sent_twice_is_one_answer(ids: Trading, supplier: Viewer) -> None:
    first = propose(supplier, ids["alpha.later"])
    assert propose(supplier, ids["alpha.later"], seen_answer=0) == first
    assert len(supplier_orders.line(supplier, ids["alpha.later"]).answers) == 1
    assert len(audit_trail(ids["alpha.later"])) == 1


def test_twenty_clicks_at_once_are_one_answer(ids: Trading, supplier: Viewer) -> None:
    start = Barrier(8)

    def click(_number: int) -> int:
        start.wait()
        return supplier_orders.confirm(supplier, ids["alpha.soon"], 1, seen_answer=0)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(click, range(8)))
    assert len(answers) == 1
    assert [a.status for a in supplier_orders.line(supplier, ids["alpha.soon"]).answers] == ["pending"]


def test_colleagues_who_answer_differently_at_once_lose_nothing(ids: Trading, viewer_of: ViewerOf) -> None:
    start = Barrier(2)

    def answer(name: str, quantity: int) -> object:
        start.wait()
        try:
            return propose(viewer_of(name), ids["alpha.later"], quantity=quantity, seen_answer=0)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(answer, ("supplier", "supplier-colleague"), (70, 90)))
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert len(supplier_orders.line(viewer_of("supplier"), ids["alpha.later"]).answers) == 1


def test_answer_of_a_colleague_is_not_replaced_unseen(ids: Trading, supplier: Viewer, viewer_of: ViewerOf) -> None:
    propose(supplier, ids["alpha.later"])
    with pytest.raises(Conflict, match="colleague"):
        supplier_orders.confirm(viewer_of("supplier-colleague"), ids["alpha.later"], 1, seen_answer=0)


def test_line_changed_by_the_buyer_is_shown_before_it_is_answered(ids: Trading, supplier: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("update purchase_order_line set quantity = 120, version = 2 where id = :id"), {"id": ids["alpha.soon"]}
        )
    with pytest.raises(Conflict, match="now 120 KG"):
        supplier_orders.confirm(supplier, ids["alpha.soon"], 1)
    supplier_orders.confirm(supplier, ids["alpha.soon"], 2)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"quantity": 0}, "more than 0"),
        ({"quantity": -5}, "more than 0"),
        ({"quantity": 1000.5}, "10 times the 100 KG ordered"),
        ({"quantity": "1e3"}, "Quantity: enter a number"),
        ({"quantity": "1_0"}, "Quantity: enter a number"),
        ({"quantity": "٣"}, "Quantity: enter a number"),
        ({"quantity": float("nan")}, "Quantity: enter a number"),
        ({"quantity": None}, "Quantity: enter a number"),
        ({"quantity": True}, "Quantity: enter a number"),
        ({"quantity": [80]}, "Quantity: enter a number"),
        ({"quantity": "80.12345"}, "Quantity: enter a number"),
        ({"promised_on": str(TODAY - timedelta(1))}, "is past"),
        ({"promised_on": "2126-03-02"}, "Check the year"),
        ({"promised_on": "2026-02-30"}, "Date: enter a date"),
        ({"promised_on": "20260320"}, "Date: enter a date"),
        ({"promised_on": None}, "Date: enter a date"),
        ({"reason": "  "}, "Reason: write a few words"),
        ({"reason": None}, "Reason: write a few words"),
        ({"reason": "\x00\u200b"}, "Reason: write a few words"),
        ({"reason": "x" * 501}, "at most 500"),
        ({"quantity": 100, "promised_on": str(TODAY + timedelta(30))}, "Confirm as ordered"),
    ],
)
def test_wrong_proposals_are_refused_with_the_field_that_is_wrong(
    shared: Trading, supplier: Viewer, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        propose(supplier, shared["alpha.later"], **changed)
    assert supplier_orders.line(supplier, shared["alpha.later"]).answers == []


@pytest.mark.parametrize(("name", "message"), [("received", "received"), ("cancelled", "cancelled")])
def test_closed_lines_take_no_answer(shared: Trading, supplier: Viewer, name: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        supplier_orders.confirm(supplier, shared[f"alpha.{name}"], 1)
    with pytest.raises(InvalidInput, match=message):
        propose(supplier, shared[f"alpha.{name}"])


def test_passed_date_cannot_be_confirmed(ids: Trading, supplier: Viewer) -> None:
    with pytest.raises(InvalidInput, match="is past"):
        supplier_orders.confirm(supplier, ids["alpha.past"], 1)
    propose(supplier, ids["alpha.past"])


def test_less_than_has_been_delivered_cannot_be_proposed(ids: Trading, supplier: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("update purchase_order_line set received_quantity = 60 where id = :id"), {"id": ids["alpha.late"]}
        )
    with pytest.raises(InvalidInput, match="60 have been delivered"):
        propose(supplier, ids["alpha.late"], quantity=50)


@pytest.mark.parametrize("foreign", ["beta.soon", "alpha.unsent", "beta.unsent"])
@pytest.mark.parametrize("call", ["line", "confirm", "counter"])
def test_foreign_and_unsent_lines_answer_as_unknown_ones(
    shared: Trading, supplier: Viewer, foreign: str, call: str
) -> None:
    calls: dict[str, Callable[[object], object]] = {
        "line": lambda line_id: supplier_orders.line(supplier, line_id),
        "confirm": lambda line_id: supplier_orders.confirm(supplier, line_id, 1),
        "counter": lambda line_id: propose(supplier, line_id),
    }
    texts = set()
    for line_id in (shared[foreign], 999_999_999, 2**63, 2**80, -1, 0, "1", 1.5, None, True, [1], {"id": 1}):
        with pytest.raises(NotFound) as error:
            calls[call](line_id)
        texts.add(error.value.message)
    assert len(texts) == 1


@pytest.mark.parametrize("name", ["planner", "executive", "customer", "oem"])
def test_only_suppliers_have_the_portal(shared: Trading, viewer_of: ViewerOf, name: str) -> None:
    with pytest.raises(NotAllowed):
        supplier_orders.lines(viewer_of(name))
    with pytest.raises(NotAllowed):
        supplier_orders.confirm(viewer_of(name), shared["alpha.soon"], 1)


def test_colleague_with_the_portals_right_still_sees_nothing_there(ids: Trading, viewer_of: ViewerOf) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("insert into role_permission values ('planner', 'portal.supplier')"))
    with pytest.raises(NotAllowed, match="for partners"):
        supplier_orders.lines(viewer_of("planner"))


def test_history_shows_receipts(shared: Trading, supplier: Viewer) -> None:
    receipts = supplier_orders.line(supplier, shared["alpha.received"]).receipts
    assert [(r.received_on, r.quantity) for r in receipts] == [(TODAY - timedelta(20), 100)]


@pytest.mark.parametrize(
    ("order_status", "status", "answer", "state"),
    [
        ("sent", "open", None, "to_confirm"),
        ("sent", "open", "pending", "waiting"),
        ("sent", "open", "rejected", "declined"),
        ("sent", "confirmed", "accepted", "confirmed"),
        ("sent", "received", "pending", "received"),
        ("closed", "open", None, "closed"),
        ("cancelled", "open", "pending", "cancelled"),
    ],
)
def test_state_of_a_line(order_status: str, status: str, answer: str | None, state: str) -> None:
    values: dict[str, Any] = dict.fromkeys(OrderLine.__slots__)
    terms = {"order_status": order_status, "status": status, "answer_status": answer, "seen": True, "rounds": 0}
    line = OrderLine(**values | terms)
    assert line.state == state


def propose(viewer: Viewer, line_id: object, **changed: Any) -> int:
    values = {"quantity": 80, "promised_on": SOON, "reason": "Late harvest"} | changed
    return supplier_orders.counter(viewer, line_id, 1, **values)


def stored_line(line_id: int) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text("select * from purchase_order_line where id = :id"), {"id": line_id}).one()


def audit_trail(line_id: int) -> list[Any]:
    statement = text("select * from audit_entry where subject = 'purchase_order_line' and subject_id = :id order by id")
    with owner_engine().connect() as connection:
        return list(connection.execute(statement, {"id": str(line_id)}))
