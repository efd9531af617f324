"""Latency of the first callbacks of Home, stock and supply pages, against /health/live in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.measure import Figure, percentile, visitor

CALLS = 40
PAGES = {
    "/": "home",
    "/inventory/positions": "inventory",
    "/inventory/classes": "item-classes",
    "/inventory/stock": "stock",
    "/inventory/budget": "stock-budget",
    "/inventory/buffers": "buffers",
    "/inventory/expiry": "expiry-board",
    "/supply/plan": "supply-plan",
    "/supply/levels": "plan-levels",
    "/supply/buy-list": "buy-list",
    "/supply/transfers": "transfers",
    "/supply/production": "production",
    "/supply/capacity": "capacity",
    "/supply/mps": "master-schedule",
}


def measured() -> Iterator[Figure]:
    planner = visitor("planner")
    live = _milliseconds(lambda: planner.get("/health/live"))
    yard = percentile(live, 0.5)
    yield Figure("GET /health/live, median", yard, "ms", 1.0, "itself")
    for path in PAGES:
        cold = _milliseconds(partial(planner.layout, path), calls=1)[0]
        warm = _milliseconds(partial(planner.layout, path))
        yield Figure(f"Page {path}, first time", cold, "ms", cold / yard, "/health/live")
        yield Figure(f"Page {path}, p95", percentile(warm, 0.95), "ms", percentile(warm, 0.95) / yard, "/health/live")
    yield from _callbacks(planner, yard)


def _callbacks(planner: Any, yard: float) -> Iterator[Figure]:
    """Every callback of the pages, with neutral values, as the first call of a page makes them."""
    prefixes = [f"planner-{name}--" for name in PAGES.values()]
    for callback_id, spec in planner.app.callback_map.items():
        if "callback" not in spec or not any(prefix in callback_id for prefix in prefixes):
            continue
        body = planner.envelope_of(callback_id)
        answers: list[int] = []

        def call(body: object = body, answers: list[int] = answers) -> None:
            answers.append(planner.post("/_dash-update-component", json=body).status_code)

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
