"""From a sheet to corrected stock: what is counted, by two people at once, again, approved or called off."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import count_sheets, downloads, positions, stock_adjustments, stock_counts
from services.outgoing import Format

LOTS = {"B1": 500, "C1": 35, "C2": 5, "N1": 9, "O1": 12, "S0": 70, "S1": 300, "T1": 20_000}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def stored(statement: str) -> list[tuple[Any, ...]]:
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def stock() -> dict[str, float]:
    return {str(lot): quantity for lot, quantity in stored("select lot, quantity::float8 from stock_lot")}


def made(planner: Viewer, **values: Any) -> int:
    return stock_counts.make(planner, **{"location": "KL", "tolerance_percent": 10, **values})


def lines(planner: Viewer, count: int, **values: Any) -> dict[str, dict[str, Any]]:
    return {row["lot"]: row for row in stock_counts.lines(planner, count, **values).rows}


def enter(planner: Viewer, count: int, **found: Any) -> int:
    known = lines(planner, count)
    return stock_counts.enter(
        planner, count, [(known[lot]["id"], known[lot]["counted"], q) for lot, q in found.items()]
    )


def version(planner: Viewer, count: int) -> int:
    return int(stock_counts.count(planner, count)["version"])


def approve(planner: Viewer, count: int) -> int:
    return stock_counts.approve(planner, count, version(planner, count))


def test_a_count_holds_the_lots_that_were_asked_for(planner: Viewer) -> None:
    assert {lot: row["book_quantity"] for lot, row in lines(planner, made(planner)).items()} == LOTS
    assert set(lines(planner, made(planner, category="Snacks"))) == {"C1", "C2"}
    assert set(lines(planner, made(planner, search="sug"))) == {"S0", "S1"}
    found = stock_counts.counts(planner)
    assert (found.total, found.rows[0]["lines"], found.rows[0]["created_by"]) == (3, 2, "Planner")


def test_what_can_not_be_made(planner: Viewer) -> None:
    wrong: list[dict[str, Any]] = [
        {"location": "JB"},
        {"location": None},
        {"location": {"a": 1}},
        {"category": "Nothing"},
        {"abc": "D"},
        {"abc": ["A"]},
        {"tolerance_percent": 101},
        {"tolerance_percent": "much"},
        {"name": "x" * 121},
    ]
    for values in wrong:
        with pytest.raises(InvalidInput):
            made(planner, **values)
    assert stock_counts.counts(planner).total == 0


def test_approval_corrects_the_stock_exactly(planner: Viewer) -> None:
    count = made(planner)
    assert enter(planner, count, C1="33.125", C2=5, N1=0) == 3
    before = positions.summary(planner).stock_value
    assert stock_counts.count(planner, count)["difference_value"] == pytest.approx(-1.875 * 2 - 9)
    assert approve(planner, count) == 2
    assert stock() == {**LOTS, "C1": 33.125, "N1": 0}
    assert positions.summary(planner).stock_value == pytest.approx(before - 12.75)
    assert stored("select lot, before::float8, after::float8, reason, count_id from stock_adjustment order by lot") == [
        ("C1", 35, 33.125, "count", count),
        ("N1", 9, 0, "count", count),
    ]
    assert float(stored("select sum(quantity) from stock_movement where reference like 'ADJ-%'")[0][0]) == -10.875
    shown = stock_counts.count(planner, count)
    assert (shown["status"], shown["closed_by"]) == ("approved", "Planner")


def test_stock_that_moves_meanwhile_keeps_what_moved(planner: Viewer) -> None:
    count = made(planner)
    enter(planner, count, C1=33)
    item = (ids(Product)["CHIPS"], ids(Location)["KL"])
    stock_adjustments.adjust(planner, *item, "C1", seen=35, quantity=20, reason="sample")
    assert approve(planner, count) == 1
    assert stock()["C1"] == 18, "two less than the books, and fifteen went out since"


def test_nothing_falls_below_zero(planner: Viewer) -> None:
    count = made(planner)
    enter(planner, count, C1=5, C2=4)
    item = (ids(Product)["CHIPS"], ids(Location)["KL"])
    stock_adjustments.adjust(planner, *item, "C1", seen=35, quantity=20, reason="sample")
    with pytest.raises(Conflict, match="Chips, lot C1 was 30 less than in the books, but only 20 are left"):
        approve(planner, count)
    assert (stock()["C1"], stock()["C2"]) == (20, 5)


def test_of_two_who_count_one_line_the_second_is_told(planner: Viewer) -> None:
    count = made(planner)
    line = lines(planner, count)["C1"]["id"]

    def find(quantity: int) -> str:
        try:
            stock_counts.enter(planner, count, [(line, None, quantity)])
        except Conflict as refused:
            return refused.message[:50]
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(find, range(30, 34)))
    assert outcomes == [*["Nothing was stored: somebody else counted lot C1 m"] * 3, "done"]
    kept = lines(planner, count)["C1"]["counted"]
    assert stock_counts.enter(planner, count, [(line, None, kept)]) == 0, "the same figure contradicts nobody"


def test_of_two_who_approve_one_wins(planner: Viewer) -> None:
    count = made(planner)
    enter(planner, count, C1=30)
    seen = version(planner, count)

    def press(_who: int) -> str:
        try:
            stock_counts.approve(planner, count, seen)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["done", "told", "told", "told"]
    assert stock()["C1"] == 30


def test_entries_are_taken_as_a_whole(planner: Viewer) -> None:
    count = made(planner)
    known = lines(planner, count)
    wrong: list[tuple[Any, type[UserError]]] = [
        ((known["C2"]["id"], None, -1), InvalidInput),
        ((known["C2"]["id"], None, "five"), InvalidInput),
        ((known["C2"]["id"], 7, 6), Conflict),
        ((known["C2"]["id"], {}, 6), Conflict),
        ((None, None, 6), NotFound),
        ((10**30, None, 6), NotFound),
    ]
    for entry, error in wrong:
        with pytest.raises(error):
            stock_counts.enter(planner, count, [(known["C1"]["id"], None, 1), entry])
    assert lines(planner, count)["C1"]["counted"] is None
    other = made(planner)
    with pytest.raises(NotFound):
        stock_counts.enter(planner, other, [(known["C1"]["id"], None, 1)])
    assert enter(planner, count, C1=3) == 1
    assert enter(planner, count, C1="") == 1
    assert lines(planner, count)["C1"]["counted"] is None


def test_beyond_the_tolerance_is_counted_again(planner: Viewer) -> None:
    count = made(planner)
    enter(planner, count, C1=30, S1=280, C2=5)
    assert set(lines(planner, count, show="beyond")) == {"C1"}
    assert stock_counts.recount(planner, count, version(planner, count)) == 1
    line = lines(planner, count, show="recount")["C1"]
    assert (line["counted"], line["first_counted"]) == (None, 30)
    with pytest.raises(Conflict, match="Chips, lot C1 has to be counted again first"):
        approve(planner, count)
    enter(planner, count, C1=31)
    assert stock_counts.recount(planner, count, version(planner, count)) == 0, "twice is enough"
    assert approve(planner, count) == 2
    assert (stock()["C1"], stock()["S1"]) == (31, 280)


def test_who_counts_blind_sees_no_books(planner: Viewer) -> None:
    count = made(planner, blind=True)
    enter(planner, count, C1=30)
    for row in lines(planner, count, show="beyond").values():
        assert (row["book_quantity"], row["difference"], row["difference_value"], row["beyond"]) == (None,) * 4
    assert len(lines(planner, count, show="different")) == len(LOTS)
    assert stock_counts.count(planner, count)["difference_value"] is None
    approve(planner, count)
    assert lines(planner, count)["C1"]["book_quantity"] == 35


def test_a_lot_that_the_books_do_not_have(planner: Viewer) -> None:
    count = made(planner)
    found = {"code": "CHIPS", "lot": "C7", "quantity": 6, "expires_on": "2026-09-01"}
    stock_counts.add_found(planner, count, **found)
    wrong: list[tuple[dict[str, Any], type[UserError]]] = [
        ({}, Conflict),
        ({"lot": "C1"}, Conflict),
        ({"lot": ""}, InvalidInput),
        ({"lot": "C8", "quantity": 0}, InvalidInput),
        ({"lot": "C8", "code": "NONE"}, InvalidInput),
        ({"lot": "C8", "expires_on": "soon"}, InvalidInput),
    ]
    for values, error in wrong:
        with pytest.raises(error):
            stock_counts.add_found(planner, count, **{**found, **values})
    assert approve(planner, count) == 1
    assert stock() == {**LOTS, "C7": 6}


def test_what_was_looked_at_is_what_is_approved(planner: Viewer) -> None:
    count = made(planner)
    enter(planner, count, C1=30)
    seen = version(planner, count)
    enter(planner, count, C2=4)
    with pytest.raises(Conflict, match="somebody changed this count"):
        stock_counts.approve(planner, count, seen)
    with pytest.raises(Conflict):
        stock_counts.cancel(planner, count, None, reason="x")


def test_closed_counts_stay_as_they_are(planner: Viewer) -> None:
    count = made(planner)
    with pytest.raises(Conflict, match="Nothing was counted"):
        approve(planner, count)
    with pytest.raises(InvalidInput):
        stock_counts.cancel(planner, count, version(planner, count), reason=" ")
    stock_counts.cancel(planner, count, version(planner, count), reason="forklift broke")
    assert stock_counts.count(planner, count)["closed_reason"] == "forklift broke"
    for change in (
        lambda: enter(planner, count, C1=3),
        lambda: approve(planner, count),
        lambda: stock_counts.recount(planner, count, version(planner, count)),
        lambda: stock_counts.cancel(planner, count, version(planner, count), reason="x"),
        lambda: stock_counts.add_found(planner, count, code="CHIPS", lot="C7", quantity=1),
    ):
        with pytest.raises(Conflict, match="this count is cancelled"):
            change()
    assert stock() == LOTS
    actions = [row[0] for row in stored("select action from audit_entry where subject = 'stock_count' order by id")]
    assert actions == ["stock_count.make", "stock_count.cancel"]


def test_the_sheet_goes_out_and_comes_back(planner: Viewer) -> None:
    count = made(planner)
    file = downloads.download(planner, "count-sheet", Format.CSV, {"count": str(count)})
    content = b"".join(file.chunks).decode("utf-8-sig").splitlines()
    assert content[0] == "line,code,name,lot,expires_on,uom,book_quantity,counted_before,counted"
    assert _send(planner, count, "\n".join(_with_counted(content, {"C1": "33", "C2": "5"}))) == 2
    assert lines(planner, count)["C1"]["counted"] == 33
    with pytest.raises(Conflict):
        _send(planner, count, "\n".join(_with_counted(content, {"C1": "34"})))


def _with_counted(content: list[str], found: dict[str, str]) -> list[str]:
    rows = [line.split(",") for line in content]
    return [";".join([*row[:8], found.get(row[3], row[8])]) for row in rows]


def _send(planner: Viewer, count: int, content: str | bytes) -> int:
    raw = content.encode() if isinstance(content, str) else content
    return count_sheets.send_in(planner, count, io.BytesIO(raw))


def test_sheets_that_are_none(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    count = made(planner)
    line = lines(planner, count)["C1"]["id"]
    wrong = {
        "": "no column “line”",
        "line,counted\n1,2": "no column “counted_before”",
        "line,counted_before,counted\n": "Nothing is filled in",
        "line,counted_before,counted\nx,,2": "Row 2, column “line”: “x”",
        f"line,counted_before,counted\n{line},,2\n{line},,3": "Row 3: line",
        f"line,counted_before,counted\n{line},,lots": "Counted, lot C1: enter a number",
        f"line,counted_before,counted\n{line},,-1": "nobody finds less than 0",
    }
    for content, told in wrong.items():
        with pytest.raises(InvalidInput, match=told):
            _send(planner, count, content)
    with pytest.raises(InvalidInput, match="UTF-8"):
        _send(planner, count, b"\xff\xfe\x00")
    with pytest.raises(NotFound):
        _send(planner, count, "line,counted_before,counted\n999999,,2")
    monkeypatch.setattr(count_sheets, "LARGEST_BYTES", 10)
    with pytest.raises(TooLarge):
        _send(planner, count, "line,counted_before,counted\n")
    assert lines(planner, count)["C1"]["counted"] is None


def test_rights(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    count = made(planner)
    reader, supplier = viewer_of("executive"), viewer_of("supplier")
    assert len(lines(reader, count)) == len(LOTS)
    for read in (stock_counts.counts, lambda who: stock_counts.count(who, count), lambda who: lines(who, count)):
        with pytest.raises(NotAllowed):
            read(supplier)
    for who in (reader, supplier):
        for change in (
            made,
            lambda someone: stock_counts.enter(someone, count, []),
            lambda someone: stock_counts.recount(someone, count, 1),
            lambda someone: stock_counts.approve(someone, count, 1),
            lambda someone: stock_counts.cancel(someone, count, 1, reason="x"),
            lambda someone: stock_counts.add_found(someone, count, code="CHIPS", lot="C7", quantity=1),
            lambda someone: _send(someone, count, ""),
        ):
            with pytest.raises(NotAllowed):
                change(who)
    for wrong in (None, "x", 10**30, -1):
        with pytest.raises(NotFound):
            stock_counts.count(planner, wrong)
