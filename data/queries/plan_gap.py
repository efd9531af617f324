"""What the gap to the annual operating plan is reckoned from: sales by product, channel and month, a published plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none

SOLD = text(
    """
    select product_id, channel_id, month, sum(quantity)::float8 as volume, sum(revenue)::float8 as revenue
    from demand_month where month >= :first and month <= :last
    group by 1, 2, 3
    """
)

LAST_PUBLISHED = text(
    """
    select id, kind, first_period, number, months, published_at
    from plan_version where kind in ('demand', 'consensus')
    order by first_period desc, id desc
    limit 1
    """
)

PUBLISHED = text(
    """
    select product_id, location_id, channel_id, period, consensus
    from demand_plan_value where version_id = :version_id and period >= :first and period <= :last
    """
)


def sold(session: Session, *, first: date, last: date) -> pd.DataFrame:
    """Volume and revenue by product, channel and month, both months included."""
    return frame(session, SOLD, first=first, last=last)


def last_published(session: Session) -> Row[Any] | None:
    """The head of the demand plan that was published last."""
    return one_or_none(session, LAST_PUBLISHED)


def published(session: Session, version_id: int, *, first: date, last: date) -> pd.DataFrame:
    """Consensus by leaf and month of a published plan, both months included."""
    return frame(session, PUBLISHED, version_id=version_id, first=first, last=last)
