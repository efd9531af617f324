"""Transfers: proposed by the plan, ordered once, shipped and received lot by lot, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, add, add_lane, ids, make_tea, order_tea_in_johor

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.orders import TransferOrder
from models.product import Product
from models.stock import StockLot, StockMovement
from services import positions, transfers
from services.transfers import TransferFilters

WEEK = timedelta(weeks=1)
FOUR_WEEKS = TransferFilters(weeks="4")


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customer wants 500 in a week, and there are lots of 300 and 20,000 at the plant."""
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    order_tea_in_johor(due_on=TODAY + WEEK)
    add_lane(multiple=24, cost_per_unit=0.5)
    lot("T0", 300, expires_in=60)
    lot("T9", 50, expires_in=0)


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def lot(name: str, quantity: float, *, expires_in: int, place: str = "KL") -> None:
    with owner_engine().begin() as connection:
        add(
            connection, StockLot, product_id=ids(Product)["TEA"], location_id=ids(Location)[place], lot=name,
            quantity=quantity, received_on=TODAY - WEEK, expires_on=TODAY + timedelta(days=expires_in),
        )  # fmt: skip


def lots(place: str) -> dict[str, float]:
    table = StockLot.__table__.c
    wanted = (table.product_id == ids(Product)["TEA"], table.location_id == ids(Location)[place])
    with owner_engine().connect() as connection:
        return {row[0]: float(row[1]) for row in connection.execute(select(table.lot, table.quantity).where(*wanted))}


def movements() -> list[tuple[str, float]]:
    table = StockMovement.__table__.c
    statement = select(table.reference, table.quantity).where(table.kind == "transfer").order_by(table.quantity)
    with owner_engine().connect() as connection:
        return [(row[0], float(row[1])) for row in connection.execute(statement)]


def ordered(planner: Viewer) -> dict[str, Any]:
    transfers.accept(planner, transfers.proposed(planner, FOUR_WEEKS).rows)
    (order,) = transfers.open_transfers(planner)
    return order


def test_what_the_plan_moves_is_proposed_with_its_reason(planner: Viewer) -> None:
    (row,) = transfers.proposed(planner, FOUR_WEEKS).rows
    assert (row["code"], row["origin"], row["location"], row["quantity"]) == ("TEA", "KL", "JB", 504)
    assert (row["ship_week"], row["arrival_week"]) == (TODAY, TODAY + WEEK)
    assert (row["needed"], row["short_week"], row["late"]) == (500, TODAY + WEEK, 0)
    assert (row["cost"], row["at_origin"]) == (252, 20_300)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"origin": "JB"}, 0),
        ({"location": "JB"}, 1),
        ({"search": "tea"}, 1),
        ({"search": "chips"}, 0),
        ({"weeks": "x"}, 1),
    ],
)
def test_filters_narrow_the_list(planner: Viewer, filters: dict[str, str], count: int) -> None:
    assert transfers.proposed(planner, TransferFilters(**filters)).total == count


def test_an_ordered_transfer_is_firm_and_not_proposed_again(planner: Viewer) -> None:
    order = ordered(planner)
    assert order["number"] == "TO-2026-00001"
    assert (order["quantity"], order["ships_on"], order["arrives_on"]) == (504, TODAY, TODAY + WEEK)
    assert transfers.proposed(planner, FOUR_WEEKS).rows == []


def test_a_second_order_of_the_same_rows_is_refused(planner: Viewer) -> None:
    rows = transfers.proposed(planner, FOUR_WEEKS).rows
    transfers.accept(planner, rows)
    with pytest.raises(Conflict, match="does not need the transfer of Tea any more"):
        transfers.accept(planner, rows)
    assert len(transfers.open_transfers(planner)) == 1


@pytest.mark.parametrize("quantity", [480, None, "504", float("nan")])
def test_another_quantity_than_now_planned_is_refused(planner: Viewer, quantity: object) -> None:
    (row,) = transfers.proposed(planner, FOUR_WEEKS).rows
    with pytest.raises(Conflict, match="now moves 504"):
        transfers.accept(planner, [row | {"quantity": quantity}])
    assert transfers.open_transfers(planner) == []


