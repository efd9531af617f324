"""Checklists of a cycle counted from the data: what meets each item, and what it says before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cycle_company import MONTH, TODAY, change, one, people
from rows import Rows
from stock_company import ids

from core.errors import Conflict, InvalidInput, NotAllowed
from core.viewer import Viewer
from data.db import session_scope
from models.network import Location
from models.product import Product
from services import comments, cycle, cycle_rules, cycle_steps, item_reviews
from services.company_rules import as_entered
from services.cycle_checks import Check

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def started(cycles: None, planner: Viewer) -> int:
    return cycle.start(planner, MONTH)


@pytest.fixture
def rows(started: int) -> Rows:
    return Rows({**ids(Product), **ids(Location)})


def item(viewer: Viewer, key: str) -> Check:
    found = cycle.cycle(viewer)
    assert found is not None
    listed = [check for checks in cycle_steps.checks(viewer, found.id).values() for check in checks]
    return next(check for check in listed if check.key == key)


def chips() -> str:
    return f"{ids(Product)['CHIPS']}:{ids(Location)['KL']}"


def edit(rows: Rows, code: str, *, reason: str | None = None, stream: str = "planner") -> int:
    """An edit of March at the plant."""
    values = {"scope": "{}", "mode": "set", "cells": 1, "before_total": 10, "after_total": 12, "reason": reason}
    number = rows.add("demand_edit", stream=stream, created_by=people()["planner"], **values)
    change(
        "insert into demand_edit_cell (edit_id, product_id, location_id, channel_id, period, before, after, consensus) "
        f"select {number}, {rows.ids[code]}, {rows.ids['KL']}, min(id), '2026-03-01', 10, 12, 10 from channel"
    )
    return number


def remark(viewer: Viewer, about: str) -> None:
    """As the demand review keeps it."""
    comments.say(viewer, "demand", about, "Looks right", about="Chips", href="/demand/review")


def forecast_before(month: str, quantity: float, code: str = "CHIPS") -> None:
    """A run that begins with a month that is over."""
    change(
        "insert into forecast_run (frequency, first_period, horizon, scope, state, series_count) "
        f"values ('month', '{month}-01', 1, '{{}}', 'done', 1)",
        "insert into forecast_series (run_id, product_id, location_id, method, demand_class, why, fitted) "
        "select (select max(id) from forecast_run), p.id, l.id, 'ets', 'smooth', '{}', '{}' "
        f"from product p, location l where p.code = '{code}' and l.code = 'KL'",
        "insert into forecast_value (run_id, product_id, location_id, period, q10, q50, q90) "
        f"select (select max(id) from forecast_run), p.id, l.id, '{month}-01', 0, {quantity}, 1000 "
        f"from product p, location l where p.code = '{code}' and l.code = 'KL'",
        "select tandem_bump('forecast')",
    )


@pytest.fixture
def past_runs() -> Any:
    """Forecasts of months that are over, forgotten afterwards."""
    yield forecast_before
    change(
        "delete from forecast_value where run_id in (select id from forecast_run where first_period < '2026-03-01')",
        "delete from forecast_series where run_id in (select id from forecast_run where first_period < '2026-03-01')",
        "delete from forecast_run where first_period < '2026-03-01'",
        "select tandem_bump('forecast')",
    )


@pytest.mark.usefixtures("started")
def test_the_steps_have_their_items(planner: Viewer) -> None:
    found = cycle_steps.checks(planner, cycle.cycle(planner).id)  # type: ignore[union-attr]
    assert {step: [check.key for check in checks] for step, checks in found.items()} == {
        "data": ["data_health", "sales_fresh", "imports_open", "forecast_run"],
        "product": ["launches", "phase_outs", "recipes"],
        "demand": ["forecast_approved", "a_items", "bias", "streams"],
        "supply": ["demand_published", "overloads", "orders"],
        "reconcile": ["supply_published", "gap_explained", "consensus_agreed"],
        "executive": ["consensus_published", "supply_published", "decisions"],
    }
    assert all(check.href.startswith("/") and check.text and check.target for each in found.values() for check in each)


@pytest.mark.usefixtures("started")
def test_every_colleague_is_told_the_same(viewer_of: Callable[[str], Viewer]) -> None:
    number = cycle.cycle(viewer_of("planner")).id  # type: ignore[union-attr]
    assert cycle_steps.checks(viewer_of("finance"), number) == cycle_steps.checks(viewer_of("planner"), number)
    for name in ("supplier", "admin"):
        with pytest.raises(NotAllowed):
            cycle_steps.checks(viewer_of(name), number)


@pytest.mark.usefixtures("started")
def test_sales_grow_old(planner: Viewer) -> None:
    found = item(planner, "sales_fresh")
    assert (found.met, found.now, found.target) == (False, "2026-02-15", "at most 7 days back")
    seen = as_entered(cycle_rules.rules_in_force(planner))
    cycle_rules.save_rules(planner, {**seen, "sales_days": 15}, seen=seen)
    assert item(planner, "sales_fresh").met is True, "15 days back on 2 March"
    with pytest.raises(Conflict):
        cycle_rules.save_rules(planner, {**seen, "sales_days": 20}, seen=seen)


@pytest.mark.usefixtures("started")
def test_a_file_that_waits_keeps_the_data_open(planner: Viewer) -> None:
    assert item(planner, "imports_open").met is True
    change(
        "insert into import_batch (id, entity, file_name, stored_name, sha256, size_bytes, state, dialect, mapping, "
        "options, counts) values (gen_random_uuid(), 'stock', 'a.csv', 'a', 'x', 1, 'checked', '{}', '{}', '{}', '{}')"
    )
    found = item(planner, "imports_open")
    change("delete from import_batch")
    assert (found.met, found.now) == (False, "1 file waits")


@pytest.mark.usefixtures("started")
def test_the_forecast_is_run_and_approved(planner: Viewer) -> None:
    assert item(planner, "forecast_run").met is True
    assert (item(planner, "forecast_approved").met, item(planner, "forecast_approved").now) == (False, "none")
    change("update forecast_run set approved_at = now()")
    try:
        assert item(planner, "forecast_approved").met is True
    finally:
        change("update forecast_run set approved_at = null")


@pytest.mark.usefixtures("started")
def test_launches_need_a_forecast_and_phase_outs_a_successor(planner: Viewer) -> None:
    assert (item(planner, "launches").now, item(planner, "phase_outs").met) == ("0 of 0", True)
    change(
        "update product set life_cycle = 'launch', launched_on = '2026-04-01' where code in ('CHIPS', 'NEW')",
        "update product set life_cycle = 'phase_out', ends_on = '2026-06-30' where code = 'TEA'",
        "select tandem_bump('products')",
    )
    try:
        launches, ending = item(planner, "launches"), item(planner, "phase_outs")
        assert (launches.met, launches.now) == (False, "1 of 2"), "CHIPS has one"
        assert (ending.met, ending.now) == (False, "0 of 1")
        change(
            "insert into product_succession (predecessor_id, successor_id, starts_on) "
            "select a.id, b.id, '2026-06-01' from product a, product b where a.code = 'TEA' and b.code = 'NEW'"
        )
        assert item(planner, "phase_outs").met is True
    finally:
        change(
            "delete from product_succession",
            "update product set life_cycle = 'active', launched_on = null, ends_on = null "
            "where code in ('CHIPS', 'NEW', 'TEA')",
            "select tandem_bump('products')",
        )


def test_an_a_item_is_reviewed_by_an_edit(planner: Viewer, rows: Rows) -> None:
    assert (item(planner, "a_items").met, item(planner, "a_items").now) == (False, "0 of 1")
    number = edit(rows, "CHIPS")
    assert (item(planner, "a_items").met, item(planner, "a_items").now) == (True, "1 of 1")
    change(f"update demand_edit set undone_at = now() where id = {number}")
    assert item(planner, "a_items").met is False, "what was taken back counts as little as nothing"


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    ("about", "counts"),
    [
        ("product=CHIPS&location=KL&channel=MT&month=2026-03", True),
        ("product=CHIPS", True),
        ("product=CHIPS&location=JB", False),
        ("product=TEA", False),
        ("category=Snacks", False),
        ("", False),
        ("%%%&product", False),
    ],
)
def test_an_a_item_is_reviewed_by_a_remark(planner: Viewer, about: str, counts: bool) -> None:
    remark(planner, about)
    assert item(planner, "a_items").met is counts


@pytest.mark.usefixtures("started")
def test_an_a_item_is_confirmed(planner: Viewer) -> None:
    listed, count = item_reviews.to_review(planner)
    assert count == 1
    assert (listed[0]["id"], listed[0]["product"], listed[0]["location"]) == (chips(), "CHIPS", "KL")
    assert listed[0]["near"] > 0
    assert item_reviews.confirm_reviewed(planner, [chips(), chips()]) == 1
    assert item_reviews.confirm_reviewed(planner, [chips()]) == 0, "once is enough"
    assert item_reviews.to_review(planner) == ([], 0)
    assert item(planner, "a_items").met is True


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("items", [[], [None], ["x:y"], ["1"], [f"{10**30}:1"], ["0:0"], [{"a": 1}], [3]], ids=repr)
def test_only_a_items_are_confirmed(planner: Viewer, items: list[object]) -> None:
    with pytest.raises(InvalidInput, match="Select at least one item"):
        item_reviews.confirm_reviewed(planner, items)
    assert one("select count(*) from sop_review") == 0


def test_nothing_is_confirmed_without_a_cycle(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    assert item_reviews.to_review(planner) == ([], 0)
    with pytest.raises(Conflict, match="No cycle is running"):
        item_reviews.confirm_reviewed(planner, [chips()])
    for name in ("sales", "executive", "supplier"):
        with pytest.raises(NotAllowed):
            item_reviews.confirm_reviewed(viewer_of(name), [chips()])


def test_bias_of_an_a_item_is_explained_by_a_reason(planner: Viewer, rows: Rows, past_runs: Any) -> None:
    assert item(planner, "bias").met is True, "no forecast, no bias"
    for month in ("2025-12", "2026-01", "2026-02"):
        past_runs(month, 125)
    assert item(planner, "bias").met is True, "25 % is not over the limit of 25 %"
    past_runs("2026-02", 128)
    found = item(planner, "bias")
    assert (found.met, found.now, found.target) == (False, "1 item to explain", "none over 25 %")
    edit(rows, "CHIPS")
    assert item(planner, "bias").met is False, "an edit without a reason explains nothing"
    edit(rows, "CHIPS", reason="Distributor overstocked")
    assert item(planner, "bias").met is True


@pytest.mark.usefixtures("started")
def test_bias_is_explained_by_a_remark(planner: Viewer, past_runs: Any) -> None:
    past_runs("2026-01", 10)
    assert item(planner, "bias").met is False, "too little is as biased as too much"
    remark(planner, "product=CHIPS&location=KL")
    assert item(planner, "bias").met is True


def test_streams_come_in(planner: Viewer, rows: Rows) -> None:
    assert (item(planner, "streams").met, item(planner, "streams").now) == (False, "none")
    edit(rows, "TEA", stream="finance")
    edit(rows, "CHIPS", stream="sales")
    edit(rows, "CHIPS", stream="planner")
    assert (item(planner, "streams").met, item(planner, "streams").now) == (True, "sales, finance")


@pytest.mark.usefixtures("started")
def test_late_orders_of_a_items_count(planner: Viewer) -> None:
    assert (item(planner, "orders").met, item(planner, "orders").now) == (True, "0 owed, 0 late")
    change(
        "insert into customer (code, name) values ('C-1', 'Shop')",
        "insert into sales_order (number, customer_id, location_id, ordered_on) "
        "select 'SO-1', c.id, l.id, '2026-02-01' from customer c, location l where c.code = 'C-1' and l.code = 'KL'",
        "insert into sales_order_line (order_id, line_no, product_id, quantity, unit_price, requested_on) "
        "select o.id, row_number() over (), p.id, 10, 4, d.day from sales_order o, product p, "
        "(values ('2026-03-01'::date), ('2026-03-02'::date)) d(day) "
        "where o.number = 'SO-1' and p.code in ('CHIPS', 'TEA')",
    )
    try:
        found = item(planner, "orders")
        assert (found.met, found.now) == (False, "1 owed, 0 late"), "not what is due today, nor TEA"
    finally:
        change("delete from sales_order", "delete from customer where code = 'C-1'")


@pytest.mark.usefixtures("started")
def test_the_consensus_has_to_be_approved(planner: Viewer) -> None:
    assert (item(planner, "consensus_agreed").met, item(planner, "consensus_agreed").now) == (False, "draft")
    change("insert into consensus_status (cycle_id, status) select id, 'approved' from sop_cycle")
    assert item(planner, "consensus_agreed").met is True


def test_decisions_that_are_asked_keep_the_cycle_open(planner: Viewer, rows: Rows, started: int) -> None:
    assert item(planner, "decisions").met is True
    values = {"cycle_id": started, "step": "executive", "kind": "decision", "title": "Buy a line?"}
    rows.add("sop_decision", status="asked", **values)
    assert (item(planner, "decisions").met, item(planner, "decisions").now) == (False, "1 decision is asked")


def test_a_gap_is_explained_by_a_decision(planner: Viewer, rows: Rows, started: int) -> None:
    found = item(planner, "gap_explained")
    assert (found.met, found.now) == (None, "no target"), "without a target the data can't tell"
    months = ", ".join(f"('company', '', '2026-{month:02d}-01', 'revenue', 100000)" for month in range(1, 13))
    change(f"insert into aop_target (level, member, period, measure, value) values {months}")
    try:
        found = item(planner, "gap_explained")
        assert found.met is False
        assert found.now.startswith("−RM ")
        values = {"cycle_id": started, "kind": "decision", "title": "Accept it", "status": "open"}
        rows.add("sop_decision", step="demand", **values)
        assert item(planner, "gap_explained").met is False
        rows.add("sop_decision", step="reconcile", **values)
        assert item(planner, "gap_explained").met is True
    finally:
        change("delete from aop_target")


@pytest.mark.usefixtures("started")
def test_what_the_cycle_publishes_is_known_to_its_later_steps(planner: Viewer) -> None:
    assert item(planner, "demand_published").met is False
    change(
        "insert into plan_version (kind, first_period, number, months) values ('demand', '2026-03-01', 1, 3)",
        "insert into plan_version (kind, first_period, number, months, cycle_id) "
        "select 'demand', '2026-03-01', 2, 3, id from sop_cycle",
    )
    assert (item(planner, "demand_published").met, item(planner, "demand_published").now) == (True, "2026-03 v2")


def test_a_cycle_that_is_none_has_no_checks(planner: Viewer) -> None:
    for number in (None, 0, 10**30, "x"):
        assert cycle_steps.checks(planner, number) == {}


def test_nothing_can_be_told_of_an_empty_company(
    empty_database: Any, ann_viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    cycle.start(ann_viewer, MONTH)
    with session_scope(ann_viewer):
        found = {key: item(ann_viewer, key).met for key in ("data_health", "sales_fresh", "a_items", "overloads")}
    assert found == dict.fromkeys(("data_health", "sales_fresh", "a_items", "overloads"))


@pytest.fixture
def ann_viewer(empty_database: Any) -> Viewer:
    from services import accounts
    from services import people as accounts_of

    accounts_of.create_administrator(
        email="ann@example.com", name="Ann", company="Acme", password="correct horse battery"
    )
    return accounts.operator()
