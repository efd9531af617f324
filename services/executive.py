"""The executive page: each key figure beside target, trend and gap; every figure is that of its own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from core.clock import today
from core.i18n import EMPTY, _, counted, day, number, percent, signed
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services import kpi, plan_gap, positions, risks
from services.aop_versions import in_force
from services.capacity_months import WEEKS, capacity_months
from services.home_cards import (
    ACCURACY_PATH,
    LINES_PATH,
    POSITIONS_PATH,
    SALES_PATH,
    short_money,
    signed_percent,
    signed_points,
)
from services.plan_gap import GapMonths, Landing, Landings
from services.service_trend import otif_by_month
from services.stock_turns import stock_turns

REVENUE, VOLUME = MEASURES = ("revenue", "volume")
CAPACITY_PATH = "/supply/capacity"
GAP_PATH = "/sop/gap"
TIGHT, FULL = 0.85, 1.0
NEAR_SERVICE, NEAR_TURNS, NEAR_ACCURACY = 0.05, 0.9, 0.05
"""How far from its target a figure is still near it: points of service and accuracy, a share of the turns."""
GOOD, WARN, BAD, QUIET = "good", "warn", "bad", "quiet"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One key figure as it is shown. ``tone`` is good, warn, bad or quiet and ``verdict`` says it in words; ``trend``
    are the figures of its periods, ``course`` says which; ``href`` is the page behind it."""

    key: str
    name: str
    value: str
    target: str
    gap: str
    tone: str
    verdict: str
    note: str
    trend: tuple[float | None, ...]
    course: str
    href: str


def measure_of(value: object) -> str:
    """What the page counts in.

    Inputs: what a browser sent.
    Returns: one of MEASURES, money unless volume is asked for.
    Raises: nothing.
    Source: screens.md 16.
    """
    return VOLUME if value == VOLUME else REVENUE


def indicators(viewer: Viewer, *, measure: str = REVENUE) -> list[Indicator]:
    """The key figures in one row.

    Inputs: a viewer with plan.read; one of MEASURES, for sales and the gap to the plan.
    Returns: sales, margin, service, forecast accuracy, stock, capacity, gap to the annual operating plan.
    Raises: NotAllowed.
    Source: screens.md 16; each figure is that of its page: services.kpi, plan_gap, positions, stock_turns, capacity.
    """
    require(viewer, Permission.PLAN_READ)
    targets = _targets(viewer)
    return [
        _sales(viewer, measure),
        _sales(viewer, "margin"),
        _service(viewer, targets.get("service")),
        _accuracy(viewer),
        _stock(viewer, targets.get("turns")),
        _capacity(viewer),
        _gap(viewer, measure),
    ]


