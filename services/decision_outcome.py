"""What a decision has brought: sales of the three months from its cycle on, beside what was expected without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from data.queries import decisions as rows
from data.queries import demand_plan
from services.kpi import data_date, last_whole_month

CYCLES = 3
MONTHS_A_YEAR = 12
REVENUE, MARGIN = MEASURES = ("revenue", "margin")
LEVELS = ("company", "category", "family", "brand", "product", "channel")
KEYS = ["product_id", "channel_id"]


@dataclass(frozen=True, slots=True)
class Measured:
    """``value``: RM more than expected in the months ``since`` to ``until``, both included; ``published``: whether a
    published plan tells what was expected, or the same months of the year before."""

    since: date
    until: date
    actual: float
    expected: float
    published: bool

    @property
    def value(self) -> float:
        return self.actual - self.expected


def checked_from(month: date) -> date:
    """The first day on which what was decided for a month can be checked: that of the cycle three months later.

    Inputs: the month of the cycle.
    Returns: the day.
    Raises: nothing.
    Source: issue of the S&OP cycle.
    """
    return _after(month, CYCLES)


def members(session: Session, level: str) -> set[str]:
    """What there is at a level.

    Inputs: an open session; one of LEVELS other than company.
    Returns: the names, of products and channels their codes.
    Raises: nothing.
    Source: none; ours.
    """
    found = demand_plan.channels(session) if level == "channel" else demand_plan.products(session)
    return set(found[level].dropna())


def measured(session: Session, month: date, *, measure: str, level: str, member: str) -> Measured | None:
    """Revenue or margin of a part of the sales, less what was expected of it without the decision.

    Inputs: an open session; the month of the cycle; one of MEASURES and LEVELS, and which one.
    Returns: Measured; None until all days of the months can be booked. Expected are the units that statistics of the
        plan in force gave, at the price realised in the year before; without such a plan, what was sold in the same
        months of the year before.
    Raises: nothing of its own.
    Source: Wallace & Stahl, Sales & Operations Planning, 3rd ed.: decisions are measured; the counterfactual is ours.
    """
    until = _after(month, CYCLES - 1)
    known = data_date(session)
    if known is None or last_whole_month(known) < until:
        return None
    products, channels = demand_plan.products(session), demand_plan.channels(session)
    sold = _of_part(rows.sold(session, since=month, until=until), products, channels, level, member)
    version = rows.plan_of(session, month=month, until=until)
    if version is None:
        since, end = (_after(day, -MONTHS_A_YEAR) for day in (month, until))
        before = _of_part(rows.sold(session, since=since, until=end), products, channels, level, member)
        return Measured(month, until, _money(sold, measure), _money(before, measure), False)
    expected = rows.expected(session, version_id=version, since=month, until=until)
    year = rows.sold(session, since=_after(month, -MONTHS_A_YEAR), until=_after(month, -1))
    priced = _of_part(_at_price(expected, year, products), products, channels, level, member)
    return Measured(month, until, _money(sold, measure), _money(priced, measure), True)


def _after(month: date, months: int) -> date:
    return (pd.Timestamp(month) + pd.DateOffset(months=months)).date()


def _at_price(expected: pd.DataFrame, year: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Units at what the product was sold for in the year before, else at its list price."""
    totals = year.groupby("product_id")[["quantity", "revenue"]].sum()
    realised = (totals["revenue"] / totals["quantity"])[(totals["quantity"] > 0) & (totals["revenue"] > 0)]
    listed = products.set_index("product_id")["unit_price"].astype(float).fillna(0.0)
    price = expected["product_id"].map(realised).fillna(expected["product_id"].map(listed))
    return expected.assign(revenue=expected["quantity"] * price.fillna(0.0))


def _of_part(
    found: pd.DataFrame, products: pd.DataFrame, channels: pd.DataFrame, level: str, member: str
) -> pd.DataFrame:
    named = found.merge(
        products[["product_id", "product", "category", "family", "brand", "unit_cost"]], on="product_id"
    )
    named = named.merge(channels[["channel_id", "channel"]], on="channel_id")
    return named if level == "company" else named[named[level] == member]


def _money(sold: pd.DataFrame, measure: str) -> float:
    revenue = float(sold["revenue"].astype(float).sum())
    if measure == REVENUE:
        return revenue
    return revenue - float((sold["quantity"] * sold["unit_cost"].astype(float).fillna(0.0)).sum())