def test_shipping_takes_what_expires_first_and_receiving_puts_it_in(planner: Viewer) -> None:
    order = ordered(planner)
    transfers.ship(planner, [order])
    assert lots("KL") == {"T0": 0, "T1": 20_000 - 204, "T9": 50}
    assert lots("JB") == {}
    (moving,) = transfers.open_transfers(planner)
    assert moving["status"] == "in_transit"
    transfers.receive(planner, [moving])
    assert lots("JB") == {"T0": 300, "T1": 204}
    assert movements() == [(order["number"], -504), (order["number"], 504)]
    assert transfers.open_transfers(planner) == []


def test_received_lots_keep_their_expiry_and_join_a_lot_of_the_same_name(planner: Viewer) -> None:
    lot("T0", 10, expires_in=90, place="JB")
    transfers.ship(planner, [ordered(planner)])
    transfers.receive(planner, transfers.open_transfers(planner))
    table = StockLot.__table__.c
    with owner_engine().connect() as connection:
        statement = select(table.quantity, table.expires_on).where(
            table.lot == "T0", table.location_id == ids(Location)["JB"]
        )
        assert connection.execute(statement).one() == (310, TODAY + timedelta(days=60))


def test_positions_count_what_is_on_its_way(planner: Viewer) -> None:
    ordered(planner)
    rows = positions.positions(planner, positions.PositionFilters(search="TEA")).rows
    assert {row["location"]: row["on_order"] for row in rows} == {"KL": 0, "JB": 504}


def test_too_little_usable_stock_ships_nothing(planner: Viewer) -> None:
    order = ordered(planner)
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).where(StockLot.lot == "T1").values(quantity=100))
    with pytest.raises(InvalidInput, match="only 400 of 504 can be used"):
        transfers.ship(planner, [order])
    assert lots("KL")["T0"] == 300
    assert movements() == []
    assert transfers.open_transfers(planner)[0]["status"] == "planned"


def test_the_same_order_sent_twice_ships_once(planner: Viewer) -> None:
    order = ordered(planner)
    transfers.ship(planner, [order, order])
    assert sum(lots("KL").values()) == 20_350 - 504


def test_a_file_that_says_it_is_on_its_way_comes_in_as_one_lot(planner: Viewer) -> None:
    places = ids(Location)
    with owner_engine().begin() as connection:
        add(
            connection, TransferOrder, number="TO-FILE", product_id=ids(Product)["TEA"], quantity=60,
            from_location_id=places["KL"], to_location_id=places["JB"], ships_on=TODAY, arrives_on=TODAY,
            status="in_transit",
        )  # fmt: skip
    transfers.receive(planner, transfers.open_transfers(planner))
    assert lots("JB") == {"TO-FILE": 60}


def test_cancelling_needs_a_reason_and_brings_the_proposal_back(planner: Viewer) -> None:
    order = ordered(planner)
    with pytest.raises(InvalidInput, match="Reason"):
        transfers.cancel(planner, [order], reason=" ")
    transfers.cancel(planner, [order], reason="Customer called off")
    assert transfers.open_transfers(planner) == []
    assert transfers.proposed(planner, FOUR_WEEKS).total == 1


def test_what_changed_meanwhile_is_not_touched(planner: Viewer) -> None:
    order = ordered(planner)
    transfers.ship(planner, [order])
    for act in (transfers.ship, transfers.receive):
        with pytest.raises(Conflict, match="is now on its way"):
            act(planner, [order])
    with pytest.raises(Conflict):
        transfers.cancel(planner, [order], reason="No")
    with pytest.raises(NotFound):
        transfers.ship(planner, [{"id": "x", "version": 1}])


@pytest.mark.parametrize("act", [transfers.accept, transfers.ship, transfers.receive])
def test_nothing_chosen_and_too_much_chosen(planner: Viewer, act: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        act(planner, [])
    with pytest.raises(InvalidInput, match="at most"):
        act(planner, [{"id": number} for number in range(10_000)])


def test_rights(viewer_of: Callable[[str], Viewer]) -> None:
    executive, supplier = viewer_of("executive"), viewer_of("supplier")
    assert transfers.proposed(executive, FOUR_WEEKS).total == 1
    for act in (transfers.accept, transfers.ship, transfers.receive):
        with pytest.raises(NotAllowed):
            act(executive, [{"id": 1}])
    with pytest.raises(NotAllowed):
        transfers.cancel(executive, [{"id": 1}], reason="No")
    for read in (transfers.open_transfers, transfers.places, lambda viewer: transfers.proposed(viewer, FOUR_WEEKS)):
        with pytest.raises(NotAllowed):
            read(supplier)
