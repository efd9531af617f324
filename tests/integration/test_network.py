"""The network of tea: sugar and bottles, the plant, and Johor Bahru; against an enumeration of every promise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise, product
from math import ceil, inf, sqrt
from pathlib import Path
from typing import Any

import pytest
import stock_company
from scipy.stats import norm
from sqlalchemy import text
from stock_company import TODAY, add_lane, ids, make_tea, order_tea_in_johor

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Location
from models.product import Product
from services import inventory, network, policy_review
from services.network import Network

POLICY_IN_JOHOR = """
insert into inventory_policy
select (jsonb_populate_record(p, jsonb_build_object('location_id', jb.id))).* from inventory_policy p
join product t on t.id = p.product_id join location kl on kl.id = p.location_id, location jb
where t.code = 'TEA' and kl.code = 'KL' and jb.code = 'JB'
"""
SPREADS = """
update inventory_policy p set inputs = p.inputs || jsonb_build_object('daily_demand_sd', s.sd)
from (values ('KL', 20), ('JB', 10)) s (code, sd), location l, product t
where l.code = s.code and p.location_id = l.id and t.code = 'TEA' and p.product_id = t.id
"""
BOTTLE_IN_NEW = """
with made as (
    insert into bom (product_id, valid_from) select id, '2025-01-01' from product where code = 'NEW' returning id
)
insert into bom_line (bom_id, component_id, quantity)
select made.id, p.id, 1 from made, product p where p.code = 'BOTTLE'
"""
COSTS = {"SUGAR": 3.0, "BOTTLE": 0.4, "TEA": 1.5}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    make_tea()
    order_tea_in_johor(due_on=TODAY + timedelta(weeks=2))
    add_lane()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)
    with owner_engine().begin() as connection:
        connection.execute(text(POLICY_IN_JOHOR))
        connection.execute(text(SPREADS))


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def tea() -> int:
    return ids(Product)["TEA"]


def by_stage(found: Network) -> dict[str, dict[str, Any]]:
    return {f"{stage['code']} {stage['location']}": stage for stage in found.stages}


def enumerated(found: Network, *, corners_only: bool) -> float:
    """The least cost over all promises in whole days; corners: a stage promises nothing, or all it waits."""
    stage = by_stage(found)
    names = ["SUGAR KL", "BOTTLE KL", "TEA KL", "TEA JB"]
    days = [ceil(stage[name]["lead_time_days"] + stage[name]["review_days"]) for name in names]
    factor = norm.ppf(0.95) * 0.2
    rates = [factor * COSTS[name.split()[0]] * stage[name]["demand_sd"] for name in names]
    wait, best = found.customer_days, inf
    for promises in product(range(days[0] + 1), range(days[1] + 1), range(wait + 1), range(wait + 1)):
        sugar, bottle, plant, _store = promises
        longest = [days[0], days[1], max(sugar, bottle) + days[2], plant + days[3]]
        net = [most - promise for most, promise in zip(longest, promises, strict=True)]
        inner = zip(promises[:3], longest[:3], strict=True)
        if min(net) < 0 or (corners_only and any(promise not in (0, most) for promise, most in inner)):
            continue
        best = min(best, sum(rate * sqrt(left) for rate, left in zip(rates, net, strict=True)))
    return best


@pytest.mark.parametrize("wait", [0, 1, 3, 6])
def test_no_promises_cost_less(planner: Viewer, wait: int) -> None:
    found = network.network(planner, tea(), wait)
    assert found.cost == pytest.approx(enumerated(found, corners_only=False))


def test_a_fixed_wait_of_customers_makes_promises_between_nothing_and_all_best(planner: Viewer) -> None:
    found = network.network(planner, tea(), 3)
    assert by_stage(found)["TEA KL"]["service_days"] == 3
    assert found.cost < enumerated(found, corners_only=True) * 0.999


def test_stages_and_ways_are_those_of_lanes_recipes_and_terms(planner: Viewer) -> None:
    found = network.network(planner, tea(), 0)
    stage = by_stage(found)
    assert {name: (about["kind"], about["step"]) for name, about in stage.items()} == {
        "SUGAR KL": ("buy", 0), "BOTTLE KL": ("buy", 0), "TEA KL": ("make", 1), "TEA JB": ("move", 2),
    }  # fmt: skip
    assert stage["TEA JB"]["supplier"] == "Kuala Lumpur plant"
    assert stage["TEA KL"]["demand_sd"] == pytest.approx(sqrt(20**2 + 10**2))
    # A tenth of sugar a unit, a quarter of it lost.
    assert stage["SUGAR KL"]["demand_sd"] == pytest.approx(sqrt(500) * 0.125)
    places = ids(Location)
    assert (f"{tea()}-{places['KL']}", f"{tea()}-{places['JB']}") in found.arcs
    assert (found.item, len(found.arcs), found.left_out) == ("TEA Tea", 3, [])


def test_a_longer_wait_never_costs_more_and_is_worth_what_it_says(planner: Viewer) -> None:
    found = [network.network(planner, tea(), wait) for wait in range(5)]
    assert all(later.cost <= earlier.cost for earlier, later in pairwise(found))
    shorter = by_stage(found[2])["TEA JB"]["cost_shorter_promise"]
    assert shorter is not None
    assert shorter >= 0


def test_what_another_product_uses_too_is_left_as_it_is(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(BOTTLE_IN_NEW))
    found = network.network(planner, tea(), 4)
    bottle = by_stage(found)["BOTTLE KL"]
    assert (bottle["shared"], bottle["service_days"]) == (1, 0)
    network.propose(planner, tea(), 4)
    rows = policy_review.open_policy_proposals(planner, policy_review.PolicyFilters(source="network")).rows
    assert "BOTTLE" not in {row["code"] for row in rows}


def test_proposed_safety_stocks_wait_for_approval(planner: Viewer) -> None:
    found = network.network(planner, tea(), 3)
    count = network.propose(planner, tea(), 3)
    rows = policy_review.open_policy_proposals(planner, policy_review.PolicyFilters(source="network")).rows
    assert count == len(rows) == found.possible
    wanted = {(stage["code"], stage["location"]): stage["proposed"] for stage in found.stages}
    for row in rows:
        assert row["safety_stock"] == pytest.approx(wanted[row["code"], row["location"]], abs=1e-3)
        assert row["reorder_point"] - row["now_reorder_point"] == pytest.approx(
            row["safety_stock"] - row["now_safety_stock"], abs=1e-3
        )


def test_a_stage_without_a_policy_that_should_hold_stock_stops_the_proposal(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("delete from inventory_policy where product_id = :tea and location_id = :kl"),
            {"tea": tea(), "kl": ids(Location)["KL"]},
        )
    found = network.network(planner, tea(), 0)
    assert found.lacking == ["KL (TEA)"]
    with pytest.raises(InvalidInput, match=r"KL \(TEA\), where the item has no policy"):
        network.propose(planner, tea(), 0)


def test_items_are_found_by_code_name_and_family(planner: Viewer) -> None:
    assert network.items(planner)[0] == (tea(), "TEA Tea")
    assert network.items(planner, "chip")[0][1] == "CHIPS Chips"
    assert network.items(planner, "nothing like it") == []


@pytest.mark.parametrize("wait", [-1, 1.5, 61, "soon", float("inf"), True])
def test_a_wait_that_cannot_be_is_refused(planner: Viewer, wait: object) -> None:
    with pytest.raises(InvalidInput, match="Customers wait"):
        network.network(planner, tea(), wait)


def test_rights_and_unknown_items(viewer_of: Callable[[str], Viewer], planner: Viewer) -> None:
    for item in (0, None, "x", 10**30):
        with pytest.raises(NotFound):
            network.network(planner, item, 0)
    with pytest.raises(NotAllowed):
        network.propose(viewer_of("executive"), tea(), 0)
    supplier = viewer_of("supplier")
    with pytest.raises(NotAllowed):
        network.items(supplier)
    with pytest.raises(NotAllowed):
        network.network(supplier, tea(), 0)
