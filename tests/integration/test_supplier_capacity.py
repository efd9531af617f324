"""Capacity, closures and lead times of a supplier change the plan once they are accepted, and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import partner_requests, supplier_capacity
from services.supply_planned import planned

ViewerOf = Callable[[str], Viewer]
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """Alpha sells its item within two weeks; 3,000 are wanted in the week of 13 April."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        found = load()
        with owner_engine().begin() as connection:
            connection.execute(text("update product set category = 'Spices'"))
            for company in ("alpha", "beta"):
                party = {"supplier": found[f"{company}.party"], "item": found[f"{company}.item"]}
                connection.execute(
                    text(
                        "insert into supplier_item (supplier_id, product_id, price, lead_time_days) "
                        "values (:supplier, :item, 2, 14)"
                    ),
                    party,
                )
            connection.execute(
                text(
                    "insert into sales_order_line (order_id, line_no, product_id, quantity, unit_price, requested_on) "
                    "values (:order, 99, :item, 3000, 1, :day)"
                ),
                {"order": found["gamma.order"], "item": found["alpha.item"], "day": TODAY + timedelta(44)},
            )
        yield found


@pytest.fixture
def planner(ids: Trading, viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def supplier(ids: Trading, viewer_of: ViewerOf) -> Iterator[Viewer]:
    yield viewer_of("supplier")
    with owner_engine().begin() as connection:
        for table in ("supplier_capacity", "supplier_closure", "lead_time_change"):
            connection.execute(text(f"delete from {table}"))
        connection.execute(text("update supplier_item set lead_time_days = 14"))
        connection.execute(text("update partner_submission set status = 'withdrawn' where status = 'pending'"))
        connection.execute(text("select tandem_bump('supplier_limits'), tandem_bump('master')"))


def node_plan(viewer: Viewer, product_id: int) -> tuple[Any, Any, Any]:
    """Weeks, planned receipts and the lead time in weeks of an item."""
    with session_scope(viewer) as session:
        found = planned(session, viewer)
    node = int((found.model.nodes["product_id"] == product_id).to_numpy().argmax())
    lead = found.plan.network.sources.lead_time[found.plan.network.sources.node == node]
    receipts = dict(zip(found.model.weeks, found.plan.planned[:, node].tolist(), strict=True))
    return receipts, found.plan.stock[:, node], int(lead.max())


def accept_all(viewer: Viewer) -> None:
    for found in partner_requests.requests(viewer):
        partner_requests.accept(viewer, found.submission.id)


@pytest.mark.parametrize("scope", ["item", "category"])
def test_capacity_limits_what_is_bought_in_its_months(
    ids: Trading, planner: Viewer, supplier: Viewer, scope: str
) -> None:
    before = node_plan(planner, ids["alpha.item"])
    what = str(ids["alpha.item"]) if scope == "item" else "category:Spices"
    supplier_capacity.ask_capacity(supplier, what, first="2026-04-10", last="2026-04-20", quantity=600)
    assert node_plan(planner, ids["alpha.item"])[0] == before[0]
    accept_all(planner)
    receipts, stock, _lead = node_plan(planner, ids["alpha.item"])
    april = sum(units for week, units in receipts.items() if APRIL <= week + timedelta(3) < MAY)
    assert april == pytest.approx(500), "100 of the 600 are on order"
    assert stock.min() < before[1].min()
    assert [(row.starts_on, float(row.quantity)) for row in supplier_capacity.calendar(supplier).capacities] == [
        (APRIL, 600)
    ]


def test_nothing_arrives_while_the_supplier_is_closed(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    week = date(2026, 4, 13)
    assert node_plan(planner, ids["alpha.item"])[0][week] > 0
    supplier_capacity.ask_closure(supplier, "2026-04-10", "2026-04-19", "Songkran")
    accept_all(planner)
    receipts, _stock, _lead = node_plan(planner, ids["alpha.item"])
    assert receipts[week] == 0
    assert receipts[week + timedelta(7)] > 2000


def test_lead_time_holds_from_its_day_on(
    ids: Trading, planner: Viewer, supplier: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    supplier_capacity.ask_lead_time(supplier, str(ids["alpha.item"]), 28, "2026-03-09", "Port congestion")
    assert node_plan(planner, ids["alpha.item"])[2] == 2
    accept_all(planner)
    supplier_capacity.apply_due_lead_times()
    assert node_plan(planner, ids["alpha.item"])[2] == 2, "the day has not come"
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-09")
    supplier_capacity.apply_due_lead_times()
    assert node_plan(planner, ids["alpha.item"])[2] == 4
    with owner_engine().connect() as connection:
        trail = text("select after from audit_entry where action = 'supplier_item.lead_time' order by id desc limit 1")
        assert connection.scalar(trail) == {"lead_time_days": 28}


def test_lead_time_of_today_holds_at_once(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    supplier_capacity.ask_lead_time(supplier, ids["alpha.item"], "21", TODAY.isoformat(), "New route")
    (found,) = partner_requests.requests(planner)
    assert next(fact[1:] for fact in found.described.facts) == ("14", "21 from 2026-03-02")
    accept_all(planner)
    assert node_plan(planner, ids["alpha.item"])[2] == 3


def test_queue_tells_what_capacity_leaves_short(ids: Trading, planner: Viewer, supplier: Viewer) -> None:
    supplier_capacity.ask_capacity(supplier, ids["alpha.item"], first=APRIL, last=APRIL, quantity="10")
    (found,) = partner_requests.requests(planner)
    ((label, now_is, asked),) = found.described.facts
    assert label.startswith("ALPHA-ITEM")
    assert (now_is, asked) == ("not limited", "10 of 0 needed")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"quantity": -1}, "zero or more"),
        ({"quantity": "x"}, "Quantity: enter a number"),
        ({"first": "2026-01-01"}, "is past"),
        ({"first": None}, "First day: enter a date"),
        ({"last": "2026-03-03", "first": "2026-04-01"}, "before the first"),
        ({"last": "2036-01-01"}, "two years"),
    ],
)
def test_wrong_capacity_is_refused(ids: Trading, supplier: Viewer, changed: dict[str, Any], message: str) -> None:
    given = {"first": "2026-04-01", "last": "2026-04-30", "quantity": 5} | changed
    with pytest.raises(InvalidInput, match=message):
        supplier_capacity.ask_capacity(supplier, ids["alpha.item"], **given)


