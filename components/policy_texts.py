"""What the parts of a stocking policy are called, and its service as words."""

from __future__ import annotations

from typing import Any

from core.i18n import EMPTY, _, number, percent


def source_name(source: str) -> str:
    """Who gave levels."""
    return {
        "calculation": _("Calculation"),
        "service_target": _("Service target"),
        "cockpit": _("Cockpit"),
        "budget": _("Budget"),
        "scenario": _("Scenario"),
        "network": _("Network"),
        "buffer": _("Buffers"),
    }[source]


def method_name(method: str) -> str:
    """How an item is replenished."""
    return {
        "reorder_point": _("Reorder point"),
        "periodic": _("Every review"),
        "newsvendor": _("One order a review"),
        "buffer": _("Buffer zones"),
    }[method]


def measure_name(measure: str) -> str:
    """What a service target means."""
    return {"cycle": _("Cycle service"), "fill": _("Fill rate")}[measure]


def field_name(name: str) -> str:
    """A field of a policy, as its history names it."""
    return {
        "service_target": _("Service target"),
        "service_target_fixed": _("Target of its own"),
        "measure": _("Measure"),
        "method": _("Method"),
        "safety_stock": _("Safety stock"),
        "reorder_point": _("Reorder point"),
        "order_quantity": _("Order quantity"),
        "order_up_to": _("Order-up-to"),
    }[name]


def field_text(name: str, value: Any) -> str:
    """The value of such a field."""
    if value is None:
        return EMPTY
    if name == "service_target":
        return percent(value)
    if name == "service_target_fixed":
        return _("yes") if value else _("no")
    if name == "measure":
        return measure_name(value)
    return method_name(value) if name == "method" else number(value)


def simulated_share(simulated: Any, measure: str) -> float | None:
    """The simulated service in one measure; None while it is unknown."""
    found = simulated.get(measure) if isinstance(simulated, dict) else None
    return found[0] if found else None


def interval_text(simulated: Any, measure: str) -> str:
    """The same with its 95 % interval."""
    found = simulated.get(measure) if isinstance(simulated, dict) else None
    if not found or found[0] is None:
        return EMPTY
    mean, low, high = found
    if low is None or high is None:
        return percent(mean)
    return _("%(mean)s (%(low)s to %(high)s)", mean=percent(mean), low=percent(low), high=percent(high))
