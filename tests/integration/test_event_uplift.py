"""Approved events in the demand plan, and what is learned from past ones, on the demo company whose rules are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rows import colleague
from sqlalchemy import text

from core.clock import today
from core.errors import InvalidInput
from data.db import owner_engine, session_scope
from data.demo.rules import DIP_FACTOR, PROMOTION_ELASTICITY, promotion_uplift
from data.queries import settings as stored
from services import planning_events
from services.demand_plan import DemandBase, demand_base, demand_plan
from services.event_history import event_history
from services.event_preview import preview
from services.event_uplift import planned_events, uplift_of

PLANNER = colleague()
MODERN = ("MT", "ECOM")


@pytest.fixture(scope="module")
def without_expectations(database: Path) -> None:
    """The demo company whose own events expect nothing, so that only those made here are in the plan."""
    with owner_engine().begin() as connection:
        connection.execute(text("update planning_event set expected_uplift = null, pull_forward = null"))


@pytest.fixture(autouse=True)
def company(without_expectations: None) -> Iterator[None]:
    """Events made here are gone afterwards."""
    yield
    with owner_engine().begin() as connection:
        connection.execute(text("delete from planning_event where code like 'T-%'"))
    with session_scope(PLANNER) as session:
        stored.bump(session, planning_events.SUBJECT)


def base() -> DemandBase:
    with session_scope(PLANNER) as session:
        return demand_base(session, PLANNER)


def uplift() -> np.ndarray:
    with session_scope(PLANNER) as session:
        return demand_plan(session, PLANNER).uplift


def event(code: str, **given: Any) -> dict[str, Any]:
    first = (today().replace(day=1) + timedelta(days=62)).replace(day=1)
    start = {"starts_on": first + timedelta(days=3), "ends_on": first + timedelta(days=16)}
    return planning_events.create(PLANNER, {"code": code, "name": code, "kind": "promotion", **start, **given})


def general_trade() -> tuple[str, np.ndarray]:
    """A product sold in general trade, where nothing is ever promoted, and its leaves there."""
    found = base()
    leaves = found.leaves
    own = leaves["channel"].eq("GT") & (found.statistical.sum(axis=1) > 0)
    product = str(leaves.loc[own, "product"].iloc[0])
    return product, np.flatnonzero(own & (leaves["product"] == product))


def test_learned_uplift_covers_the_truth_by_category_and_discount() -> None:
    with session_scope(PLANNER) as session:
        learned = event_history(session, PLANNER).learned
    assert len(learned.bands)
    for mechanic, category, band in learned.bands.index:
        found = learned.proposal(mechanic, category, band / 100)
        assert found.low <= promotion_uplift(category, band / 100) - 1 <= found.high
    rates = learned.categories["rate"]
    truth = [PROMOTION_ELASTICITY[category] for _mechanic, category in rates.index]
    assert rates.to_numpy() == pytest.approx(truth, rel=0.25)
    assert learned.mechanics["pull_forward"].iloc[0] == pytest.approx(1 - DIP_FACTOR, abs=0.08)


def test_events_without_a_figure_change_nothing() -> None:
    assert (uplift() == 0).all()


def test_an_approved_event_adds_days_times_uplift_where_nothing_was_promoted() -> None:
    product, own = general_trade()
    made = event("T-1", product=product, channel="GT", expected_uplift=0.5)
    found, found_base = uplift(), base()
    month = found_base.months.index(made["starts_on"].replace(day=1))
    days = (
        (made["starts_on"].replace(day=28) + timedelta(days=4)).replace(day=1) - made["starts_on"].replace(day=1)
    ).days
    assert found[own, month] == pytest.approx(found_base.statistical[own, month] * 0.5 * 14 / days)
    assert found.sum() == pytest.approx(found[own, month].sum())


def test_drafts_and_cancelled_events_add_nothing() -> None:
    product, _own = general_trade()
    event("T-2", product=product, channel="GT", expected_uplift=0.5, status="draft")
    made = event("T-3", product=product, channel="GT", expected_uplift=0.5)
    assert uplift().any()
    planning_events.cancel(PLANNER, made["id"], made["version"], reason="no stock")
    assert not uplift().any()


def test_the_week_after_and_sister_products_lose() -> None:
    product, own = general_trade()
    event("T-4", product=product, channel="GT", expected_uplift=1.0, pull_forward=0.5, cannibalisation=0.5)
    found = uplift()
    leaves = base().leaves
    family = leaves["family"].iloc[own[0]]
    sisters = leaves["family"].eq(family) & leaves["channel"].eq("GT") & ~leaves["product"].eq(product)
    sisters &= leaves["location"].isin(leaves["location"].iloc[own])
    lost, won = found[sisters].sum(), found[own].sum()
    assert won > 0
    assert (found[sisters] <= 0).all()
    assert not sisters.any() or lost < 0
    others = ~sisters.to_numpy()
    others[own] = False
    assert not found[others].any()


def test_usual_promotions_are_not_counted_twice() -> None:
    """All promotions of the calendar with the uplift they have: the forecast made without them holds most already."""
    with session_scope(PLANNER) as session:
        found = demand_base(session, PLANNER)
        planned = planned_events(session, found)
        learned = event_history(session, PLANNER).learned
        category = planned["product_id"].map(
            found.leaves.drop_duplicates("product_id").set_index("product_id")["category"]
        )
        share, dip = learned.expected(planned[["mechanic", "discount"]].assign(category=category.fillna("")))
        added = uplift_of(session, PLANNER, found, planned.assign(expected_uplift=share, pull_forward=dip))
    promoted = found.leaves["channel"].isin(MODERN).to_numpy()
    assert (added[~promoted] == 0).all()
    assert (np.abs(added[promoted]).sum(axis=1) > 0).any()
    assert abs(added[promoted].sum() / found.statistical[promoted].sum()) < 0.06


def test_a_group_reaches_its_products_and_no_others() -> None:
    leaves = base().leaves
    family = str(leaves["family"].iloc[0])
    event("T-5", family=family, channel="GT", expected_uplift=0.3)
    touched = leaves[np.abs(uplift()).sum(axis=1) > 0]
    assert set(touched["family"]) == {family}
    assert set(touched["channel"]) == {"GT"}


def test_a_preview_stores_nothing_and_tells_the_difference() -> None:
    product, own = general_trade()
    start = (today().replace(day=1) + timedelta(days=62)).replace(day=1)
    given = {"product": product, "channel": "GT", "kind": "promotion", "expected_uplift": 0.5, "discount": 0.2}
    found = preview(PLANNER, None, {**given, "starts_on": start, "ends_on": start + timedelta(days=9)})
    assert found.months == [start]
    assert found.then[0] > found.now[0] == pytest.approx(base().statistical[own, base().months.index(start)].sum())
    assert found.revenue > 0
    assert found.proposal.events > 0
    assert not uplift().any()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"product": "NOPE"}, "Product: there is none"),
        ({"brand": "NOPE"}, "Brand: no product has"),
        ({"expected_uplift": 21}, "Expected uplift: enter"),
        ({"cannibalisation": 2}, "Cannibalisation: enter 0 to 1"),
        ({"budget": "x"}, "Budget: enter a number"),
        ({"mechanic": "magic"}, "Mechanic: choose one of"),
        ({"ends_on": date(2099, 1, 1)}, "at most 366 days"),
        ({"product": "X", "products": ["Y"]}, "“Y”"),
    ],
)
def test_what_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        event("T-6", **given)


def test_products_and_a_group_are_not_both() -> None:
    product, _own = general_trade()
    with pytest.raises(InvalidInput, match="not both"):
        event("T-7", product=product, family=str(base().leaves["family"].iloc[0]))
