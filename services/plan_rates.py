"""Measures of the annual operating plan that months don't add up: service, turns, working capital."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from analytics.kpi import inventory_turns
from core.clock import today
from core.i18n import _, day, money
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services import kpi, positions
from services.aop_versions import in_force

DAYS_A_YEAR = 365
NEAR = 0.02
"""A measure that misses its target by no more than this share of it is near."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A measure beside its target of the month; None where there is none. ``more_is_better`` tells the good side,
    ``note`` how it is measured or why it is not."""

    measure: str
    actual: float | None
    target: float | None
    more_is_better: bool
    note: str

    @property
    def gap(self) -> float | None:
        """Actual less target."""
        return None if self.actual is None or self.target is None else self.actual - self.target

    @property
    def status(self) -> str:
        """good, warn, bad or unknown."""
        if self.gap is None or self.target is None:
            return "unknown"
        missed = -self.gap if self.more_is_better else self.gap
        return "good" if missed <= 0 else "warn" if missed <= NEAR * abs(self.target) else "bad"


def rates(viewer: Viewer) -> list[Rate]:
    """Service, turns and working capital beside the company's targets of this month.

    Inputs: a viewer with plan.read; what the viewer may not see otherwise is not measured here either.
    Returns: a Rate each.
    Raises: NotAllowed.
    Source: services.kpi and services.positions; formulas.md 3.3: turns = 365 / days of supply.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        targets = in_force(session, today().year).targets
    own = targets[(targets["level"] == "company") & (targets["period"] == today().replace(day=1))]
    target = dict(zip(own["measure"], own["value"].astype(float), strict=True))
    service, turns, capital = _service(viewer), _turns(viewer), _working_capital(viewer)
    return [
        Rate("service", service[0], target.get("service"), True, service[1]),
        Rate("turns", turns[0], target.get("turns"), True, turns[1]),
        Rate("working_capital", None, target.get("working_capital"), False, capital),
    ]


def _service(viewer: Viewer) -> tuple[float | None, str]:
    found = kpi.customer_otif(viewer) if viewer.may(Permission.DEMAND_READ) else None
    if found is None or not isfinite(found.rate):
        return None, _("not measured: no delivery is booked yet")
    return found.rate, _(
        "order lines on time in full, due %(start)s to %(end)s", start=day(found.start), end=day(found.end)
    )


def _turns(viewer: Viewer) -> tuple[float | None, str]:
    stock = positions.summary(viewer) if viewer.may(Permission.INVENTORY_READ) else None
    if stock is None or not stock.stock_value or not isfinite(stock.days_of_supply) or stock.days_of_supply <= 0:
        return None, _("not measured: there is no stock with a cost and a demand")
    a_year = stock.stock_value / stock.days_of_supply * DAYS_A_YEAR
    turned = float(inventory_turns(a_year, average_inventory=stock.stock_value)[0])
    return turned, _("stock at cost on %(day)s, at the demand of its policies", day=day(stock.data_date))


def _working_capital(viewer: Viewer) -> str:
    said = _("not measured: receivables and payables are not kept here")
    if not viewer.may(Permission.INVENTORY_READ):
        return said
    return _("%(said)s; stock alone is %(money)s", said=said, money=money(positions.summary(viewer).stock_value))
