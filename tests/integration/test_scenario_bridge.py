"""From the plan to a scenario by its changes: the steps add up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import InvalidInput, NotFound
from core.viewer import Viewer
from data.db import session_scope
from services import scenario_bridge, scenarios
from services.plan_totals import METRICS, plan_totals
from services.scenario_plan import scenario_planned


@pytest.fixture(scope="module")
def made(database: Path) -> dict[str, int]:
    """Scenarios by name, filled by the first test that asks."""
    return {}


def scenario(planner: Viewer, made: dict[str, int], *, changes: int) -> int:
    name = f"{changes} changes"
    if name not in made:
        made[name] = scenarios.branch(planner, name)
        for number in range(changes):
            version = scenarios.scenario(planner, made[name])["version"]
            scenarios.add_change(planner, made[name], version, kind="demand", mode="share", value=number + 1)
    return made[name]


@pytest.mark.parametrize("changes", [0, 2, 10])
def test_plan_and_steps_add_up_to_the_scenario(
    viewer_of: Callable[[str], Viewer], made: dict[str, int], changes: int
) -> None:
    planner = viewer_of("planner")
    wanted = scenario(planner, made, changes=changes)
    with session_scope(planner) as session:
        total = plan_totals(scenario_planned(session, planner, wanted)).total
    for metric in METRICS:
        found = scenario_bridge.bridge(planner, wanted, metric)
        assert found.scenario == pytest.approx(total[metric])
        assert len(found.steps) == min(changes, scenario_bridge.MOST_STEPS)
    assert [change is None for change, _effect in found.steps[-1:]] == ([changes > 8] if changes else [])


def test_more_demand_is_more_revenue_step_by_step(viewer_of: Callable[[str], Viewer], made: dict[str, int]) -> None:
    planner = viewer_of("planner")
    found = scenario_bridge.bridge(planner, scenario(planner, made, changes=2), "revenue")
    assert all(effect > 0 for _change, effect in found.steps)


def test_odd_questions_are_refused(viewer_of: Callable[[str], Viewer], made: dict[str, int]) -> None:
    planner = viewer_of("planner")
    with pytest.raises(NotFound):
        scenario_bridge.bridge(planner, "x", "margin")
    with pytest.raises(InvalidInput, match="figure"):
        scenario_bridge.bridge(planner, scenario(planner, made, changes=0), "luck")