def amount(value: float | None, measure: str) -> str:
    """A figure of a measure as a card shows it.

    Inputs: RM or units; the measure.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    if value is None:
        return EMPTY
    return _("%(count)s units", count=number(value)) if measure == VOLUME else short_money(value)


def verdict(tone: str) -> str:
    """A light in words.

    Inputs: good, warn, bad or quiet.
    Returns: text.
    Raises: KeyError.
    Source: screens.md 23.
    """
    return {GOOD: _("on target"), WARN: _("near target"), BAD: _("off target"), QUIET: _("no target")}[tone]


def _targets(viewer: Viewer) -> dict[str, float]:
    """What the annual operating plan sets the company for this month."""
    with session_scope(viewer) as session:
        found = in_force(session, today().year).targets
    own = found[(found["level"] == "company") & (found["period"] == today().replace(day=1))]
    return dict(zip(own["measure"], own["value"].astype(float), strict=True))


def _sales(viewer: Viewer, measure: str) -> Indicator:
    names = {REVENUE: _("Revenue to date"), VOLUME: _("Volume to date"), "margin": _("Margin to date")}
    found, row, months = _company(viewer, measure)
    share = _over(row.gap_to_date, row.aop_to_date)
    tone = _landing_tone(share)
    return Indicator(
        key=measure,
        name=names[measure],
        value=amount(row.to_date, measure),
        target=_("AOP %(target)s", target=amount(row.aop_to_date, measure)),
        gap=_with_share(row.gap_to_date, share, measure),
        tone=tone,
        verdict=verdict(tone),
        note=_(
            "%(months)s; lands at %(landing)s, AOP %(aop)s",
            months=counted("1 whole month", "%(count)s whole months", found.whole_months),
            landing=amount(row.landing, measure),
            aop=amount(row.aop_covered, measure),
        ),
        trend=tuple(months.landing),
        course=_("%(year)s by month, sold and planned", year=found.year),
        href=f"{SALES_PATH}?{urlencode({'start': f'{found.year}-01-01'})}" if measure != "margin" else GAP_PATH,
    )


def _service(viewer: Viewer, target: float | None) -> Indicator:
    found = kpi.customer_otif(viewer)
    trend = otif_by_month(viewer)
    rate = None if found is None or found.rate != found.rate else found.rate
    tone = _tone(rate, target, near=NEAR_SERVICE)
    return Indicator(
        key="service",
        name=_("On time in full"),
        value=percent(rate),
        target=_("AOP %(target)s", target=percent(target)),
        gap=EMPTY if rate is None or target is None else signed_points(rate - target),
        tone=tone,
        verdict=verdict(tone),
        note=_("No deliveries yet.")
        if found is None
        else _("%(days)s days to %(end)s", days=kpi.OTIF_DAYS, end=day(found.end)),
        trend=tuple(month.rate for month in trend),
        course=_between([month.member for month in trend]),
        href=LINES_PATH,
    )


def _accuracy(viewer: Viewer) -> Indicator:
    found = kpi.accuracy_by_month(viewer)
    latest = found.latest if found else None
    known = [month for month in found.months if month.wmape == month.wmape] if found else []
    change = found.change if found else float("nan")
    return Indicator(
        key="accuracy",
        name=_("Forecast accuracy"),
        value=percent(latest.accuracy) if latest else EMPTY,
        target=_("bias %(bias)s", bias=signed_percent(latest.bias)) if latest else _("bias %(bias)s", bias=EMPTY),
        gap=_("%(change)s on the month before", change=signed_points(change)),
        tone=QUIET,
        verdict=verdict(QUIET),
        note=_("%(month)s at lag 1", month=f"{latest.month:%Y-%m}") if latest else _("No forecast was made before it."),
        trend=tuple(month.accuracy for month in known),
        course=_between([f"{month.month:%Y-%m}" for month in known]),
        href=ACCURACY_PATH,
    )


def _stock(viewer: Viewer, target: float | None) -> Indicator:
    stock, turned = positions.summary(viewer), stock_turns(viewer)
    turns = None if turned.turns != turned.turns else turned.turns
    tone = QUIET if turns is None or not target else _ratio_tone(turns / target)
    return Indicator(
        key="stock",
        name=_("Stock and turns"),
        value=short_money(stock.stock_value),
        target=_("%(turns)s turns, AOP %(target)s", turns=_turns(turns), target=_turns(target)),
        gap=EMPTY if turns is None or target is None else _("%(gap)s turns", gap=_signed_turns(turns - target)),
        tone=tone,
        verdict=verdict(tone),
        note=_("at cost on %(day)s", day=day(stock.data_date)),
        trend=tuple(turned.weeks),
        course=_("value at the end of the last 13 weeks"),
        href=POSITIONS_PATH,
    )


def _capacity(viewer: Viewer) -> Indicator:
    found = capacity_months(viewer)
    tone = capacity_tone(found.share)
    over = sum(any((share or 0.0) > FULL for share in row.shares) for row in found.resources)
    words = {GOOD: _("room left"), WARN: _("tight"), BAD: _("overloaded"), QUIET: _("no resources")}
    return Indicator(
        key="capacity",
        name=_("Capacity used"),
        value=percent(found.share),
        target=_("full at 100 %") if found.share is not None else EMPTY,
        gap=EMPTY if found.share is None else signed_points(found.share - FULL),
        tone=tone,
        verdict=words[tone],
        note=counted("1 resource over 100 %% in a month", "%(count)s resources over 100 %% in a month", over),
        trend=tuple(found.weeks),
        course=_("the next %(count)s weeks", count=WEEKS),
        href=CAPACITY_PATH,
    )


def _gap(viewer: Viewer, measure: str) -> Indicator:
    found, row, months = _company(viewer, measure)
    tone = _landing_tone(row.gap_share)
    expected = risks.sums(viewer).expected
    by_month = [_less(landing, aop) for landing, aop in zip(months.landing, months.aop, strict=True)]
    return Indicator(
        key="gap",
        name=_("Gap to AOP, year end"),
        value=amount(row.gap, measure),
        target=_("AOP %(target)s", target=amount(row.aop_covered, measure)),
        gap=EMPTY if row.gap_share is None else signed_percent(row.gap_share),
        tone=tone,
        verdict=verdict(tone),
        note=_("risks and opportunities %(money)s", money=short_money(expected)),
        trend=tuple(by_month),
        course=_("landing less AOP by month of %(year)s", year=found.year),
        href=GAP_PATH,
    )


def capacity_tone(share: float | None) -> str:
    """The light of a utilisation.

    Inputs: hours wanted as a share of those there are.
    Returns: good below TIGHT, warn to FULL, bad beyond it, quiet where it is not known.
    Raises: nothing.
    Source: screens.md 17: ramp at 85 and 100 %.
    """
    if share is None:
        return QUIET
    return GOOD if share < TIGHT else WARN if share <= FULL else BAD


def _company(viewer: Viewer, measure: str) -> tuple[Landings, Landing, GapMonths]:
    found = plan_gap.landing(viewer, measure=measure)
    return found, found.rows[0], plan_gap.months(viewer, measure=measure, level="company")


def _over(value: float | None, whole: float | None) -> float | None:
    return None if value is None or not whole else value / abs(whole)


def _less(value: float | None, target: float | None) -> float | None:
    return None if value is None or target is None else value - target


def _with_share(gap: float | None, share: float | None, measure: str) -> str:
    if gap is None:
        return EMPTY
    text = amount(gap, measure)
    return text if share is None else _("%(gap)s (%(share)s)", gap=text, share=signed_percent(share))


def _landing_tone(share: float | None) -> str:
    if share is None:
        return QUIET
    shown = round(share, 4)
    return GOOD if shown >= plan_gap.ON_TRACK else WARN if shown >= plan_gap.NEAR else BAD


def _tone(value: float | None, target: float | None, *, near: float) -> str:
    if value is None or target is None:
        return QUIET
    return GOOD if value >= target else WARN if value >= target - near else BAD


def _ratio_tone(ratio: float) -> str:
    return GOOD if ratio >= 1 else WARN if ratio >= NEAR_TURNS else BAD


def _turns(value: float | None) -> str:
    return number(value, decimals=1)


def _signed_turns(value: float) -> str:
    return signed(value, decimals=1)


def _between(names: Sequence[str]) -> str:
    return _("%(first)s to %(last)s by month", first=names[0], last=names[-1]) if names else ""