def test_b02_items_of_others_answer_as_unknown_ones(ids: Trading, supplier: Viewer) -> None:
    said = set()
    for item in (ids["beta.item"], 999_999, 2**70, None, "x", "category:Nothing"):
        with pytest.raises(NotFound) as error:
            supplier_capacity.ask_capacity(supplier, item, first="2026-04-01", last="2026-04-30", quantity=5)
        said.add(error.value.message)
    with pytest.raises(NotFound) as error:
        supplier_capacity.ask_lead_time(supplier, ids["beta.item"], 5, "2026-04-01", "x")
    assert said == {error.value.message}


def test_b05_viewers_may_look_only_and_others_not_at_all(ids: Trading, viewer_of: ViewerOf) -> None:
    assert supplier_capacity.calendar(viewer_of("supplier-viewer")).items
    for name in ("supplier-viewer", "customer", "planner"):
        with pytest.raises(NotAllowed):
            supplier_capacity.ask_closure(viewer_of(name), "2026-04-01", "2026-04-02", "x")
    for name in ("customer", "oem", "planner"):
        with pytest.raises(NotAllowed):
            supplier_capacity.calendar(viewer_of(name))


def test_b01_notice_of_another_company_can_not_be_withdrawn(
    ids: Trading, supplier: Viewer, viewer_of: ViewerOf
) -> None:
    made = supplier_capacity.ask_closure(supplier, "2026-04-01", "2026-04-02", "Holiday")
    for wrong in (made, 10**9):
        with pytest.raises(NotFound):
            supplier_capacity.take_back(viewer_of("supplier2"), wrong)
    supplier_capacity.take_back(supplier, made)
    assert supplier_capacity.calendar(supplier).asked[0].status == "withdrawn"
