"""Stock per product and location: what is there, what is coming, what is promised, and its lots."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.purchase_deliveries import DUE_ON, PARTS, missing

Item = tuple[int, int]
"""Product and location."""

# The rows of one item, or of all when none is named.
ONLY = "(cast(:product_id as bigint) is null or (product_id = :product_id and location_id = :location_id))"

# The day of expiry sells nothing. What a supplier confirmed counts, not what was hoped for; a receipt that is overdue
# is still on order, but nobody knows when it comes. Drafts are kept apart: the supplier has not seen them.
STOCK = f"""
select product_id, location_id, sum(on_hand)::float8 as on_hand, sum(expired)::float8 as expired,
       sum(on_order)::float8 as on_order, sum(in_draft)::float8 as in_draft, sum(allocated)::float8 as allocated,
       min(next_receipt_on) as next_receipt_on, min(overdue_since) as overdue_since
from (
    select product_id, location_id,
           case when expires_on <= :as_of then 0 else quantity end as on_hand,
           case when expires_on <= :as_of then quantity else 0 end as expired,
           0 as on_order, 0 as in_draft, 0 as allocated,
           cast(null as date) as next_receipt_on, cast(null as date) as overdue_since
    from stock_lot
    union all
    select product_id, location_id, 0, 0,
           case when sent then missing else 0 end, case when sent then 0 else missing end, 0,
           case when sent and due_on >= :as_of then due_on end, case when sent and due_on < :as_of then due_on end
    from (
        select l.product_id, o.location_id, o.status = 'sent' as sent,
               {missing("coalesce(l.confirmed_quantity, l.quantity)", "l.received_quantity")} as missing,
               {DUE_ON} as due_on
        from purchase_order_line l join purchase_order o on o.id = l.order_id left join {PARTS}
        where o.status in ('draft', 'sent') and l.status in ('open', 'confirmed')
    ) purchases
    where missing > 0
    union all
    select product_id, location_id, 0, 0, quantity - made_quantity, 0, 0,
           case when due_on >= :as_of then due_on end, case when due_on < :as_of then due_on end
    from production_order
    where status in ('planned', 'released', 'running') and quantity > made_quantity
    union all
    select product_id, to_location_id, 0, 0, quantity, 0, 0,
           case when arrives_on >= :as_of then arrives_on end, case when arrives_on < :as_of then arrives_on end
    from transfer_order where status in ('planned', 'in_transit')
    union all
    select product_id, from_location_id, 0, 0, 0, 0, quantity, null, null
    from transfer_order where status = 'planned'
    union all
    select l.product_id, o.location_id, 0, 0, 0, 0, l.quantity - l.delivered_quantity, null, null
    from sales_order_line l join sales_order o on o.id = l.order_id
    where l.status = 'open' and l.quantity > l.delivered_quantity
) facts
where {ONLY}
group by product_id, location_id
"""

# A product is bought from the supplier with the largest share; of equals, the cheaper one.
TERMS = """
select distinct on (product_id) product_id, supplier_id, price::float8 as price, moq::float8 as moq,
       multiple::float8 as multiple, lead_time_days
from supplier_item
order by product_id, share desc, supplier_item.price, supplier_id
"""

POSITIONS = text(
    f"""
    select product_id, location_id, p.code, p.name, p.category, p.family, p.kind, p.uom, p.life_cycle,
           l.code as location, l.name as location_name, t.supplier_id, v.name as supplier, t.price as unit_price, t.moq,
           t.multiple as order_multiple, t.lead_time_days as agreed_lead_time_days,
           coalesce(p.unit_cost::float8, t.price) as unit_cost,
           case when p.kind = 'finished' then p.unit_price::float8 end as shortage_cost_per_unit,
           coalesce(s.on_hand, 0) as on_hand, coalesce(s.expired, 0) as expired, coalesce(s.on_order, 0) as on_order,
           coalesce(s.in_draft, 0) as in_draft, coalesce(s.allocated, 0) as allocated,
           (s.next_receipt_on - :as_of)::float8 as days_to_next_receipt, s.next_receipt_on, s.overdue_since,
           i.daily_demand as mean_daily_demand, i.safety_stock::float8 as safety_stock,
           i.reorder_point::float8 as reorder_point, i.order_quantity::float8 as order_quantity,
           i.order_up_to::float8 as order_up_to, (i.inputs ->> 'lead_time_days')::float8 as lead_time_days,
           (i.inputs ->> 'max_order_quantity')::float8 as max_order_quantity
    from ({STOCK}) s
    full join (select * from inventory_policy where {ONLY}) i using (product_id, location_id)
    join product p on p.id = product_id
    join location l on l.id = location_id
    left join ({TERMS}) t using (product_id)
    left join supplier v on v.id = t.supplier_id
    order by p.code, l.code
    """
)

LOTS = text(
    """
    select lot, quantity::float8 as quantity, received_on, expires_on
    from stock_lot
    where product_id = :product_id and location_id = :location_id and quantity > 0
    order by expires_on nulls last, lot
    """
)

CHOICES = text(
    """
    select 'location' as kind, code as value, name as text from location
    union all
    select distinct 'category', category, category from product
    order by kind, text
    """
)


def stock(session: Session, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """On hand, expired, on order, in draft, allocated, next receipt; one row per product and location with any."""
    return frame(session, text(STOCK), as_of=as_of, **only_item(item))


def position_inputs(session: Session, *, as_of: date, item: Item | None = None) -> pd.DataFrame:
    """What analytics.inventory_position needs, with names, terms and policy; one row per product and location."""
    return frame(session, POSITIONS, as_of=as_of, **only_item(item))


def terms(session: Session) -> pd.DataFrame:
    """The supplier each bought product is ordered from, and its terms."""
    return frame(session, text(TERMS))


def lots(session: Session, *, item: Item) -> pd.DataFrame:
    """Lots in stock, those that expire first on top."""
    return frame(session, LOTS, **only_item(item))


def filter_choices(session: Session) -> list[Row[Any]]:
    """Locations and categories: kind, value, text."""
    return list(session.execute(CHOICES))


def only_item(item: Item | None) -> dict[str, int | None]:
    """The parameters of ONLY."""
    product_id, location_id = item if item else (None, None)
    return {"product_id": product_id, "location_id": location_id}
