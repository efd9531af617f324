"""What a closed step locks, for how long, and what stays free."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cycle_company import MONTH, change, one

from core.errors import Conflict, NotAllowed, NotFound
from core.viewer import Viewer
from services import cycle, cycle_lock, demand_annotations, forecast_approval, item_reviews, policy_review
from services.cycle_lock import DEMAND, STEPS, SUPPLY
from services.policy_review import PolicyFilters

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def started(cycles: None, planner: Viewer) -> int:
    return cycle.start(planner, MONTH)


def closed(step: str) -> None:
    change(
        "update sop_step set status = 'closed', closed_at = '2026-03-12 09:30:00+00', closed_by = "
        f"(select id from app_user where role = 'planner') where step = '{step}'"
    )


def test_nothing_is_locked_without_a_cycle(planner: Viewer) -> None:
    assert [cycle_lock.step_lock(planner, step) for step in STEPS] == [None] * 6


@pytest.mark.usefixtures("started")
def test_a_closed_step_says_who_when_and_what(planner: Viewer) -> None:
    assert cycle_lock.step_lock(planner, DEMAND) is None
    closed(DEMAND)
    change(
        "insert into plan_version (kind, first_period, number, months) values ('demand', '2026-03-01', 3, 3)",
        "update sop_step set plan_version_id = (select max(id) from plan_version) where step = 'demand'",
    )
    found = cycle_lock.step_lock(planner, DEMAND)
    assert found is not None
    assert found.sentence == "Closed for 2026-03 by Planner at 2026-03-12 09:30. Published: 2026-03 v3."
    assert cycle_lock.step_lock(planner, SUPPLY) is None


@pytest.mark.usefixtures("started")
def test_edits_of_the_demand_step_are_refused(planner: Viewer) -> None:
    closed(DEMAND)
    run = one("select id from forecast_run")
    product, location = (
        one("select id from product where code = 'CHIPS'"),
        one("select id from location where code = 'KL'"),
    )
    for edit in (
        lambda: forecast_approval.approve(planner, run, note="", seen=0),
        lambda: demand_annotations.decide(planner, [(1, 1)], accepted=True, note=""),
        lambda: demand_annotations.annotate(
            planner, run, (product, location), kind="event", period="2026-02-01", corrected="", note="Flood"
        ),
        lambda: item_reviews.confirm_reviewed(planner, [f"{product}:{location}"]),
    ):
        with pytest.raises(Conflict, match="Closed for 2026-03 by Planner .*opened again under S&OP › Cycle"):  # noqa: RUF043
            edit()
    assert one("select count(*) from forecast_run where approved_at is not null") == 0


@pytest.mark.usefixtures("started")
def test_edits_of_the_supply_step_are_refused(planner: Viewer) -> None:
    closed(SUPPLY)
    for edit in (
        lambda: policy_review.approve(planner, [(1, 1)]),
        lambda: policy_review.reject(planner, [(1, 1)], reason="no"),
        lambda: policy_review.approve_listed(planner, PolicyFilters()),
    ):
        with pytest.raises(Conflict, match="Closed for 2026-03 by Planner"):
            edit()


@pytest.mark.usefixtures("started")
def test_each_step_locks_its_own(planner: Viewer) -> None:
    closed(SUPPLY)
    with pytest.raises(NotFound):
        demand_annotations.decide(planner, [(1, 1)], accepted=True, note="")


@pytest.mark.usefixtures("started")
def test_the_lock_ends_when_the_step_opens_again_or_the_cycle_ends(planner: Viewer) -> None:
    closed(DEMAND)
    change("update sop_step set status = 'open' where step = 'demand'")
    assert cycle_lock.step_lock(planner, DEMAND) is None
    closed(DEMAND)
    change("update sop_cycle set status = 'closed'")
    assert cycle_lock.step_lock(planner, DEMAND) is None


def test_outsiders_are_told_nothing(viewer_of: Callable[[str], Viewer]) -> None:
    for name in ("supplier", "admin"):
        with pytest.raises(NotAllowed):
            cycle_lock.step_lock(viewer_of(name), DEMAND)
