"""What a planner decides about a proposal, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.orders import PurchaseOrder, PurchaseOrderLine
from models.people import AuditEntry
from models.planning import ReorderProposal
from models.product import Product
from services import inventory, proposals, purchase_orders
from services.proposals import ProposalFilters


@pytest.fixture
def planner(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> Viewer:
    """A planner of the tiny company, its proposals made."""
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    found = viewer_of("planner")
    inventory.recalculate(found, as_of=TODAY)
    return found


def stored(model: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        table = model.__table__
        return list(connection.execute(select(table).order_by(table.c.id)))


def shown(planner: Viewer, code: str) -> dict[str, Any]:
    return next(r for r in proposals.open_proposals(planner, ProposalFilters()).rows if r["code"] == code)


def drafts() -> list[Any]:
    return [order for order in stored(PurchaseOrder) if order.status == "draft"]


def test_accepting_makes_a_draft_order_line(planner: Viewer) -> None:
    sugar = shown(planner, "SUGAR")
    done = proposals.accept(planner, sugar["id"], sugar["version"])
    (draft,) = drafts()
    assert done.orders == (draft.number,) == ("PO-2026-00006",)
    assert (draft.supplier_id, draft.ordered_on) == (ids(stock_company.Supplier)["SUP-1"], TODAY)
    line = next(line for line in stored(PurchaseOrderLine) if line.order_id == draft.id)
    assert (float(line.quantity), float(line.unit_price), line.status) == (2050, 3.2, "open")
    # Needed in 10 days, agreed lead time 7.
    assert line.requested_on == TODAY + timedelta(days=10)
    decided = next(p for p in stored(ReorderProposal) if p.id == sugar["id"])
    assert (decided.status, decided.order_line_id, decided.decided_by) == ("accepted", line.id, planner.user_id)
    actions = [entry.action for entry in stored(AuditEntry)]
    assert actions[-2:] == ["purchase_order.create", "proposal.accept"]


def test_nobody_is_asked_to_deliver_sooner_than_agreed(planner: Viewer) -> None:
    bottle = shown(planner, "BOTTLE")
    assert bottle["needed_on"] == TODAY + timedelta(days=5)
    proposals.accept(planner, bottle["id"], bottle["version"])
    line = stored(PurchaseOrderLine)[-1]
    assert line.requested_on == TODAY + timedelta(days=14)


def test_same_supplier_and_place_share_a_draft(planner: Viewer) -> None:
    chosen = [(shown(planner, code)["id"], shown(planner, code)["version"]) for code in ("CHIPS", "BOTTLE", "SUGAR")]
    proposals.accept(planner, *chosen[0])
    done = proposals.accept_many(planner, chosen[1:])
    assert done.count == 2
    assert len(drafts()) == 2
    lines = [(line.order_id, line.line_no) for line in stored(PurchaseOrderLine)[-3:]]
    assert lines[0][0] in {order for order, number in lines[1:] if number == 2}


def test_accepted_does_not_come_back_until_the_order_is_cancelled(planner: Viewer) -> None:
    sugar = shown(planner, "SUGAR")
    done = proposals.accept(planner, sugar["id"], sugar["version"])
    inventory.recalculate(planner, as_of=TODAY)
    assert {p.product_id for p in stored(ReorderProposal) if p.status == "open"} == {
        ids(Product)["BOTTLE"],
        ids(Product)["CHIPS"],
    }
    found = purchase_orders.order_by_number(planner, done.orders[0])
    assert found
    purchase_orders.cancel(planner, found.order["id"], found.order["version"], reason="Wrong supplier")
    inventory.recalculate(planner, as_of=TODAY)
    assert shown(planner, "SUGAR")["quantity"] == 2050


def test_accepting_twice_is_a_conflict_that_names_who(planner: Viewer) -> None:
    sugar = shown(planner, "SUGAR")
    proposals.accept(planner, sugar["id"], sugar["version"])
    with pytest.raises(Conflict, match="Sugar has been accepted by Planner"):
        proposals.accept(planner, sugar["id"], sugar["version"])
    assert len(drafts()) == 1


def test_recalculated_meanwhile_is_a_conflict_that_tells_the_new_quantity(planner: Viewer) -> None:
    sugar = shown(planner, "SUGAR")
    version = inventory.why(planner, sugar["product_id"], sugar["location_id"]).version
    inventory.set_service_target(planner, sugar["product_id"], sugar["location_id"], target=0.99, version=version)
    with pytest.raises(Conflict, match="now 2,100 KG"):
        proposals.accept(planner, sugar["id"], sugar["version"])


def test_own_quantity_honours_the_terms(planner: Viewer) -> None:
    sugar = shown(planner, "SUGAR")
    with pytest.raises(InvalidInput, match=r"from 500 KG on, in multiples of 50 KG. .* is 2,100 KG"):
        proposals.accept(planner, sugar["id"], sugar["version"], quantity="2060")
    with pytest.raises(InvalidInput, match="is 500 KG"):
        proposals.accept(planner, sugar["id"], sugar["version"], quantity=10)
    for senseless in ("-50", "0", "many", True):
        with pytest.raises(InvalidInput):
            proposals.accept(planner, sugar["id"], sugar["version"], quantity=senseless)
    proposals.accept(planner, sugar["id"], sugar["version"], quantity="3000")
    assert stored(PurchaseOrderLine)[-1].quantity == 3000


def test_one_that_cannot_be_accepted_stops_all(planner: Viewer) -> None:
    sugar, bottle = shown(planner, "SUGAR"), shown(planner, "BOTTLE")
    with pytest.raises(Conflict):
        proposals.accept_many(planner, [(bottle["id"], bottle["version"]), (sugar["id"], sugar["version"] + 1)])
    assert drafts() == []
    assert proposals.open_proposals(planner, ProposalFilters()).total == 3
    for nothing in ([], [(None, 1)], [("x", 1)], [(10**6, 1)]):
        with pytest.raises((InvalidInput, NotFound)):
            proposals.accept_many(planner, nothing)


def test_dismissed_stays_away_until_another_quantity_is_needed(planner: Viewer) -> None:
    sugar = shown(planner, "SUGAR")
    with pytest.raises(InvalidInput):
        proposals.dismiss(planner, [(sugar["id"], sugar["version"])], reason="  ")
    proposals.dismiss(planner, [(sugar["id"], sugar["version"])], reason="Stock count tomorrow")
    assert inventory.recalculate(planner, as_of=TODAY)["proposals_changed"] == 0
    entry = stored(AuditEntry)[-2]
    assert (entry.action, entry.reason) == ("proposal.dismiss", "Stock count tomorrow")
    version = inventory.why(planner, sugar["product_id"], sugar["location_id"]).version
    inventory.set_service_target(planner, sugar["product_id"], sugar["location_id"], target=0.99, version=version)
    assert shown(planner, "SUGAR")["quantity"] == 2100


def test_filters(planner: Viewer) -> None:
    def codes(**filters: str) -> list[str]:
        return [r["code"] for r in proposals.open_proposals(planner, ProposalFilters(**filters)).rows]

    assert codes(supplier="SUP-1") == ["SUGAR"]
    assert codes(location="JB") == []
    assert codes(search="bott") == ["BOTTLE"]
    assert codes(search="%") == []
    assert [code for code, _name in proposals.suppliers(planner)] == ["SUP-1", "SUP-2"]
    ranks = [r["rank"] for r in proposals.open_proposals(planner, ProposalFilters(supplier="SUP-1")).rows]
    assert ranks == [3]  # its rank among all


def test_many_at_once_get_different_numbers_and_one_each(planner: Viewer) -> None:
    """Two people press accept on the same rows at the same moment."""
    rows = proposals.open_proposals(planner, ProposalFilters()).rows

    def press(row: dict[str, Any]) -> str:
        try:
            return proposals.accept(planner, row["id"], row["version"]).orders[0]
        except UserError as error:
            return type(error).__name__

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(press, rows + rows))
    assert outcomes.count("Conflict") == 3
    numbers = [order.number for order in drafts()]
    assert sorted(numbers) == ["PO-2026-00006", "PO-2026-00007"]
    assert len([line for line in stored(PurchaseOrderLine) if line.order_id in {d.id for d in drafts()}]) == 3


def test_numbers_go_on_as_wide_as_they_are(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            update(PurchaseOrder).where(PurchaseOrder.number == "PO-2026-00005").values(number="PO-2026-000105")
        )
    sugar = shown(planner, "SUGAR")
    assert proposals.accept(planner, sugar["id"], sugar["version"]).orders == ("PO-2026-000106",)


def test_rights(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    sugar = shown(planner, "SUGAR")
    executive, supplier = viewer_of("executive"), viewer_of("supplier")
    assert proposals.proposal(executive, sugar["id"])["code"] == "SUGAR"
    for deed in (
        lambda: proposals.accept(executive, sugar["id"], sugar["version"]),
        lambda: proposals.dismiss(executive, [(sugar["id"], sugar["version"])], reason="no"),
        lambda: proposals.open_proposals(supplier, ProposalFilters()),
        lambda: proposals.proposal(supplier, sugar["id"]),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(NotFound):
        proposals.proposal(planner, 10**6)
