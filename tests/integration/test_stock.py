"""Lots and their value add up with Home, movements tell how the stock came to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stock_company
from rows import colleague
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import NotAllowed, NotFound
from core.permissions import Permission
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import expiry_actions, positions, stock, stock_adjustments
from services.stock import StockFilters


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def run(statement: str) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statement))
        connection.execute(text("select tandem_bump('stock')"))


def chips() -> tuple[int, int]:
    return ids(Product)["CHIPS"], ids(Location)["KL"]


def lots(planner: Viewer, **filters: str) -> list[str]:
    return [row["lot"] for row in stock.lots(planner, StockFilters(**filters)).rows]


def test_every_lot_with_its_value_at_cost(planner: Viewer) -> None:
    found = stock.lots(planner, StockFilters())
    by_lot = {row["lot"]: row for row in found.rows}
    assert len(by_lot) == found.total == 8
    assert (by_lot["C1"]["value"], by_lot["C1"]["days_left"], by_lot["C1"]["bucket"]) == (70, 2, "week")
    assert (by_lot["S0"]["value"], by_lot["S0"]["bucket"]) == (0, "expired")
    assert by_lot["B1"]["days_left"] is None
    assert found.expired_value == 70 * 3


def test_list_table_and_home_have_one_value(planner: Viewer) -> None:
    home, table, listed = positions.summary(planner), stock.valuation(planner), stock.lots(planner, StockFilters())
    assert home.stock_value == table.value == listed.value == table.rows[-1]["total"]
    for row in table.rows:
        assert row["total"] == pytest.approx(sum(row[name] for name in table.categories))
    assert table.rows[-1]["Snacks"] == 80
    assert table.expired_value == listed.expired_value


def test_what_has_no_cost_is_counted_and_worth_nothing(planner: Viewer) -> None:
    before = stock.valuation(planner).value
    run("update product set unit_cost = null where code = 'TEA'")
    assert stock.valuation(planner).value == before - 30_000
    assert stock.valuation(planner).items_without_cost == stock.lots(planner, StockFilters()).without_cost == 1
    assert stock.lots(planner, StockFilters(search="TEA")).rows[0]["value"] is None


def test_filters(planner: Viewer) -> None:
    run("update product set storage = 'frozen' where code = 'NEW'")
    wanted: list[tuple[dict[str, str], list[str]]] = [
        ({"category": "Snacks"}, ["C1", "C2"]),
        ({"search": "c2"}, ["C2"]),
        ({"within": "expired"}, ["S0"]),
        ({"within": "30"}, ["C1", "S0"]),
        ({"storage": "frozen"}, ["N1"]),
        ({"location": "JB"}, []),
        ({"within": "nonsense", "category": "Snacks"}, ["C1", "C2"]),
    ]
    for filters, found in wanted:
        assert lots(planner, **filters) == found, filters


def test_sorted_and_cut_into_pages(planner: Viewer) -> None:
    found = stock.lots(planner, StockFilters(), start=1, end=3, sort=(("quantity", True), ("nonsense", True)))
    assert [row["lot"] for row in found.rows] == ["B1", "S1"]
    assert found.total == 8
    assert stock.lots(planner, StockFilters(), start=50, end=60).rows == []


def test_what_open_actions_take_is_reserved(planner: Viewer) -> None:
    plan = {"kind": "donate", "quantity": 15, "recovery_percent": 0, "due_on": "2026-03-04"}
    expiry_actions.propose(planner, *chips(), "C1", **plan)
    reserved = {row["lot"]: row["planned_quantity"] for row in stock.lots(planner, StockFilters(search="CHIPS")).rows}
    assert reserved == {"C1": 15, "C2": None}


def test_movements_lead_to_the_stock_of_now(planner: Viewer) -> None:
    sugar = (ids(Product)["SUGAR"], ids(Location)["KL"])
    stock_adjustments.adjust(planner, *sugar, "S1", seen=300, quantity=290, reason="damage", note="torn bag")
    stock_adjustments.adjust(planner, *sugar, "S1", seen=290, quantity=295, reason="found")
    found = stock.movements(planner, *sugar, start=0, end=4)
    assert found.total == 122
    assert [(row["kind"], row["quantity"], row["balance_after"]) for row in found.rows] == [
        ("adjustment", 5, 365),
        ("adjustment", -10, 360),
        ("issue", -20, 370),
        ("issue", -20, 390),
    ]
    assert (found.rows[1]["reason"], found.rows[1]["note"], found.rows[1]["by"]) == ("damage", "torn bag", "Planner")
    assert (found.rows[1]["lot"], found.rows[1]["before"], found.rows[1]["after"]) == ("S1", 300, 290)
    assert found.rows[2]["reason"] is None
    later = stock.movements(planner, *sugar, start=2, end=4)
    assert later.rows == found.rows[2:]


def test_a_balance_that_movements_do_not_explain_is_unknown(planner: Viewer) -> None:
    run(
        "insert into stock_movement (day, reference, product_id, location_id, kind, quantity) "
        "select '2026-02-01', 'R', product_id, location_id, 'receipt', 100 from stock_lot where lot = 'N1'; "
        "insert into stock_movement (day, reference, product_id, location_id, kind, quantity) "
        "select '2026-01-01', 'Q', product_id, location_id, 'receipt', 5 from stock_lot where lot = 'N1'"
    )
    found = stock.movements(planner, ids(Product)["NEW"], ids(Location)["KL"])
    assert [row["balance_after"] for row in found.rows] == [9, None]


def test_an_item_with_its_lots_and_promises(planner: Viewer) -> None:
    run(
        "insert into customer (code, name) values ('C', 'Kedai'); "
        "insert into sales_order (number, customer_id, location_id, ordered_on) "
        "select 'SO-1', c.id, l.id, '2026-03-01' from customer c, location l where l.code = 'KL'; "
        "insert into sales_order_line (order_id, line_no, product_id, quantity, delivered_quantity, unit_price, "
        "requested_on) select o.id, 1, p.id, 10, 4, 5, '2026-03-09' from sales_order o, product p "
        "where p.code = 'CHIPS'"
    )
    found = stock.item(planner, *chips())
    assert [row["lot"] for row in found.lots] == ["C1", "C2"]
    assert [(row["number"], row["customer"], row["quantity"]) for row in found.promises] == [("SO-1", "Kedai", 6)]
    empty = stock.item(planner, chips()[0], ids(Location)["JB"])
    assert (empty.lots, empty.promises) == ([], [])


def test_unknown_items(planner: Viewer) -> None:
    several: list[object] = [None, -1, 10**30, "x", {}]
    for wrong in several:
        with pytest.raises(NotFound):
            stock.item(planner, wrong, wrong)
        assert stock.movements(planner, wrong, wrong).rows == []


def test_rights(viewer_of: Callable[[str], Viewer]) -> None:
    for stranger in (viewer_of("supplier"), colleague(without=Permission.INVENTORY_READ)):
        for call in (
            lambda who: stock.lots(who, StockFilters()),
            stock.valuation,
            lambda who: stock.item(who, 1, 1),
            lambda who: stock.movements(who, 1, 1),
        ):
            with pytest.raises(NotAllowed):
                call(stranger)


def test_empty_company(planner: Viewer) -> None:
    run("delete from stock_lot")
    assert stock.lots(planner, StockFilters()).rows == []
    assert stock.valuation(planner).value == 0
    assert [row["total"] for row in stock.valuation(planner).rows] == [0]
