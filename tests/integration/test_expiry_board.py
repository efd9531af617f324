"""Lots at risk, worked out by hand for the company of tests/stock_company.py.

SUGAR S0   70 kg at RM 3 expire today: lost. S1 never expires.
CHIPS C1   35, of which 10 a day sell on two days: 15 at RM 2 are left. C2 sells in its 90 days.
TEA T1     20,000, of which 20 a day sell on 300 days: 14,000 at RM 1.50 are left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import update
from stock_company import TODAY, ids

from core.errors import NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from models.stock import StockLot
from services import expiry_actions, expiry_board, inventory, positions
from services.expiry_board import BoardFilters, BoardPage


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    found = viewer_of("planner")
    inventory.recalculate(found, as_of=TODAY)
    return found


def key(code: str, lot: str) -> tuple[int, int, str]:
    return ids(Product)[code], ids(Location)["KL"], lot


def listed(found: BoardPage) -> list[str]:
    return [f"{row['code']} {row['lot']}" for row in found.rows]


def change_lot(lot: str, **values: Any) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).where(StockLot.lot == lot).values(**values))


def test_lots_that_will_not_be_sold_rank_by_value(planner: Viewer) -> None:
    found = expiry_board.board(planner, BoardFilters())
    assert listed(found) == ["TEA T1", "SUGAR S0", "CHIPS C1"]
    figures = [(row["days_left"], row["demand_until"], row["quantity_at_risk"]) for row in found.rows]
    assert [tuple(round(value, 6) for value in row) for row in figures] == [
        (300, 6000, 14_000),
        (0, 0, 70),
        (2, 20, 15),
    ]
    assert [round(row["value_at_risk"], 6) for row in found.rows] == [21_000, 210, 30]
    assert (found.total, round(found.value_at_risk, 6), found.expected_recovery) == (3, 21_240, 0)
    assert {row[name] for row in found.rows for name in ("action_kind", "action_due_on", "expected_recovery")} == {None}


def test_cards_split_the_value_by_how_soon_it_is_lost(planner: Viewer) -> None:
    assert [(total.bucket, total.lots, round(total.value_at_risk, 6)) for total in expiry_board.summary(planner)] == [
        ("expired", 1, 210),
        ("week", 1, 30),
        ("month", 0, 0),
        ("quarter", 0, 0),
        ("later", 1, 21_000),
    ]


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        *((-1, "expired"), (0, "expired"), (1, "week"), (7, "week"), (8, "month")),
        *((30, "month"), (31, "quarter"), (90, "quarter"), (91, "later")),
    ],
)
def test_limits_of_the_cards_belong_to_the_nearer_one(planner: Viewer, days: int, bucket: str) -> None:
    change_lot("T1", expires_on=TODAY + timedelta(days=days))
    assert expiry_board.lot(planner, *key("TEA", "T1")).lot["bucket"] == bucket


@pytest.mark.parametrize(
    ("filters", "lots"),
    [
        ({"bucket": "expired"}, ["SUGAR S0"]),
        ({"search": "t1"}, ["TEA T1"]),
        ({"search": "CHIP"}, ["CHIPS C1"]),
        ({"category": "Drinks"}, ["TEA T1"]),
        ({"location": "JB"}, []),
        ({"action": "open"}, ["CHIPS C1"]),
        ({"action": "none"}, ["TEA T1", "SUGAR S0"]),
        ({"action": "nonsense", "bucket": ""}, ["TEA T1", "SUGAR S0", "CHIPS C1"]),
    ],
)
def test_board_is_narrowed(planner: Viewer, filters: dict[str, str], lots: list[str]) -> None:
    proposed(planner, quantity=10)
    assert listed(expiry_board.board(planner, BoardFilters(**filters))) == lots


def test_board_is_sorted_and_paged(planner: Viewer) -> None:
    page = expiry_board.board(planner, BoardFilters(), start=1, end=2, sort=(("code", False),))
    assert (listed(page), page.total) == (["SUGAR S0"], 3)
    soonest = expiry_board.board(planner, BoardFilters(), sort=(("days_left", False), ("unknown", True)))
    assert listed(soonest) == ["SUGAR S0", "CHIPS C1", "TEA T1"]


def test_what_open_actions_bring_stands_beside_the_lot(planner: Viewer) -> None:
    proposed(planner, quantity=10)
    proposed(planner, kind="donate", quantity=5, recovery_percent=0, due_on="2026-03-03")
    found = expiry_board.board(planner, BoardFilters(search="C1"))
    row = found.rows[0]
    # Ten at RM 2, half of it back; the donation is due first.
    assert (row["planned_quantity"], row["expected_recovery"], found.expected_recovery) == (15, 10, 10)
    assert (row["action_kind"], row["action_status"]) == ("donate", "proposed")


def test_a_lot_agrees_with_the_lots_of_its_item(planner: Viewer) -> None:
    product, place, name = key("CHIPS", "C1")
    shown = expiry_board.lot(planner, product, place, name)
    same = next(row for row in positions.lots(planner, product, place) if row["lot"] == name)
    assert {part: shown.lot[part] for part in same} == same
    assert (shown.actions, shown.history) == ([], [])


def test_without_known_demand_nothing_is_expected_to_sell(planner: Viewer) -> None:
    change_lot("N1", expires_on=TODAY + timedelta(days=40))
    shown = expiry_board.lot(planner, *key("NEW", "N1")).lot
    assert (shown["demand_known"], shown["quantity_at_risk"], shown["value_at_risk"]) == (False, 9, 9)


def test_a_lot_that_is_gone_keeps_its_history(planner: Viewer) -> None:
    proposed(planner, quantity=10)
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from stock_lot where lot = 'C1'")
    shown = expiry_board.lot(planner, *key("CHIPS", "C1"))
    assert (shown.lot["name"], shown.lot["quantity"], len(shown.actions), len(shown.history)) == ("Chips", 0, 1, 1)


@pytest.mark.parametrize("lot", [("x", None, 5), (10**30, -1, "C1"), (1, 1, "C9"), (True, True, "C1")])
def test_unknown_lots_are_answered_alike(planner: Viewer, lot: tuple[object, ...]) -> None:
    with pytest.raises(NotFound):
        expiry_board.lot(planner, *lot)


def test_partners_see_nothing(viewer_of: Callable[[str], Viewer]) -> None:
    supplier = viewer_of("supplier")
    for read in (
        lambda: expiry_board.board(supplier, BoardFilters()),
        lambda: expiry_board.summary(supplier),
        lambda: expiry_board.actions(supplier),
        lambda: expiry_board.lot(supplier, *key("CHIPS", "C1")),
    ):
        with pytest.raises(NotAllowed):
            read()


def proposed(planner: Viewer, **values: Any) -> None:
    plan: dict[str, Any] = {"kind": "urgent_sale", "recovery_percent": 50, "due_on": "2026-03-04", **values}
    expiry_actions.propose(planner, *key("CHIPS", "C1"), **plan)
