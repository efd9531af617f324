"""What the statuses of the stock came to each day, and stock as it was on a day that is over."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from data.frames import frame
from models.stock_status import StockStatusDay

# The order book of a past day by what is known today: what was ordered by then and came, or was made or delivered,
# later. Production, own and for others, is planned ahead by as many days as now. What has expired since is not in
# today's stock; what had expired by then had been written off.
PAST = text(
    """
    with ahead as (
        select oem_id is null as own, max(starts_on) - cast(:today as date) as days
        from production_order where status in ('planned', 'released', 'running') group by 1
    )
    select product_id, location_id, sum(on_hand)::float8 as on_hand, sum(on_order)::float8 as on_order,
           sum(allocated)::float8 as allocated, (min(next_on) - cast(:day as date))::float8 as days_to_next_receipt
    from (
        select product_id, location_id, quantity as on_hand, 0 as on_order, 0 as allocated,
               cast(null as date) as next_on
        from stock_lot
        union all
        select product_id, location_id, -quantity, 0, 0, null
        from stock_movement where day > :day and day <= :today
        union all
        select product_id, location_id, 0, missing, 0, case when due_on >= :day then due_on end
        from (
            select l.product_id, o.location_id, coalesce(l.latest_confirmed_on, l.requested_on) as due_on,
                   case when l.status = 'received' then l.received_quantity
                        else coalesce(l.confirmed_quantity, l.quantity) end
                   - coalesce((select sum(r.quantity) from receipt r
                               where r.line_id = l.id and r.received_on <= :day), 0) as missing
            from purchase_order_line l join purchase_order o on o.id = l.order_id
            where o.status in ('sent', 'closed') and l.status <> 'cancelled' and o.ordered_on <= :day
              and (l.actual_on is null or l.actual_on > :day)
        ) purchases
        where missing > 0
        union all
        select product_id, location_id, 0, quantity, 0, case when due_on >= :day then due_on end
        from production_order left join ahead on ahead.own = (oem_id is null)
        where status <> 'cancelled' and (finished_on is null or finished_on > :day)
          and starts_on - cast(:day as date) <= coalesce(ahead.days, 0)
        union all
        select l.product_id, o.location_id, 0, 0,
               case when l.status = 'delivered' then l.quantity else l.quantity - l.delivered_quantity end, null
        from sales_order_line l join sales_order o on o.id = l.order_id
        where l.status <> 'cancelled' and o.ordered_on <= :day and (l.delivered_on is null or l.delivered_on > :day)
    ) facts
    group by product_id, location_id
    """
)


def replace_day(session: Session, day: date, totals: pd.DataFrame) -> None:
    """Store status, items, money_at_stake and stock_value of a day in place of what was stored of it."""
    session.execute(delete(StockStatusDay).where(StockStatusDay.day == day))
    rows = totals[["status", "items", "money_at_stake", "stock_value"]].to_dict("records")
    if rows:
        session.execute(insert(StockStatusDay), [{"day": day} | {str(key): row[key] for key in row} for row in rows])


def has_day(session: Session, day: date) -> bool:
    """Whether anything is stored of a day."""
    return session.scalar(select(func.count()).where(StockStatusDay.day == day)) != 0


def days_since(session: Session, first: date) -> pd.DataFrame:
    """Day, status, items, money_at_stake and stock_value from a day on."""
    table, figures = StockStatusDay, ("items", "money_at_stake", "stock_value")
    statement = select(table.day, table.status, *(getattr(table, name) for name in figures)).where(table.day >= first)
    found = pd.DataFrame(session.execute(statement).all(), columns=["day", "status", *figures])
    return found.astype(dict.fromkeys(figures, "float64"))


def past_stock(session: Session, *, day: date, today: date) -> pd.DataFrame:
    """On hand, on order, allocated and days to the next receipt as they were at the end of a day."""
    return frame(session, PAST, day=day, today=today)
