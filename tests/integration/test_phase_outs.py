"""Ends of products: a plan of zero afterwards, what to buy a last time, what is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import consensus_company as company
import pytest
from consensus_company import person
from rows import Rows
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.db import owner_engine, session_scope
from services import phase_outs
from services.demand_plan import demand_plan


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    return found


def chips(rows: Rows) -> list[float]:
    viewer = person(rows, "planner")
    with session_scope(viewer) as session:
        plan = demand_plan(session, viewer)
    return [float(value) for value in plan.consensus[(plan.base.leaves["product"] == "CHIPS").to_numpy()].sum(axis=0)]


def test_nothing_is_planned_after_the_last_day(rows: Rows) -> None:
    phase_outs.end(person(rows, "planner"), rows.ids["CHIPS"], "2026-04-15")
    assert chips(rows) == pytest.approx([50, 35, 0])  # the planner's 70 of April, half of it
    found = phase_outs.phase_outs(person(rows, "sales"))
    assert [(one.code, one.ends_on, one.life_cycle) for one in found] == [("CHIPS", date(2026, 4, 15), "phase_out")]
    assert found[0].planned_after == 0


def test_without_stock_the_demand_until_the_end_is_bought(rows: Rows) -> None:
    phase_outs.end(person(rows, "planner"), rows.ids["CHIPS"], "2026-04-30")
    found = phase_outs.phase_outs(person(rows, "planner"))[0]
    assert found.stock == found.left == 0
    assert found.last_buy == pytest.approx(found.demand)
    assert found.runs_out is not None


def test_more_stock_than_demand_is_left_with_its_value(rows: Rows) -> None:
    rows.add(
        "stock_lot", product_id=rows.ids["CHIPS"], location_id=rows.ids["KL"], lot="L", quantity=1000,
        received_on=company.TODAY,
    )  # fmt: skip
    rows.bump("stock")
    phase_outs.end(person(rows, "planner"), rows.ids["CHIPS"], "2026-03-31")
    found = phase_outs.phase_outs(person(rows, "planner"))[0]
    assert (found.stock, found.last_buy, found.runs_out) == (1000, 0, None)
    assert found.left == pytest.approx(1000 - found.demand)
    assert found.left_value == pytest.approx(found.left)


def test_the_second_of_two_people_is_told(rows: Rows) -> None:
    planner = person(rows, "planner")
    phase_outs.end(planner, rows.ids["CHIPS"], "2026-04-15")
    with pytest.raises(Conflict, match="set the end to 2026-04-15"):
        phase_outs.end(planner, rows.ids["CHIPS"], "2026-05-15")
    phase_outs.end(planner, rows.ids["CHIPS"], "2026-03-31", seen="2026-04-15")
    assert chips(rows) == pytest.approx([50, 0, 0])


@pytest.mark.parametrize("last", ["2026-03-09", "2036-01-01", "x", None, 5], ids=repr)
def test_days_that_can_not_be_the_last_are_refused(rows: Rows, last: object) -> None:
    with pytest.raises(InvalidInput, match="Last day of sale"):
        phase_outs.end(person(rows, "planner"), rows.ids["CHIPS"], last)


def test_roles_unknown_products_and_a_closed_step(rows: Rows) -> None:
    for role in ("sales", "marketing", "finance", "executive", "analyst"):
        with pytest.raises(NotAllowed):
            phase_outs.end(person(rows, role), rows.ids["CHIPS"], "2026-04-15")
    with pytest.raises(NotFound):
        phase_outs.end(person(rows, "planner"), 2**70, "2026-04-15")
    with owner_engine().begin() as connection:
        connection.execute(text("update sop_step set status = 'closed', closed_at = now() where step = 'product'"))
    with pytest.raises(Conflict, match="Closed for 2026-03"):
        phase_outs.end(person(rows, "planner"), rows.ids["CHIPS"], "2026-04-15")
