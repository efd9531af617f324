"""The demo's partners as the services read them: every list of every portal has rows, and they keep the app's rules."""

from __future__ import annotations

from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any

import pytest

from data.demo.portal_requests import KINDS as TOLD
from data.demo.portal_requests import TRUCE
from services import (
    customer_returns,
    document_requests,
    goods_receipts,
    oem_changes,
    oem_materials,
    oem_orders,
    order_templates,
    partner_events,
    partner_messages,
    partner_requests,
    portal_home,
    returns,
    shipments,
    submission_kinds,
    supplier_invoices,
    supplier_orders,
    supplier_quality,
    supplier_scorecard,
)

ViewerOf = Callable[[str], Any]
LISTS: dict[str, tuple[Callable[[Any], Sized], ...]] = {
    "supplier": (
        shipments.shipments,
        shipments.lines_to_ship,
        supplier_invoices.own_invoices,
        supplier_invoices.lines_to_invoice,
        supplier_quality.issues,
        lambda viewer: supplier_quality.issues(viewer, closed=True),
        lambda viewer: supplier_scorecard.scorecard(viewer).lines,
        lambda viewer: supplier_orders.lines(viewer).lines,
    ),
    "customer": (
        lambda viewer: customer_returns.returns(viewer).reported,
        lambda viewer: customer_returns.returns(viewer).returns,
        order_templates.templates,
    ),
    "oem": (oem_changes.changes, oem_materials.materials, lambda viewer: oem_orders.orders(viewer).orders),
    "any": (
        partner_messages.threads,
        partner_events.activity,
        lambda viewer: portal_home.portal_home(viewer).happened,
    ),
    "planner": (
        lambda viewer: goods_receipts.expected(viewer)[0],
        goods_receipts.bookings,
        supplier_invoices.invoices,
        supplier_quality.issues,
        document_requests.requests,
        lambda viewer: document_requests.requests(viewer, closed=True),
        returns.returns,
        partner_messages.threads,
        partner_events.activity,
    ),
}


@pytest.mark.parametrize("name", ["supplier", "supplier2", "customer", "customer2", "oem", "oem2", "planner"])
def test_no_list_is_empty(database: Path, viewer_of: ViewerOf, name: str) -> None:
    viewer = viewer_of(name)
    of_kind = LISTS[name.rstrip("2")] + (LISTS["any"] if name != "planner" else ())
    assert [place for place, read in enumerate(of_kind) if not len(read(viewer))] == []


def test_invoices_match_as_the_demo_says(database: Path, viewer_of: ViewerOf) -> None:
    for name in ("supplier", "supplier2"):
        found = supplier_invoices.own_invoices(viewer_of(name))
        states = {(each["status"], each["matched"]) for each in found}
        assert states == {("sent", True), ("sent", False), ("approved", True), ("disputed", False)}
        waiting = [each for each in found if each["status"] == "sent"]
        results = {line["result"] for each in waiting for line in each["lines"]}
        assert results == {"Matched", "Quantity difference", "Price difference"}


def test_what_waits_can_be_decided(database: Path, viewer_of: ViewerOf) -> None:
    waiting = partner_requests.requests(viewer_of("planner"))
    assert {each.submission.kind for each in waiting} >= {"scorecard_dispute", "oem_priority", "recipe_objection"}
    assert {each.submission.kind: each.described.obstacle for each in waiting if each.described.obstacle} == {}


def test_the_log_names_requests_as_the_services_do() -> None:
    assert {
        name: (kind.title, kind.partner_page) for name, kind in submission_kinds.KINDS.items() if name in TOLD
    } == TOLD


def test_internal_notes_stay_inside(database: Path, viewer_of: ViewerOf) -> None:
    inside = partner_messages.threads(viewer_of("planner"), search="CANARY")
    assert len(inside) == 3
    for name in ("supplier", "supplier2", "customer"):
        assert partner_messages.threads(viewer_of(name), search="CANARY") == []
    assert "CANARY" not in str(partner_events.activity(viewer_of("planner"), limit=500))


def test_a_brand_owner_sees_when_its_order_was_begun(database: Path, viewer_of: ViewerOf) -> None:
    oem = viewer_of("oem")
    done = next(each for each in oem_orders.orders(oem, show="done").orders)
    steps = {step.name: step.on for step in oem_orders.progress(oem, done.id).milestones}
    days = [steps["released"], steps["started"], steps["finished"]]
    assert [day for day in days if day is not None] == sorted(filter(None, days))
    assert len(set(days)) == len(days)
    said = {each.answer for each in oem_changes.changes(oem)}
    assert "acknowledged" in said


def test_a_line_left_out_of_the_scorecard_is_the_only_one(database: Path, viewer_of: ViewerOf) -> None:
    lines = supplier_scorecard.scorecard(viewer_of("supplier")).lines
    assert [line["excluded"] for line in lines if line["excluded"] is not None] == [TRUCE]
