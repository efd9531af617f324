"""The key figures of Home as cards: value, comparison, data date, list and definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from urllib.parse import urlencode

from analytics.inventory_position import StockStatus
from core.clock import now
from core.i18n import EMPTY, _, counted, day, moment, money, number, percent, signed
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import freshness as rows
from services import kpi, positions
from services.positions import InventorySummary

SALES_PATH = "/demand/sales"
LINES_PATH = "/demand/order-lines"
FORECAST_PATH = "/demand/forecast"
ACCURACY_PATH = "/demand/accuracy"
POSITIONS_PATH = "/inventory/positions"
IMPORT_PATH = "/data/import"
FAILED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure as it is shown: ``anchor`` names its definition, ``tone`` is good, warn, bad or quiet.

    ``value`` may be shortened; ``exact`` never is.
    """

    anchor: str
    value: str
    exact: str
    comparison: str
    tone: str
    note: str
    href: str


def cards(viewer: Viewer) -> list[Card]:
    """The key figures the viewer has the right to see.

    Inputs: a viewer with ``home.read``.
    Returns: cards in their order.
    Raises: NotAllowed.
    Source: screens.md 16; each card names its definition.
    """
    require(viewer, Permission.HOME_READ)
    shown: list[Card] = []
    if viewer.may(Permission.DEMAND_READ):
        shown.append(_revenue_card(viewer))
    if viewer.may(Permission.FORECAST_READ):
        shown.append(_accuracy_card(viewer))
    if viewer.may(Permission.INVENTORY_READ):
        stock = positions.summary(viewer)
        shown += [_value_card(stock), _supply_card(viewer, stock), _risk_card(stock)]
    if viewer.may(Permission.DEMAND_READ):
        shown.append(_otif_card(viewer))
    return shown + _administration_cards(viewer)


def short_money(amount: float) -> str:
    """An amount that fits on a card.

    Inputs: RM.
    Returns: text, in millions from one million on.
    Raises: nothing.
    Source: none; ours.
    """
    return _("%(millions)s M", millions=money(amount / 1e6, decimals=2)) if abs(amount) >= 1e6 else money(amount)


def signed_percent(share: float) -> str:
    """A change as per cent with its sign.

    Inputs: a share, NaN for one that isn't known.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    return EMPTY if share != share else f"{'+' if share >= 0 else ''}{percent(share)}"


def signed_points(share: float) -> str:
    """A change of a share as percentage points with its sign.

    Inputs: a difference of shares, NaN for one that isn't known.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    return EMPTY if share != share else _("%(points)s pp", points=signed(share * 100, decimals=1))


def _revenue_card(viewer: Viewer) -> Card:
    anchor = "revenue-month-to-date"
    found = kpi.revenue_to_date(viewer)
    if found is None:
        return _empty_card(anchor, _("No sales yet. Import sales transactions."), IMPORT_PATH)
    return Card(
        anchor,
        short_money(found.revenue),
        money(found.revenue, decimals=2),
        _arrow(found.change) + _("%(change)s on the same days last year", change=signed_percent(found.change)),
        _tone(found.change),
        _("to %(end)s; last year %(before)s", end=day(found.end), before=short_money(found.revenue_last_year)),
        f"{SALES_PATH}?{urlencode({'start': day(found.start), 'end': day(found.end)})}",
    )


def _accuracy_card(viewer: Viewer) -> Card:
    anchor = "forecast-accuracy"
    trend = kpi.accuracy_by_month(viewer, months=2)
    if trend is None:
        return _empty_card(anchor, _("No sales yet to measure a forecast against."), IMPORT_PATH)
    month = f"{trend.last_whole_month:%Y-%m}"
    latest = trend.latest
    if latest is None:
        return _empty_card(anchor, _("No forecast was made before %(month)s.", month=month), FORECAST_PATH)
    direction = _("over-forecast") if latest.bias > 0 else _("under-forecast")
    counted = _(
        "%(accuracy)s of %(count)s series; %(without)s sold without a forecast",
        accuracy=percent(latest.accuracy, decimals=3),
        count=number(latest.series),
        without=number(latest.sold_without_forecast),
    )
    note = _("%(month)s at lag 1", month=month)
    if trend.change == trend.change:
        note += _(", %(change)s on the month before", change=signed_points(trend.change))
    return Card(
        anchor,
        percent(latest.accuracy),
        counted,
        _("bias %(bias)s, %(direction)s", bias=signed_percent(latest.bias), direction=direction),
        "quiet",
        note,
        ACCURACY_PATH,
    )


