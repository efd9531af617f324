"""Latency of the first callbacks of Home, stock, supply and portal pages, against /health/live in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.measure import Figure, percentile, visitor

CALLS = 40
# Who opens what, and what the ids of its callbacks begin with.
PAGES = {
    "planner": {
        "/": "planner-home",
        "/inventory/positions": "planner-inventory",
        "/inventory/classes": "planner-item-classes",
        "/inventory/stock": "planner-stock",
        "/inventory/budget": "planner-stock-budget",
        "/inventory/buffers": "planner-buffers",
        "/inventory/expiry": "planner-expiry-board",
        "/supply/plan": "planner-supply-plan",
        "/supply/levels": "planner-plan-levels",
        "/supply/buy-list": "planner-buy-list",
        "/supply/transfers": "planner-transfers",
        "/supply/production": "planner-production",
        "/supply/capacity": "planner-capacity",
        "/supply/mps": "planner-master-schedule",
        "/supply/partner-requests": "planner-partner-requests",
        "/supply/goods-receipt": "planner-goods-receipt",
    },
    "supplier": {
        "/portal": "partner-home",
        "/portal/supplier/orders": "partner-supplier-orders",
        "/portal/supplier/forecast": "partner-supplier-forecast",
        "/portal/supplier/shipments": "partner-supplier-shipments",
        "/portal/supplier/scorecard": "partner-supplier-scorecard",
    },
    "customer": {
        "/portal/customer/new-order": "partner-customer-ordering",
        "/portal/customer/orders": "partner-customer-orders",
        "/portal/customer/forecast": "partner-customer-forecast",
    },
    "oem": {
        "/portal/oem/demand": "partner-oem-demand",
        "/portal/oem/production-orders": "partner-oem-orders",
        "/portal/oem/risks": "partner-oem-risks",
    },
}


def measured() -> Iterator[Figure]:
    planner = visitor("planner")
    live = _milliseconds(lambda: planner.get("/health/live"))
    yard = percentile(live, 0.5)
    yield Figure("GET /health/live, median", yard, "ms", 1.0, "itself")
    for name, pages in PAGES.items():
        person = visitor(name)
        for path in pages:
            cold = _milliseconds(partial(person.layout, path), calls=1)[0]
            warm = percentile(_milliseconds(partial(person.layout, path)), 0.95)
            yield Figure(f"Page {path}, first time", cold, "ms", cold / yard, "/health/live")
            yield Figure(f"Page {path}, p95", warm, "ms", warm / yard, "/health/live")
        yield from _callbacks(person, [f"{prefix}--" for prefix in pages.values()], yard)


def _callbacks(person: Any, prefixes: list[str], yard: float) -> Iterator[Figure]:
    """Every callback of the pages, with neutral values, as the first call of a page makes them."""
    for callback_id, spec in person.app.callback_map.items():
        if "callback" not in spec or not any(prefix in callback_id for prefix in prefixes):
            continue
        body = person.envelope_of(callback_id)
        answers: list[int] = []

        def call(body: object = body, answers: list[int] = answers) -> None:
            answers.append(person.post("/_dash-update-component", json=body).status_code)

        times = _milliseconds(call)
        if set(answers) <= {200, 204}:
            name = callback_id.strip(".").split("...")[0][:38]
            yield Figure(f"{name}, p95", percentile(times, 0.95), "ms", percentile(times, 0.95) / yard, "/health/live")


def _milliseconds(call: Callable[[], object], calls: int = CALLS) -> list[float]:
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return times
