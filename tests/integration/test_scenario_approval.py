"""A scenario on its way to the plan: asked for, approved by somebody else, promoted whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import today
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import inbox, scenario_approval, scenarios
from services.scenario_plan import scenario_planned
from services.supply_planned import planned

Viewers = Callable[[str], Viewer]
ITEM = "select p.id, p.code, p.category, f.location_id from forecast_value f join product p on p.id = f.product_id"


@pytest.fixture
def planner(fresh_database: Path, viewer_of: Viewers) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def executive(planner: Viewer, viewer_of: Viewers) -> Viewer:
    return viewer_of("executive")


def rows(statement: str, **values: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        return list(connection.execute(text(statement), values))


def scenario(planner: Viewer, *changes: dict[str, Any]) -> int:
    made = scenarios.branch(planner, f"With {len(changes)} changes")
    for change in changes:
        scenarios.add_change(planner, made, version(planner, made), **change)
    return made


def version(planner: Viewer, made: int) -> int:
    found: int = scenarios.scenario(planner, made)["version"]
    return found


def ask_for(planner: Viewer, made: int) -> None:
    scenario_approval.ask_for(planner, made, version(planner, made), note="Agreed in the supply review")


def promoted(planner: Viewer, executive: Viewer, made: int) -> dict[str, int | None]:
    ask_for(planner, made)
    scenario_approval.approve(executive, made, version(planner, made))
    done = scenario_approval.promote(planner, made, version(planner, made))
    return {effect.kind: effect.count for effect in done}


def months(first: int, last: int) -> dict[str, str]:
    """Whole weeks some weeks ahead."""
    monday = today() - timedelta(days=today().weekday())
    return {
        "from_week": (monday + timedelta(weeks=first)).isoformat(),
        "to_week": (monday + timedelta(weeks=last)).isoformat(),
    }


def test_demand_becomes_figures_of_the_planner_and_the_plan_follows(planner: Viewer, executive: Viewer) -> None:
    item = rows(f"{ITEM} order by f.q50 desc limit 1")[0]
    made = scenario(planner, {"kind": "demand", "mode": "share", "value": 20, "product": item.code})
    with session_scope(planner) as session:
        wanted, before = scenario_planned(session, planner, made), planned(session, planner)
    counts = promoted(planner, executive, made)
    with session_scope(planner) as session:
        after = planned(session, planner)
    own = (after.model.nodes["product_id"] == item.id).to_numpy()
    weeks = slice(1, 9)
    assert after.plan.inputs.demand[weeks, own].sum() == pytest.approx(
        wanted.plan.inputs.demand[weeks, own].sum(), rel=0.03
    )
    assert after.plan.inputs.demand[weeks, ~own] == pytest.approx(before.plan.inputs.demand[weeks, ~own])
    edit = rows("select * from demand_edit order by id desc limit 1")[0]
    assert (edit.cells, edit.stream, edit.reason) == (counts["demand"], "planner", "Scenario “With 1 changes”")


def test_a_promotion_sells_more_at_a_lower_price(planner: Viewer) -> None:
    item = rows(f"{ITEM} order by f.q50 desc limit 1")[0]
    of = {"kind": "promotion", "product": item.code, "value": 50, **months(2, 5)}
    full = scenario(planner, of)
    cheaper = scenarios.branch(planner, "Cheaper", based_on=full)
    change = scenarios.scenario(planner, cheaper)["changes"][0]["id"]
    scenarios.edit_change(planner, cheaper, version(planner, cheaper), change, **of, discount=20)
    found = scenarios.compare(planner, [full, cheaper])
    plan, at_full_price, at_a_discount = (total["revenue"] or 0.0 for total in found.total)
    assert plan < at_a_discount < at_full_price
    with session_scope(planner) as session:
        one, other = (scenario_planned(session, planner, made).plan.inputs.demand for made in (full, cheaper))
    assert one == pytest.approx(other)


def test_terms_hours_and_levels_are_written_where_they_belong(planner: Viewer, executive: Viewer) -> None:
    bought = rows("select p.code, i.lead_time_days, i.moq from supplier_item i join product p on p.id = i.product_id")[
        0
    ]
    sold = rows("select id, code, unit_price from product where unit_price > 0 order by id limit 1")[0]
    stocked = rows("select i.*, p.code from inventory_policy i join product p on p.id = i.product_id "
                   "where safety_stock > 10 order by 1, 2 limit 1")[0]  # fmt: skip
    line = rows("select id from resource where active order by id limit 1")[0]
    counts = promoted(
        planner,
        executive,
        scenario(
            planner,
            {"kind": "price", "mode": "share", "value": 10, "product": sold.code},
            {"kind": "lead_time", "mode": "add", "value": 1, "product": bought.code},
            {"kind": "capacity", "mode": "share", "value": 50, "resource_id": line.id, **months(2, 2)},
            {"kind": "safety_stock", "mode": "share", "value": 100, "product": stocked.code},
        ),
    )
    assert rows("select unit_price from product where id = :id", id=sold.id)[0][0] == pytest.approx(
        sold.unit_price * 110 / 100
    )
    days = rows("select lead_time_days from supplier_item i join product p on p.id = i.product_id where code = :code",
                code=bought.code)  # fmt: skip
    assert days[0][0] == bought.lead_time_days + 7
    hours = rows("select hours from resource_day where note like 'Scenario%' and hours > 0")
    usual = rows("select hours_per_week from resource where id = :id", id=line.id)[0][0]
    assert [float(row[0]) for row in hours] == pytest.approx([float(usual) * 1.5 / 5] * 5)
    proposal = rows("select * from policy_proposal where source = 'scenario' and product_id = :p and location_id = :l",
                    p=stocked.product_id, l=stocked.location_id)[0]  # fmt: skip
    assert proposal.safety_stock == pytest.approx(stocked.safety_stock * 2)
    assert proposal.reorder_point == pytest.approx(stocked.reorder_point + stocked.safety_stock)
    assert set(counts) == {"price", "capacity", "safety_stock"}
    assert counts["price"] == 1 + len(days)


def test_who_asks_does_not_approve_and_who_approves_has_it_in_the_inbox(planner: Viewer, executive: Viewer) -> None:
    made = scenario(planner, {"kind": "demand", "mode": "share", "value": 5})
    with pytest.raises(NotAllowed):
        scenario_approval.approve(planner, made, version(planner, made))
    with pytest.raises(Conflict):
        scenario_approval.approve(executive, made, version(planner, made))
    ask_for(planner, made)
    key = f"scenario:{made}"
    assert key in {entry.key for entry in inbox.worklist(executive).entries}
    scenario_approval.reject(executive, made, version(planner, made), note="Too bold")
    assert key not in {entry.key for entry in inbox.worklist(executive).entries}
    told = next(entry for entry in inbox.worklist(planner).entries if entry.key == key)
    assert (told.title, told.detail) == ("“With 1 changes” is turned down", "Too bold")
    assert scenarios.scenario(planner, made)["status"] == "kept"


def test_an_asked_for_scenario_changes_no_more_and_a_promoted_one_stays(planner: Viewer, executive: Viewer) -> None:
    made = scenario(planner, {"kind": "demand", "mode": "share", "value": 5})
    ask_for(planner, made)
    for change in (
        lambda: scenarios.add_change(planner, made, version(planner, made), kind="demand", mode="share", value=1),
        lambda: ask_for(planner, made),
        lambda: scenario_approval.promote(planner, made, version(planner, made)),
    ):
        with pytest.raises(Conflict):
            change()
    scenario_approval.approve(executive, made, version(planner, made))
    seen = version(planner, made)
    scenario_approval.promote(planner, made, seen)
    with pytest.raises(Conflict):
        scenario_approval.promote(planner, made, seen)
    with pytest.raises(Conflict):
        scenarios.drop(planner, made, version(planner, made))
    assert scenarios.scenario(planner, made)["effects"][0]["count"] > 0


OBSTACLES = {
    "price at one place": ({"kind": "price", "mode": "share", "value": 5, "location_id": "1"}, "all places"),
    "policy for some weeks": ({"kind": "service", "mode": "set", "value": 98, **months(2, 3)}, "all weeks"),
    "calendar of nobody": ({"kind": "calendar", **months(2, 3)}, "Name the resource"),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_what_can_not_be_written_is_told_before(planner: Viewer, name: str) -> None:
    change, said = OBSTACLES[name]
    made = scenario(planner, change)
    assert [said in (effect.obstacle or "") for effect in scenario_approval.effects(planner, made)] == [True]
    with pytest.raises(InvalidInput, match=said):
        ask_for(planner, made)


def test_nothing_is_asked_for_and_nothing_is_written_in_part(planner: Viewer, executive: Viewer) -> None:
    with pytest.raises(InvalidInput, match="add one first"):
        ask_for(planner, scenario(planner))
    made = scenario(planner, {"kind": "demand", "mode": "share", "value": 5})
    with pytest.raises(InvalidInput, match="Why"):
        scenario_approval.ask_for(planner, made, version(planner, made), note=" ")
    with pytest.raises(NotFound):
        scenario_approval.ask_for(planner, 10**12, 1, note="None")
    material = rows("select code from product where unit_price is null order by id limit 1")[0]
    price = rows("select sum(unit_price) from product")[0][0]
    made = scenarios.branch(planner, "Half of it")
    for change in (
        {"kind": "price", "mode": "share", "value": 5},
        {"kind": "safety_stock", "mode": "share", "value": 0, "product": material.code},
    ):
        scenarios.add_change(planner, made, version(planner, made), **change)
    ask_for(planner, made)
    scenario_approval.approve(executive, made, version(planner, made))
    with pytest.raises(InvalidInput, match="nothing that it changes"):
        scenario_approval.promote(planner, made, version(planner, made))
    assert rows("select sum(unit_price) from product")[0][0] == price
    assert scenarios.scenario(planner, made)["status"] == "approved"


def test_a_closed_step_keeps_its_plan(planner: Viewer, executive: Viewer) -> None:
    made = scenario(planner, {"kind": "demand", "mode": "share", "value": 5})
    ask_for(planner, made)
    scenario_approval.approve(executive, made, version(planner, made))
    with owner_engine().begin() as connection:
        connection.execute(text("delete from sop_cycle"))
        connection.execute(text("insert into sop_cycle (month) values (date_trunc('month', :day)::date)"),
                           {"day": today()})  # fmt: skip
        connection.execute(text(
            "insert into sop_step (cycle_id, step, position, status, due_on) "
            "select id, 'demand', 3, 'closed', month from sop_cycle"
        ))  # fmt: skip
    with pytest.raises(Conflict, match="opened again"):
        scenario_approval.promote(planner, made, version(planner, made))
