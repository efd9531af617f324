"""What the company plans: the targets of its annual operating plan, and what people know better than statistics."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from data.demo.calendar import MALAYSIA, Calendar
from data.demo.frames import numbered, rows
from data.demo.network import Network
from data.demo.people import PLANNER_ID
from data.demo.rules import AOP_GROWTH, AOP_SERVICE, AOP_TURNS, OVERRIDES

MEASURES = ["revenue", "volume", "margin"]
RECENT_DAYS, RECENT_MONTHS = 91, 3
STATED_DAYS_AGO = 3


def make_targets(sales: pd.DataFrame, products: pd.DataFrame, network: Network, calendar: Calendar) -> pd.DataFrame:
    """Table aop_target: every month of this and next year, from the sales of the same month of last year."""
    base = _base(sales, products, network.channels, calendar)
    growth = 1 + base["category"].map(AOP_GROWTH)
    years = [calendar.today.year, calendar.today.year + 1]
    plans = pd.concat([_in_year(base, year, growth**times) for times, year in enumerate(years, start=1)])
    targets = pd.concat(
        [
            _summed(plans.assign(company=""), "company"),
            _summed(plans, "category"),
            _summed(plans, "channel"),
            *(_rate("service", year, share) for year, share in zip(years, AOP_SERVICE, strict=True)),
            *(_rate("turns", year, turns) for year, turns in zip(years, AOP_TURNS, strict=True)),
        ]
    )
    return numbered(targets[["level", "member", "period", "measure", "value"]])


def make_overrides(sales: pd.DataFrame, products: pd.DataFrame, network: Network, calendar: Calendar) -> pd.DataFrame:
    """Table forecast_override: one for each of OVERRIDES, of the product that sold best and has none yet."""
    today = calendar.today
    active = products.loc[products["life_cycle"] == "active", "id"]
    recent = sales[sales["day"] >= np.datetime64(today - timedelta(days=RECENT_DAYS))]
    recent = recent[recent["product_id"].isin(active)]
    channels = dict(zip(network.channels["code"], network.channels["id"], strict=True))
    found: list[dict[str, object]] = []
    for rule in OVERRIDES:
        channel = channels.get(rule.channel)
        mine = recent if channel is None else recent[recent["channel_id"] == channel]
        free = mine[~mine["product_id"].isin([row["product_id"] for row in found])]
        sold = free.groupby(["product_id", "location_id"], as_index=False)[["quantity", "revenue"]].sum()
        month = pd.Period(today, "M") + rule.months_ahead
        best = next(rows(sold.nlargest(1, "revenue")))
        found.append(
            {
                "product_id": best.product_id,
                "location_id": best.location_id,
                "channel_id": channel,
                "frequency": "month",
                "period": month.start_time.date(),
                "stream": rule.stream,
                "quantity": round(best.quantity / RECENT_MONTHS * rule.times),
                "reason": rule.reason,
                "expires_on": month.end_time.date(),
            }
        )
    return numbered(
        pd.DataFrame(found)
        .astype({"channel_id": "Int64"})
        .assign(
            created_by=PLANNER_ID,
            created_at=datetime.combine(today - timedelta(days=STATED_DAYS_AGO), time(10), tzinfo=MALAYSIA),
        )
    )


def _base(sales: pd.DataFrame, products: pd.DataFrame, channels: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Measures of the months that are planned from, by month of the year, category and channel."""
    months = sales["day"].to_numpy().astype("datetime64[M]")
    chosen = np.isin(months, np.array(_base_months(calendar), dtype="datetime64[M]"))
    sold = sales[chosen].assign(month=months[chosen].astype(int) % 12 + 1)
    sold = sold.groupby(["month", "product_id", "channel_id"], as_index=False)[["quantity", "revenue"]].sum()
    product = products.set_index("id")
    cost = sold["quantity"] * sold["product_id"].map(product["unit_cost"].astype(float))
    sold = sold.assign(
        category=sold["product_id"].map(product["category"]),
        channel=sold["channel_id"].map(channels.set_index("id")["code"]),
        volume=sold["quantity"],
        margin=sold["revenue"] - cost,
    )
    return sold.groupby(["month", "category", "channel"], as_index=False)[MEASURES].sum()


def _base_months(calendar: Calendar) -> list[str]:
    """Those of last year; where the history has one not whole, the latest whole month of that name."""
    first = pd.Period(calendar.start - timedelta(days=1), "M") + 1
    whole = pd.period_range(first, pd.Period(calendar.today, "M") - 1)
    latest = {month.month: month for month in whole}
    last_year = {month.month: month for month in whole if month.year == calendar.today.year - 1}
    return [str(month) for month in (latest | last_year).values()]


def _in_year(base: pd.DataFrame, year: int, factor: pd.Series[float]) -> pd.DataFrame:
    grown = base[MEASURES].mul(factor, axis=0)
    return base[["category", "channel"]].join(grown).assign(period=[date(year, month, 1) for month in base["month"]])


def _summed(plans: pd.DataFrame, level: str) -> pd.DataFrame:
    sums = plans.groupby([level, "period"], as_index=False)[MEASURES].sum().round(2)
    targets = sums.melt(id_vars=[level, "period"], var_name="measure")
    return targets.rename(columns={level: "member"}).assign(level=level)


def _rate(measure: str, year: int, value: float) -> pd.DataFrame:
    """A target of the whole company that is the same in all months."""
    months = [date(year, month, 1) for month in range(1, 13)]
    return pd.DataFrame({"level": "company", "member": "", "period": months, "measure": measure, "value": value})
