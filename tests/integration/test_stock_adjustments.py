"""Corrections of lots: what changes together, what is refused, and that two people can't both be right."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stock_company
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import positions, stock, stock_adjustments
from services.positions import PositionFilters
from services.stock import StockFilters


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def chips() -> tuple[int, int]:
    return ids(Product)["CHIPS"], ids(Location)["KL"]


def adjust(planner: Viewer, **values: Any) -> int:
    wanted = {"lot": "C1", "seen": 35, "quantity": 30, "reason": "damage", **values}
    return stock_adjustments.adjust(planner, *chips(), wanted.pop("lot"), **wanted)


def add_lot(planner: Viewer, **values: Any) -> int:
    wanted = {"quantity": 4, "received_on": "", "expires_on": "2026-06-01", "reason": "found", "name": "C9", **values}
    return stock_adjustments.add_lot(planner, *chips(), wanted.pop("name"), **wanted)


def stored(statement: str) -> list[tuple[Any, ...]]:
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def lots() -> dict[str, float]:
    return dict(stored("select lot, quantity::float8 from stock_lot where lot like 'C%' and quantity > 0"))  # type: ignore[arg-type]


def moved() -> float:
    return float(stored("select coalesce(sum(quantity), 0) from stock_movement where reference like 'ADJ-%'")[0][0])


def test_lot_movement_reason_and_audit_change_together(planner: Viewer) -> None:
    number = adjust(planner, note=" fell down ")
    assert lots() == {"C1": 30, "C2": 5}
    assert stored(
        "select day::text, kind, quantity::float8, reference from stock_movement where kind = 'adjustment'"
    ) == [("2026-03-02", "adjustment", -5, f"ADJ-{number}")]
    assert stored(
        "select a.reference, a.lot, a.before::float8, a.after::float8, a.reason, a.note, u.name "
        "from stock_adjustment a join app_user u on u.id = a.created_by"
    ) == [(f"ADJ-{number}", "C1", 35, 30, "damage", "fell down", "Planner")]
    assert stored("select action, subject_id, reason from audit_entry where action = 'stock.adjust'") == [
        ("stock.adjust", str(number), "fell down")
    ]


def test_lists_in_memory_know_it(planner: Viewer) -> None:
    before = positions.positions(planner, PositionFilters(search="CHIPS")).rows[0]["on_hand"]
    adjust(planner)
    assert positions.positions(planner, PositionFilters(search="CHIPS")).rows[0]["on_hand"] == before - 5
    assert stock.lots(planner, StockFilters(search="C1")).rows[0]["quantity"] == 30


def test_down_to_nothing_and_found_again(planner: Viewer) -> None:
    adjust(planner, quantity=0)
    assert lots() == {"C2": 5}
    add_lot(planner, name="C1", quantity=2, expires_on="2026-04-01")
    assert lots() == {"C1": 2, "C2": 5}
    assert stored("select expires_on::text, received_on::text from stock_lot where lot = 'C1'") == [
        ("2026-04-01", "2026-03-02")
    ]


def test_a_lot_the_books_do_not_have(planner: Viewer) -> None:
    add_lot(planner)
    assert lots() == {"C1": 35, "C2": 5, "C9": 4}
    assert moved() == 4
    with pytest.raises(Conflict, match="lot C9 is in stock with 4"):
        add_lot(planner)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"quantity": -1}, "never below zero"),
    ({"quantity": "a few"}, "New quantity"),
    ({"quantity": None}, "New quantity"),
    ({"quantity": 10**30}, "New quantity"),
    ({"quantity": 35}, "has 35 already"),
    ({"reason": ""}, "Reason"),
    ({"reason": "because"}, "Reason"),
    ({"reason": ["damage"]}, "Reason"),
    ({"note": "x" * 501}, "Note"),
    ({"seen": 34}, "has 35 now"),
    ({"seen": None}, "has 35 now"),
    ({"seen": float("inf")}, "has 35 now"),
    ({"lot": "C7"}, "no such lot"),
    ({"lot": None}, "no such lot"),
    ({"lot": {"a": 1}}, "no such lot"),
]
WRONG_NEW: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "New lot"),
    ({"name": "x" * 61}, "New lot"),
    ({"quantity": 0}, "more than 0"),
    ({"received_on": "2026-03-03"}, "has not come yet"),
    ({"received_on": "yesterday"}, "Received on"),
    ({"expires_on": "2026-03-02"}, "Expires on"),
    ({"expires_on": 5}, "Expires on"),
    ({"reason": "because"}, "Reason"),
]


def test_refused_and_nothing_written(planner: Viewer) -> None:
    for wrong, told in WRONG:
        with pytest.raises(UserError, match=told):
            adjust(planner, **wrong)
    for wrong, told in WRONG_NEW:
        with pytest.raises(InvalidInput, match=told):
            add_lot(planner, **wrong)
    assert (lots(), moved(), stored("select * from stock_adjustment")) == ({"C1": 35, "C2": 5}, 0, [])


def test_reasons_are_stored(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("insert into setting (key, value) values ('stock.reasons', '{\"value\": [\"Forklift\"]}')")
        )
    adjust(planner, reason="Forklift")
    with pytest.raises(InvalidInput, match="Reason"):
        adjust(planner, seen=30, quantity=29, reason="damage")


def test_of_two_who_correct_one_lot_the_second_is_told(planner: Viewer) -> None:
    def correct(quantity: int) -> str:
        try:
            adjust(planner, quantity=quantity)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(correct, range(20, 28)))
    assert sorted(outcomes) == ["done", *["told"] * 7]
    assert 35 + moved() == lots()["C1"]
    assert len(stored("select * from stock_adjustment")) == 1


def test_of_two_who_find_one_lot_the_second_is_told(planner: Viewer) -> None:
    def find(_who: int) -> str:
        try:
            add_lot(planner)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(find, range(6))) == ["done", *["told"] * 5]
    assert (lots()["C9"], moved()) == (4, 4)


@given(wanted=st.lists(st.decimals(0, 10_000, places=4), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_book_and_corrections_make_the_stock(planner: Viewer, wanted: list[Any]) -> None:
    for quantity in wanted:
        now = lots().get("C2", 0.0)
        if float(quantity) != now:
            adjust(planner, lot="C2", seen=now, quantity=str(quantity), reason="count")
    first = float(
        stored(
            "select coalesce(min(before) filter (where id = (select min(id) from stock_adjustment)), 5) "
            "from stock_adjustment"
        )[0][0]
    )
    assert first + moved() == pytest.approx(lots().get("C2", 0.0))


def test_only_who_may_edit_the_stock(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    for name in ("executive", "analyst", "supplier"):
        for change in (adjust, add_lot):
            with pytest.raises(NotAllowed):
                change(viewer_of(name))
    about = {"quantity": 1, "received_on": "", "expires_on": "", "reason": "found"}
    with pytest.raises(NotFound):
        stock_adjustments.add_lot(planner, 10**9, 1, "X", **about)
