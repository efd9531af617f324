"""Buffers from stored data: the published item by hand, spikes, orders once, proposals, two who edit, rights."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY, add, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine
from models.network import Customer, Location, Supplier
from models.orders import PurchaseOrder, PurchaseOrderLine, SalesOrder, SalesOrderLine
from models.people import AuditEntry
from models.planning import ReorderProposal
from models.policy import PolicyProposal
from models.product import Product
from services import buffer_orders, buffers, inventory, planning_rules, policy_review
from services.buffer_rules import BufferRules
from services.buffers import BufferFilters
from services.company_rules import as_entered

PUBLISHED = {"lead_time_factor": 50, "variability_factor": 50, "spike_threshold": 50}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    viewer = viewer_of("planner")
    inventory.recalculate(viewer, as_of=TODAY)
    return viewer


def key(code: str) -> tuple[int, int]:
    return ids(Product)[code], ids(Location)["KL"]


def buffered(viewer: Viewer, code: str, **changes: object) -> dict[str, Any]:
    """The item buffered with the published factors, or others."""
    product, place = key(code)
    buffers.start_buffering(viewer, [f"{product}-{place}"])
    return buffers.change_buffer(viewer, product, place, 1, {**PUBLISHED, **changes}).row


def sql(*statements: str) -> None:
    """What was written behind the application's back is seen."""
    with owner_engine().begin() as connection:
        for statement in (*statements, "update data_version set version = version + 1"):
            connection.exec_driver_sql(statement)


def published(viewer: Viewer, on_hand: float = 200) -> dict[str, Any]:
    """Chips as the published item: 4 a day, 10 days, no terms but whole units."""
    sql(
        "update inventory_policy set daily_demand = 4, inputs = inputs || '{\"lead_time_days\": 10}' "
        f"where product_id = {key('CHIPS')[0]}",
        f"update supplier_item set moq = 0, multiple = 1 where product_id = {key('CHIPS')[0]}",
        "delete from stock_lot where lot = 'C2'",
        f"update stock_lot set quantity = {on_hand}, expires_on = null where lot = 'C1'",
    )
    return buffered(viewer, "CHIPS")


def sold(viewer: Viewer, *lines: tuple[int, float], code: str = "CHIPS") -> None:
    """Open orders of so many units, so many days from today."""
    with owner_engine().begin() as connection:
        customer = add(connection, Customer, code="C-1", name="Kedai")
        for number, (days, quantity) in enumerate(lines):
            order = add(
                connection,
                SalesOrder,
                number=f"SO-{number}",
                customer_id=customer,
                location_id=key(code)[1],
                ordered_on=TODAY,
            )
            add(
                connection,
                SalesOrderLine,
                order_id=order,
                line_no=1,
                product_id=key(code)[0],
                quantity=quantity,
                unit_price=5,
                requested_on=TODAY + timedelta(days=days),
            )
    sql()


def row_of(viewer: Viewer, code: str) -> dict[str, Any]:
    return buffers.buffer_of(viewer, *key(code)).row


