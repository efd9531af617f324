"""Figures of published plans, added up: by group and month, by month and lag, and against the plan before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.value_added import SOLD

TABLES = {
    "consensus": ("demand_plan_value", "coalesce(p.unit_price, p.unit_cost, 0)"),
    "statistical": ("demand_plan_value", "coalesce(p.unit_price, p.unit_cost, 0)"),
    "demand": ("supply_plan_value", "coalesce(p.unit_cost, p.unit_price, 0)"),
    "receipts": ("supply_plan_value", "coalesce(p.unit_cost, p.unit_price, 0)"),
    "end_stock": ("supply_plan_value", "coalesce(p.unit_cost, p.unit_price, 0)"),
    "owed": ("supply_plan_value", "coalesce(p.unit_cost, p.unit_price, 0)"),
}
"""By measure: where it is kept and what a unit of it is worth."""
WITHIN = {
    "category": "p.category",
    "family": "p.family",
    "product": "p.code",
    "location": "l.code",
    "kind": "p.kind",
}
GROUPS = {"category": "p.category", "family": "p.family", "product": "p.code"}

NEWEST = """
newest as (
    select distinct on (first_period) id, first_period, number, kind, months
    from plan_version where kind = any(:kinds) order by first_period, id desc
)
"""

# Months so far ahead of the plan's first one that the lag is at most the deepest.
AHEAD = """
v.period >= n.first_period and v.period < (n.first_period + make_interval(months => :deepest))::date
and v.period < :before
"""

ERRORS = text(
    f"""
    with {NEWEST}, cells as (
        select v.period,
               (extract(year from age(v.period, n.first_period)) * 12
                + extract(month from age(v.period, n.first_period)))::int + 1 as lag,
               coalesce(m.quantity, 0)::float8 as actual, v.consensus
        from newest n join demand_plan_value v on v.version_id = n.id and {AHEAD} {SOLD}
    )
    select period, lag, count(*) as pairs, sum(actual) as actual, sum(abs(actual - consensus)) as missed,
           sum(consensus - actual) as over
    from cells group by period, lag
    """
)

ITEM_ERRORS = text(
    f"""
    with {NEWEST}
    select v.product_id, v.location_id, p.code, p.name, l.code as location, p.uom,
           sum(coalesce(m.quantity, 0))::float8 as actual, sum(v.consensus) as planned,
           sum(abs(coalesce(m.quantity, 0)::float8 - v.consensus)) as missed,
           sum(abs(coalesce(m.quantity, 0)::float8 - v.consensus)) * coalesce(min(p.unit_price), 0)::float8 as money
    from newest n join demand_plan_value v on v.version_id = n.id and v.period = :period {SOLD}
    join product p on p.id = v.product_id join location l on l.id = v.location_id
    where n.first_period = (cast(:period as date) - make_interval(months => :lag - 1))::date
    group by v.product_id, v.location_id, p.code, p.name, l.code, p.uom
    """
)

PAIRS = """
pairs as (
    select id, first_period, number, lag(id) over (order by first_period) as before_id,
           lag(first_period) over (order by first_period) as before_period,
           lag(number) over (order by first_period) as before_number
    from newest
)
"""

# Within the frozen months of the plan before; what only one of the plans has is 0 in the other.
CELLS = """
select product_id, location_id, coalesce(a.consensus, 0) as now, coalesce(b.consensus, 0) as before
from (select * from demand_plan_value v where v.version_id = pairs.id
        and v.period < (pairs.first_period + make_interval(months => :frozen))::date) a
full join (select * from demand_plan_value v where v.version_id = pairs.before_id and v.period >= pairs.first_period
             and v.period < (pairs.first_period + make_interval(months => :frozen))::date) b
using (product_id, location_id, channel_id, period)
"""

CHANGES = text(
    f"""
    with {NEWEST}, {PAIRS}
    select pairs.id, pairs.first_period, pairs.number, pairs.before_id, pairs.before_period, pairs.before_number,
           sum(c.now) as now, sum(c.before) as before, sum(abs(c.now - c.before)) as changed
    from pairs cross join lateral ({CELLS}) c
    where pairs.before_id is not null
    group by pairs.id, pairs.first_period, pairs.number, pairs.before_id, pairs.before_period, pairs.before_number
    """
)

ITEM_CHANGES = text(
    f"""
    with {NEWEST}, {PAIRS}
    select c.product_id, c.location_id, p.code, p.name, l.code as location, p.uom, sum(c.now) as now,
           sum(c.before) as before, sum(abs(c.now - c.before)) as changed,
           sum(abs(c.now - c.before)) * coalesce(min(p.unit_price), 0)::float8 as money
    from pairs cross join lateral ({CELLS}) c
    join product p on p.id = c.product_id join location l on l.id = c.location_id
    where pairs.id = :version_id
    group by c.product_id, c.location_id, p.code, p.name, l.code, p.uom
    having sum(abs(c.now - c.before)) > 0
    """
)


def sums(session: Session, version_id: int, *, measure: str, scope: Mapping[str, str]) -> pd.DataFrame:
    """key, name, period, units, money and uom (None where a group has several) of a published plan; ``scope``: ``by``
    one of GROUPS, and what it is narrowed to by the names of WITHIN."""
    by = scope["by"]
    table, worth = TABLES[measure]
    asked = {column: scope[column] for column in WITHIN if scope[column]}
    narrowed = " ".join(f"and {WITHIN[column]} = :{column}" for column in asked)
    name = "min(p.name)" if by == "product" else "null"
    statement = text(
        f"""
        select coalesce({GROUPS[by]}, '') as key, {name} as name, v.period, sum(v.{measure}) as units,
               sum(v.{measure} * ({worth})::float8) as money,
               case when min(p.uom) = max(p.uom) then min(p.uom) end as uom
        from {table} v join product p on p.id = v.product_id join location l on l.id = v.location_id
        where v.version_id = :version_id {narrowed}
        group by coalesce({GROUPS[by]}, ''), v.period
        """
    )
    return frame(session, statement, version_id=version_id, **asked)


def errors(session: Session, *, kinds: list[str], deepest: int, before: date) -> pd.DataFrame:
    """period, lag, pairs and sums of actual, missed (absolute) and over (planned less sold) of months before a day."""
    return frame(session, ERRORS, kinds=kinds, deepest=deepest, before=before)


def item_errors(session: Session, *, kinds: list[str], period: date, lag: int) -> pd.DataFrame:
    """The same of one month and lag by item, with names."""
    return frame(session, ITEM_ERRORS, kinds=kinds, period=period, lag=lag)


def changes(session: Session, *, kinds: list[str], frozen: int) -> pd.DataFrame:
    """Every plan beside the one before it, in so many months: now, before and the sum of what changed."""
    return frame(session, CHANGES, kinds=kinds, frozen=frozen)


def item_changes(session: Session, version_id: int, *, kinds: list[str], frozen: int) -> pd.DataFrame:
    """The same of one plan by item, with names."""
    return frame(session, ITEM_CHANGES, version_id=version_id, kinds=kinds, frozen=frozen)