def _value_card(stock: InventorySummary) -> Card:
    anchor = "inventory-value"
    if not stock.items:
        return _empty_card(anchor, _("No stock yet."), POSITIONS_PATH)
    excess = sum(total.money_at_stake for total in stock.statuses if total.status == StockStatus.EXCESS)
    note = counted(
        "1 item at cost on %(day)s", "%(count)s items at cost on %(day)s", stock.items, day=day(stock.data_date)
    )
    if stock.items_without_cost:
        note += _(", %(count)s without a cost", count=number(stock.items_without_cost))
    return Card(
        anchor,
        short_money(stock.stock_value),
        money(stock.stock_value, decimals=2),
        _("%(money)s of it excess", money=money(excess)) if excess else _("no excess"),
        "warn" if excess else "good",
        note,
        POSITIONS_PATH,
    )


def _supply_card(viewer: Viewer, stock: InventorySummary) -> Card:
    anchor = "days-of-supply"
    if not stock.items:
        return _empty_card(anchor, _("No stock yet."), POSITIONS_PATH)
    days = stock.days_of_supply
    if not isfinite(days):
        return _empty_card(anchor, _("Demand a day is not known yet. Recalculate the policies."), POSITIONS_PATH)
    target = kpi.target_days_of_supply(viewer)
    return Card(
        anchor,
        _("%(count)s days", count=number(days)),
        _("%(count)s days", count=number(days, decimals=1)),
        _("policies aim at %(count)s", count=number(target)),
        "quiet",
        _("stock on %(day)s, at the demand of its policies", day=day(stock.data_date)),
        POSITIONS_PATH,
    )


def _risk_card(stock: InventorySummary) -> Card:
    anchor = "items-at-risk"
    if not stock.items:
        return _empty_card(anchor, _("No stock yet."), POSITIONS_PATH)
    by_status = {total.status: total for total in stock.statuses}
    out, risk = by_status[StockStatus.STOCKED_OUT.value], by_status[StockStatus.AT_RISK.value]
    worst = out if out.money_at_stake >= risk.money_at_stake else risk
    at_stake = out.money_at_stake + risk.money_at_stake
    return Card(
        anchor,
        number(out.items + risk.items),
        number(out.items + risk.items),
        _("%(money)s at stake", money=money(at_stake)),
        "bad" if at_stake > 0 else "good",
        _(
            "%(out)s stocked out, %(risk)s at risk of %(count)s on %(day)s",
            out=number(out.items),
            risk=number(risk.items),
            count=number(stock.items),
            day=day(stock.data_date),
        ),
        f"{POSITIONS_PATH}?{urlencode({'status': worst.status})}",
    )


def _otif_card(viewer: Viewer) -> Card:
    anchor = "otif"
    found = kpi.customer_otif(viewer)
    if found is None:
        return _empty_card(anchor, _("No deliveries yet."), LINES_PATH)
    change = found.rate - found.rate_before
    promised = timedelta(days=found.rules.late_tolerance_days)
    return Card(
        anchor,
        percent(found.rate),
        percent(found.rate, decimals=3),
        _arrow(change) + _("%(change)s on the %(days)s days before", change=signed_points(change), days=kpi.OTIF_DAYS),
        _tone(change),
        _(
            "%(count)s order lines due in the %(days)s days to %(end)s",
            count=number(found.lines_due),
            days=kpi.OTIF_DAYS,
            end=day(found.end),
        ),
        f"{LINES_PATH}?{urlencode({'start': day(found.start - promised), 'end': day(found.end - promised)})}",
    )


def _administration_cards(viewer: Viewer) -> list[Card]:
    shown = []
    with session_scope(viewer) as session:
        if viewer.may(Permission.PEOPLE_MANAGE):
            accounts = number(rows.active_accounts(session))
            shown.append(
                Card("active-accounts", accounts, accounts, "", "quiet", _("can sign in now"), "/admin/people")
            )
        if viewer.may(Permission.JOBS_MANAGE):
            failed = rows.failed_jobs(session, since=now() - FAILED_WITHIN)
            tone = "bad" if failed else "good"
            text = _("look at the reasons") if failed else _("all went well")
            note = _("since %(moment)s UTC", moment=moment(now() - FAILED_WITHIN))
            shown.append(Card("failed-jobs", number(failed), number(failed), text, tone, note, "/admin/jobs"))
    return shown


def _empty_card(anchor: str, note: str, href: str) -> Card:
    return Card(anchor, EMPTY, EMPTY, "", "quiet", note, href)


def _tone(change: float) -> str:
    if change != change:
        return "quiet"
    return "good" if change >= 0 else "bad"


def _arrow(change: float) -> str:
    """Up, down or, of what isn't known, nothing: the direction without its colour."""
    if change != change:
        return ""
    return "▲ " if change >= 0 else "▼ "
