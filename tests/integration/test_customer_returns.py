"""Returns from the report of a customer to the end of the goods, and the service that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import customer_orders, customer_returns, partner_requests, returns

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture
def ids(company: Trading) -> Iterator[Trading]:
    yield company
    with owner_engine().begin() as connection:
        connection.execute(text("delete from partner_submission"))
        connection.execute(text("delete from customer_return"))
        connection.execute(text("delete from stock_lot where lot like 'RT-%'"))


def report(viewer: Viewer, ids: Trading, name: str = "gamma.good", **said: Any) -> int:
    terms = {"quantity": 10, "lot": "L7", "reason": "damaged", "note": "Boxes wet", **said}
    return customer_returns.report(viewer, ids[name], **terms)


def agreed(ids: Trading, viewer_of: ViewerOf) -> returns.ReturnRow:
    partner_requests.accept(viewer_of("planner"), report(viewer_of("customer"), ids))
    return returns.returns(viewer_of("planner"))[0]


def test_agreed_return_has_a_number_and_the_credit_of_its_line(ids: Trading, viewer_of: ViewerOf) -> None:
    made = report(viewer_of("customer"), ids)
    assert returns.returns(viewer_of("planner")) == []
    request = partner_requests.request(viewer_of("planner"), made)
    assert "Damaged" in request.described.summary
    assert request.described.impact == 10 * 880088
    partner_requests.accept(viewer_of("planner"), made)
    (own,) = customer_returns.returns(viewer_of("customer")).returns
    assert (own.number, own.quantity, own.lot, own.status) == ("RT-2026-00001", Decimal(10), "L7", "expected")
    assert own.credit_expected == 10 * 880088
    assert customer_orders.line(viewer_of("customer"), ids["gamma.good"]).returns == [own]


def test_received_goods_are_stock_only_once_put_back_in_a_lot_of_their_own(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, found = viewer_of("planner"), agreed(ids, viewer_of)

    def lots() -> list[Any]:
        with owner_engine().connect() as connection:
            return list(connection.execute(text("select lot, quantity from stock_lot where lot like 'RT-%'")))

    returns.receive(planner, found.id, found.version)
    assert lots() == []
    with pytest.raises(Conflict, match="changed meanwhile"):
        returns.receive(planner, found.id, found.version)
    returns.restock(planner, found.id, found.version + 1, "Seals intact")
    assert lots() == [("RT-2026-00001", 10)]
    (own,) = customer_returns.returns(viewer_of("customer")).returns
    assert (own.status, own.closed_on) == ("restocked", TODAY)
    assert "Seals intact" not in repr(own)
    with pytest.raises(Conflict):
        returns.scrap(planner, found.id, found.version + 2)


def test_scrapped_goods_never_are_stock(ids: Trading, viewer_of: ViewerOf) -> None:
    found = agreed(ids, viewer_of)
    with pytest.raises(Conflict):
        returns.scrap(viewer_of("planner"), found.id, found.version)
    returns.receive(viewer_of("planner"), found.id, found.version)
    returns.scrap(viewer_of("planner"), found.id, found.version + 1)
    (own,) = customer_returns.returns(viewer_of("customer")).returns
    assert own.status == "scrapped"


def test_no_more_comes_back_than_was_delivered(ids: Trading, viewer_of: ViewerOf) -> None:
    partner_requests.accept(viewer_of("planner"), report(viewer_of("customer"), ids, quantity=60))
    with pytest.raises(InvalidInput, match="40 KG can still be returned"):
        report(viewer_of("customer"), ids, quantity=41)
    made = report(viewer_of("customer"), ids, quantity=40)
    with owner_engine().begin() as connection:
        connection.execute(text("update customer_return set quantity = 70"))
    with pytest.raises(Conflict, match="only 30"):
        partner_requests.accept(viewer_of("planner"), made)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"quantity": 0}, "Quantity"),
        ({"quantity": None}, "Quantity"),
        ({"reason": "bored"}, "Reason"),
        ({"reason": None}, "Reason"),
        ({"lot": "x" * 61}, "Lot"),
        ({"note": "x" * 501}, "Note"),
    ],
)
def test_bad_reports_are_told(ids: Trading, viewer_of: ViewerOf, said: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        report(viewer_of("customer"), ids, **said)


def test_what_was_not_delivered_can_not_be_returned(ids: Trading, viewer_of: ViewerOf) -> None:
    with pytest.raises(InvalidInput, match="Nothing of this line was delivered"):
        report(viewer_of("customer"), ids, "gamma.open")


def test_withdrawn_reports_are_gone_and_refused_ones_say_why(ids: Trading, viewer_of: ViewerOf) -> None:
    customer = viewer_of("customer")
    made = report(customer, ids)
    with pytest.raises(NotFound):
        customer_returns.take_back(viewer_of("customer2"), made)
    customer_returns.take_back(customer, made)
    partner_requests.reject(viewer_of("planner"), report(customer, ids), "No damage in the picture")
    states = {each.status: each.decision_note for each in customer_returns.returns(customer).reported}
    assert states == {"withdrawn": None, "rejected": "No damage in the picture"}


def test_b01_neighbour_sees_no_return_and_reports_no_line_of_others(ids: Trading, viewer_of: ViewerOf) -> None:
    agreed(ids, viewer_of)
    neighbour = viewer_of("customer2")
    found = customer_returns.returns(neighbour)
    assert (found.returns, found.reported) == ([], [])
    told = set()
    for line in (ids["gamma.good"], 10**12, "x"):
        with pytest.raises(NotFound) as error:
            customer_returns.report(neighbour, line, quantity=1, lot="", reason="damaged")
        told.add(str(error.value))
    assert len(told) == 1
    with session_scope(neighbour) as session:
        assert session.execute(text("select id, number from customer_return")).all() == []


def test_who_may_what(ids: Trading, viewer_of: ViewerOf) -> None:
    found = agreed(ids, viewer_of)
    assert customer_returns.returns(viewer_of("customer-viewer")).returns
    with pytest.raises(NotAllowed):
        report(viewer_of("customer-viewer"), ids)
    for name in ("planner", "supplier", "oem"):
        with pytest.raises(NotAllowed):
            customer_returns.returns(viewer_of(name))
    assert returns.returns(viewer_of("executive"))
    for act in (returns.receive, returns.restock, returns.scrap):
        for name in ("executive", "customer"):
            with pytest.raises(NotAllowed):
                act(viewer_of(name), found.id, found.version)
    with pytest.raises(NotFound):
        returns.receive(viewer_of("planner"), 10**12, 1)
