"""What was sold around past promotions, and by the rest of their families."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.event_reach import CHANNEL, JOINS, MECHANIC, PRODUCT, REACHED

KINDS = "e.kind in ('promotion', 'price')"

# Newest first: what is left out beyond the limit is the longest ago.
PROMOTIONS = text(
    f"""
    select e.id as event_id, {PRODUCT} as product_id, e.location_id, {CHANNEL} as channel_id, e.starts_on, e.ends_on,
           e.discount::float8 as discount, {MECHANIC} as mechanic, e.expected_uplift::float8 as expected_uplift,
           p.category, p.family, p.unit_cost::float8 as unit_cost, p.unit_price::float8 as unit_price
    from planning_event e
    {JOINS}
    join product p on p.id = {PRODUCT}
    where e.status = 'approved' and {KINDS} and {REACHED} and e.starts_on >= :since and e.ends_on < :before
    order by e.starts_on desc, e.id desc, 2, 4
    limit :limit
    """
)

# Also those that ended just before: they are still felt.
PLANNED = text(
    f"""
    select e.id as event_id, {PRODUCT} as product_id, e.location_id, {CHANNEL} as channel_id, e.starts_on, e.ends_on,
           e.discount::float8 as discount, {MECHANIC} as mechanic, e.expected_uplift::float8 as expected_uplift,
           coalesce(e.pull_forward, 0)::float8 as pull_forward,
           coalesce(e.cannibalisation, 0)::float8 as cannibalisation, coalesce(e.decided_at, e.created_at) as known_at
    from planning_event e
    {JOINS}
    where e.status = 'approved' and {REACHED} and e.ends_on >= :since and e.starts_on < :before
      and (e.expected_uplift is not null or {KINDS})
    order by e.id, 2, 4
    """
)

LIVE = text(
    f"""
    select e.id as event_id, e.code, {PRODUCT} as product_id, e.location_id, {CHANNEL} as channel_id, e.starts_on,
           e.ends_on, coalesce(e.cannibalisation, 0)::float8 as cannibalisation, p.code as product, p.family
    from planning_event e
    {JOINS}
    join product p on p.id = {PRODUCT}
    where e.status in ('draft', 'proposed', 'approved') and {KINDS} and {REACHED}
      and e.ends_on >= :since and e.starts_on <= :until
    order by e.id, 3, 5
    """
)

# Changes with what could be learned from; what is planned for later does not count.
STATE = text(
    f"""
    select count(*) as events, coalesce(sum(version), 0) as versions, coalesce(max(id), 0) as newest
    from planning_event e
    where e.status = 'approved' and {KINDS} and e.starts_on >= :since and e.ends_on < :before
    """
)

SOLD = text(
    """
    select w.place, d.day, sum(d.quantity)::float8 as quantity, sum(d.revenue)::float8 as revenue
    from unnest(cast(:products as bigint[]), cast(:locations as bigint[]), cast(:channels as bigint[]),
                cast(:first as date[]), cast(:last as date[]))
         with ordinality as w (product_id, location_id, channel_id, first, last, place)
    join demand_history d on d.product_id = w.product_id and d.day between w.first and w.last
     and d.day between :since and :until
     and (w.location_id is null or d.location_id = w.location_id)
     and (w.channel_id is null or d.channel_id = w.channel_id)
    group by w.place, d.day
    """
)

FAMILIES = text(
    """
    select p.category, p.family, d.channel_id, d.day, sum(d.quantity)::float8 as quantity
    from demand_history d
    join product p on p.id = d.product_id
    where d.day between :since and :until
    group by p.category, p.family, d.channel_id, d.day
    """
)


def promotions(session: Session, *, since: date, before: date, limit: int) -> pd.DataFrame:
    """A row for each product and channel (None: all) of approved promotions and price changes that began on a day from
    ``since`` on and ended before ``before``."""
    return frame(session, PROMOTIONS, since=since, before=before, limit=limit)


def planned(session: Session, *, since: date, before: date) -> pd.DataFrame:
    """A row for each product and channel (None: all) of approved events with a day between two days: those with an
    expected uplift, and promotions and price changes without."""
    return frame(session, PLANNED, since=since, before=before)


def live(session: Session, *, since: date, until: date) -> pd.DataFrame:
    """A row for each product and channel (None: all) of promotions and price changes that are planned or may be, with
    a day between two days, both included."""
    return frame(session, LIVE, since=since, until=until)


def state(session: Session, *, since: date, before: date) -> Row[tuple[int, int, int]]:
    """Another one whenever those promotions have changed."""
    found: Row[tuple[int, int, int]] = session.execute(STATE, {"since": since, "before": before}).one()
    return found


def sold(session: Session, windows: pd.DataFrame) -> pd.DataFrame:
    """place (from 1, the row of ``windows``), day, quantity, revenue; windows have product_id, location_id, channel_id
    (None: all), first and last."""
    if windows.empty:
        return pd.DataFrame(columns=["place", "day", "quantity", "revenue"])
    return frame(
        session,
        SOLD,
        products=windows["product_id"].astype(int).tolist(),
        locations=_ids(windows["location_id"]),
        channels=_ids(windows["channel_id"]),
        first=windows["first"].tolist(),
        last=windows["last"].tolist(),
        since=min(windows["first"]),
        until=max(windows["last"]),
    )


def families(session: Session, *, since: date, until: date) -> pd.DataFrame:
    """Units a day by category, family and channel, both days included."""
    return frame(session, FAMILIES, since=since, until=until)


def _ids(column: pd.Series) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in column]
