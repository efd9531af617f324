"""What the demand review shows beside the demand plan: corrections of the history, targets, and what was published."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.event_reach import CHANNEL, JOINS, PRODUCT, REACHED
from data.rows import one_or_none

# A month can have an outlier and a level shift; the last decision counts.
CORRECTIONS = text(
    """
    select distinct on (product_id, location_id, period) product_id, location_id, period, corrected
    from demand_annotation
    where frequency = 'month' and status = 'accepted' and corrected is not null and period >= :since
    order by product_id, location_id, period, decided_at desc nulls last, id desc
    """
)

TARGETS = text(
    """
    select level, member, period, measure, value::float8 as value
    from aop_target
    where measure in ('revenue', 'volume') and period >= :since
    """
)

NEWEST = text(
    """
    select id, first_period, number from plan_version
    where kind in ('demand', 'consensus')
    order by first_period desc, id desc
    limit 1
    """
)

PUBLISHED = text(
    """
    select product_id, location_id, channel_id, period, consensus
    from demand_plan_value where version_id = :version_id
    """
)

HELD = text(
    """
    select stream, product_id, location_id, channel_id, period
    from forecast_override
    where held and frequency = 'month' and period >= :since and channel_id is not null
    """
)

REMARKS = text("select subject_id, count(*) from comment where subject = :subject group by subject_id")

EVENTS = text(
    f"""
    select e.id, e.name, {PRODUCT} as product_id, e.location_id, {CHANNEL} as channel_id, e.starts_on
    from planning_event e
    {JOINS}
    where e.status = 'approved' and {REACHED} and e.starts_on >= :since and e.starts_on < :before
      and e.kind <> 'school_holiday'
    order by e.starts_on, e.id
    """
)


def corrections(session: Session, *, since: date) -> pd.DataFrame:
    """What planners put in the place of demand of a product at a location and month."""
    return frame(session, CORRECTIONS, since=since)


def targets(session: Session, *, since: date) -> pd.DataFrame:
    """Targets of revenue (RM) and volume (units): level, member, period, measure, value."""
    return frame(session, TARGETS, since=since)


def newest(session: Session) -> Row[Any] | None:
    """The demand plan that was published last: id, first_period, number."""
    return one_or_none(session, NEWEST)


def published(session: Session, *, version_id: int) -> pd.DataFrame:
    """The consensus of a published plan by product, location, channel and month."""
    return frame(session, PUBLISHED, version_id=version_id)


def held(session: Session, *, since: date) -> pd.DataFrame:
    """What streams hold, from a month on."""
    return frame(session, HELD, since=since)


def remarks(session: Session, *, subject: str) -> list[tuple[str, int]]:
    """How many comments there are about each thing of a kind."""
    return [(row[0], row[1]) for row in session.execute(REMARKS, {"subject": subject})]


def events(session: Session, *, since: date, before: date) -> pd.DataFrame:
    """Approved events that begin between two days, a row for each product and channel (missing: all)."""
    return frame(session, EVENTS, since=since, before=before)
