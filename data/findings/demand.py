"""What can be wrong with demand: days, prices, outliers, gaps and silence."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    ScalarSelect,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)

from core.permissions import Permission
from data.findings.products import in_use
from data.findings.shared import Finding, Rows, Severity
from models.demand import DemandHistory
from models.product import Product

DEMAND = "demand_history"
STALE_DAYS = 14
SILENT_DAYS = 60
YEAR_DAYS = 364
DAYS_A_WEEK = 7
A_MONDAY = date(2000, 1, 3)
# A week is out of line when the logarithm of its total is further from the median of the series' year than so many
# robust standard deviations, and the total more than so many times, or less than that part of, the median.
DEVIATIONS = 5.0
NORMAL_MAD = 1.4826
TIMES = 3.0
LEAST_WEEKS = 12
# A pause is a gap when it is longer than so many usual pauses of the series, and than so many weeks.
PAUSES = 4
LEAST_GAP_WEEKS = 5


def _newest() -> ScalarSelect[Any]:
    return select(func.max(DemandHistory.day)).scalar_subquery()


def _week(day: Any) -> ColumnElement[Any]:
    """Weeks since a Monday long ago: whole numbers are grouped and compared faster than days."""
    return type_coerce(day - A_MONDAY, Integer) // DAYS_A_WEEK


def _weekly() -> CTE:
    """Total by product, location and week of the last year, weeks that are over."""
    series = (DemandHistory.product_id, DemandHistory.location_id)
    week = _week(DemandHistory.day)
    # As floats: sums, logarithms and medians of millions of decimals take many times as long.
    total = func.sum(cast(DemandHistory.quantity, Double))
    first, end = _newest() - YEAR_DAYS, _newest() + 1
    over = type_coerce(end - A_MONDAY, Integer) // DAYS_A_WEEK
    return (
        select(*series, week.label("week"), total.label("total"))
        .where(DemandHistory.day > first, week < over)
        .group_by(*series, week)
        .having(total > 0)
        .cte("weekly")
    )


def _median(column: Any) -> ColumnElement[Any]:
    return func.percentile_cont(0.5).within_group(column)


def _outlier(row: Rows) -> ColumnElement[bool]:
    weekly = _weekly()
    level = func.ln(weekly.c.total)
    series = (weekly.c.product_id, weekly.c.location_id)
    centre = select(*series, _median(level).label("centre")).group_by(*series)
    centre_of = centre.having(func.count() >= LEAST_WEEKS).cte("centre_of")
    same = and_(centre_of.c.product_id == weekly.c.product_id, centre_of.c.location_id == weekly.c.location_id)
    apart = func.abs(level - centre_of.c.centre)
    away = select(*series, weekly.c.week, apart.label("apart")).join(centre_of, same).cte("away")
    placed = (away.c.product_id, away.c.location_id)
    spread = select(*placed, _median(away.c.apart).label("spread")).group_by(*placed).cte("spread")
    alike = and_(spread.c.product_id == away.c.product_id, spread.c.location_id == away.c.location_id)
    furthest = func.greatest(DEVIATIONS * NORMAL_MAD * spread.c.spread, math.log(TIMES))
    weeks = select(*placed, away.c.week).join(spread, alike).where(away.c.apart > furthest)
    in_year = row.c.day > _newest() - YEAR_DAYS
    return and_(in_year, tuple_(row.c.product_id, row.c.location_id, _week(row.c.day)).in_(weeks))


def _interrupted(row: Rows) -> ColumnElement[bool]:
    weekly = _weekly()
    series = (weekly.c.product_id, weekly.c.location_id)
    before = func.lag(weekly.c.week).over(partition_by=series, order_by=weekly.c.week)
    paused = select(*series, (weekly.c.week - before).label("weeks")).cte("paused")
    longest = func.max(paused.c.weeks)
    interrupted = (
        select(paused.c.product_id)
        .group_by(paused.c.product_id, paused.c.location_id)
        .having(
            func.count() >= LEAST_WEEKS,
            longest > LEAST_GAP_WEEKS,
            longest > PAUSES * _median(paused.c.weeks),
        )
    )
    return and_(in_use(row.c), row.c.id.in_(interrupted))


def _silent(row: Rows) -> ColumnElement[bool]:
    sold = select(DemandHistory.day).where(DemandHistory.product_id == row.c.id)
    lately = sold.where(DemandHistory.day > _newest() - SILENT_DAYS)
    planned = and_(row.c.kind == "finished", row.c.life_cycle.in_(("launch", "active", "phase_out")))
    return and_(planned, ~exists(lately), exists(sold))


def _outside_life(row: Rows) -> ColumnElement[bool]:
    beyond = or_(row.c.day < Product.launched_on, row.c.day > Product.ends_on)
    return exists(select(Product.id).where(Product.id == row.c.product_id, beyond))


FINDINGS: tuple[Finding, ...] = (
    Finding(
        name="silent",
        entity="products",
        label="Products that stopped selling",
        why="They sold before, but not in the 60 days up to the newest sale of the company; they are still planned.",
        remedy="Phase them out or retire them, or import the sales that are missing.",
        severity=Severity.WARNING,
        holds=_silent,
        needs=Permission.DEMAND_READ,
        fix="life_cycle",
        suggestion="retired",
    ),
    Finding(
        name="interrupted",
        entity="products",
        label="Products with gaps in their sales",
        why="Within the last year there is a pause of more than 5 weeks and 4 times the usual one at a location: sales "
        "are missing, or it was out of stock.",
        remedy="Import the missing weeks, or mark the pause as out of stock in the forecast explorer.",
        severity=Severity.NOTICE,
        holds=_interrupted,
        needs=Permission.DEMAND_READ,
        href="/demand/forecast",
        link="Open the forecast explorer",
    ),
    Finding(
        name="outside_life",
        entity=DEMAND,
        label="Sales before the launch or after the end",
        why="Either the sale has the wrong product or day, or the product has the wrong launch or end.",
        remedy="Correct launch and end of the product, or import the sales again.",
        severity=Severity.WARNING,
        holds=_outside_life,
        href="/data/import?entity=product_life_cycle",
        link="Import launch and end days",
    ),
    Finding(
        name="sold_later",
        entity=DEMAND,
        label="Sales after today",
        why="What has not happened yet moves the forecast; mostly day and month were exchanged.",
        remedy="Import the sales with the right days.",
        severity=Severity.ERROR,
        holds=lambda row: row.c.day > row.today,
        href="/data/import?entity=demand_history",
        link="Import corrected sales",
    ),
    Finding(
        name="without_revenue",
        entity=DEMAND,
        label="Sales without revenue",
        why="Something was sold for nothing: the price is missing, or the goods were free.",
        remedy="Import the sales with their revenue.",
        severity=Severity.WARNING,
        holds=lambda row: and_(row.c.kind == "sale", row.c.quantity > 0, row.c.revenue <= 0),
        href="/data/import?entity=demand_history",
        link="Import corrected sales",
    ),
    Finding(
        name="outlier",
        entity=DEMAND,
        label="Sales of weeks far out of line",
        why="The week's total is more than 3 times, or less than a third of, what is usual for the product at the "
        "location, and far outside its usual spread: a typing error, another unit, or an event nobody entered.",
        remedy="Look at the week in the forecast explorer: correct the sales, or mark the event.",
        severity=Severity.NOTICE,
        holds=_outlier,
        href="/demand/forecast",
        link="Open the forecast explorer",
    ),
    Finding(
        name="stale",
        entity=DEMAND,
        label="Sales are not up to date",
        why="The newest sale is more than 14 days old: every forecast starts from the past.",
        remedy="Import the sales since then.",
        severity=Severity.WARNING,
        holds=lambda row: _newest() < row.ago(days=STALE_DAYS),
        href="/data/import?entity=transactions",
        link="Import sales",
    ),
)
