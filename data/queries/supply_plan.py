"""What a supply plan is made of: the items and places, lots, open orders, terms, recipes, forecasts."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.figures import figures
from data.frames import frame
from data.queries.purchase_deliveries import DUE_ON, PARTS, missing
from data.queries.recipes import VERSIONS

# Every item and place with a policy, stock, a forecast or an order.
PLACES = text(
    """
    select product_id, location_id, i.safety_stock::float8 as safety_stock, i.order_quantity::float8 as order_quantity,
           (i.inputs ->> 'lead_time_days')::float8 as lead_time_days,
           case when i.inputs ->> 'demand_source' = 'usage' then i.daily_demand end as daily_usage
    from (
        select product_id, location_id from inventory_policy
        union select product_id, location_id from stock_lot where quantity > 0
        union select product_id, location_id from forecast_series where run_id = any(:runs)
        union select product_id, location_id from production_order
              where status in ('planned', 'released', 'running')
        union select l.product_id, o.location_id
              from purchase_order_line l join purchase_order o on o.id = l.order_id
              where o.status in ('draft', 'sent') and l.status in ('open', 'confirmed')
        union select product_id, to_location_id from transfer_order where status in ('planned', 'in_transit')
        union select product_id, from_location_id from transfer_order where status = 'planned'
        union select l.product_id, o.location_id
              from sales_order_line l join sales_order o on o.id = l.order_id where l.status = 'open'
    ) places
    left join inventory_policy i using (product_id, location_id)
    """
)

PRODUCTS = text(
    """
    select id as product_id, code, name, kind, category, family, uom, life_cycle, unit_cost::float8 as unit_cost,
           unit_price::float8 as unit_price, shelf_life_days
    from product
    """
)

LOCATIONS = text("select id as location_id, code as location, name as location_name from location")

# What is made takes its materials at the place of the resource it is made on.
MADE_AT = text(
    """
    select r.product_id, min(q.location_id) as location_id
    from routing r join resource q on q.id = r.resource_id
    where q.active
    group by r.product_id
    """
)

RECIPES = text(
    f"""
    select v.product_id, l.component_id, l.quantity::float8 as quantity, l.scrap_share::float8 as scrap_share,
           v.yield_share, v.valid_from, v.next_from
    from ({VERSIONS}) v join bom_line l using (bom_id)
    where v.next_from is null or v.next_from > :as_of
    """
)

SUBSTITUTES = text(
    f"""
    select v.product_id, v.valid_from, b.component_id, b.substitute_id, b.factor::float8 as factor, b.rank
    from ({VERSIONS}) v join bom_substitute b using (bom_id)
    where (v.next_from is null or v.next_from > :as_of) and b.factor > 0
    """
)

TERMS = text(
    """
    select product_id, supplier_id, s.name as supplier, price::float8 as price, moq::float8 as moq,
           multiple::float8 as multiple, lead_time_days, share::float8 as share
    from supplier_item join supplier s on s.id = supplier_id
    where s.active and share > 0
    order by product_id, share desc, price, supplier_id
    """
)

LANES = text(
    """
    select l.id as lane_id, l.product_id, l.from_location_id, l.to_location_id, l.lead_time_days,
           l.cost_per_unit::float8 as price, l.moq::float8 as moq, l.multiple::float8 as multiple,
           l.share::float8 as share
    from lane l
    where l.active and l.share > 0
    order by l.id
    """
)

LOTS = text(
    """
    select product_id, location_id, quantity::float8 as quantity, expires_on
    from stock_lot where quantity > 0 and (expires_on is null or expires_on > :as_of)
    """
)

# Orders count with what the supplier confirmed, in its parts; drafts with what is asked for.
PURCHASES = text(
    f"""
    select l.product_id, o.location_id, o.number, o.supplier_id, s.name as supplier, {DUE_ON} as due_on,
           {missing("coalesce(l.confirmed_quantity, l.quantity)", "l.received_quantity")}::float8 as quantity
    from purchase_order_line l join purchase_order o on o.id = l.order_id join supplier s on s.id = o.supplier_id
    left join {PARTS}
    where o.status in ('draft', 'sent') and l.status in ('open', 'confirmed')
    """
)

PRODUCTION = text(
    """
    select product_id, location_id, number, resource_id, status, starts_on, due_on, quantity::float8 as ordered,
           greatest(quantity - made_quantity, 0)::float8 as quantity
    from production_order where status in ('planned', 'released', 'running')
    """
)

# What is on its way, or is to leave the place it comes from.
TRANSFERS = text(
    """
    select t.product_id, t.to_location_id as location_id, t.from_location_id, t.number, l.name as supplier, t.status,
           t.ships_on, t.arrives_on as due_on, t.quantity::float8 as quantity
    from transfer_order t join location l on l.id = t.from_location_id
    where t.status in ('planned', 'in_transit')
    """
)

SALES = text(
    """
    select l.product_id, o.location_id, coalesce(l.first_confirmed_on, l.requested_on) as due_on,
           (l.quantity - l.delivered_quantity)::float8 as quantity
    from sales_order_line l join sales_order o on o.id = l.order_id
    where l.status = 'open' and l.quantity > l.delivered_quantity
    """
)

FORECAST = text(
    """
    select product_id, location_id, period, q50 as quantity
    from forecast_value where run_id = :run_id and period > cast(:as_of as date) - 31
    """
)

ROUTINGS = text(
    """
    select r.product_id, r.resource_id, r.setup_hours::float8 as setup_hours, r.hours_per_unit::float8 as hours_per_unit
    from routing r join resource q on q.id = r.resource_id where q.active
    """
)

RESOURCES = text(
    """
    select q.id as resource_id, q.code, q.name, l.code as location, q.hours_per_week::float8 as hours_per_week
    from resource q join location l on l.id = q.location_id where q.active order by q.code
    """
)

DAYS = text(
    """
    select resource_id, day, hours::float8 as hours from resource_day where day >= :first and day < :end
    """
)


# What a supplier may deliver at most, and what came in of it. Without a place or an item it is for all of them.
LIMITS = text(
    """
    select c.*, coalesce(r.received, 0)::float8 as received
    from (
        select 'commit' as kind, supplier_id, product_id, null as category, location_id, starts_on, ends_on,
               quantity::float8 as quantity, counted_from
        from supplier_commit where ends_on > :as_of
        union all
        select case when product_id is null then 'category' else 'item' end, supplier_id, product_id, category, null,
               starts_on, ends_on, quantity::float8, counted_from
        from supplier_capacity where ends_on > :as_of
    ) c
    left join lateral (
        select sum(r.quantity) as received
        from receipt r join purchase_order_line l on l.id = r.line_id join purchase_order o on o.id = l.order_id
        join product p on p.id = l.product_id
        where o.supplier_id = c.supplier_id and r.received_on >= greatest(c.starts_on, c.counted_from)
          and r.received_on < c.ends_on and (c.product_id is null or l.product_id = c.product_id)
          and (c.category is null or p.category = c.category)
          and (c.location_id is null or o.location_id = c.location_id)
    ) r on true
    order by kind, supplier_id, starts_on
    """
)

CLOSURES = text("select supplier_id, first_on, last_on from supplier_closure where last_on >= :as_of")


def places(session: Session, *, runs: list[int]) -> pd.DataFrame:
    """Items and places to plan, with their policy."""
    return frame(session, PLACES, runs=runs)


def products(session: Session) -> pd.DataFrame:
    """Every product."""
    return frame(session, PRODUCTS)


def locations(session: Session) -> pd.DataFrame:
    """Every place."""
    return frame(session, LOCATIONS)


def made_at(session: Session) -> pd.DataFrame:
    """The place of the resources that a product is made on: product_id, location_id."""
    return frame(session, MADE_AT)


def recipes(session: Session, *, as_of: date) -> pd.DataFrame:
    """Lines of recipes that hold now or later."""
    return frame(session, RECIPES, as_of=as_of)


def substitutes(session: Session, *, as_of: date) -> pd.DataFrame:
    """What may stand in for components of recipes that hold now or later."""
    return frame(session, SUBSTITUTES, as_of=as_of)


def terms(session: Session) -> pd.DataFrame:
    """Terms of every supplier of a product, the one with the largest share first."""
    return frame(session, TERMS)


def lanes(session: Session) -> pd.DataFrame:
    """Lanes in use, product_id missing where they are for any product."""
    return frame(session, LANES)


def lots(session: Session, *, as_of: date) -> pd.DataFrame:
    """Usable stock by expiry."""
    return frame(session, LOTS, as_of=as_of)


def purchases(session: Session) -> pd.DataFrame:
    """Open purchase order lines."""
    return frame(session, PURCHASES)


def supplier_limits(session: Session, *, as_of: date) -> pd.DataFrame:
    """What suppliers may deliver at most in times that are not over: commit, item or category, and what came in."""
    return frame(session, LIMITS, as_of=as_of)


def supplier_closures(session: Session, *, as_of: date) -> pd.DataFrame:
    """Days on which suppliers are closed."""
    return frame(session, CLOSURES, as_of=as_of)


def production(session: Session) -> pd.DataFrame:
    """Open production orders."""
    return frame(session, PRODUCTION)


def transfers(session: Session) -> pd.DataFrame:
    """Open transfer orders; location_id is where they go."""
    return frame(session, TRANSFERS)


def sales(session: Session) -> pd.DataFrame:
    """Open sales order lines."""
    return frame(session, SALES)


def forecast(session: Session, *, run_id: int, as_of: date) -> pd.DataFrame:
    """Median forecast of a run by period."""
    items = ["product_id", "location_id"]
    return figures(session, FORECAST, keys=items, day="period", values=["quantity"], run_id=run_id, as_of=as_of)


def routings(session: Session) -> pd.DataFrame:
    """Hours of products on resources in use."""
    return frame(session, ROUTINGS)


def resources(session: Session) -> pd.DataFrame:
    """Resources in use."""
    return frame(session, RESOURCES)


def resource_days(session: Session, *, first: date, end: date) -> pd.DataFrame:
    """Days on which a resource has other hours than usual."""
    return frame(session, DAYS, first=first, end=end)
