"""Pick lists from stored lots, worked out by hand for the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import expiry_actions, picks
from services.picks import PickFilters, PickList


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into customer (code, name) values ('C', 'Kedai'); "
                "insert into sales_order (number, customer_id, location_id, ordered_on) "
                "select 'SO-1', c.id, l.id, '2026-03-01' from customer c, location l where l.code = 'KL'; "
                "insert into sales_order_line (order_id, line_no, product_id, quantity, delivered_quantity, "
                "unit_price, requested_on, status) "
                "select o.id, v.line_no, p.id, v.quantity, v.delivered, 5, '2026-03-09', v.status from sales_order o, "
                "(values (1, 'CHIPS', 40, 4, 'open'), (2, 'SUGAR', 320, 0, 'open'), (3, 'CHIPS', 9, 0, 'open'), "
                "(4, 'TEA', 9, 9, 'delivered')) v (line_no, code, quantity, delivered, status) "
                "join product p on p.code = v.code"
            )
        )


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def listed(viewer: Viewer, **wanted: str) -> PickList:
    found = picks.pick_list(viewer, PickFilters(**wanted))
    assert found is not None
    return found


def picked(found: PickList) -> list[tuple[Any, ...]]:
    return [(row["line_no"], row["lot"], row["quantity"], row["left_in_lot"]) for row in found.rows]


def short(found: PickList) -> list[tuple[Any, ...]]:
    return [(row["line_no"], row["missing"], row["too_old"]) for row in found.short]


def test_an_order_is_picked_from_what_expires_first(planner: Viewer) -> None:
    found = listed(planner, order="SO-1")
    assert (found.days, found.lines) == (1, 3)
    assert picked(found) == [(1, "C1", 35, 0), (1, "C2", 1, 4), (2, "S1", 300, 0), (3, "C2", 4, 0)]
    assert short(found) == [(2, 20, 70), (3, 5, 0)], "sugar of 70 expires today"


def test_shelf_life_that_is_left(planner: Viewer) -> None:
    found = listed(planner, order="SO-1", days="3")
    assert [row for row in picked(found) if row[0] == 1] == [(1, "C2", 5, 0)]
    assert short(found)[0] == (1, 31, 35)
    with owner_engine().begin() as connection:
        connection.execute(text("insert into setting (key, value) values ('stock.pick_days', '{\"value\": 91}')"))
    assert listed(planner, item="CHIPS", location="KL", quantity="1").rows == []
    assert listed(planner, item="CHIPS", location="KL", quantity="1", days="90").rows[0]["lot"] == "C2"


def test_what_is_to_be_cleared_away_is_left_alone(planner: Viewer) -> None:
    plan = {"quantity": 30, "recovery_percent": 0, "due_on": "2026-03-04"}
    item = (ids(Product)["CHIPS"], ids(Location)["KL"], "C1")
    expiry_actions.propose(planner, *item, kind="donate", **plan)
    expiry_actions.propose(planner, *item, kind="promotion", **{**plan, "quantity": 2})
    found = listed(planner, item="CHIPS", location="KL", quantity="6.5")
    assert picked(found) == [(1, "C1", 5, 0), (1, "C2", 1.5, 3.5)]


def test_picking_moves_nothing(planner: Viewer) -> None:
    listed(planner, order="SO-1")
    with owner_engine().connect() as connection:
        moved = "select sum(quantity)::float8 from stock_lot where lot in ('C1', 'C2', 'S1')"
        assert connection.execute(text(moved)).scalar_one() == 340


def test_an_order_without_open_lines(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update sales_order_line set status = 'cancelled'"))
    found = listed(planner, order=" SO-1 ")
    assert (found.rows, found.short, found.lines) == ([], [], 0)


def test_what_can_not_be_asked_for(planner: Viewer) -> None:
    assert picks.pick_list(planner, PickFilters(quantity="3")) is None
    for unknown in ({"order": "SO-9"}, {"item": "NONE", "location": "KL"}, {"item": "CHIPS", "location": "XX"}):
        with pytest.raises(NotFound):
            listed(planner, quantity="1", **unknown)
    for wrong in ({"quantity": ""}, {"quantity": "0"}, {"quantity": "x"}, {"quantity": "1", "days": "1.5"},
                  {"quantity": "1", "days": "-1"}, {"quantity": "1", "days": "9999"}):  # fmt: skip
        with pytest.raises(InvalidInput):
            listed(planner, item="CHIPS", location="KL", **wrong)


def test_rights(viewer_of: Callable[[str], Viewer]) -> None:
    assert listed(viewer_of("executive"), order="SO-1").rows
    with pytest.raises(NotAllowed):
        listed(viewer_of("supplier"), order="SO-1")
