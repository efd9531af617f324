"""The buyer's decisions on suppliers' answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
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
from services import review_queue, supplier_orders

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(autouse=True)
def _fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())


@pytest.fixture(scope="module")
def shared(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """For tests that decide nothing."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture
def ids(empty_database: Path) -> Trading:
    """For tests that change something."""
    return load()


@pytest.fixture
def world(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("ids" if "ids" in request.fixturenames else "shared")


@pytest.fixture
def planner(world: None, viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def supplier(world: None, viewer_of: ViewerOf) -> Viewer:
    return viewer_of("supplier")


def test_empty_queue(ids: Trading, planner: Viewer) -> None:
    found = review_queue.queue(planner)
    assert (found.answers, found.waiting, found.value_affected) == ([], 0, 0)


def test_queue_shows_what_an_answer_means_most_money_first(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    supplier_orders.confirm(supplier, ids["alpha.soon"], 1)
    propose(supplier, ids["alpha.week"], quantity=60, days=6)
    propose(supplier, ids["alpha.later"], quantity=100, days=40)
    found = review_queue.queue(planner)
    late, short, plain = found.answers
    assert [a.line_id for a in found.answers] == [ids["alpha.later"], ids["alpha.week"], ids["alpha.soon"]]
    assert (late.days_later, late.quantity_short, late.value_affected) == (10, 0, 250)
    assert (short.days_later, short.quantity_short, short.value_affected) == (0, 40, 100)
    assert (plain.days_later, plain.quantity_short, plain.value_affected, plain.plain) == (0, 0, 0, True)
    assert (found.waiting, found.plain, found.counters, found.value_affected) == (3, 1, 2, 350)


def test_queue_shows_how_long_the_stock_lasts(ids: Trading, planner: Viewer, viewer_of: ViewerOf) -> None:
    propose(viewer_of("supplier"), ids["alpha.later"], days=40)
    propose(viewer_of("supplier2"), ids["beta.later"], days=40)
    of_alpha, of_beta = sorted(review_queue.queue(planner).answers, key=lambda a: a.id)
    assert of_alpha.cover.days_of_cover == pytest.approx(25)
    assert of_alpha.cover.stock_out_on == TODAY + timedelta(25)
    assert of_alpha.days_without_cover == 15
    assert (of_beta.cover.days_of_cover, of_beta.days_without_cover) == (None, 0)


@pytest.mark.parametrize(
    ("show", "names"),
    [("all", {"soon", "later"}), ("confirm", {"soon"}), ("counter", {"later"}), ("uncovered", {"later"})],
)
def test_queue_can_be_narrowed(ids: Trading, planner: Viewer, supplier: Viewer, show: str, names: set[str]) -> None:
    supplier_orders.confirm(supplier, ids["alpha.soon"], 1)
    propose(supplier, ids["alpha.later"], days=40)
    found = review_queue.queue(planner, show=show)
    assert {a.line_id for a in found.answers} == {ids[f"alpha.{name}"] for name in names}
    assert found.waiting == 2


def test_accepted_promise_becomes_the_lines_own(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.later"], quantity=80, days=35)
    review_queue.accept(planner, answer)
    line = stored_line(ids["alpha.later"])
    promised = TODAY + timedelta(35)
    assert (line.status, line.confirmed_quantity, line.version) == ("confirmed", 80, 2)
    assert (line.first_confirmed_on, line.latest_confirmed_on) == (promised, promised)
    assert line.quantity == 100
    assert review_queue.queue(planner).waiting == 0
    seen = supplier_orders.line(supplier, ids["alpha.later"])
    assert (seen.line.state, seen.answers[0].status) == ("confirmed", "accepted")


def test_first_promise_is_never_overwritten(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.late"], quantity=100, days=5)
    review_queue.accept(planner, answer)
    line = stored_line(ids["alpha.late"])
    assert line.first_confirmed_on == TODAY - timedelta(2)
    assert line.latest_confirmed_on == TODAY + timedelta(5)


def test_accepting_is_audited_with_before_and_after(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.later"], quantity=80, days=35)
    before = orders_version()
    review_queue.accept(planner, answer)
    entry = audit_trail(ids["alpha.later"])[-1]
    assert (entry.action, entry.actor) == ("supplier_answer.accept", planner.email)
    assert (entry.before["status"], entry.after["status"]) == ("open", "confirmed")
    assert (entry.before["confirmed_quantity"], entry.after["confirmed_quantity"]) == (None, "80.0000")
    assert (entry.before["version"], entry.after["version"]) == (1, 2)
    assert entry.after["latest_confirmed_on"] == str(TODAY + timedelta(35))
    assert orders_version() == before + 1


def test_rejected_answer_comes_back_to_the_supplier_with_the_note(
    ids: Trading, planner: Viewer, supplier: Viewer
) -> None:
    before = stored_line(ids["alpha.later"])
    answer = propose(supplier, ids["alpha.later"])
    review_queue.reject(planner, answer, " We need all 100. ")
    assert stored_line(ids["alpha.later"]) == before
    seen = supplier_orders.line(supplier, ids["alpha.later"])
    assert (seen.line.state, seen.answers[0].decision_note) == ("declined", "We need all 100.")
    assert supplier_orders.lines(supplier).to_do.to_confirm == 4
    again = supplier_orders.confirm(supplier, ids["alpha.later"], 1)
    assert [a.id for a in review_queue.queue(planner).answers] == [again]
    assert audit_trail(ids["alpha.later"])[1].reason == "We need all 100."


@pytest.mark.parametrize("note", ["", "   ", None, 5, "\x00"])
def test_rejecting_needs_a_note(shared: Trading, planner: Viewer, supplier: Viewer, note: object) -> None:
    answer = propose(supplier, shared["alpha.later"])
    with pytest.raises(InvalidInput, match="Note: write a few words"):
        review_queue.reject(planner, answer, note)
    assert review_queue.answer(planner, answer).answer.status == "pending"


def test_deciding_twice_is_a_conflict_that_names_who_was_first(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.later"])
    review_queue.accept(planner, answer)
    with pytest.raises(Conflict, match="Planner has accepted"):
        review_queue.accept(planner, answer)
    with pytest.raises(Conflict, match="Planner has accepted"):
        review_queue.reject(planner, answer, "no")
    assert stored_line(ids["alpha.later"]).version == 2


def test_two_planners_at_once_make_one_decision(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.later"])
    start = Barrier(6)

    def decide(number: int) -> str:
        start.wait()
        try:
            if number % 2:
                review_queue.accept(planner, answer)
            else:
                review_queue.reject(planner, answer, "no")
        except Conflict:
            return "conflict"
        return "decided"

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(decide, range(6)))
    assert sorted(results) == ["conflict"] * 5 + ["decided"]
    decisions = [e.action for e in audit_trail(ids["alpha.later"]) if e.action != "supplier_answer.counter"]
    assert len(decisions) == 1
    accepted = decisions == ["supplier_answer.accept"]
    assert stored_line(ids["alpha.later"]).version == (2 if accepted else 1)


def test_line_changed_after_the_answer_is_explained(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.later"])
    change_line(ids["alpha.later"], "quantity = 150, version = version + 1")
    assert "now 150 KG" in str(review_queue.queue(planner).answers[0].obstacle)
    with pytest.raises(Conflict, match="now 150 KG"):
        review_queue.accept(planner, answer)
    review_queue.reject(planner, answer, "Please answer the new quantity.")
    assert supplier_orders.lines(supplier).to_do.to_confirm == 4


def test_received_line_takes_no_decision_but_a_rejection(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.later"])
    change_line(ids["alpha.later"], "status = 'received', version = version + 1")
    with pytest.raises(Conflict, match="is received"):
        review_queue.accept(planner, answer)
    review_queue.reject(planner, answer, "It is here already.")


def test_replaced_answer_cannot_be_accepted(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    first = propose(supplier, ids["alpha.later"], quantity=80)
    propose(supplier, ids["alpha.later"], quantity=90)
    with pytest.raises(Conflict, match="newer answer"):
        review_queue.accept(planner, first)
    assert stored_line(ids["alpha.later"]).version == 1


def test_bulk_accepts_plain_confirmations_only(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    plain = [supplier_orders.confirm(supplier, ids[f"alpha.{name}"], 1) for name in ("soon", "week")]
    proposal = propose(supplier, ids["alpha.later"])
    done = review_queue.accept_plain(planner, [*plain, plain[0], proposal])
    assert done.accepted == 2
    assert [why.partition(":")[0] for why in done.refused] == ["PO-ALPHA/1"]
    assert [a.id for a in review_queue.queue(planner).answers] == [proposal]
    assert review_queue.accept_plain(planner, plain).accepted == 0
    assert stored_line(ids["alpha.soon"]).version == 2


def test_bulk_leaves_out_a_confirmation_of_what_has_changed_since(
    ids: Trading, planner: Viewer, supplier: Viewer
) -> None:
    answers = [supplier_orders.confirm(supplier, ids[f"alpha.{name}"], 1) for name in ("soon", "week")]
    change_line(ids["alpha.week"], "requested_on = requested_on + 1, version = version + 1")
    done = review_queue.accept_plain(planner, answers)
    assert done.accepted == 1
    assert "was changed after the supplier answered" in done.refused[0]


@pytest.mark.parametrize("chosen", [[], None, "1", {"a": 1}, list(range(1, 600))])
def test_bulk_needs_a_reasonable_choice(planner: Viewer, chosen: object) -> None:
    with pytest.raises(InvalidInput, match="Choose between 1 and 500"):
        review_queue.accept_plain(planner, chosen)


@pytest.mark.parametrize("answer_id", [0, -1, 999_999, 2**70, "1", None, True, [1]])
def test_unknown_answers(planner: Viewer, answer_id: object) -> None:
    for call in (review_queue.answer, review_queue.accept, lambda v, i: review_queue.reject(v, i, "no")):
        with pytest.raises(NotFound, match=r"^There is no such answer\.$"):
            call(planner, answer_id)


def test_colleagues_without_the_right_may_look_but_not_decide(
    ids: Trading, supplier: Viewer, viewer_of: ViewerOf
) -> None:
    answer = propose(supplier, ids["alpha.later"])
    executive = viewer_of("executive")
    assert review_queue.answer(executive, answer).answer.id == answer
    for decide in (
        lambda: review_queue.accept(executive, answer),
        lambda: review_queue.reject(executive, answer, "no"),
        lambda: review_queue.accept_plain(executive, [answer]),
    ):
        with pytest.raises(NotAllowed):
            decide()


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_have_no_review_queue(ids: Trading, supplier: Viewer, viewer_of: ViewerOf, name: str) -> None:
    answer = propose(supplier, ids["alpha.later"])
    for call in (
        review_queue.queue,
        lambda v: review_queue.accept(v, answer),
        lambda v: review_queue.answer(v, answer),
    ):
        with pytest.raises(NotAllowed):
            call(viewer_of(name))


def test_rounds_of_a_line_stay_readable(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    first = propose(supplier, ids["alpha.later"], quantity=80)
    review_queue.reject(planner, first, "More, please.")
    second = propose(supplier, ids["alpha.later"], quantity=95)
    rounds = review_queue.answer(planner, second).rounds
    assert [(r.id, r.status, r.decided_by, r.decision_note) for r in rounds] == [
        (second, "pending", None, None),
        (first, "rejected", "Planner", "More, please."),
    ]


def propose(viewer: Viewer, line_id: int, *, quantity: int = 80, days: int = 33) -> int:
    promised: date = TODAY + timedelta(days)
    return supplier_orders.counter(
        viewer, line_id, 1, quantity=quantity, promised_on=str(promised), reason="Late harvest"
    )


def stored_line(line_id: int) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text("select * from purchase_order_line where id = :id"), {"id": line_id}).one()


def change_line(line_id: int, change: str) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(f"update purchase_order_line set {change} where id = :id"), {"id": line_id})


def orders_version() -> int:
    with owner_engine().connect() as connection:
        found = connection.execute(text("select version from data_version where subject = 'orders'")).scalar_one()
    return int(found)


def audit_trail(line_id: int) -> list[Any]:
    statement = text("select * from audit_entry where subject = 'purchase_order_line' and subject_id = :id order by id")
    with owner_engine().connect() as connection:
        return list(connection.execute(statement, {"id": str(line_id)}))
