"""From a proposal to its result: who may, what is refused, what leaves the stock, and that nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import expiry_actions, expiry_board, inventory, planning_events, positions
from services.expiry_board import LotDetail
from services.positions import PositionFilters

PLAN = {"kind": "urgent_sale", "quantity": 15, "recovery_percent": 50, "due_on": "2026-03-04"}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def chips(lot: str = "C1") -> tuple[int, int, str]:
    return ids(Product)["CHIPS"], ids(Location)["KL"], lot


def propose(planner: Viewer, **values: Any) -> dict[str, Any]:
    return expiry_actions.propose(planner, *chips(), **{**PLAN, **values}).actions[-1]


def running(planner: Viewer, **values: Any) -> dict[str, Any]:
    action = propose(planner, **values)
    expiry_actions.approve(planner, action["id"], action["version"])
    return expiry_actions.start(planner, action["id"], action["version"] + 1).actions[-1]


def finish(planner: Viewer, action: dict[str, Any], **values: Any) -> LotDetail:
    return expiry_actions.finish(
        planner, action["id"], action["version"], **{"quantity": 15, "recovered": 12.5, **values}
    )


def stored(statement: str) -> list[Any]:
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def left() -> float:
    return float(stored("select quantity from stock_lot where lot = 'C1'")[0][0])


def movements() -> list[Any]:
    return stored(
        "select day::text, kind, quantity::float8, reference like 'EXPIRY-%' from stock_movement "
        "where product_id = (select id from product where code = 'CHIPS')"
    )


def test_a_proposal_keeps_the_cost_of_its_day(planner: Viewer) -> None:
    action = propose(planner, note=" to the staff shop ")
    assert (action["status"], action["quantity"], action["note"]) == ("proposed", 15, "to the staff shop")
    assert action["expected_recovery"] == 15 * 0.5 * 2
    with owner_engine().begin() as connection:
        connection.execute(text("update product set unit_cost = 99 where code = 'CHIPS'"))
    assert expiry_board.actions(planner).expected == 15


@pytest.mark.parametrize("kind", ["dispose", "donate", "urgent_sale"])
def test_what_is_taken_away_leaves_the_lot_with_a_movement(planner: Viewer, kind: str) -> None:
    before = positions.positions(planner, PositionFilters(search="CHIPS")).rows[0]["on_hand"]
    done = finish(planner, running(planner, kind=kind))
    assert (left(), movements()) == (20, [("2026-03-02", "adjustment", -15, True)])
    action = done.actions[-1]
    assert (action["status"], action["done_quantity"], action["recovered"]) == ("done", 15, 12.5)
    assert done.lot["quantity"] == 20
    after = positions.positions(planner, PositionFilters(search="CHIPS")).rows[0]["on_hand"]
    assert before - after == 15, "lists in memory know it too"


def test_clearing_a_material_is_not_its_daily_use(planner: Viewer) -> None:
    sugar = (ids(Product)["SUGAR"], ids(Location)["KL"], "S0")
    found = expiry_actions.propose(planner, *sugar, **{**PLAN, "kind": "dispose", "quantity": 70}).actions[-1]
    expiry_actions.approve(planner, found["id"], 1)
    expiry_actions.start(planner, found["id"], 2)
    expiry_actions.finish(planner, found["id"], 3, quantity=70, recovered=-5)
    inventory.recalculate(planner, as_of=TODAY)
    row = positions.positions(planner, PositionFilters(search="SUGAR")).rows[0]
    assert row["mean_daily_demand"] == 20
    assert (row["expired"], row["on_hand"]) == (0, 300)


@pytest.mark.parametrize("kind", ["promotion", "markdown"])
def test_what_sells_on_becomes_a_draft_event_and_moves_no_stock(planner: Viewer, kind: str) -> None:
    action = propose(planner, kind=kind)
    assert action["event"] is None
    approved = expiry_actions.approve(planner, action["id"], 1).actions[-1]
    event = planning_events.events(planner).rows[0]
    assert (event["code"], event["status"], event["product"], event["location"]) == (
        approved["event"],
        "draft",
        "CHIPS",
        "KL",
    )
    assert (event["kind"], str(event["starts_on"]), str(event["ends_on"])) == (
        {"promotion": "promotion", "markdown": "price"}[kind],
        "2026-03-02",
        "2026-03-04",
    )
    expiry_actions.start(planner, action["id"], 2)
    done = expiry_actions.finish(planner, action["id"], 3, quantity=0, recovered=0).actions[-1]
    assert (done["status"], left(), movements()) == ("done", 35, [])


@pytest.mark.parametrize(("approved", "status"), [(False, "cancelled"), (True, "approved")])
def test_cancelling_withdraws_the_event_unless_it_is_approved(planner: Viewer, approved: bool, status: str) -> None:
    action = propose(planner, kind="promotion")
    expiry_actions.approve(planner, action["id"], 1)
    event = planning_events.events(planner).rows[0]
    if approved:
        planning_events.change(planner, event["id"], event["version"], {"status": "approved"})
    cancelled = expiry_actions.cancel(planner, action["id"], 2, reason="sold after all").actions[-1]
    assert cancelled["status"] == "cancelled"
    assert planning_events.event(planner, event["id"])["status"] == status


def test_every_step_is_told_with_who_and_why(planner: Viewer) -> None:
    action = running(planner)
    told = finish(planner, action, note="to the staff").history
    assert [(line["action"], line["who"], line["reason"]) for line in told] == [
        ("expiry_action.finish", "Planner", "to the staff"),
        ("expiry_action.start", "Planner", None),
        ("expiry_action.approve", "Planner", None),
        ("expiry_action.propose", "Planner", None),
    ]
    assert told[0]["after"]["recovered"] == "12.5"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", None, "choose what to do"),
        ("kind", "transfer", "choose what to do"),
        ("kind", ["dispose"], "choose what to do"),
        ("quantity", None, "enter a number"),
        ("quantity", 0, "the lot has 35, of which open actions are to take 0"),
        ("quantity", -1, "more than 0"),
        ("quantity", 35.0001, "the lot has 35"),
        ("quantity", 1e30, "enter a number"),
        ("recovery_percent", None, "Recovery: enter a number"),
        ("recovery_percent", -1, "0 to 1,000"),
        ("recovery_percent", 1001, "0 to 1,000"),
        ("due_on", None, "Due on: enter a date"),
        ("due_on", "2026-03-01", "2026-03-01 is past"),
        ("due_on", "9999-01-01", "too far ahead"),
        ("note", "x" * 501, "at most 500"),
    ],
)
def test_proposals_that_make_no_sense_are_refused(planner: Viewer, field: str, value: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        propose(planner, **{field: value})
    assert expiry_board.actions(planner).total == 0


def test_two_actions_never_plan_the_same_units(planner: Viewer) -> None:
    first = propose(planner, quantity=30)
    with pytest.raises(InvalidInput, match="the lot has 35, of which open actions are to take 30"):
        propose(planner, quantity=6)
    expiry_actions.cancel(planner, first["id"], 1, reason="too much")
    assert propose(planner, quantity=35)["quantity"] == 35


def test_an_expired_lot_can_only_be_disposed_of(planner: Viewer) -> None:
    sugar = (ids(Product)["SUGAR"], ids(Location)["KL"], "S0")
    for kind in ("donate", "urgent_sale", "promotion", "markdown"):
        with pytest.raises(InvalidInput, match="expired on 2026-03-02; it can only be disposed of"):
            expiry_actions.propose(planner, *sugar, **{**PLAN, "kind": kind})
    assert expiry_actions.propose(planner, *sugar, **{**PLAN, "kind": "dispose"}).actions


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"quantity": 35.5}, "only 35 are left in lot C1"),
        ({"quantity": 0}, "If it was nothing, cancel the action"),
        ({"quantity": -1}, "what was done away with"),
        ({"quantity": None}, "enter a number"),
        ({"recovered": None}, "Recovered RM: enter a number"),
        ({"note": "x" * 501}, "at most 500"),
    ],
)
def test_a_result_that_can_not_be_changes_nothing(planner: Viewer, result: dict[str, Any], message: str) -> None:
    action = running(planner)
    with pytest.raises(InvalidInput, match=message):
        finish(planner, action, **result)
    assert (left(), movements(), expiry_board.actions(planner).open) == (35, [], 1)


def test_a_lot_that_is_gone_can_not_be_taken_from(planner: Viewer) -> None:
    action = running(planner)
    with owner_engine().begin() as connection:
        connection.execute(text("delete from stock_lot where lot = 'C1'"))
    with pytest.raises(InvalidInput, match="only 0 are left"):
        finish(planner, action)


def test_steps_go_forward_only_and_each_once(planner: Viewer) -> None:
    action = propose(planner)
    number = action["id"]
    for too_early in (
        lambda: expiry_actions.start(planner, number, 1),
        lambda: expiry_actions.finish(planner, number, 1, quantity=15, recovered=0),
        lambda: expiry_actions.approve(planner, number, 7),
    ):
        with pytest.raises(Conflict, match="is now proposed"):
            too_early()
    finish(planner, {"id": number, "version": running_version(planner, number)})
    for too_late in (
        lambda: expiry_actions.finish(planner, number, 4, quantity=15, recovered=0),
        lambda: expiry_actions.cancel(planner, number, 4, reason="late"),
        lambda: expiry_actions.approve(planner, number, 4),
    ):
        with pytest.raises(Conflict, match="is now done"):
            too_late()
    assert left() == 20


def running_version(planner: Viewer, action_id: int) -> int:
    expiry_actions.approve(planner, action_id, 1)
    return int(expiry_actions.start(planner, action_id, 2).actions[-1]["version"])


def test_two_who_finish_at_once_take_the_stock_once(planner: Viewer) -> None:
    action = running(planner)

    def attempt(_number: int) -> str:
        try:
            return finish(planner, action).actions[-1]["status"]
        except UserError as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(attempt, range(4)))
    assert answers == ["Conflict", "Conflict", "Conflict", "done"]
    assert (left(), len(movements())) == (20, 1)


def test_a_cancellation_needs_a_reason(planner: Viewer) -> None:
    action = propose(planner)
    with pytest.raises(InvalidInput, match="write a few words"):
        expiry_actions.cancel(planner, action["id"], 1, reason=" ")


def test_only_planners_may_act(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    action = propose(planner)
    for name in ("executive", "analyst", "supplier"):
        somebody = viewer_of(name)
        for act in (
            lambda who=somebody: propose(who),
            lambda who=somebody: expiry_actions.approve(who, action["id"], 1),
            lambda who=somebody: expiry_actions.start(who, action["id"], 1),
            lambda who=somebody: finish(who, action),
            lambda who=somebody: expiry_actions.cancel(who, action["id"], 1, reason="no"),
        ):
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize("action_id", [None, "1 or 1=1", 10**30, -1, True])
def test_unknown_actions_are_answered_alike(planner: Viewer, action_id: object) -> None:
    with pytest.raises(NotFound):
        expiry_actions.approve(planner, action_id, 1)
