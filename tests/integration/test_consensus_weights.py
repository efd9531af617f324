"""Weights of streams: learned without looking ahead, equal, or by hand; the consensus follows at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import consensus_company as company
import pytest
from consensus_company import person
from rows import Rows

from core.errors import Conflict, InvalidInput, NotAllowed
from data.db import session_scope
from services import stream_weights
from services.consensus_weights import weights
from services.demand_plan import demand_base, demand_plan

BY_HAND = {"baseline": 0.0, "sales": 1.0, "marketing": 1.0, "customer": 1.0, "finance": 0.0}


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    return company.load()


def sauce_in_march(rows: Rows) -> float:
    viewer = person(rows, "planner")
    with session_scope(viewer) as session:
        plan = demand_plan(session, viewer)
    at = plan.base.leaves.index[plan.base.leaves["product"] == "SAUCE"][0]
    return float(plan.consensus[at, 0])


def weight_of_sales(rows: Rows) -> float:
    viewer = person(rows, "planner")
    with session_scope(viewer) as session:
        return weights(session, viewer, demand_base(session, viewer).leaves)["Sauces"]["sales"]


def test_without_published_plans_all_weigh_the_same(rows: Rows) -> None:
    assert weight_of_sales(rows) == 1
    assert sauce_in_march(rows) == pytest.approx(310 / 3)
    assert stream_weights.report(person(rows, "analyst")).rolling is None


def test_a_stream_that_was_right_weighs_more(rows: Rows) -> None:
    for first in (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)):
        company.published(rows, first, sales=120.0)
    assert weight_of_sales(rows) > 1
    assert sauce_in_march(rows) > 310 / 3
    found = stream_weights.report(person(rows, "analyst"))
    sales = next(one for one in found.records if one.stream == "sales")
    assert (sales.cells, sales.wmape, sales.baseline_wmape) == (3, 0, pytest.approx(1 / 6))
    assert found.rolling is not None
    assert found.rolling.wmape["learned"] < found.rolling.wmape["equal"]


def test_a_month_that_is_not_over_teaches_nothing(rows: Rows) -> None:
    company.published(rows, date(2026, 2, 1), sales=500.0)  # for March, which has begun
    assert weight_of_sales(rows) == 1


def test_a_plan_teaches_nothing_of_its_own_first_month(rows: Rows) -> None:
    version = company.published(rows, date(2026, 1, 1), sales=500.0)
    with company.owner_engine().begin() as connection:
        connection.execute(
            company.text("update demand_plan_value set period = '2026-01-01' where version_id = :id"), {"id": version}
        )
    rows.bump("plan_version")
    assert weight_of_sales(rows) == 1


def test_the_plan_published_last_of_a_month_counts(rows: Rows) -> None:
    company.published(rows, date(2025, 12, 1), sales=900.0)
    second = company.published(rows, date(2026, 1, 1), sales=120.0)
    with company.owner_engine().begin() as connection:
        connection.execute(
            company.text("update plan_version set first_period = '2025-12-01', number = 2 where id = :id"),
            {"id": second},
        )
        connection.execute(company.text("update demand_plan_value set period = '2026-01-01'"))
    rows.bump("plan_version")
    assert weight_of_sales(rows) > 1


def test_weights_by_hand_hold_at_once_and_equal_ones_too(rows: Rows) -> None:
    planner = person(rows, "planner")
    chosen = stream_weights.choose(planner, "hand", BY_HAND, 0)
    assert sauce_in_march(rows) == pytest.approx(130)
    chosen = stream_weights.choose(planner, "equal", {}, chosen.version)
    assert sauce_in_march(rows) == pytest.approx(310 / 3)
    assert chosen.hand == BY_HAND  # kept for the next time


def test_the_second_of_two_people_is_told(rows: Rows) -> None:
    planner = person(rows, "planner")
    stream_weights.choose(planner, "equal", {}, 0)
    with pytest.raises(Conflict, match="Somebody else"):
        stream_weights.choose(planner, "learned", {}, 0)


@pytest.mark.parametrize("value", [-1, 11, "2", None, True, float("nan"), float("inf")], ids=repr)
def test_weights_that_are_none_are_refused(rows: Rows, value: object) -> None:
    with pytest.raises(InvalidInput, match="Weight of sales"):
        stream_weights.choose(person(rows, "planner"), "hand", {**BY_HAND, "sales": value}, 0)


def test_all_nothing_and_unknown_ways_are_refused(rows: Rows) -> None:
    planner = person(rows, "planner")
    with pytest.raises(InvalidInput, match="above 0"):
        stream_weights.choose(planner, "hand", dict.fromkeys(BY_HAND, 0.0), 0)
    with pytest.raises(InvalidInput, match="Choose how"):
        stream_weights.choose(planner, "best", {}, 0)


def test_only_who_edits_demand_decides(rows: Rows) -> None:
    for role in ("sales", "marketing", "finance", "executive", "analyst"):
        with pytest.raises(NotAllowed):
            stream_weights.choose(person(rows, role), "equal", {}, 0)


def test_a_closed_step_keeps_its_weights(rows: Rows) -> None:
    company.cycle(rows)
    with company.owner_engine().begin() as connection:
        connection.execute(company.text("update sop_step set status = 'closed', closed_at = now()"))
    with pytest.raises(Conflict, match="Closed for 2026-03"):
        stream_weights.choose(person(rows, "planner"), "equal", {}, 0)
