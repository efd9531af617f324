"""Why a stocking policy is what it is: the stored inputs in words."""

from __future__ import annotations

from typing import Any

from components.policy_texts import source_name
from core.i18n import EMPTY, _, money, number, percent

Figures = dict[str, Any]
Fact = tuple[str, str]


def policy_facts(inputs: Figures, levels: Figures, *, uom: str) -> list[Fact]:
    """Each step from demand and lead time to the levels. ``inputs`` are those stored with the policy, and its measure,
    method and source."""
    known = [
        (_("Demand a day"), _demand(inputs, uom)),
        (_("Lead time"), _lead_time(inputs)),
        (_("Looked at"), _("every %(days)s days", days=number(inputs["review_days"]))),
    ]
    return known + (_steps(inputs, levels) if _is_calculated(inputs) else _given(inputs, levels))


def _is_calculated(inputs: Figures) -> bool:
    return bool(inputs["source"] == "calculation" and inputs["method"] == "reorder_point")


def _steps(inputs: Figures, levels: Figures) -> list[Fact]:
    return [
        (_("Safety stock"), _safety_stock(inputs, levels)),
        (_("Reorder point"), _reorder_point(inputs, levels)),
        (_("Order quantity"), _order_quantity(inputs, levels)),
        (_("Order-up-to"), _("reorder point + order quantity = %(level)s", level=number(levels["order_up_to"]))),
    ]


def _given(inputs: Figures, levels: Figures) -> list[Fact]:
    """Levels of another method, or of another page."""
    told = {
        "reorder_point": _("reorder point"),
        "periodic": _("at every review up to what lead time and review need"),
        "newsvendor": _("one order a review, for what sells in one shelf life"),
        "buffer": _("zones of a demand-driven buffer: red, yellow, green"),
    }[inputs["method"]]
    decided = inputs["source"] != "calculation"
    return [
        (
            _("Levels by"),
            _("%(source)s, not calculated here", source=source_name(inputs["source"])) if decided else told,
        ),
        (_("Safety stock"), number(levels["safety_stock"])),
        (_("Reorder point"), number(levels["reorder_point"])),
        (_("Order quantity"), number(levels["order_quantity"])),
        (_("Order-up-to"), number(levels["order_up_to"])),
    ]


def missing_text(missing: list[str]) -> str:
    """What an item lacks to have a policy, and what to do about it."""
    if not missing:
        return _("It has not been computed yet. Press Recalculate.")
    todo = {
        "demand": _("its demand isn't known: run a forecast that covers the coming weeks"),
        "lead_time": _("its lead time isn't known: it has no supplier terms and no finished production order"),
    }
    return _("No policy: %(reasons)s.", reasons=_(" and ").join(todo[name] for name in missing))


def _demand(inputs: Figures, uom: str) -> str:
    if inputs["demand_source"] == "none":
        return _("none")
    source = (
        _("forecast run %(run)s", run=number(inputs["run_id"]))
        if inputs["demand_source"] == "forecast"
        else _("issues to production")
    )
    return _(
        "%(mean)s ± %(sd)s %(uom)s (%(source)s)",
        mean=_amount(inputs["mean_daily_demand"]),
        sd=_amount(inputs["daily_demand_sd"]),
        uom=uom,
        source=source,
    )


def _lead_time(inputs: Figures) -> str:
    days, sd, count = inputs["lead_time_days"], inputs["lead_time_sd_days"], number(inputs["lead_time_receipts"])
    known = {"days": _amount(days), "sd": _amount(sd), "count": count}
    if inputs["lead_time_source"] is None:
        return EMPTY
    if inputs["lead_time_source"] == "receipts":
        return _("%(days)s ± %(sd)s days (%(count)s receipts)", **known)
    if inputs["lead_time_source"] == "production":
        return _("%(days)s ± %(sd)s days (%(count)s finished production orders)", **known)
    if inputs["lead_time_source"] == "planner":
        return _("%(days)s ± %(sd)s days (set by a planner)", **known)
    if inputs["lead_time_sd_assumed_zero"]:
        return _("%(days)s days (agreed; too few receipts to know its spread)", **known)
    return _("%(days)s days (agreed) ± %(sd)s (%(count)s receipts of the supplier)", **known)


def _safety_stock(inputs: Figures, levels: Figures) -> str:
    stock, spread = levels["safety_stock"], inputs["lead_time_demand_sd"]
    known = {"stock": number(stock), "spread": _amount(spread), "target": _target(inputs)}
    if inputs["distribution"] == "gamma":
        return _(
            "%(stock)s, for %(target)s; %(demand_class)s demand, gamma with a spread of %(spread)s",
            demand_class=inputs["demand_class"],
            **known,
        )
    factor = _amount(stock / spread, decimals=2) if spread else "0"
    return _("%(factor)s × %(spread)s (spread until arrival) = %(stock)s, for %(target)s", factor=factor, **known)


def _target(inputs: Figures) -> str:
    target = percent(inputs["service_level"])
    if inputs["measure"] == "fill":
        return _("%(target)s of demand filled at once", target=target)
    return _("%(target)s of cycles without stock-out", target=target)


def _reorder_point(inputs: Figures, levels: Figures) -> str:
    return _(
        "demand until arrival %(demand)s + safety stock %(stock)s = %(level)s",
        demand=number(inputs["lead_time_demand"]),
        stock=number(levels["safety_stock"]),
        level=number(levels["reorder_point"]),
    )


def _order_quantity(inputs: Figures, levels: Figures) -> str:
    wanted = number(inputs["order_quantity_wanted"])
    if inputs["order_quantity_basis"] == "eoq":
        basis = _(
            "economic quantity %(wanted)s (%(order)s an order, %(holding)s a unit and year)",
            wanted=wanted,
            order=money(inputs["order_cost"]),
            holding=money(inputs["holding_cost_per_unit_year"], decimals=2),
        )
    else:
        basis = _("%(wanted)s, for %(days)s days", wanted=wanted, days=number(inputs["cover_days"]))
    bound = bound_text(inputs["order_quantity_bound"], inputs)
    return f"{basis} → {number(levels['order_quantity'])}" + (f" ({bound})" if bound else "")


def bound_text(bound: str, terms: Figures) -> str:
    """Which term set a quantity; an empty text when none did."""
    return {
        "moq": _("minimum %(count)s", count=_amount(terms["moq"])),
        "multiple": _("multiples of %(count)s", count=_amount(terms["order_multiple"])),
        "maximum": _("shelf life allows %(count)s", count=_amount(terms["max_order_quantity"])),
        "lot_over_maximum": _(
            "the smallest lot is more than the shelf life allows, %(count)s", count=_amount(terms["max_order_quantity"])
        ),
    }.get(bound, "")


def _amount(value: float | None, *, decimals: int = 1) -> str:
    """Whole when large or whole, with decimals when small."""
    if value is None:
        return EMPTY
    whole = abs(value) >= 100 or float(value).is_integer()
    return number(value, decimals=0 if whole else decimals)
