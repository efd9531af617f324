"""The review queue by its buttons, for those who decide and those who look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.viewer import Viewer
from data.db import owner_engine
from services import supplier_orders

PATH = "/supply/review-queue"
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture(scope="module")
def planner(ids: Trading) -> Any:
    from visitor import Visitor

    return Visitor.of("planner")


@pytest.fixture
def supplier(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("supplier")


def choose(visitor: Any, *answer_ids: object) -> Any:
    from callbacks.planner.review_queue import Ids

    rows = [{"id": answer_id} for answer_id in answer_ids]
    return visitor.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": rows})


def accept(visitor: Any, answer_id: object) -> Any:
    from callbacks.planner.review_queue import Ids

    return visitor.press(Ids.accept, {f"{Ids.chosen}.data": answer_id})


def reject(visitor: Any, answer_id: object, note: object) -> Any:
    from callbacks.planner.review_queue import Ids

    return visitor.press(Ids.reject, {f"{Ids.chosen}.data": answer_id, f"{Ids.note}.value": note})


def accept_chosen(visitor: Any, selected: object) -> Any:
    from callbacks.planner.review_queue import Ids

    return visitor.press(Ids.accept_chosen, {f"{Ids.rows}.selectedRows": selected})


def line(line_id: int) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text("select * from purchase_order_line where id = :id"), {"id": line_id}).one()


def propose(supplier: Viewer, line_id: int, version: int = 1, quantity: int = 80) -> int:
    return supplier_orders.counter(
        supplier,
        line_id,
        version,
        quantity=quantity,
        promised_on=str(TODAY + timedelta(40)),
        reason="Late <b>harvest</b>",
    )


def test_empty_queue_says_what_appears_here(planner: Any) -> None:
    assert "Nothing waits for a decision" in planner.layout(PATH).text


def test_accepting_by_button_changes_the_line_and_the_list(ids: Trading, planner: Any, supplier: Viewer) -> None:
    from callbacks.planner.review_queue import Ids

    answer = propose(supplier, ids["alpha.later"])
    page = planner.layout(PATH).text
    assert "PO-ALPHA" in page
    shown = choose(planner, answer).text
    assert "10 days later, 20 KG short" in shown
    assert "lasts 25.0 days, until 2026-03-27" in shown
    assert "about=purchase_order" in shown
    assert "Accepted" in accept(planner, answer).text
    assert (line(ids["alpha.later"]).status, line(ids["alpha.later"]).confirmed_quantity) == ("confirmed", 80)
    after = planner.call(f"{Ids.rows}.rowData", {f"{Ids.filter}.data": "all"}).json["response"]
    assert after[Ids.rows]["rowData"] == []
    again = accept(planner, answer)
    assert "has accepted this answer already" in again.text
    assert line(ids["alpha.later"]).version == 2


def test_rejecting_by_button_needs_a_note_and_keeps_the_line(ids: Trading, planner: Any, supplier: Viewer) -> None:
    answer = propose(supplier, ids["alpha.week"])
    assert "Note: write a few words" in reject(planner, answer, None).text
    assert "The supplier sees your note" in reject(planner, answer, "We need all of it").text
    assert line(ids["alpha.week"]).status == "open"
    assert supplier_orders.line(supplier, ids["alpha.week"]).answers[0].decision_note == "We need all of it"


def test_chosen_confirmations_are_accepted_together(ids: Trading, planner: Any, supplier: Viewer) -> None:
    plain = supplier_orders.confirm(supplier, ids["alpha.soon"], 1)
    change = propose(supplier, ids["alpha.confirmed"], quantity=70)
    told = accept_chosen(planner, [{"id": plain}, {"id": change}, "junk", {"id": "x"}]).text
    assert "1 accepted as ordered" in told
    assert "decide on it by itself" in told
    assert line(ids["alpha.soon"]).status == "confirmed"
    assert line(ids["alpha.confirmed"]).confirmed_quantity == 100


@pytest.mark.parametrize("selected", [None, [], "x", [{"id": None}] * 3, {"id": 1}])
def test_choosing_nothing_sensible_changes_nothing(planner: Any, selected: object) -> None:
    told = accept_chosen(planner, selected)
    assert told.status_code == 200


@pytest.mark.parametrize("answer_id", [987654, 0, -1, 2**70, "1", None, [], {}])
def test_unknown_answers_get_the_same_bytes(planner: Any, answer_id: object) -> None:
    unknown = accept(planner, 55555)
    for given in (accept(planner, answer_id), reject(planner, answer_id, "no"), choose(planner, answer_id)):
        assert (given.status_code, given.data) == (404, unknown.data)


def test_colleagues_without_the_right_look_but_do_not_decide(ids: Trading, visitor: Visitors, supplier: Viewer) -> None:
    from callbacks.planner.review_queue import Ids

    answer = propose(supplier, ids["alpha.past"])
    executive = visitor("executive")
    assert "You may look; planners decide" in executive.layout(PATH).text
    shown = choose(executive, answer).json["response"]
    assert shown[Ids.deciding]["style"] == {"display": "none"}
    for refused in (
        accept(executive, answer),
        reject(executive, answer, "no"),
        accept_chosen(executive, [{"id": answer}]),
    ):
        assert refused.status_code == 403
    assert line(ids["alpha.past"]).version == 1


@pytest.mark.parametrize("name", ["supplier", "supplier2", "customer", "oem"])
def test_partners_get_nothing_of_the_queue(ids: Trading, visitor: Visitors, name: str) -> None:
    partner = visitor(name)
    assert partner.get(PATH).status_code == 403
    for refused in (partner.layout(PATH), choose(partner, 1), accept(partner, 1), reject(partner, 1, "x")):
        assert refused.status_code == 403
        assert "ALPHA" not in refused.text
