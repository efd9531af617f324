"""What published plans said of months that are over, stream by stream, beside what was sold."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame

# Of each month the plan that was published last. A plan knew no sales of its first month or later ones, so that what
# it said of the months after that one is a forecast.
EVIDENCE = text(
    """
    with published as (
        select distinct on (first_period) id, first_period from plan_version
        where kind in ('demand', 'consensus') and first_period >= :since and first_period < :until
        order by first_period, id desc
    )
    select v.first_period as origin, d.product_id, d.location_id, d.channel_id, d.period,
           d.statistical + d.uplift as baseline, d.sales, d.marketing, d.customer, d.finance, d.planner, d.consensus,
           coalesce(m.quantity, 0)::float8 as actual
    from published v
    join demand_plan_value d on d.version_id = v.id
    left join demand_month m on m.product_id = d.product_id and m.location_id = d.location_id
        and m.channel_id = d.channel_id and m.month = d.period
    where d.period > v.first_period and d.period < :until
      and d.period <= v.first_period + :lags * interval '1 month'
      and coalesce(d.sales, d.marketing, d.customer, d.finance, d.planner) is not null
    """
)


def evidence(session: Session, *, since: date, until: date, lags: int) -> pd.DataFrame:
    """Cells on which somebody spoke, of plans from ``since`` on and months before ``until``, a row a plan and cell."""
    return frame(session, EVIDENCE, since=since, until=until, lags=lags)
