"""Exceptions: which there are, what they cost, and why, on stock reckoned by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rows import Rows, colleague

from core.permissions import Permission, Role
from services.exceptions import KindTotal, PlanningException, exceptions

PLANNER = colleague()


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """A and B cost 4 and sell at 10; their policies: order up to 110, 5 a day, lead time 10 days."""
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-10")
    made = Rows()
    made.place()
    for code in ("A", "B"):
        made.product(code, unit_cost=4, unit_price=10, uom="CTN")
        made.policy(code)
    return made


def order(rows: Rows, product: str, quantity: int, due: str, *, confirmed: bool = True, price: float = 3) -> int:
    if "supplier" not in rows.ids:
        rows.ids["supplier"] = rows.add("supplier", code="S1", name="Gula Sdn Bhd")
    number = rows.add(
        "purchase_order",
        number=f"PO-{len(rows.ids)}-{due}-{quantity}",
        supplier_id=rows.ids["supplier"],
        location_id=rows.ids["KL"],
        status="sent",
        ordered_on=date(2026, 2, 1),
    )
    day = date.fromisoformat(due)
    return rows.add(
        "purchase_order_line",
        order_id=number,
        line_no=1,
        product_id=rows.ids[product],
        quantity=quantity,
        unit_price=price,
        requested_on=day,
        latest_confirmed_on=day if confirmed else None,
        confirmed_quantity=quantity if confirmed else None,
        status="confirmed" if confirmed else "open",
    )


def only(kind: str, found: list[PlanningException]) -> PlanningException:
    (one,) = (row for row in found if row.kind == kind)
    return one


def total(kind: str, totals: list[KindTotal]) -> tuple[int, float]:
    return next((found.items, found.money) for found in totals if found.kind == kind)


def test_stocked_out_with_nothing_on_order(rows: Rows) -> None:
    rows.stock("B", 60)
    worst = only("stocked_out", exceptions(PLANNER).worst)
    assert (worst.money, worst.what, worst.where) == (500, "A Product A", "Place KL")  # 10 days x 5 at 10
    assert worst.why == ("None left; 5 CTN a day are wanted. Nothing on order; an order takes 10 days: about 50 short.")
    assert worst.href == "/inventory/positions?status=stocked_out&search=A&location=KL"


def test_at_risk_until_the_next_receipt(rows: Rows) -> None:
    rows.stock("A", 20)
    rows.stock("B", 60)
    order(rows, "A", 100, "2026-03-16")
    worst = only("at_risk", exceptions(PLANNER).worst)
    assert worst.money == 100  # 6 days x 5 - 20 = 10 short at 10
    assert worst.why == "Lasts 4 days. Next receipt 2026-03-16: about 10 CTN short."


def test_excess_and_over_ordered_by_what_is_above_order_up_to(rows: Rows) -> None:
    rows.stock("A", 150)
    rows.stock("B", 100)
    order(rows, "B", 50, "2026-03-20")
    found = exceptions(PLANNER).worst
    excess, ordered = only("excess", found), only("over_ordered", found)
    assert (excess.money, ordered.money) == (160, 160)  # 40 above 110, at 4
    assert excess.why == "40 CTN above the order-up-to level of 110; stock lasts 30 days."
    assert ordered.why == "40 CTN of the open orders go beyond the order-up-to level of 110; stock lasts 20 days."


def test_lots_that_will_not_sell_before_they_expire(rows: Rows) -> None:
    rows.stock("A", 60)
    rows.stock("B", 70, expires="2026-03-20")  # 10 days x 5 = 50 will sell
    rows.stock("B", 1, expires="2026-12-20")  # far away
    worst = only("expiring", exceptions(PLANNER).worst)
    assert worst.money == 80
    assert worst.why == "20 CTN won't be sold before they expire, from 2026-03-20 on, at 5 a day."


def test_expired_lots_count_in_full(rows: Rows) -> None:
    rows.stock("A", 60)
    rows.stock("B", 60)
    rows.stock("B", 7, expires="2026-03-01")
    worst = only("expiring", exceptions(PLANNER).worst)
    assert (worst.money, worst.why) == (28, "7 CTN expired on 2026-03-01 or won't be sold in time at 5 a day.")


def test_late_supplier_lines(rows: Rows) -> None:
    rows.stock("A", 60)
    rows.stock("B", 60)
    order(rows, "A", 30, "2026-03-09")
    order(rows, "B", 20, "2026-03-01", confirmed=False)
    order(rows, "B", 10, "2026-03-10")  # due today is not late
    found = exceptions(PLANNER)
    assert total("supplier_late", found.totals) == (2, 150)
    first, second = (row for row in found.worst if row.kind == "supplier_late")
    assert (first.money, second.money) == (90, 60)
    assert "30 of 30 CTN missing, 1 day after the confirmed 2026-03-09." in first.why
    assert "never confirmed; 20 of 20 CTN missing, 9 days after the requested 2026-03-01." in second.why
    assert first.where == "Gula Sdn Bhd → Place KL"


def test_the_five_worst_of_all_kinds_by_money(rows: Rows) -> None:
    for number in range(6):
        code = f"X{number}"
        rows.product(code, unit_cost=1, unit_price=10 + number)
        rows.policy(code)
    found = exceptions(PLANNER)
    assert [row.money for row in found.worst] == [750, 700, 650, 600, 550]
    assert total("stocked_out", found.totals) == (8, 500 * 2 + 500 + 550 + 600 + 650 + 700 + 750)


def test_only_what_the_viewer_may_see(rows: Rows) -> None:
    order(rows, "A", 30, "2026-03-09")
    kinds = {found.kind for found in exceptions(colleague(without=Permission.INVENTORY_READ)).totals}
    assert kinds == {"supplier_late"}
    kinds = {found.kind for found in exceptions(colleague(without=Permission.PURCHASE_READ)).totals}
    assert kinds == {"stocked_out"}
    assert exceptions(colleague(Role.ADMIN)).worst == []


def test_without_rows_there_are_none(empty_database: Path) -> None:
    found = exceptions(PLANNER)
    assert (found.worst, found.totals, found.watched) == ([], [], False)


def test_all_well_is_not_the_same_as_no_data(rows: Rows) -> None:
    rows.stock("A", 60)
    rows.stock("B", 60)
    found = exceptions(PLANNER)
    assert (found.worst, found.totals, found.watched) == ([], [], True)
