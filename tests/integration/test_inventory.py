"""Positions, policies, proposals from stored data, worked out by hand for the company of tests/stock_company.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from click.testing import CliRunner
from sqlalchemy import select, text, update
from stock_company import TODAY, add, ago, ids

from commands.policy import policy as policy_command
from core.errors import Conflict, InvalidInput, JobCancelled, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from data.queries import settings as stored
from models.network import Customer, Location, Supplier
from models.orders import PurchaseOrder, PurchaseOrderLine, SalesOrder, SalesOrderLine
from models.planning import ForecastRun, InventoryPolicy, ReorderProposal
from models.product import Product
from models.stock import StockLot
from services import inventory, positions, proposals
from services.positions import PositionFilters

Z95 = 1.6448536269514722


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def item(code: str, location: str = "KL") -> tuple[int, int]:
    return ids(Product)[code], ids(Location)[location]


def row(planner: Viewer, code: str) -> dict[str, Any]:
    found = positions.positions(planner, PositionFilters(search=code)).rows
    assert len(found) == 1
    return found[0]


def stored_rows(model: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        table = model.__table__
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def policy_of(code: str) -> Any:
    product, location = item(code)
    return next(p for p in stored_rows(InventoryPolicy) if (p.product_id, p.location_id) == (product, location))


def test_material_policy_comes_from_its_issues_and_receipts(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    policy = policy_of("SUGAR")
    # 20 a day without spread; 8..12 days to receive: mean 10, sd sqrt(2.5); review every 7 days.
    safety_stock = Z95 * 20 * math.sqrt(2.5)
    assert float(policy.safety_stock) == pytest.approx(safety_stock, abs=1e-4)
    assert float(policy.reorder_point) == pytest.approx(20 * 17 + safety_stock, abs=1e-4)
    # Economic quantity sqrt(2*150*7300/(3*0.2)) = 1910.5, in multiples of 50.
    assert policy.order_quantity == 1950
    assert policy.inputs["lead_time_source"] == "receipts"
    assert policy.inputs["lead_time_receipts"] == 5
    assert policy.inputs["demand_source"] == "usage"
    assert policy.inputs["supplier_id"] == ids(Supplier)["SUP-1"]


def test_without_receipts_the_agreed_lead_time_counts(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    policy = policy_of("BOTTLE")
    assert policy.inputs["lead_time_source"] == "terms"
    assert policy.inputs["lead_time_days"] == 14
    assert policy.inputs["lead_time_sd_assumed_zero"] is True


def test_sold_item_policy_comes_from_the_forecast(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    policy = policy_of("CHIPS")
    run = stored_rows(ForecastRun)[0].id
    assert policy.daily_demand == pytest.approx(10)
    assert policy.inputs["daily_demand_sd"] == pytest.approx(3, abs=1e-5)
    assert (policy.inputs["demand_source"], policy.inputs["run_id"]) == ("forecast", run)
    assert float(policy.reorder_point) == pytest.approx(10 * 19 + Z95 * 3 * math.sqrt(19), abs=1e-3)


def test_made_item_takes_its_lead_time_from_production(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    policy = policy_of("TEA")
    assert (policy.inputs["lead_time_source"], policy.inputs["lead_time_days"]) == ("production", 2)


def test_newer_run_of_a_part_replaces_only_its_items(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        old = connection.execute(select(ForecastRun.id)).scalar_one()
        new = add(
            connection, ForecastRun, frequency="month", first_period=date(2026, 3, 1), horizon=1, state="done",
            scope={"product": "CHIPS"},
        )  # fmt: skip
        copied = "insert into {0} select :new, {1} from {0} where run_id = :old and product_id = :product"
        for table, columns in (
            ("forecast_series", "product_id, location_id, method, demand_class, wmape, bias, mase, naive_wmape, "
             "naive_bias, naive_mase, why, fitted_from, fitted"),
            ("forecast_value", "product_id, location_id, period, q10 * 2, q50 * 2, q90 * 2"),
        ):  # fmt: skip
            parameters = {"old": old, "new": new, "product": ids(Product)["CHIPS"]}
            connection.execute(text(copied.format(table, columns)), parameters)
    inventory.recalculate(planner, as_of=TODAY)
    assert policy_of("CHIPS").daily_demand == pytest.approx(20)
    assert policy_of("CHIPS").inputs["run_id"] == new
    assert policy_of("TEA").inputs["run_id"] == old


def test_item_that_lacks_demand_has_no_policy_and_says_so(planner: Viewer) -> None:
    done = inventory.recalculate(planner, as_of=TODAY)
    assert done["items_without_policy"] == 1
    why = inventory.why(planner, *item("NEW"))
    assert why.inputs == {}
    assert why.missing == ["demand", "lead_time"]
    assert row(planner, "NEW")["status"] == "no_policy"


def test_what_is_retired_is_only_excess(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    old = row(planner, "OLD")
    assert (old["status"], old["money_at_stake"], old["order_up_to"]) == ("excess", 12, 0)


def test_second_run_on_the_same_data_changes_nothing(planner: Viewer) -> None:
    first = inventory.recalculate(planner, as_of=TODAY)
    before = stored_rows(InventoryPolicy), stored_rows(ReorderProposal)
    again = inventory.recalculate(planner, as_of=TODAY)
    assert (first["policies_changed"], first["proposals_changed"]) == (5, 3)
    assert (again["policies_changed"], again["proposals_changed"], again["proposals_withdrawn"]) == (0, 0, 0)
    assert (stored_rows(InventoryPolicy), stored_rows(ReorderProposal)) == before


def test_proposals_are_ranked_by_money_and_say_which_term_bound(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    found = proposals.open_proposals(planner, proposals.ProposalFilters())
    assert [r["code"] for r in found.rows] == ["CHIPS", "BOTTLE", "SUGAR"]
    # 40 bags last 4 days, the next come in 12: 80 short at RM 5; 500 bottles, 14 days: 900 short at RM 0.40.
    assert [r["money_at_stake"] for r in found.rows] == [pytest.approx(400), pytest.approx(360), 0]
    sugar = found.rows[2]
    assert sugar["quantity"] == 2050  # 2342.015 - 300, rounded up to 50
    assert sugar["why"]["bound"] == "multiple"
    assert sugar["value"] == pytest.approx(2050 * 3.2)
    assert sugar["days_to_stockout"] == 15
    assert sugar["needed_on"] == TODAY + timedelta(days=10)
    assert found.total == 3
    assert found.value == pytest.approx(sum(r["value"] for r in found.rows))


def test_proposal_not_needed_any_more_is_withdrawn(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    product = ids(Product)["SUGAR"]
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).where(StockLot.lot == "S1").values(quantity=9000))
    done = inventory.recalculate(planner, as_of=TODAY)
    assert done["proposals_withdrawn"] == 1
    states = {r.product_id: r.status for r in stored_rows(ReorderProposal)}
    assert states[product] == "withdrawn"


def test_changed_stock_changes_the_open_proposal_instead_of_adding_one(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    with owner_engine().begin() as connection:
        connection.execute(update(StockLot).where(StockLot.lot == "S1").values(quantity=100))
    inventory.recalculate(planner, as_of=TODAY)
    sugar = [r for r in stored_rows(ReorderProposal) if r.product_id == ids(Product)["SUGAR"]]
    assert [(r.status, r.quantity, r.version) for r in sugar] == [("open", 2250, 2)]


def test_positions_hold_what_is_sellable_on_order_and_promised(planner: Viewer) -> None:
    product, location = item("SUGAR")
    supplier = ids(Supplier)["SUP-1"]
    with owner_engine().begin() as connection:
        for number, status, due in (("PO-A", "sent", 4), ("PO-B", "sent", -6), ("PO-C", "draft", 9)):
            order = add(
                connection, PurchaseOrder, number=number, supplier_id=supplier, location_id=location, status=status,
                ordered_on=ago(9),
            )  # fmt: skip
            add(
                connection, PurchaseOrderLine, order_id=order, line_no=1, product_id=product, quantity=500,
                received_quantity=100, unit_price=3, requested_on=TODAY + timedelta(days=due),
            )  # fmt: skip
        customer = add(connection, Customer, code="C1", name="Shop")
        order = add(
            connection, SalesOrder, number="SO-1", customer_id=customer, location_id=location, ordered_on=TODAY
        )  # fmt: skip
        add(
            connection, SalesOrderLine, order_id=order, line_no=1, product_id=product, quantity=30, unit_price=4,
            requested_on=TODAY, delivered_quantity=10,
        )  # fmt: skip
    found = row(planner, "SUGAR")
    assert (found["on_hand"], found["expired"]) == (300, 70)
    assert (found["on_order"], found["in_draft"], found["allocated"]) == (800, 400, 20)
    assert found["position"] == 300 + 800 - 20
    assert found["next_receipt_on"] == TODAY + timedelta(days=4)
    assert found["overdue_since"] == ago(6)


def test_filters_sort_and_pages(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    every = positions.positions(planner, PositionFilters())
    assert every.total == 6
    assert [r["money_at_stake"] for r in every.rows] == sorted((r["money_at_stake"] for r in every.rows), reverse=True)
    assert positions.positions(planner, PositionFilters(status="at_risk")).total == 2
    assert [r["code"] for r in positions.positions(planner, PositionFilters(category="Snacks")).rows] == ["CHIPS"]
    assert positions.positions(planner, PositionFilters(location="JB")).total == 0
    by_code = positions.positions(planner, PositionFilters(), start=1, end=3, sort=(("code", False),))
    assert [r["code"] for r in by_code.rows] == ["CHIPS", "NEW"]
    assert by_code.total == 6
    unknown = positions.positions(planner, PositionFilters(), sort=(("; drop table product", True),))
    assert unknown.total == 6


def test_summary_agrees_with_the_list(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    totals = positions.summary(planner)
    every = positions.positions(planner, PositionFilters())
    assert totals.items == every.total
    assert totals.stock_value == pytest.approx(every.stock_value)
    assert totals.stock_value == pytest.approx(300 * 3 + 500 * 0.4 + 40 * 2 + 20_000 * 1.5 + 12 + 9)
    at_risk = next(s for s in totals.statuses if s.status == "at_risk")
    listed = positions.positions(planner, PositionFilters(status="at_risk"))
    assert (at_risk.items, at_risk.money_at_stake) == (listed.total, pytest.approx(listed.money_at_stake))
    daily_cost = 20 * 3 + 100 * 0.4 + 10 * 2 + 20 * 1.5
    assert totals.days_of_supply == pytest.approx(totals.stock_value / daily_cost, rel=1e-6)


def test_lots_show_what_will_not_be_sold_in_time(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    first, second = positions.lots(planner, *item("CHIPS"))
    # 10 a day for 2 days of the 35 that expire then.
    assert (first["lot"], first["quantity_at_risk"], first["value_at_risk"]) == (
        "C1",
        pytest.approx(15),
        pytest.approx(30),
    )
    assert (second["lot"], second["quantity_at_risk"]) == ("C2", 0)
    expired, keeps = positions.lots(planner, *item("SUGAR"))
    assert (expired["expired"], expired["quantity_at_risk"]) == (True, 70)
    assert keeps["days_left"] is None


def test_service_target_of_one_item_is_kept_and_its_proposal_follows(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    before = inventory.why(planner, *item("SUGAR"))
    others = [p for p in stored_rows(InventoryPolicy) if p.product_id != item("SUGAR")[0]]
    after = inventory.set_service_target(planner, *item("SUGAR"), target=0.99, version=before.version)
    assert after.position["safety_stock"] == pytest.approx(2.3263478740408408 * 20 * math.sqrt(2.5), abs=1e-4)
    assert after.service_target_fixed
    assert [p for p in stored_rows(InventoryPolicy) if p.product_id != item("SUGAR")[0]] == others
    open_quantity = next(r.quantity for r in stored_rows(ReorderProposal) if r.product_id == item("SUGAR")[0])
    assert open_quantity == 2100
    inventory.recalculate(planner, as_of=TODAY)
    assert inventory.why(planner, *item("SUGAR")).service_target == 0.99
    back = inventory.set_service_target(
        planner, *item("SUGAR"), target=None, version=inventory.why(planner, *item("SUGAR")).version
    )
    assert (back.service_target, back.service_target_fixed) == (0.95, False)
    assert back.position["safety_stock"] == pytest.approx(before.position["safety_stock"])


def test_stale_or_senseless_targets_are_refused(planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    version = inventory.why(planner, *item("SUGAR")).version
    inventory.set_service_target(planner, *item("SUGAR"), target=0.9, version=version)
    with pytest.raises(Conflict, match=r"90\.0 %"):
        inventory.set_service_target(planner, *item("SUGAR"), target=0.99, version=version)
    with pytest.raises(InvalidInput):
        inventory.set_service_target(planner, *item("SUGAR"), target=1.0, version=version + 2)
    with pytest.raises(NotFound):
        inventory.set_service_target(planner, *item("NEW"), target=0.9, version=1)
    with pytest.raises(NotFound):
        inventory.why(planner, "1; drop table product", None)


def test_stored_rules_replace_the_defaults(planner: Viewer) -> None:
    from data.db import session_scope

    with session_scope(planner) as session:
        stored.save(session, "inventory.service_target", {"value": 0.9})
        stored.save(session, "inventory.review_days", {"value": 0})
    inventory.recalculate(planner, as_of=TODAY)
    policy = policy_of("SUGAR")
    assert float(policy.reorder_point) == pytest.approx(200 + 1.2815515655446004 * 20 * math.sqrt(2.5), abs=1e-4)


def test_short_shelf_life_limits_what_is_ordered(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(update(Product).where(Product.code == "CHIPS").values(shelf_life_days=60))
    inventory.recalculate(planner, as_of=TODAY)
    assert policy_of("CHIPS").order_quantity == 300  # 10 a day for half of 60 days
    assert policy_of("CHIPS").inputs["order_quantity_bound"] == "maximum"


def test_cancelled_recalculation_leaves_everything_as_it_was(planner: Viewer) -> None:
    def stop(fraction: float, _message: str) -> None:
        if fraction > 0.8:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        inventory.recalculate(planner, as_of=TODAY, report=stop)
    assert stored_rows(InventoryPolicy) == []
    assert stored_rows(ReorderProposal) == []


def test_rights(viewer_of: Callable[[str], Viewer], planner: Viewer) -> None:
    inventory.recalculate(planner, as_of=TODAY)
    executive, supplier = viewer_of("executive"), viewer_of("supplier")
    assert positions.summary(executive).items == 6
    assert inventory.why(executive, *item("SUGAR")).inputs
    with pytest.raises(NotAllowed):
        inventory.start_recalculation(executive)
    with pytest.raises(NotAllowed):
        inventory.recalculate(executive, as_of=TODAY)
    with pytest.raises(NotAllowed):
        inventory.set_service_target(executive, *item("SUGAR"), target=0.9, version=1)
    for read in (
        lambda: positions.positions(supplier, PositionFilters()),
        lambda: positions.summary(supplier),
        lambda: positions.lots(supplier, *item("SUGAR")),
        lambda: inventory.why(supplier, *item("SUGAR")),
    ):
        with pytest.raises(NotAllowed):
            read()


def test_recalculation_runs_as_one_job(planner: Viewer) -> None:
    from services import jobs, worker

    job_id = inventory.start_recalculation(planner)
    assert inventory.start_recalculation(planner) == job_id
    worker.run_job(job_id)
    done = jobs.job(planner, job_id)
    assert (done.state, done.result["policies"], done.result["proposals"]) == ("done", 5, 3)


def test_recalculation_at_the_command_line(planner: Viewer) -> None:
    told = CliRunner().invoke(policy_command, ["recalculate"])
    assert told.exit_code == 0, told.output
    assert told.output == "5 policies (5 changed, 1 items lack an input), 3 open proposals (3 changed, 0 withdrawn).\n"
    assert policy_of("SUGAR").order_quantity == 1950
