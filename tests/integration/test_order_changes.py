"""A customer asks to change an open line: what may be asked for, what is plain, what accepting does."""

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
from data.db import owner_engine
from services import customer_orders, order_changes, partner_requests

ViewerOf = Callable[[str], Viewer]
DUE = TODAY + timedelta(7)


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        found = load()
        with owner_engine().begin() as connection:
            connection.execute(
                text(
                    "insert into stock_lot (product_id, location_id, lot, quantity, received_on) "
                    "values (:item, :site, 'G1', 400, :day)"
                ),
                {"item": found["gamma.item"], "site": found["site"], "day": TODAY},
            )
        yield found


@pytest.fixture
def ids(company: Trading) -> Iterator[Trading]:
    yield company
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_submission"))
        connection.execute(
            text(
                "update sales_order_line set quantity = 100, status = 'open', requested_on = :due, "
                "first_confirmed_on = :due where id = :id"
            ),
            {"due": DUE, "id": company["gamma.open"]},
        )
        connection.execute(text("select tandem_bump('orders')"))


def ask(viewer: Viewer, ids: Trading, name: str = "gamma.open", **asked: Any) -> int:
    terms = {"quantity": 100, "wanted_on": DUE.isoformat(), **asked}
    return order_changes.ask(viewer, ids[name], **terms)


def stored(ids: Trading) -> tuple[Decimal, date, date, str]:
    statement = "select quantity, requested_on, first_confirmed_on, status from sales_order_line where id = :id"
    with owner_engine().connect() as connection:
        found = connection.execute(text(statement), {"id": ids["gamma.open"]}).one()
    return found.quantity, found.requested_on, found.first_confirmed_on, found.status


def test_less_and_later_is_plain_and_changes_the_line_once_accepted(ids: Trading, viewer_of: ViewerOf) -> None:
    later = DUE + timedelta(3)
    made = ask(viewer_of("customer"), ids, quantity=80, wanted_on=later.isoformat(), note="Shop is closed")
    assert stored(ids)[0] == 100, "nothing changes before somebody accepts"
    request = partner_requests.request(viewer_of("planner"), made)
    assert request.described.plain
    assert request.described.impact == 20 * 880088
    partner_requests.accept(viewer_of("planner"), made)
    assert stored(ids) == (80, later, later, "open")
    (asked,) = customer_orders.line(viewer_of("customer"), ids["gamma.open"]).changes
    assert (asked.status, asked.change.quantity) == ("accepted", 80)


def test_more_is_promised_only_as_far_as_it_is_there(ids: Trading, viewer_of: ViewerOf) -> None:
    # 400 there, 100 of them for the other open line.
    made = ask(viewer_of("customer"), ids, quantity=301)
    described = partner_requests.request(viewer_of("planner"), made).described
    assert described.obstacle
    assert "Of 301 only 300" in described.obstacle
    with pytest.raises(Conflict, match="only 300"):
        partner_requests.accept(viewer_of("planner"), made)
    made = ask(viewer_of("customer"), ids, quantity=300)
    assert not partner_requests.request(viewer_of("planner"), made).described.plain
    partner_requests.accept(viewer_of("planner"), made)
    assert stored(ids)[0] == 300


def test_cancelling_is_decided_by_itself(ids: Trading, viewer_of: ViewerOf) -> None:
    made = ask(viewer_of("customer"), ids, cancel=True)
    assert not partner_requests.request(viewer_of("planner"), made).described.plain
    partner_requests.accept(viewer_of("planner"), made)
    assert stored(ids)[3] == "cancelled"
    with pytest.raises(InvalidInput, match="cancelled"):
        ask(viewer_of("customer"), ids)


def test_line_that_changed_meanwhile_is_not_changed_by_what_was_asked_before(ids: Trading, viewer_of: ViewerOf) -> None:
    made = ask(viewer_of("customer"), ids, quantity=90)
    with owner_engine().begin() as connection:
        connection.execute(text("update sales_order_line set quantity = 70 where id = :id"), {"id": ids["gamma.open"]})
    with pytest.raises(Conflict, match="has changed since"):
        partner_requests.accept(viewer_of("planner"), made)
    assert stored(ids)[0] == 70


def test_newer_wish_replaces_one_that_waits(ids: Trading, viewer_of: ViewerOf) -> None:
    first, second = (ask(viewer_of("customer"), ids, quantity=count) for count in (90, 95))
    with pytest.raises(Conflict):
        partner_requests.accept(viewer_of("planner"), first)
    partner_requests.accept(viewer_of("planner"), second)
    assert stored(ids)[0] == 95


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"quantity": 0}, "Quantity"),
        ({"quantity": 1001}, "at most 1,000"),
        ({"quantity": "x"}, "Quantity"),
        ({"wanted_on": "2026-02-30"}, "Wanted on"),
        ({"wanted_on": "2026-03-01"}, "past"),
        ({}, "ordered already"),
    ],
)
def test_bad_changes_are_told(ids: Trading, viewer_of: ViewerOf, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        ask(viewer_of("customer"), ids, **asked)


def test_what_is_due_too_soon_can_not_be_changed(ids: Trading, viewer_of: ViewerOf) -> None:
    with pytest.raises(InvalidInput, match="until 2 days before"):
        ask(viewer_of("customer"), ids, "gamma.overdue", quantity=50)
    with pytest.raises(InvalidInput, match="delivered"):
        ask(viewer_of("customer"), ids, "gamma.good", quantity=50)


def test_b01_lines_of_others_are_answered_like_unknown_ones(ids: Trading, viewer_of: ViewerOf) -> None:
    told = set()
    for line in (ids["delta.open"], 10**12, "x", None, True):
        for act in (
            lambda line=line: order_changes.ask(
                viewer_of("customer"), line, quantity=1, wanted_on=DUE.isoformat(), cancel=True
            ),
            lambda line=line: customer_orders.line(viewer_of("customer"), line),
        ):
            with pytest.raises(NotFound) as error:
                act()
            told.add(str(error.value))
    assert len(told) == 1


def test_b08_forged_subject_of_another_company_is_refused(ids: Trading, viewer_of: ViewerOf) -> None:
    made = ask(viewer_of("customer"), ids, quantity=90)
    with owner_engine().begin() as connection:
        forged = "update partner_submission set subject_id = :line where id = :id"
        connection.execute(text(forged), {"line": str(ids["delta.open"]), "id": made})
    with pytest.raises(Conflict, match="can't be read"):
        partner_requests.accept(viewer_of("planner"), made)


@pytest.mark.parametrize("name", ["customer-viewer", "planner", "supplier", "oem"])
def test_only_those_who_commit_ask(ids: Trading, viewer_of: ViewerOf, name: str) -> None:
    with pytest.raises(NotAllowed):
        ask(viewer_of(name), ids, quantity=90)
