"""The cockpit of an item: terms tried on stored policies of the company of tests/stock_company.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import insert, select, text, update
from stock_company import TODAY, ago, ids

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.demand import DemandHistory
from models.network import Channel, Location
from models.planning import InventoryPolicy
from models.product import Product
from services import inventory, item_cockpit, policy_review, supply_plan
from services.item_cockpit import Trial
from services.policy_history import policy_history
from services.policy_review import PolicyFilters


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


def tried(planner: Viewer, code: str, **wanted: object) -> Trial:
    return item_cockpit.trial(planner, *item(code), wanted)


def stored(code: str) -> Any:
    table = InventoryPolicy.__table__
    with owner_engine().connect() as connection:
        return connection.execute(select(table).where(table.c.product_id == ids(Product)[code])).one()


def test_without_a_change_the_tried_policy_is_todays(planner: Viewer) -> None:
    found = tried(planner, "SUGAR")
    assert not found.changed
    assert found.tried == found.now
    assert found.now.reorder_point == float(stored("SUGAR").reorder_point)
    # Safety stock and half a lot of 1,950 at RM 3.
    assert found.now.stock_value == pytest.approx((found.now.safety_stock + 975) * 3)
    same = tried(planner, "SUGAR", service_target=0.95, lead_time_days=10.0, moq=500, review_days=7)
    assert not same.changed


def test_more_service_never_less_stock(planner: Viewer) -> None:
    outcomes = [tried(planner, "SUGAR", service_target=target).tried for target in (0.5, 0.8, 0.9, 0.98, 0.999)]
    stocks = [outcome.safety_stock for outcome in outcomes]
    assert stocks == sorted(stocks)
    rates = [outcome.fill_rate or 0.0 for outcome in outcomes]
    assert rates == sorted(rates)


def test_each_term_does_what_it_says(planner: Viewer) -> None:
    now = tried(planner, "SUGAR").now
    slower = tried(planner, "SUGAR", lead_time_days=20).tried
    assert slower.reorder_point == pytest.approx(now.reorder_point + 20 * 10, rel=1e-3)
    assert tried(planner, "SUGAR", moq=4_000).tried.order_quantity == 4_000
    rarer = tried(planner, "SUGAR", review_days=14).tried
    assert rarer.reorder_point == pytest.approx(now.reorder_point + 20 * 7, rel=1e-3)


def test_what_is_tried_is_what_would_be_stored(planner: Viewer) -> None:
    expected = tried(planner, "SUGAR", service_target=0.99).tried
    inventory.set_service_target(planner, *item("SUGAR"), target=0.99, version=stored("SUGAR").version)
    assert float(stored("SUGAR").safety_stock) == pytest.approx(expected.safety_stock, abs=1e-3)
    assert float(stored("SUGAR").order_up_to) == pytest.approx(expected.order_up_to, abs=1e-3)


def test_nothing_is_stored(planner: Viewer) -> None:
    before = stored("SUGAR")
    tried(planner, "SUGAR", service_target=0.99)
    item_cockpit.simulated(planner, *item("SUGAR"), {"moq": 900})
    assert stored("SUGAR") == before


def test_curve_rises_and_a_budget_buys_a_point_of_it(planner: Viewer) -> None:
    found = tried(planner, "SUGAR", lead_time_days=15)
    money = [point.stock_value for point in found.curve]
    assert money == sorted(money)
    assert found.tried_curve[0].stock_value >= 0
    best = item_cockpit.affordable(found.curve, found.now.stock_value or 0)
    assert best is not None
    assert best.service_target <= 0.951
    assert item_cockpit.affordable(found.curve, 1.0) is None
    assert tried(planner, "SUGAR", service_target=0.99).tried_curve == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_target", 1.0), ("service_target", 0.4), ("lead_time_days", -1), ("lead_time_days", 1e9),
        ("moq", -5), ("moq", float("inf")), ("moq", float("nan")), ("review_days", 0), ("review_days", "x"),
        ("service_target", True), ("lead_time_days", [7]),
    ],
)  # fmt: skip
def test_odd_terms_are_refused_by_name(planner: Viewer, name: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=r"enter .* to "):
        tried(planner, "SUGAR", **{name: value})


def test_emptied_terms_are_as_now(planner: Viewer) -> None:
    assert not tried(planner, "SUGAR", lead_time_days=None, moq="", unknown=3).changed


def test_unknown_items_and_items_without_policy(planner: Viewer) -> None:
    for product, location in ((0, 0), ("x", None), (item("SUGAR")[0], 10**30)):
        with pytest.raises(NotFound):
            item_cockpit.trial(planner, product, location, {})
    with pytest.raises(NotFound, match="no policy"):
        tried(planner, "NEW")


def test_simulation_is_the_same_each_time_and_holds_its_mean(planner: Viewer) -> None:
    found = item_cockpit.simulated(planner, *item("SUGAR"), {"service_target": 0.99})
    assert found == item_cockpit.simulated(planner, *item("SUGAR"), {"service_target": 0.99})
    assert found is not None
    now, more = found
    for each in (now, more):
        for measured in (each.fill_rate, each.cycle_service, each.mean_stock, each.orders):
            assert measured.low is not None
            assert measured.mean is not None
            assert measured.high is not None
            assert measured.low <= measured.mean <= measured.high
    assert now.fill_rate.mean is not None
    assert more.fill_rate.mean is not None
    assert now.fill_rate.mean <= more.fill_rate.mean
    same = item_cockpit.simulated(planner, *item("SUGAR"), {})
    assert same is not None
    assert same[0] == same[1]


def test_sold_items_are_simulated_on_what_was_sold(planner: Viewer) -> None:
    assert item_cockpit.simulated(planner, *item("CHIPS"), {}) is None
    product, location = item("CHIPS")
    with owner_engine().begin() as connection:
        connection.execute(text("select tandem_ensure_partition('demand_history', 2026)"))
        channel = connection.execute(insert(Channel).values(code="MT", name="MT").returning(Channel.id)).scalar_one()
        rows = [
            {
                "day": ago(back), "source_key": f"k{back}", "product_id": product, "location_id": location,
                "channel_id": channel, "quantity": 10 if back % 9 else -2, "revenue": 50,
            }
            for back in range(1, 60)
        ]  # fmt: skip
        connection.execute(insert(DemandHistory), rows)
    found = item_cockpit.simulated(planner, *item("CHIPS"), {})
    assert found is not None
    assert (found[0].fill_rate.mean or 0) > 0.5


def test_zones_compare_today_and_one_lead_time_ahead(planner: Viewer) -> None:
    plan = supply_plan.item_plan(planner, *item("SUGAR"))
    found = item_cockpit.standing(planner, plan)
    # 300 on hand, 20 a day for 10 days, nothing ordered: the plan's weeks take what production asks for.
    assert found.free == 300
    assert found.ahead == pytest.approx(item_cockpit.stock_ahead(plan, lead_time_days=10))
    assert found.zone in {"out", "safety", "reorder", "target", "above"}
    assert item_cockpit.stock_ahead(plan, lead_time_days=0) == plan.item["stock"]
    nothing = item_cockpit.standing(planner, supply_plan.item_plan(planner, *item("NEW")))
    assert nothing.zone is None


def test_tried_terms_change_the_weeks(planner: Viewer) -> None:
    assert item_cockpit.plan_with(planner, *item("SUGAR"), {}).tried is None
    found = item_cockpit.plan_with(planner, *item("SUGAR"), {"service_target": 0.999, "lead_time_days": 21})
    assert found.tried is not None


def test_the_open_proposal_is_shown(planner: Viewer) -> None:
    found = item_cockpit.order_proposal(planner, *item("SUGAR"))
    assert found is not None
    assert found["supplier"] == "Gula"
    assert item_cockpit.order_proposal(planner, *item("TEA")) is None


def test_an_item_without_a_cost_has_no_money(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(Product).where(Product.code == "TEA").values(unit_cost=None))
    found = tried(planner, "TEA")
    assert found.now.stock_value is None
    assert found.curve == []


def test_the_tried_policy_waits_until_it_is_approved(planner: Viewer) -> None:
    before = stored("SUGAR")
    wanted: dict[str, object] = {"service_target": 0.99, "lead_time_days": 14}
    expected = tried(planner, "SUGAR", **wanted).tried
    assert item_cockpit.propose(planner, *item("SUGAR"), wanted, reason="Slower now") == 1
    assert stored("SUGAR") == before
    waiting = policy_review.open_policy_proposals(planner, PolicyFilters(source="cockpit")).rows
    assert len(waiting) == 1
    assert waiting[0]["reorder_point"] == pytest.approx(expected.reorder_point, abs=1e-3)
    policy_review.approve(planner, [(waiting[0]["id"], waiting[0]["version"])])
    now = tried(planner, "SUGAR").now
    assert (now.terms.service_target, now.terms.lead_time_days) == (0.99, 14)
    assert now.reorder_point == pytest.approx(expected.reorder_point, abs=1e-3)
    newest = policy_history(planner, *item("SUGAR"))[0]
    assert newest["source"] == "cockpit"
    assert inventory.why(planner, *item("SUGAR")).inputs["lead_time_source"] == "planner"


def test_nothing_tried_is_not_proposed(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    with pytest.raises(InvalidInput, match="Nothing is tried"):
        item_cockpit.propose(planner, *item("SUGAR"), {})
    with pytest.raises(NotAllowed):
        item_cockpit.propose(viewer_of("executive"), *item("SUGAR"), {"moq": 900})


def test_partners_see_nothing(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    partner = viewer_of("supplier")
    key = item("SUGAR")
    for ask in (
        lambda: item_cockpit.trial(partner, *key, {}),
        lambda: item_cockpit.simulated(partner, *key, {}),
        lambda: item_cockpit.order_proposal(partner, *key),
        lambda: item_cockpit.plan_with(partner, *key, {}),
    ):
        with pytest.raises(NotAllowed):
            ask()
