"""What moved the demand of products, or will: planned events, the channels it goes through, days without stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.event_reach import CHANNEL, JOINS, PRODUCT, REACHED

EVENTS = text(
    f"""
    select e.kind, {PRODUCT} as product_id, e.location_id, {CHANNEL} as channel_id, e.starts_on, e.ends_on,
           e.discount::float8 as discount
    from planning_event e
    {JOINS}
    where e.status = 'approved' and e.ends_on >= :since and e.starts_on < :before
      and (e.product_id is null or e.product_id = any(:products))
      and {REACHED} and ({PRODUCT} is null or {PRODUCT} = any(:products))
    order by e.starts_on, e.id, 2, 4
    """
)

# Returns can outweigh the sales of a channel; no share is negative.
CHANNEL_SUMS = text(
    """
    select product_id, location_id, channel_id,
           greatest(coalesce(sum(quantity) filter (where day < :known_before), 0), 0)::float8 as known,
           greatest(sum(quantity), 0)::float8 as quantity
    from demand_history
    where product_id = any(:products) and day >= :since and day < :before
    group by product_id, location_id, channel_id
    """
)

# Reckoned back from what lies there now. After a day that ended with nothing, nothing could be sold until the next
# movement. What has ended is not missed, and days to come are not known.
STOCK_GAPS = text(
    """
    select product_id, location_id, day + 1 as starts_on,
           least(coalesce(next_day, :before), coalesce(p.ends_on + 1, :before), :before) - 1 as ends_on
    from (
        select product_id, location_id, day, lead(day) over following as next_day,
               coalesce(on_hand, 0) - coalesce(sum(moved) over (
                   partition by product_id, location_id order by day desc
                   rows between unbounded preceding and 1 preceding
               ), 0) as closing
        from (
            select product_id, location_id, day, sum(quantity) as moved
            from stock_movement
            where product_id = any(:products) and day >= :since
            group by product_id, location_id, day
        ) daily
        left join (
            select product_id, location_id, sum(quantity) as on_hand
            from stock_lot
            where product_id = any(:products)
            group by product_id, location_id
        ) stock using (product_id, location_id)
        window following as (partition by product_id, location_id order by day)
    ) days
    join product p on p.id = product_id
    where closing <= 0
      and day + 1 < least(coalesce(next_day, :before), coalesce(p.ends_on + 1, :before), :before)
    """
)


def events(session: Session, *, products: Sequence[int], since: date, before: date) -> pd.DataFrame:
    """Approved events of these products (None: of all) with a day from ``since`` on and before ``before``.

    Columns kind, product_id, location_id, channel_id, starts_on, ends_on, discount; an id is None where all are meant.
    """
    return frame(session, EVENTS, products=list(products), since=since, before=before)


def channel_sums(
    session: Session, *, products: Sequence[int], since: date, known_before: date, before: date
) -> pd.DataFrame:
    """Columns product_id, location_id, channel_id, quantity and known; never negative.

    ``quantity`` is that from ``since`` on and before ``before``, ``known`` the part of it before ``known_before``.
    """
    return frame(session, CHANNEL_SUMS, products=list(products), since=since, known_before=known_before, before=before)


def stock_gaps(session: Session, *, products: Sequence[int], since: date, before: date) -> pd.DataFrame:
    """Spans of days without any stock: product_id, location_id, starts_on, ends_on (both included).

    Nothing is known of days before the first movement from ``since`` on, nor where stock is not kept.
    """
    return frame(session, STOCK_GAPS, products=list(products), since=since, before=before)


def channels(session: Session) -> list[int]:
    """The ids of all channels, in their order."""
    return list(session.scalars(text("select id from channel order by id")))
