"""The heat map of the executive page: parts of the range by service, stock, capacity, gap to plan and accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np

from analytics.kpi import days_of_supply
from core.clock import today
from core.i18n import EMPTY, _, number, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services import forecast_accuracy, kpi, plan_gap
from services.accuracy_filters import accuracy_filters
from services.capacity_months import capacity_by
from services.executive import (
    BAD,
    CAPACITY_PATH,
    GAP_PATH,
    GOOD,
    NEAR_ACCURACY,
    NEAR_SERVICE,
    QUIET,
    WARN,
    amount,
    capacity_tone,
    verdict,
)
from services.home_cards import ACCURACY_PATH, LINES_PATH, POSITIONS_PATH, signed_percent
from services.positions import shared_positions
from services.service_trend import otif_by

LEVELS = ("category", "family")
COVER = (0.75, 1.5)
COVER_FAR = (0.5, 2.0)
"""Cover as a share of what the policies aim at: as it should be, and beyond what it is far off."""


@dataclass(frozen=True, slots=True)
class Heat:
    """One cell: the figure, its light, and what the light says."""

    text: str
    tone: str
    told: str
    href: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A part of the range: what it lands at, and a cell for each of HEADS."""

    member: str
    landing: str
    cells: tuple[Heat, ...]


def heads() -> tuple[str, ...]:
    """What the cells of a row are.

    Inputs: none.
    Returns: names in their order.
    Raises: nothing.
    Source: screens.md 16.
    """
    return _("Gap to AOP"), _("On time in full"), _("Days of supply"), _("Capacity"), _("Accuracy")


def level_of(value: object) -> str:
    """The parts that the map shows.

    Inputs: what a browser sent.
    Returns: one of LEVELS.
    Raises: nothing.
    Source: none; ours.
    """
    return "family" if value == "family" else "category"


def heat_map(viewer: Viewer, *, level: str = "category", measure: str = "revenue") -> list[HeatRow]:
    """The parts of the range, the largest landing first.

    Inputs: a viewer with plan.read; one of LEVELS; revenue or volume.
    Returns: HeatRow for each part that is sold or planned.
    Raises: NotAllowed.
    Source: screens.md 16. Lights: service and accuracy beside those of the company, days of supply beside what the
        policies aim at, capacity at 85 and 100 %, the gap as services.plan_gap.
    """
    require(viewer, Permission.PLAN_READ)
    landings = plan_gap.landing(viewer, measure=measure, level=level).rows
    service, company_service = otif_by(viewer, level), kpi.customer_otif(viewer)
    cover, capacity = _cover(viewer, level), capacity_by(viewer, level)
    accuracy, company = _accuracy(viewer, level)
    rate = company_service.rate if company_service else None
    return [
        HeatRow(
            row.name,
            amount(row.landing, measure),
            (
                _gap(row, measure),
                _beside(service.get(row.member), rate, near=NEAR_SERVICE, href=LINES_PATH),
                _days(row.member, cover, level),
                _full(capacity.get(row.member)),
                _beside(accuracy.get(row.member), company, near=NEAR_ACCURACY, href=_accuracy_href(level)),
            ),
        )
        for row in sorted(landings, key=lambda row: -row.landing)
        if row.landing or row.aop
    ]


def _gap(row: plan_gap.Landing, measure: str) -> Heat:
    tone = row.status if row.status in (GOOD, WARN, BAD) else QUIET
    text = EMPTY if row.gap_share is None else signed_percent(row.gap_share)
    told = _("%(gap)s against %(aop)s", gap=amount(row.gap, measure), aop=amount(row.aop_covered, measure))
    return Heat(text, tone, f"{told}: {verdict(tone)}", GAP_PATH)


def _beside(value: float | None, company: float | None, *, near: float, href: str) -> Heat:
    """A share beside that of the company."""
    if value is None or company is None or value != value or company != company:
        return Heat(percent(value), QUIET, _("nothing to compare with"), href)
    tone = GOOD if value >= company else WARN if value >= company - near else BAD
    return Heat(percent(value), tone, _("the company has %(share)s", share=percent(company)), href)


def _full(share: float | None) -> Heat:
    tone = capacity_tone(share)
    told = _("of its resources in the next 13 weeks") if share is not None else _("not made here")
    return Heat(percent(share), tone, told, CAPACITY_PATH)


def _days(member: str, cover: Mapping[str, tuple[float, float]], level: str) -> Heat:
    days, aim = cover.get(member, (float("nan"), float("nan")))
    query = f"?{urlencode({'category': member})}" if level == "category" else ""
    href = f"{POSITIONS_PATH}{query}"
    if not np.isfinite(days) or not aim > 0:
        return Heat(number(days) if np.isfinite(days) else EMPTY, QUIET, _("no policy to compare with"), href)
    ratio = days / aim
    tone = GOOD if COVER[0] <= ratio <= COVER[1] else WARN if COVER_FAR[0] <= ratio <= COVER_FAR[1] else BAD
    return Heat(number(days), tone, _("policies aim at %(days)s", days=number(aim)), href)


def _cover(viewer: Viewer, level: str) -> dict[str, tuple[float, float]]:
    """Days of supply by part, and those that its policies aim at: as services.kpi and positions define them."""
    with session_scope(viewer) as session:
        items = shared_positions(session, viewer, as_of=today())
    cost = items["unit_cost"]
    sums = (
        items.assign(
            value=items["on_hand"].clip(lower=0.0) * cost,
            a_day=items["mean_daily_demand"] * cost,
            aim=(items["safety_stock"] + items["order_quantity"] / 2) * cost,
        )
        .groupby(level)[["value", "a_day", "aim"]]
        .sum()
    )
    days, aim = (days_of_supply(sums[name].to_numpy(), usage_per_day=sums["a_day"].to_numpy()) for name in _SUMS)
    return {str(name): (float(mine), float(its)) for name, mine, its in zip(sums.index, days, aim, strict=True)}


_SUMS = ("value", "aim")


def _accuracy(viewer: Viewer, level: str) -> tuple[dict[str, float], float | None]:
    """Accuracy at lag 1 of the last whole month, by part and of the company."""
    found = kpi.accuracy_by_month(viewer, months=2)
    if found is None or found.latest is None:
        return {}, None
    month = f"{found.latest.month:%Y-%m-%d}"
    filters = accuracy_filters(viewer, {"by": level, "lag": "1", "start": month, "end": month})
    listed = forecast_accuracy.accuracy_table(viewer, filters, limit=MOST_MEMBERS)
    return {
        str(row["label"]): 1 - row["wmape"] for row in listed.rows if row["wmape"] is not None
    }, found.latest.accuracy


MOST_MEMBERS = 500


def _accuracy_href(level: str) -> str:
    return f"{ACCURACY_PATH}?{urlencode({'by': level})}"
