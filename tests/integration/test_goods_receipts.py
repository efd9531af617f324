"""From a shipping notice to stock: sent, expected, booked once, differences, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import goods_receipts, shipments
from services.goods_receipts import LINE, SHIPMENT

ViewerOf = Callable[[str], Viewer]
KEY = "00000000-0000-4000-8000-00000000000"


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture
def planner(viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def supplier(viewer_of: ViewerOf) -> Viewer:
    return viewer_of("supplier")


def test_a_shipment_changes_stock_only_when_it_is_booked(
    ids: Trading, supplier: Viewer, planner: Viewer, viewer_of: ViewerOf
) -> None:
    line_id = ids["alpha.confirmed"]
    notice = notify(supplier, line_id)
    assert stock(ids) == 250
    with pytest.raises(Conflict, match="already"):
        notify(supplier, line_id, quantity=10)
    for wrong, message in (
        ({"quantity": 41}, "40 KG are left"),
        ({"quantity": "x"}, "Row 1"),
        ({"quantity": 0}, "at least one"),
    ):
        with pytest.raises(InvalidInput, match=message):
            notify(supplier, line_id, number="ASN-2", **wrong)
    # B01, B08: the neighbour finds neither the notice nor the line; its own number may be the same (B09).
    other = viewer_of("supplier2")
    with pytest.raises(NotFound):
        shipments.shipment(other, notice)
    with pytest.raises(NotFound):
        shipments.cancel(other, notice, 1)
    with pytest.raises(NotFound):
        notify(other, line_id)
    assert notify(other, ids["beta.confirmed"])
    with pytest.raises(NotAllowed):
        notify(viewer_of("supplier-viewer"), line_id)
    with session_scope(other) as session:
        own = session.scalars(text("select distinct company_id from shipment_line")).all()
        assert own == [ids["beta"]]
    lots = [{"quantity": 55, "damaged": 5, "lot": "A1", "expires_on": "2026-12-31", "reason": "Wet"}]
    with pytest.raises(InvalidInput, match="reason"):
        goods_receipts.book(planner, SHIPMENT, notice, [lots[0] | {"reason": ""}], key=KEY + "1")
    booking = goods_receipts.book(planner, SHIPMENT, notice, lots, key=KEY + "1")
    assert goods_receipts.book(planner, SHIPMENT, notice, lots, key=KEY + "1") == booking
    with pytest.raises(Conflict):
        goods_receipts.book(planner, SHIPMENT, notice, lots, key=KEY + "2")
    with pytest.raises(Conflict, match="received"):
        shipments.cancel(supplier, notice, 1)
    assert (stock(ids), line(line_id).received_quantity, line(line_id).status) == (305, 55, "confirmed")
    goods_receipts.reverse(planner, booking, "Wrong order")
    with pytest.raises(Conflict):
        goods_receipts.reverse(planner, booking, "Again")
    assert (stock(ids), line(line_id).received_quantity) == (250, 0)
    shipments.cancel(supplier, notice, line_version(notice))


def test_a_complete_line_is_received_on_its_day_and_opens_again(ids: Trading, planner: Viewer) -> None:
    line_id = ids["alpha.late"]
    before = stock(ids)
    first = line(line_id).first_confirmed_on
    with pytest.raises(InvalidInput, match="at most 105 KG"):
        goods_receipts.book(planner, LINE, line_id, [{"quantity": 106, "reason": "Gift"}], key=KEY + "3")
    booking = goods_receipts.book(planner, LINE, line_id, [{"quantity": 100}], key=KEY + "3")
    found = line(line_id)
    assert (found.status, found.actual_on, found.first_confirmed_on) == ("received", TODAY, first)
    assert goods_receipts.book(planner, LINE, line_id, [{"quantity": 100}], key=KEY + "3") == booking
    with pytest.raises(Conflict, match="already"):
        goods_receipts.book(planner, LINE, line_id, [{"quantity": 100}], key=KEY + "4")
    assert stock(ids) == before + 100
    goods_receipts.reverse(planner, booking, "Typed twice")
    found = line(line_id)
    assert (found.status, found.actual_on, stock(ids)) == ("confirmed", None, before)


def test_only_those_who_keep_the_stock_book(ids: Trading, viewer_of: ViewerOf) -> None:
    for name in ("executive", "supplier", "customer"):
        with pytest.raises(NotAllowed):
            goods_receipts.book(viewer_of(name), LINE, ids["alpha.late"], [{"quantity": 1}], key=KEY + "5")
    with pytest.raises(NotFound):
        goods_receipts.book(viewer_of("planner"), LINE, ids["alpha.unsent"], [{"quantity": 1}], key=KEY + "5")


def notify(viewer: Viewer, line_id: int, *, number: str = "ASN-1", quantity: object = 60) -> int:
    header = {"number": number, "ships_on": str(TODAY), "arrives_on": str(TODAY + timedelta(3)), "packages": 2}
    lots = [{"line_id": line_id, "quantity": quantity, "lot": "A1", "expires_on": "2026-12-31"}]
    return shipments.send(viewer, header, lots)


def stock(ids: Trading) -> float:
    return float(one("select sum(quantity) as q from stock_lot where product_id = :id", ids["alpha.item"]).q)


def line(line_id: int) -> Any:
    return one("select * from purchase_order_line where id = :id", line_id)


def line_version(shipment_id: int) -> int:
    return int(one("select version from shipment where id = :id", shipment_id).version)


def one(statement: str, row: int) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text(statement), {"id": row}).one()
