"""Proposed levels of stocking policies: what is proposed, decided and noted, of the company of stock_company."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries import settings as stored
from models.network import Location
from models.planning import InventoryPolicy, ReorderProposal
from models.policy import PolicyChange, PolicyProposal
from models.product import Product
from services import inventory, policy_review
from services.policy_history import policy_history
from services.policy_review import PolicyFilters, propose


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    found = viewer_of("planner")
    inventory.recalculate(found, as_of=TODAY)
    return found


def item(code: str) -> tuple[int, int]:
    return ids(Product)[code], ids(Location)["KL"]


def stored_rows(model: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        table = model.__table__
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def policy_of(code: str) -> Any:
    return next(p for p in stored_rows(InventoryPolicy) if p.product_id == item(code)[0])


def levels(code: str, **changed: float) -> pd.DataFrame:
    policy = policy_of(code)
    names = ("safety_stock", "reorder_point", "order_quantity", "order_up_to")
    row = {**{name: float(getattr(policy, name)) for name in names}, **changed}
    return pd.DataFrame([row], index=pd.MultiIndex.from_tuples([item(code)], names=["product_id", "location_id"]))


def proposed(viewer: Viewer, code: str, *, source: str = "cockpit", **changed: float) -> int:
    with session_scope(viewer) as session:
        return propose(session, viewer, levels(code, **changed), source=source, reason="Tried in the cockpit")


def open_rows(viewer: Viewer, **filters: str) -> list[dict[str, Any]]:
    return policy_review.open_policy_proposals(viewer, PolicyFilters(**filters)).rows


def setting(viewer: Viewer, name: str, value: float) -> None:
    with session_scope(viewer) as session:
        stored.save(session, f"inventory.{name}", {"value": value})


def test_what_is_proposed_stands_beside_what_is_in_force(planner: Viewer) -> None:
    before = policy_of("SUGAR")
    point, level = float(before.reorder_point), float(before.order_up_to)
    assert proposed(planner, "SUGAR", safety_stock=104.0, order_up_to=level + 10, service_target=0.99) == 1
    (row,) = open_rows(planner)
    assert (row["code"], row["source"], row["created_by"]) == ("SUGAR", "cockpit", "Planner")
    assert (row["now_order_up_to"], row["order_up_to"]) == (level, level + 10)
    assert (row["now_service_target"], row["service_target"]) == (0.95, 0.99)
    # Safety stock at RM 3 a kilogram.
    assert row["stock_money_change"] == pytest.approx((104 - float(before.safety_stock)) * 3, abs=1e-3)
    assert row["change_share"] == pytest.approx(10 / level)
    # Nothing has changed yet.
    assert float(policy_of("SUGAR").reorder_point) == point
    one = policy_review.policy_proposal(planner, row["id"])
    assert one["inputs"]["lead_time_receipts"] == 5
    assert one["inputs"]["service_level"] == 0.99


def test_what_is_in_force_already_is_not_proposed_and_a_newer_one_replaces_the_older(planner: Viewer) -> None:
    assert proposed(planner, "SUGAR") == 0
    proposed(planner, "SUGAR", order_up_to=5000)
    proposed(planner, "SUGAR", order_up_to=6000, source="budget")
    assert [(r.status, float(r.order_up_to)) for r in stored_rows(PolicyProposal)] == [
        ("withdrawn", 5000),
        ("open", 6000),
    ]


def test_approval_changes_policy_history_and_proposal_to_order(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=5000, service_target=0.99, service_target_fixed=True)
    (row,) = open_rows(planner)
    done = policy_review.approve(planner, [(row["id"], row["version"])], note="For the season")
    assert (done.count, done.beyond) == (1, 0)
    policy = policy_of("SUGAR")
    assert (policy.order_up_to, policy.service_target, policy.source, policy.version) == (5000, 0.99, "cockpit", 2)
    to_order = next(r for r in stored_rows(ReorderProposal) if r.product_id == item("SUGAR")[0])
    assert to_order.quantity == 4700
    assert open_rows(planner) == []
    newest, first = policy_history(planner, *item("SUGAR"))
    assert (newest["who"], newest["source"], newest["reason"]) == ("Planner", "cockpit", "For the season")
    assert ("order_up_to", pytest.approx(2342.015, abs=1e-3), 5000) in newest["changes"]
    assert ("service_target", 0.95, 0.99) in newest["changes"]
    assert first["source"] == "calculation"
    assert all(before is None for _name, before, _after in first["changes"])


def test_levels_approved_from_elsewhere_stay_until_the_calculation_is_far_from_them(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=2500)
    (row,) = open_rows(planner)
    policy_review.approve(planner, [(row["id"], row["version"])])
    inventory.recalculate(planner, as_of=TODAY)
    assert policy_of("SUGAR").order_up_to == 2500
    assert open_rows(planner) == []
    setting(planner, "change_limit", 0.01)
    done = inventory.recalculate(planner, as_of=TODAY)
    assert (done["policies_proposed"], policy_of("SUGAR").order_up_to) == (1, 2500)
    (row,) = open_rows(planner)
    assert (row["source"], row["now_order_up_to"]) == ("calculation", 2500)


def test_large_change_of_the_calculation_waits_and_a_small_one_does_not(planner: Viewer) -> None:
    assert open_rows(planner) == []  # new items are applied at once
    before = policy_of("SUGAR"), policy_of("BOTTLE")
    setting(planner, "order_cost", 600)  # economic quantities double; a maximum keeps none
    done = inventory.recalculate(planner, as_of=TODAY)
    rows = {row["code"]: row for row in open_rows(planner, source="calculation")}
    assert done["policies_waiting"] == done["policies_proposed"] == len(rows) > 0
    assert policy_of("SUGAR").order_quantity == before[0].order_quantity
    assert rows["SUGAR"]["order_quantity"] == 3850
    assert rows["SUGAR"]["change_share"] > 0.25
    again = inventory.recalculate(planner, as_of=TODAY)
    assert (again["policies_changed"], again["policies_proposed"]) == (0, 0)
    assert {row["id"] for row in open_rows(planner)} == {row["id"] for row in rows.values()}
    # Back to what is stored: there is nothing to decide any more.
    setting(planner, "order_cost", 150)
    done = inventory.recalculate(planner, as_of=TODAY)
    assert (done["policies_waiting"], open_rows(planner)) == (0, [])
    setting(planner, "service_target", 0.96)
    assert inventory.recalculate(planner, as_of=TODAY)["policies_waiting"] == 0
    assert policy_of("SUGAR").service_target == 0.96
    assert policy_history(planner, *item("SUGAR"))[0]["source"] == "calculation"


def test_rejected_calculation_stays_away_until_it_is_another(planner: Viewer) -> None:
    setting(planner, "order_cost", 600)
    inventory.recalculate(planner, as_of=TODAY)
    rows = open_rows(planner)
    with pytest.raises(InvalidInput):
        policy_review.reject(planner, [(row["id"], row["version"]) for row in rows], reason=" ")
    assert policy_review.reject(planner, [(row["id"], row["version"]) for row in rows], reason="No room") == len(rows)
    assert inventory.recalculate(planner, as_of=TODAY)["policies_waiting"] == 0
    setting(planner, "order_cost", 2400)
    assert inventory.recalculate(planner, as_of=TODAY)["policies_proposed"] > 0


def test_a_persons_proposal_is_not_replaced_by_the_calculation(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=9000, source="network")
    setting(planner, "order_cost", 600)
    inventory.recalculate(planner, as_of=TODAY)
    (row,) = open_rows(planner, search="sugar")
    assert (row["source"], row["order_up_to"]) == ("network", 9000)


def test_target_set_by_a_person_applies_at_once_and_is_one_line_of_history(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=9000)
    version = inventory.why(planner, *item("SUGAR")).version
    inventory.set_service_target(planner, *item("SUGAR"), target=0.999, version=version)
    assert open_rows(planner) == []
    newest, _first = policy_history(planner, *item("SUGAR"))
    assert (newest["who"], newest["source"]) == ("Planner", "service_target")
    changed = {name for name, _before, _after in newest["changes"]}
    assert changed == {"service_target", "service_target_fixed", "safety_stock", "reorder_point", "order_up_to"}


def test_limit_of_a_bulk_approval(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=2400)
    proposed(planner, "BOTTLE", order_up_to=90_000)
    rows = open_rows(planner)
    choices = [(row["id"], row["version"]) for row in rows]
    for wrong in ("much", -1, float("inf"), 1e9):
        with pytest.raises(InvalidInput, match="Change limit"):
            policy_review.approve(planner, choices, change_limit=wrong)
    assert policy_review.approve(planner, choices, change_limit=0).count == 0
    done = policy_review.approve(planner, choices, change_limit="25")
    assert (done.count, done.beyond) == (1, 1)
    assert [row["code"] for row in open_rows(planner)] == ["BOTTLE"]
    assert [row["code"] for row in open_rows(planner, beyond="25")] == ["BOTTLE"]
    assert open_rows(planner, beyond="10000") == []


def test_of_two_who_decide_one_wins_and_the_other_is_told(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=5000)
    (row,) = open_rows(planner)
    choice = [(row["id"], row["version"])]

    def decide(_turn: int) -> str:
        try:
            policy_review.approve(planner, choice)
        except Conflict as error:
            return str(error)
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(decide, range(2)), key=len)
    assert first == "approved"
    assert "approved by Planner" in second
    assert policy_of("SUGAR").version == 2
    assert len([c for c in stored_rows(PolicyChange) if c.product_id == item("SUGAR")[0]]) == 2


def test_all_or_none(planner: Viewer) -> None:
    proposed(planner, "SUGAR", order_up_to=5000)
    proposed(planner, "BOTTLE", order_up_to=90_000)
    sugar, bottle = (next(r for r in open_rows(planner) if r["code"] == code) for code in ("SUGAR", "BOTTLE"))
    policy_review.reject(planner, [(bottle["id"], bottle["version"])], reason="Too much")
    with pytest.raises(Conflict, match="rejected by Planner"):
        policy_review.approve(planner, [(sugar["id"], sugar["version"]), (bottle["id"], bottle["version"])])
    assert policy_of("SUGAR").version == 1
    with pytest.raises(Conflict, match="recalculated"):
        policy_review.approve(planner, [(sugar["id"], 7)])
    for odd in ([], [("x", 1)], [(None, None)], [(2**70, 1)]):
        with pytest.raises((InvalidInput, NotFound)):
            policy_review.approve(planner, odd)


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_up_to": float("nan")},
        {"safety_stock": -1.0},
        {"order_up_to": 1.0},
        {"service_target": 1.0},
        {"reorder_point": float("inf")},
    ],
    ids=["nan", "negative", "below", "certain", "endless"],
)
def test_levels_that_can_not_be_are_refused(planner: Viewer, wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        proposed(planner, "SUGAR", **wrong)
    assert stored_rows(PolicyProposal) == []


def test_item_without_policy_is_not_proposed_for(planner: Viewer) -> None:
    lost = levels("SUGAR").set_axis(
        pd.MultiIndex.from_tuples([item("NEW")], names=["product_id", "location_id"]), axis=0
    )
    with session_scope(planner) as session, pytest.raises(NotFound, match="Recalculate first"):
        propose(session, planner, lost, source="cockpit", reason=None)
    with session_scope(planner) as session:
        assert propose(session, planner, lost.iloc[:0], source="cockpit", reason=None) == 0
        with pytest.raises(InvalidInput):
            propose(session, planner, levels("SUGAR"), source="elsewhere", reason=None)


def test_pages_and_sorting(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(Product).where(Product.code == "CHIPS").values(unit_cost=None))
    for code, level in (("SUGAR", 5000), ("BOTTLE", 90_000), ("TEA", 50_000)):
        proposed(planner, code, order_up_to=level, safety_stock=float(policy_of(code).safety_stock) + 1)
    by_code = policy_review.open_policy_proposals(planner, PolicyFilters(), start=1, end=2, sort=(("code", False),))
    assert ([row["code"] for row in by_code.rows], by_code.total) == (["SUGAR"], 3)
    assert by_code.stock_money_change == pytest.approx(3 + 0.4 + 1.5)
    assert policy_review.open_policy_proposals(planner, PolicyFilters(), sort=(("; drop", True),)).total == 3
    assert [r["code"] for r in open_rows(planner, category="Drinks", location="KL")] == ["TEA"]


def test_rights(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    proposed(planner, "SUGAR", order_up_to=5000)
    (row,) = open_rows(planner)
    choice = [(row["id"], row["version"])]
    executive, supplier = viewer_of("executive"), viewer_of("supplier")
    assert open_rows(executive)
    assert policy_history(executive, *item("SUGAR"))
    for change in (
        lambda: policy_review.approve(executive, choice),
        lambda: policy_review.reject(executive, choice, reason="No"),
        lambda: proposed(executive, "SUGAR", order_up_to=1e6),
        lambda: open_rows(supplier),
        lambda: policy_history(supplier, *item("SUGAR")),
        lambda: policy_review.policy_proposal(supplier, row["id"]),
    ):
        with pytest.raises(NotAllowed):
            change()
