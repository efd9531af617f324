"""What items are classified by: what was sold or issued of each, month by month and in a year.

Every statement is bounded by days, so that PostgreSQL reads only the partitions it needs.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import TERMS

# What is not sold is used in production: its demand is what was issued.
_USED = """
from stock_movement m join product p on p.id = m.product_id
where m.kind = 'issue' and p.kind <> 'finished' and m.day >= :since
"""

SOLD_IN_YEAR = text(
    """
    select product_id, location_id,
           coalesce(sum(quantity) filter (where day >= :year_start and day < :before), 0)::float8 as quantity,
           coalesce(sum(revenue) filter (where day >= :year_start and day < :before), 0)::float8 as revenue,
           (count(*) filter (where day >= :year_start and day < :before and kind = 'sale'))::float8 as movements,
           max(day) filter (where kind = 'sale') as last_on
    from demand_history
    where day >= :since and day <= :until
    group by product_id, location_id
    """
)

USED_IN_YEAR = text(
    f"""
    select m.product_id, m.location_id,
           coalesce(-sum(m.quantity) filter (where m.day >= :year_start and m.day < :before), 0)::float8 as quantity,
           (count(*) filter (where m.day >= :year_start and m.day < :before))::float8 as movements,
           max(m.day) as last_on
    {_USED} and m.day <= :until
    group by m.product_id, m.location_id
    """
)

USED_BY_MONTH = text(
    f"""
    select m.product_id, m.location_id, date_trunc('month', m.day::timestamp) as period,
           -sum(m.quantity)::float8 as quantity
    {_USED} and m.day < :before
    group by m.product_id, m.location_id, date_trunc('month', m.day::timestamp)
    """
)

LAST_ISSUE = text("select max(day) from stock_movement where kind = 'issue' and day <= :until")

PRODUCTS = text(
    f"""
    select p.id as product_id, p.code, p.name, p.category, p.kind, p.uom, p.life_cycle,
           coalesce(p.unit_cost::float8, t.price) as unit_cost
    from product p left join ({TERMS}) t on t.product_id = p.id
    """
)

LOCATIONS = text("select id as location_id, code as location, name as location_name from location")


def last_issue(session: Session, *, until: date) -> date | None:
    """The last day on which anything was issued."""
    found: date | None = session.scalar(LAST_ISSUE, {"until": until})
    return found


def sold_in_year(session: Session, *, year_start: date, before: date, since: date, until: date) -> pd.DataFrame:
    """Quantity, revenue and number of sales from the start of the year on and before its end; last_on since ``since``.

    One row per product and location with sales from ``since`` to ``until``.
    """
    return frame(session, SOLD_IN_YEAR, year_start=year_start, before=before, since=since, until=until)


def used_in_year(session: Session, *, year_start: date, before: date, since: date, until: date) -> pd.DataFrame:
    """The same of what was issued to production, without revenue."""
    return frame(session, USED_IN_YEAR, year_start=year_start, before=before, since=since, until=until)


def used_by_month(session: Session, *, since: date, before: date) -> pd.DataFrame:
    """What was issued to production per product, location and month (its first day)."""
    found = frame(session, USED_BY_MONTH, since=since, before=before)
    # Of no rows the type is not known, and days put above them would all become slow objects.
    return found.astype({"period": "datetime64[us]"})


def products(session: Session) -> pd.DataFrame:
    """Names, kind, life cycle and cost of every product; the cost of what has none is its supplier's price."""
    return frame(session, PRODUCTS)


def locations(session: Session) -> pd.DataFrame:
    """Code and name of every location."""
    return frame(session, LOCATIONS)
