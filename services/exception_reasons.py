"""Why something is an exception, in a sentence with the figures it rests on."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.clock import today
from core.i18n import _, counted, day, number
from services.form_values import shown_quantity

Facts = dict[str, Any]


def why(kind: str, facts: Facts) -> str:
    """The sentence of one exception.

    Inputs: its kind, and its figures as services.exceptions collects them (dates as ISO text).
    Returns: text.
    Raises: KeyError for an unknown kind.
    Source: screens.md 11.
    """
    return {
        "stocked_out": _stocked_out,
        "at_risk": _at_risk,
        "excess": _excess,
        "over_ordered": _over_ordered,
        "expiring": _expiring,
        "supplier_late": _supplier_late,
        "supplier_answer": _supplier_answer,
        "supplier_short": _supplier_short,
    }[kind](facts)


def _stocked_out(facts: Facts) -> str:
    return _(
        "None left; %(demand)s %(uom)s a day are wanted. %(receipt)s: about %(short)s short.",
        demand=_amount(facts["mean_daily_demand"]),
        uom=facts["uom"],
        receipt=_next_receipt(facts),
        short=_amount(facts["shortage_quantity"]),
    )


def _at_risk(facts: Facts) -> str:
    days = facts["days_to_stock_out"]  # None when there is no demand beyond what is promised already
    return _(
        "%(lasts)s. %(receipt)s: about %(short)s %(uom)s short.",
        lasts=_("More is promised than is there") if days is None else _("Lasts %(days)s", days=_days(days)),
        receipt=_next_receipt(facts),
        short=_amount(facts["shortage_quantity"]),
        uom=facts["uom"],
    )


def _next_receipt(facts: Facts) -> str:
    """The receipt that the shortage was worked out with: the next one on order, or one ordered today if sooner."""
    due, wait = facts["next_receipt_on"], facts["days_to_replenishment"]
    if due is not None and (date.fromisoformat(due) - today()).days == wait:
        return _("Next receipt %(day)s", day=due)
    if facts["overdue_since"] is not None:
        return _(
            "The open receipt is overdue since %(day)s; a new order takes %(days)s",
            day=facts["overdue_since"],
            days=_days(wait),
        )
    if due is None:
        return _("Nothing on order; an order takes %(days)s", days=_days(wait))
    return _("An order placed today is here in %(days)s, before the receipt of %(day)s", days=_days(wait), day=due)


def _excess(facts: Facts) -> str:
    return _(
        "%(quantity)s %(uom)s above the order-up-to level of %(level)s; %(cover)s",
        quantity=_amount(facts["excess_quantity"]),
        uom=facts["uom"],
        level=_amount(facts["order_up_to"]),
        cover=_cover(facts["days_of_cover"]),
    )


def _over_ordered(facts: Facts) -> str:
    return _(
        "%(quantity)s %(uom)s of the open orders go beyond the order-up-to level of %(level)s; %(cover)s",
        quantity=_amount(facts["surplus_order_quantity"]),
        uom=facts["uom"],
        level=_amount(facts["order_up_to"]),
        cover=_cover(facts["days_of_cover"]),
    )


def _cover(days: float | None) -> str:
    return _("no demand.") if days is None else _("stock lasts %(days)s.", days=_days(days))


def _expiring(facts: Facts) -> str:
    expired = date.fromisoformat(str(facts["expiry_date"])[:10]) <= today()
    text = (
        _("%(quantity)s %(uom)s expired on %(day)s or won't be sold in time at %(demand)s a day.")
        if expired
        else _("%(quantity)s %(uom)s won't be sold before they expire, from %(day)s on, at %(demand)s a day.")
    )
    return text % {
        "quantity": _amount(facts["at_risk"]),
        "uom": facts["uom"],
        "day": str(facts["expiry_date"])[:10],
        "demand": _amount(facts["mean_daily_demand"]),
    }


def _supplier_late(facts: Facts) -> str:
    due = date.fromisoformat(facts["due_on"])
    text = (
        _("%(order)s: %(missing)s of %(quantity)s %(uom)s missing, %(days)s after the confirmed %(day)s.")
        if facts["confirmed"]
        else _(
            "%(order)s: never confirmed; %(missing)s of %(quantity)s %(uom)s missing, "
            "%(days)s after the requested %(day)s."
        )
    )
    return text % {
        "order": _line(facts),
        "missing": _amount(facts["missing"]),
        "quantity": _amount(facts["quantity"]),
        "uom": facts["uom"],
        "days": _days((today() - due).days),
        "day": day(due),
    }


def _supplier_answer(facts: Facts) -> str:
    if facts["kind"] == "confirm":
        return _(
            "%(order)s: confirms %(quantity)s %(uom)s for %(day)s.",
            order=_line(facts),
            quantity=_amount(facts["proposed"]),
            uom=facts["uom"],
            day=facts["promised_on"],
        )
    return _(
        "%(order)s: offers %(proposed)s of %(quantity)s %(uom)s for %(day)s instead of %(requested)s: “%(reason)s”",
        order=_line(facts),
        proposed=_amount(facts["proposed"]),
        quantity=_amount(facts["quantity"]),
        uom=facts["uom"],
        day=facts["promised_on"],
        requested=facts["requested_on"],
        reason=facts["reason"],
    )


def _supplier_short(facts: Facts) -> str:
    return _(
        "Commits to %(missing)s %(uom)s less than the %(forecast)s that the shared forecast needs, from %(day)s on.",
        missing=_amount(facts["missing"]),
        uom=facts["uom"],
        forecast=_amount(facts["forecast"]),
        day=str(facts["from_day"])[:10],
    )


def _days(count: float) -> str:
    return counted("1 day", "%(count)s days", round(count))


def _line(facts: Facts) -> str:
    return f"{facts['number']}/{facts['line_no']}"


def _amount(quantity: float | None) -> str:
    """A quantity with as many decimals as a reader needs: none from 10 on."""
    if quantity is None or quantity >= 10:
        return number(quantity)
    return shown_quantity(round(quantity, 1))
