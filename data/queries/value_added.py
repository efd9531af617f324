"""Published plans beside what was sold: the error of every step at a lag, summed up by item.

The plan of a lag is the last one published for its first month; the lag counts months from there, the first is 1.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame

CHOSEN = """
chosen as (
    select id, published_at, period
    from (
        select distinct on (first_period) id, published_at,
               (first_period + make_interval(months => :lag - 1))::date as period
        from plan_version where kind = any(:kinds) order by first_period, id desc
    ) newest
    where period < :before
)
"""

SOLD = """
left join demand_month m on m.product_id = v.product_id and m.location_id = v.location_id
     and m.channel_id = v.channel_id and m.month = v.period
"""

JUDGED = """
count(*) as cells,
count(*) filter (where abs(after - actual) < abs(before - actual) - :same) as better,
count(*) filter (where abs(after - actual) > abs(before - actual) + :same) as worse,
sum(actual) as actual, sum(abs(before - actual)) as before, sum(abs(after - actual)) as after
"""

# Events and streams are judged where they had a figure, statistics and the consensus everywhere. A branch a step, for
# streams are silent in most cells.
_BEFORE_AFTER = {
    "statistical": ("naive", "statistical"),
    "events": ("statistical", "case when uplift <> 0 then baseline end"),
    **{stream: ("baseline", stream) for stream in ("sales", "marketing", "customer", "finance", "planner")},
    "consensus": ("baseline", "consensus"),
}
_BRANCHES = " union all ".join(
    f"select product_id, location_id, '{step}' as step, {before} as before, {after} as after, actual from cells "
    f"where {before} is not null and {after} is not null"
    for step, (before, after) in _BEFORE_AFTER.items()
)
STEPS = text(
    f"""
    with {CHOSEN}, cells as materialized (
        select v.*, v.statistical + v.uplift as baseline, coalesce(m.quantity, 0)::float8 as actual
        from chosen join demand_plan_value v on v.version_id = chosen.id and v.period = chosen.period {SOLD}
    )
    select product_id, location_id, step, {JUDGED} from ({_BRANCHES}) judged group by product_id, location_id, step
    """
)

# Whose word a stream's figure was when the plan was published: that of the last edit until then.
PEOPLE = text(
    f"""
    with {CHOSEN}, said as (
        select distinct on (chosen.id, c.product_id, c.location_id, c.channel_id, e.stream)
               chosen.id as version_id, c.product_id, c.location_id, c.channel_id, c.period, e.stream, e.created_by
        from chosen
        join demand_edit_cell c on c.period = chosen.period
        join demand_edit e on e.id = c.edit_id and e.created_at <= chosen.published_at
             and (e.undone_at is null or e.undone_at > chosen.published_at)
        order by chosen.id, c.product_id, c.location_id, c.channel_id, e.stream, e.id desc
    ), cells as (
        select s.product_id, s.location_id, s.created_by, s.stream, v.statistical + v.uplift as before,
               case s.stream when 'sales' then v.sales when 'marketing' then v.marketing
                    when 'customer' then v.customer when 'finance' then v.finance else v.planner end as after,
               coalesce(m.quantity, 0)::float8 as actual
        from said s
        join demand_plan_value v on v.version_id = s.version_id and v.product_id = s.product_id
             and v.location_id = s.location_id and v.channel_id = s.channel_id and v.period = s.period {SOLD}
    )
    select product_id, location_id, coalesce(created_by, 0) as person_id, stream as step, {JUDGED}
    from cells where after is not null
    group by product_id, location_id, created_by, stream
    """
)

# Where anybody spoke: the plan that came of it against the one before people spoke.
TOUCHED = text(
    f"""
    with {CHOSEN}, cells as (
        select v.product_id, v.location_id, v.period, v.statistical + v.uplift as before, v.consensus as after,
               coalesce(m.quantity, 0)::float8 as actual
        from chosen join demand_plan_value v on v.version_id = chosen.id and v.period = chosen.period {SOLD}
        where coalesce(v.planner, v.sales, v.marketing, v.customer, v.finance) is not null
    )
    select product_id, location_id, count(distinct period) as months, max(period) as last_month, {JUDGED}
    from cells group by product_id, location_id
    """
)

LAGS = text(
    """
    select coalesce(max(
        least((extract(year from age(:before, first_period)) * 12 + extract(month from age(:before, first_period))),
              months)
    ), 0)::int
    from plan_version where kind = any(:kinds) and first_period < :before
    """
)

ITEMS = text(
    """
    select p.id as product_id, l.id as location_id, p.code, p.name, p.category, p.family, p.uom, l.code as location,
           coalesce(p.unit_price, p.unit_cost, 0)::float8 as price
    from product p cross join location l where p.id = any(:products)
    """
)


def steps(session: Session, *, kinds: list[str], lag: int, before: date, same: float) -> pd.DataFrame:
    """product_id, location_id, step and the sums of analytics.forecast_value_added, of months before a day."""
    return frame(session, STEPS, kinds=kinds, lag=lag, before=before, same=same)


def people(session: Session, *, kinds: list[str], lag: int, before: date, same: float) -> pd.DataFrame:
    """The same of streams, by person_id (0: nobody known) who had spoken."""
    return frame(session, PEOPLE, kinds=kinds, lag=lag, before=before, same=same)


def touched(session: Session, *, kinds: list[str], lag: int, before: date, same: float) -> pd.DataFrame:
    """The same of items with the months in which anybody spoke."""
    return frame(session, TOUCHED, kinds=kinds, lag=lag, before=before, same=same)


def farthest_lag(session: Session, *, kinds: list[str], before: date) -> int:
    """The longest lag of which a month is over, 0 without any plan."""
    return int(session.scalar(LAGS, {"kinds": kinds, "before": before}) or 0)


def items(session: Session, products: list[int]) -> pd.DataFrame:
    """Names and price of some products at every location."""
    return frame(session, ITEMS, products=products)
