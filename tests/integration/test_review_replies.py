"""Rounds between a supplier and the buyer: seen, in parts, refused, countered, agreed; what of it reaches the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries import inventory, supply_plan
from services import review_queue, supplier_orders

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """One company for all tests; each works on a line of its own."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture
def planner(viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def supplier(viewer_of: ViewerOf) -> Viewer:
    return viewer_of("supplier")


def test_b21_a_line_nobody_has_seen_takes_no_answer(ids: Trading, supplier: Viewer, viewer_of: ViewerOf) -> None:
    line_id = ids["alpha.past"]
    run("delete from order_acknowledgement where line_id = :id", id=line_id)
    assert [line.id for line in supplier_orders.lines(supplier, show="new").lines] == [line_id]
    assert supplier_orders.line(supplier, line_id).line.state == "new"
    with pytest.raises(Conflict, match="acknowledge"):
        supplier_orders.refuse(supplier, line_id, 1, reason="No time")
    viewer = viewer_of("supplier-viewer")
    for attempt in (
        lambda: supplier_orders.acknowledge(viewer, line_id),
        lambda: supplier_orders.acknowledge_all(viewer),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotFound):
        supplier_orders.acknowledge(viewer_of("supplier2"), line_id)
    assert supplier_orders.acknowledge(supplier, line_id)
    assert not supplier_orders.acknowledge(supplier, line_id)
    assert supplier_orders.acknowledge_all(supplier) == 0
    assert supplier_orders.line(supplier, line_id).line.state == "to_confirm"


def test_parts_are_one_answer_and_reach_the_plan_at_their_dates(
    ids: Trading, supplier: Viewer, planner: Viewer
) -> None:
    line_id = ids["alpha.later"]
    given = [part(60, 20), part("40", 34)]
    answer = supplier_orders.split(supplier, line_id, 1, parts=given, reason="Two lorries")
    assert supplier_orders.split(supplier, line_id, 1, parts=given, reason="Two lorries", seen_answer=0) == answer
    expected = ((Decimal(60), TODAY + timedelta(20)), (Decimal(40), TODAY + timedelta(34)))
    assert review_queue.answer(planner, answer).answer.parts == expected
    before = due(planner, ids)
    assert (TODAY + timedelta(30), 100) in before
    assert review_queue.accept_plain(planner, [answer]).accepted == 0
    review_queue.accept(planner, answer)
    others = before - {(TODAY + timedelta(30), 100)}
    assert due(planner, ids) == others | {(TODAY + timedelta(20), 60), (TODAY + timedelta(34), 40)}
    line = supplier_orders.line(supplier, line_id).line
    assert (line.schedule, line.latest_confirmed_on) == (expected, TODAY + timedelta(34))
    on_order = inventory_of(planner, ids)
    run("update purchase_order_line set received_quantity = 70 where id = :id", id=line_id)
    assert due(planner, ids) == others | {(TODAY + timedelta(34), 30)}
    assert inventory_of(planner, ids) == on_order - 70
    # A later promise in one delivery takes the place of the parts, but not of the day lateness is measured from.
    later = supplier_orders.counter(
        supplier, line_id, 2, quantity=100, promised_on=str(TODAY + timedelta(50)), reason="Flood"
    )
    review_queue.accept(planner, later)
    assert due(planner, ids) == others | {(TODAY + timedelta(50), 30)}
    assert supplier_orders.line(supplier, line_id).line.first_confirmed_on == TODAY + timedelta(34)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "2 to 6 deliveries"),
        (None, "2 to 6 deliveries"),
        ([{"quantity": 1, "promised_on": "2026-04-01"}], "2 to 6"),
        ([{"quantity": 1, "promised_on": "2026-04-01"}] * 2, "same day"),
        ([{"quantity": 1, "promised_on": "2026-04-01"}, {"quantity": 0, "promised_on": "2026-04-02"}], "Delivery 2"),
        ([{"quantity": 1, "promised_on": "x"}, {"quantity": 2}], "Delivery 1. Date"),
        ([{"quantity": 900, "promised_on": f"2026-04-0{day}"} for day in (1, 2)], "10 times"),
    ],
)
def test_wrong_parts_are_refused(ids: Trading, supplier: Viewer, parts: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        supplier_orders.split(supplier, ids["alpha.week"], 1, parts=parts, reason="Two lorries")


def test_buyer_counters_and_the_supplier_agrees(ids: Trading, supplier: Viewer, planner: Viewer) -> None:
    line_id = ids["alpha.soon"]
    with pytest.raises(InvalidInput, match="proposes nothing"):
        supplier_orders.agree(supplier, line_id, 1)
    first = supplier_orders.counter(
        supplier, line_id, 1, quantity=50, promised_on=str(TODAY + timedelta(9)), reason="Kiln"
    )
    for wrong, message in (
        ({"quantity": 0}, "more than 0"),
        ({"quantity": 101}, "100 KG are ordered"),
        ({"promised_on": str(TODAY - timedelta(1))}, "is past"),
        ({"quantity": 50, "promised_on": str(TODAY + timedelta(9))}, "Accept it instead"),
        ({"note": ""}, "Note"),
    ):
        with pytest.raises(InvalidInput, match=message):
            offer(planner, first, **wrong)
    offer(planner, first)
    with pytest.raises(Conflict, match="countered"):
        review_queue.accept(planner, first)
    line = supplier_orders.line(supplier, line_id).line
    assert (line.state, line.counter_quantity, line.counter_on) == ("countered", 80, TODAY + timedelta(6))
    assert stored(line_id).first_confirmed_on is None
    second = supplier_orders.agree(supplier, line_id, 1, seen_answer=first)
    assert supplier_orders.agree(supplier, line_id, 1) == second
    assert review_queue.accept_plain(planner, [second]).accepted == 1
    line = supplier_orders.line(supplier, line_id).line
    assert (line.confirmed_quantity, line.latest_confirmed_on, line.rounds) == (80, TODAY + timedelta(6), 2)
    events = told("order_line.decided", line_id)
    assert [event.title for event in events] == [
        "PO-ALPHA / 3: the buyer proposes something else",
        "PO-ALPHA / 3: your answer is accepted",
    ]


def test_refused_line_is_cancelled_by_the_buyer_only(ids: Trading, supplier: Viewer, planner: Viewer) -> None:
    line_id = ids["alpha.week"]
    with pytest.raises(InvalidInput, match="Reason"):
        supplier_orders.refuse(supplier, line_id, 1, reason=" ")
    answer = supplier_orders.refuse(supplier, line_id, 1, reason="Closed down")
    assert stored(line_id).status == "open"
    shown = review_queue.answer(planner, answer).answer
    assert (shown.plain, shown.value_affected) == (False, 250)
    review_queue.accept(planner, answer)
    assert stored(line_id).status == "cancelled"
    assert (TODAY + timedelta(6), 100) not in due(planner, ids)


def test_a_promise_of_what_came_already_finishes_the_line(ids: Trading, supplier: Viewer, planner: Viewer) -> None:
    line_id = ids["alpha.late"]
    run("update purchase_order_line set received_quantity = 90 where id = :id", id=line_id)
    run("insert into receipt (line_id, received_on, quantity) values (:id, :on, 90)", id=line_id, on=TODAY)
    answer = supplier_orders.refuse(supplier, line_id, 1, reason="No more")
    review_queue.accept(planner, answer)
    assert (stored(line_id).status, stored(line_id).actual_on) == ("received", TODAY)


def test_within_the_rules_of_delivery_needs_no_judgement(ids: Trading, viewer_of: ViewerOf, planner: Viewer) -> None:
    other = viewer_of("supplier2")
    values = {"quantity": 98, "promised_on": str(TODAY + timedelta(7)), "reason": "Lorry"}
    answer = supplier_orders.counter(other, ids["beta.week"], 1, **values)
    assert review_queue.accept_plain(planner, [answer]).accepted == 0
    for key, value in (("late_tolerance_days", 1), ("quantity_tolerance", 0.02)):
        run(
            "insert into setting (key, value) values (:key, jsonb_build_object('value', cast(:value as float8)))",
            key=f"otif.{key}",
            value=value,
        )
    assert review_queue.accept_plain(planner, [answer]).accepted == 1


def test_the_neighbour_sees_no_round_and_nobody_overwrites_a_first_promise(
    ids: Trading, supplier: Viewer, viewer_of: ViewerOf
) -> None:
    own = supplier_orders.split(supplier, ids["alpha.confirmed"], 1, parts=[part(50, 20), part(50, 30)], reason="Lorry")
    with session_scope(viewer_of("supplier2")) as session:
        for table in ("supplier_response_part", "order_schedule", "order_acknowledgement"):
            column = "response_id" if table == "supplier_response_part" else "line_id"
            foreign = [own] if column == "response_id" else [ids[f"alpha.{name}"] for name in ("later", "confirmed")]
            found = session.execute(text(f"select 1 from {table} where {column} = any(:ids)"), {"ids": foreign})
            assert found.all() == [], table
    for statement in (
        "update purchase_order_line set first_confirmed_on = '2026-12-31'",
        "insert into order_schedule (line_id, position, quantity, due_on) values (1, 1, 1, '2026-03-03')",
        "update supplier_response set counter_quantity = 1",
        "update supplier_response_part set quantity = 1",
    ):
        with pytest.raises(NotAllowed), session_scope(supplier) as session:
            session.execute(text(statement))
    with pytest.raises(NotAllowed), session_scope(viewer_of("supplier2")) as session:
        session.execute(
            text(
                "insert into supplier_response_part (response_id, position, company_id, quantity, promised_on) "
                "values (:id, 9, :company, 1, '2026-03-03')"
            ),
            {"id": own, "company": ids["beta"]},
        )


def part(quantity: object, days: int) -> dict[str, object]:
    return {"quantity": quantity, "promised_on": str(TODAY + timedelta(days))}


def offer(viewer: Viewer, answer: int, **changed: Any) -> None:
    values = {"quantity": 80, "promised_on": str(TODAY + timedelta(6)), "note": "We need more"} | changed
    review_queue.counter(viewer, answer, **values)


def due(viewer: Viewer, ids: Trading) -> set[tuple[date, float]]:
    """Days and quantities that the plan expects of Alpha's item."""
    with session_scope(viewer) as session:
        found = supply_plan.purchases(session)
    own = found[(found["product_id"] == ids["alpha.item"]) & (found["quantity"] > 0)]
    return {(row.due_on, row.quantity) for row in own.itertuples()}


def inventory_of(viewer: Viewer, ids: Trading) -> float:
    with session_scope(viewer) as session:
        found = inventory.stock(session, as_of=TODAY)
    return float(found.set_index("product_id").loc[ids["alpha.item"], "on_order"])


def stored(line_id: int) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text("select * from purchase_order_line where id = :id"), {"id": line_id}).one()


def told(event: str, line_id: int) -> list[Any]:
    statement = text("select * from partner_event where event = :event and subject_id = :id order by id")
    with owner_engine().connect() as connection:
        return list(connection.execute(statement, {"event": event, "id": str(line_id)}))


def run(statement: str, **values: object) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statement), values)
