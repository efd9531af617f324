"""What stands beside the streams of the demand plan: the plan that was published last, and targets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none

NEWEST = text(
    """
    select id, kind, first_period, number, published_at from plan_version
    where kind in ('demand', 'consensus') order by first_period desc, id desc limit 1
    """
)

PUBLISHED = text(
    """
    select product_id, location_id, channel_id, period, consensus as quantity
    from demand_plan_value where version_id = :version_id and period >= :since
    """
)

TARGETS = text(
    """
    select member, period, value::float8 as value from aop_target
    where level = :level and measure = :measure and period >= :since and period <= :until
    """
)


def newest_version(session: Session) -> Row[Any] | None:
    """The demand plan that was published last: id, kind, first_period, number, published_at."""
    return one_or_none(session, NEWEST)


def published(session: Session, *, version_id: int, since: date) -> pd.DataFrame:
    """Its consensus by leaf and month."""
    return frame(session, PUBLISHED, version_id=version_id, since=since)


def targets(session: Session, *, level: str, measure: str, since: date, until: date) -> pd.DataFrame:
    """Targets of the annual operating plan by member and month, both months included."""
    return frame(session, TARGETS, level=level, measure=measure, since=since, until=until)