def stored(model: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        return list(connection.execute(select(model.__table__)))


def draft_lines() -> list[Any]:
    drafts = {order.id for order in stored(PurchaseOrder) if order.status == "draft"}
    return [line for line in stored(PurchaseOrderLine) if line.order_id in drafts]


class TestZones:
    def test_the_published_item(self, planner: Viewer) -> None:
        row = published(planner)
        assert [row[name] for name in ("red_base", "red_safety", "yellow", "green")] == pytest.approx([20, 10, 40, 20])
        tops = [row[name] for name in ("top_of_red", "top_of_yellow", "top_of_green")]
        assert tops == pytest.approx([30, 70, 90])
        assert row["plan_priority"] == pytest.approx(2.2222, abs=5e-5)
        assert row["hand_priority"] == pytest.approx(6.6667, abs=5e-5)
        assert (row["order_quantity"], row["zone"]) == (0, "above")

    def test_after_150_were_shipped_40_are_due(self, planner: Viewer) -> None:
        published(planner)
        sql("update stock_lot set quantity = 50 where lot = 'C1'")
        row = row_of(planner, "CHIPS")
        assert (row["net_flow"], row["order_quantity"], row["zone"]) == (50, 40, "yellow")
        sql("update stock_lot set quantity = 60 where lot = 'C1'")
        assert row_of(planner, "CHIPS")["order_quantity"] == 30

    def test_terms_of_the_supplier(self, planner: Viewer) -> None:
        published(planner, on_hand=50)
        sql(f"update supplier_item set moq = 24, multiple = 24 where product_id = {key('CHIPS')[0]}")
        row = row_of(planner, "CHIPS")
        assert (row["green"], row["order_quantity"]) == (24, 48)

    def test_usage_and_lead_time_are_those_of_the_policy(self, planner: Viewer) -> None:
        row = buffered(planner, "SUGAR")
        assert (row["mean_daily_demand"], row["lead_time_days"]) == (pytest.approx(20), pytest.approx(10))
        assert row["top_of_red"] == pytest.approx(20 * 10 * 0.5 * 1.5)
        assert row["green"] == 500  # the least quantity of the supplier is more than a lead time's half

    def test_the_order_cycle(self, planner: Viewer) -> None:
        row = buffered(planner, "SUGAR", order_cycle_days=40)
        assert (row["green"], row["order_cycle_days"]) == (pytest.approx(800), 40)


class TestDemand:
    def test_late_today_and_spikes(self, planner: Viewer) -> None:
        published(planner)
        # A spike is half of red, 15 a day, within the lead time of 10 days; two orders of a day make it together.
        sold(planner, (-3, 2), (0, 3), (2, 14), (4, 9), (4, 6), (10, 15), (11, 90))
        detail = buffers.buffer_of(planner, *key("CHIPS"))
        assert detail.row["qualified_demand"] == 2 + 3 + 15 + 15
        assert detail.row["net_flow"] == 200 - 35
        parts = [(order["quantity"], order["part"]) for order in detail.orders]
        assert parts == [
            (2, "late"),
            (3, "today"),
            (14, "later"),
            (9, "spike"),
            (6, "spike"),
            (15, "spike"),
            (90, "later"),
        ]

    def test_another_horizon_and_threshold(self, planner: Viewer) -> None:
        published(planner)
        sold(planner, (2, 14), (10, 15))
        changed = {**PUBLISHED, "spike_threshold": 40, "spike_horizon_days": 5}
        row = buffers.change_buffer(planner, *key("CHIPS"), 2, changed).row
        assert (row["spike_from"], row["qualified_demand"]) == (pytest.approx(12), 14)

    def test_what_production_takes(self, planner: Viewer) -> None:
        stock_company.make_tea()
        with owner_engine().begin() as connection:
            connection.exec_driver_sql(
                "insert into production_order (number, product_id, location_id, quantity, starts_on, due_on, status) "
                f"values ('WO-9', {key('TEA')[0]}, {key('TEA')[1]}, 1000, '{TODAY}', '{TODAY}', 'released')"
            )
        sql()
        row = buffered(planner, "SUGAR")
        assert row["qualified_demand"] == pytest.approx(1000 * 0.1 * 1.25)
        (order,) = buffers.buffer_of(planner, *key("SUGAR")).orders
        assert (order["number"], order["kind"], order["part"]) == ("WO-9", "production", "today")


class TestChoosing:
    def test_candidates_with_what_they_would_get(self, planner: Viewer) -> None:
        found = {row["code"]: row for row in buffers.candidates(planner, BufferFilters()).rows}
        assert sorted(found) == ["BOTTLE", "CHIPS", "SUGAR", "TEA"]
        # 2, 10 to 14 days; the demand of the company is too short for a class of its variability, or steady.
        assert found["TEA"]["lead_time_factor"] == 0.8
        assert found["SUGAR"]["lead_time_factor"] == 0.5
        assert {row["variability_factor"] for row in found.values()} <= {0.25, 0.5, 0.75}
        sugar = found["SUGAR"]
        assert sugar["top_of_red"] == pytest.approx(20 * 10 * 0.5 * (1 + sugar["variability_factor"]))

    def test_rules_of_the_company(self, planner: Viewer) -> None:
        seen = as_entered(BufferRules())
        planning_rules.save_rules(
            planner, "buffers", {**seen, "medium_factor": 40, "medium_days": 5, "short_days": 1}, seen=seen
        )
        found = {row["code"]: row["lead_time_factor"] for row in buffers.candidates(planner, BufferFilters()).rows}
        assert (found["TEA"], found["SUGAR"]) == (0.4, 0.3)

    def test_many_at_once(self, planner: Viewer) -> None:
        every = [row["id"] for row in buffers.candidates(planner, BufferFilters()).rows]
        assert buffers.start_buffering(planner, every) == 4
        assert buffers.candidates(planner, BufferFilters()).rows == []
        assert buffers.buffers(planner, BufferFilters()).total == 4
        assert [entry.action for entry in stored(AuditEntry)].count("buffer.start") == 4

    @pytest.mark.parametrize("chosen", [[], ["x"], [None], ["999999-1"]], ids=repr)
    def test_what_can_not_be_buffered(self, planner: Viewer, chosen: list[object]) -> None:
        with pytest.raises(UserError):
            buffers.start_buffering(planner, chosen)
        assert buffers.buffers(planner, BufferFilters()).total == 0

    def test_one_that_is_buffered_stops_all(self, planner: Viewer) -> None:
        every = [row["id"] for row in buffers.candidates(planner, BufferFilters()).rows]
        buffers.start_buffering(planner, every[:1])
        with pytest.raises(Conflict, match="buffered already"):
            buffers.start_buffering(planner, every)
        assert buffers.buffers(planner, BufferFilters()).total == 1

    def test_by_the_rule_of_its_class(self, planner: Viewer) -> None:
        sql(f"update inventory_policy set method = 'buffer' where product_id = {key('SUGAR')[0]}")
        row = row_of(planner, "SUGAR")
        assert (row["version"], row["lead_time_factor"], row["order_cycle_days"]) == (0, 0.5, 7)
        with pytest.raises(Conflict, match="rule of its class"):
            buffers.stop_buffering(planner, *key("SUGAR"), 0)
        assert buffers.change_buffer(planner, *key("SUGAR"), 0, PUBLISHED).row["version"] == 1

    def test_lists_are_sorted_by_priority_and_filtered(self, planner: Viewer) -> None:
        every = [row["id"] for row in buffers.candidates(planner, BufferFilters()).rows]
        buffers.start_buffering(planner, every)
        rows = buffers.buffers(planner, BufferFilters()).rows
        priorities = [row["plan_priority"] for row in rows]
        assert priorities == sorted(priorities)
        due = buffers.buffers(planner, BufferFilters(zone="due"))
        assert {row["code"] for row in due.rows} == {row["code"] for row in rows if row["order_quantity"] > 0}
        assert (due.due, due.due_money) == (due.total, pytest.approx(sum(row["order_money"] for row in due.rows)))
        assert [row["code"] for row in buffers.buffers(planner, BufferFilters(search="sug")).rows] == ["SUGAR"]
        assert buffers.buffers(planner, BufferFilters(location="JB")).rows == []
        assert {row["zone"] for row in buffers.buffers(planner, BufferFilters(zone="above")).rows} <= {"above"}


class TestChanging:
    def test_two_who_change_the_same(self, planner: Viewer) -> None:
        buffered(planner, "SUGAR")
        with pytest.raises(Conflict, match="Somebody else"):
            buffers.change_buffer(planner, *key("SUGAR"), 1, PUBLISHED)
        with pytest.raises(Conflict):
            buffers.stop_buffering(planner, *key("SUGAR"), 1)

    def test_senseless_factors(self, planner: Viewer) -> None:
        buffered(planner, "SUGAR")
        wrong = {
            "lead_time_factor": (0, 101, -5, "x", None, float("nan"), 1e308),
            "variability_factor": (-1, 101, "", []),
            "spike_threshold": (0, 1001, True),
            "order_cycle_days": (0, 366, 1.5, "x", -1),
            "spike_horizon_days": (-1, 366, 0.5, {}),
        }
        for name, values in wrong.items():
            for value in values:
                with pytest.raises(InvalidInput, match=buffers.factor_name(name)[:9]):
                    buffers.change_buffer(planner, *key("SUGAR"), 2, {**PUBLISHED, name: value})
        assert row_of(planner, "SUGAR")["version"] == 2

    def test_what_is_not_buffered(self, planner: Viewer) -> None:
        for item in (key("SUGAR"), (0, 0), ("x", None), (10**30, -1)):
            with pytest.raises(NotFound):
                buffers.buffer_of(planner, *item)
            with pytest.raises(NotFound):
                buffers.change_buffer(planner, *item, 1, PUBLISHED)
            with pytest.raises(Conflict):
                buffers.stop_buffering(planner, *item, 1)

    def test_stopped(self, planner: Viewer) -> None:
        buffered(planner, "SUGAR")
        buffers.stop_buffering(planner, *key("SUGAR"), 2)
        assert buffers.buffers(planner, BufferFilters()).rows == []
        assert [entry.action for entry in stored(AuditEntry)][-3:] == ["buffer.start", "buffer.change", "buffer.stop"]


class TestOrdering:
    def test_a_due_order_becomes_a_draft_and_is_not_due_again(self, planner: Viewer) -> None:
        published(planner, on_hand=50)
        rows = buffers.buffers(planner, BufferFilters(zone="due")).rows
        done = buffer_orders.order_due(planner, rows)
        (line,) = draft_lines()
        assert (done.count, float(line.quantity), float(line.unit_price)) == (1, 40, 2.2)
        assert line.requested_on == TODAY + timedelta(days=12)  # the agreed lead time is longer than the policy's
        row = row_of(planner, "CHIPS")
        assert (row["in_draft"], row["net_flow"], row["order_quantity"]) == (40, 90, 0)
        with pytest.raises(Conflict, match="no order is due for Chips any more"):
            buffer_orders.order_due(planner, rows)
        assert len(draft_lines()) == 1
        assert stored(AuditEntry)[-1].action == "buffer.order"

    def test_its_proposal_is_withdrawn(self, planner: Viewer) -> None:
        published(planner, on_hand=50)
        before = {row.product_id for row in stored(ReorderProposal) if row.status == "open"}
        assert key("CHIPS")[0] in before
        buffer_orders.order_due(planner, buffers.buffers(planner, BufferFilters(zone="due")).rows)
        assert {row.product_id for row in stored(ReorderProposal) if row.status == "open"} == before - {key("CHIPS")[0]}

    def test_a_stale_quantity_is_refused_and_one_stops_all(self, planner: Viewer) -> None:
        published(planner, on_hand=50)
        buffered(planner, "BOTTLE")
        rows = buffers.buffers(planner, BufferFilters(zone="due")).rows
        assert {row["code"] for row in rows} == {"CHIPS", "BOTTLE"}
        for wrong in (41, None, "40", [], True):
            stale = [{**row, "order_quantity": wrong} if row["code"] == "CHIPS" else row for row in rows]
            with pytest.raises(Conflict, match="Chips is now 40"):
                buffer_orders.order_due(planner, stale)
        with pytest.raises(Conflict, match="not buffered any more"):
            buffer_orders.order_due(planner, [*rows, {"id": {"a": 1}}])
        with pytest.raises(InvalidInput):
            buffer_orders.order_due(planner, [])
        assert draft_lines() == []

    def test_what_is_made_is_not_ordered(self, planner: Viewer) -> None:
        stock_company.sell_out_of_tea()
        sql()
        row = buffered(planner, "TEA")
        assert row["order_quantity"] > 0
        with pytest.raises(Conflict, match="not bought"):
            buffer_orders.order_due(planner, [row])

    def test_two_at_the_same_moment(self, planner: Viewer) -> None:
        published(planner, on_hand=50)
        rows = buffers.buffers(planner, BufferFilters(zone="due")).rows

        def press(_nth: int) -> str:
            try:
                return str(buffer_orders.order_due(planner, rows).count)
            except UserError as error:
                return type(error).__name__

        with ThreadPoolExecutor(3) as pool:
            assert sorted(pool.map(press, range(3))) == ["1", "Conflict", "Conflict"]
        assert len(draft_lines()) == 1
        assert ids(Supplier)["SUP-2"] in {order.supplier_id for order in stored(PurchaseOrder)}


class TestProposing:
    def test_zones_become_the_levels_once_approved(self, planner: Viewer) -> None:
        row = published(planner)
        assert buffer_orders.propose_policies(planner, only=[row["id"]]) == 1
        (found,) = [row for row in stored(PolicyProposal) if row.source == "buffer"]
        levels = [float(level) for level in (found.safety_stock, found.reorder_point, found.order_up_to)]
        assert (levels, found.method) == (pytest.approx([30, 70, 90]), "buffer")
        policy_review.approve(planner, [(found.id, found.version)])
        after = row_of(planner, "CHIPS")
        assert (after["reorder_point"], after["order_up_to"]) == (pytest.approx(70), pytest.approx(90))
        buffers.stop_buffering(planner, *key("CHIPS"), after["version"])
        assert buffers.buffers(planner, BufferFilters()).rows == []

    def test_nothing_to_propose(self, planner: Viewer) -> None:
        for only in ([], ["x"], [f"{key('SUGAR')[0]}-{key('SUGAR')[1]}"]):
            with pytest.raises(InvalidInput, match="at least one buffered item"):
                buffer_orders.propose_policies(planner, only=only)


def test_who_may(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    row = published(planner, on_hand=50)
    reader, supplier = viewer_of("analyst"), viewer_of("supplier")
    assert buffers.buffers(reader, BufferFilters()).total == 1
    for viewer in (reader, supplier):
        for deed in (
            lambda v=viewer: buffers.start_buffering(v, ["1-1"]),
            lambda v=viewer: buffers.change_buffer(v, *key("CHIPS"), 2, PUBLISHED),
            lambda v=viewer: buffers.stop_buffering(v, *key("CHIPS"), 2),
            lambda v=viewer: buffer_orders.order_due(v, [row]),
            lambda v=viewer: buffer_orders.propose_policies(v, only=[row["id"]]),
        ):
            with pytest.raises(NotAllowed):
                deed()
    for deed in (
        lambda: buffers.buffers(supplier, BufferFilters()),
        lambda: buffers.candidates(supplier, BufferFilters()),
        lambda: buffers.buffer_of(supplier, *key("CHIPS")),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_nothing_at_all(viewer_of: Callable[[str], Viewer]) -> None:
    viewer = viewer_of("planner")
    assert buffers.buffers(viewer, BufferFilters()).rows == []
    assert buffers.candidates(viewer, BufferFilters()).rows == []
