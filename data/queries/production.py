"""Production orders as planners see them, and what changes when one is begun, made, finished or called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_add
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries import order_numbers
from data.queries.recipes import VERSIONS
from data.rows import one_or_none
from models.orders import ProductionOrder
from models.product import Product
from models.production import ProductionUse
from models.stock import StockLot

OPEN = ("planned", "released", "running")
IS_OPEN = "o.status in ('planned', 'released', 'running')"

ORDERS = f"""
select o.id, o.number, o.status, o.product_id, o.location_id, p.code, p.name, p.uom, l.code as location,
       l.name as location_name, q.code as resource, q.name as resource_name, e.name as oem, e.company_id,
       o.quantity::float8 as quantity, o.made_quantity::float8 as made_quantity,
       o.scrap_quantity::float8 as scrap_quantity, o.starts_on, o.due_on, o.finished_on, o.version,
       o.due_on - cast(:as_of as date) as days_left,
       ({IS_OPEN} and o.due_on < cast(:as_of as date)) as late
from production_order o
join product p on p.id = o.product_id
join location l on l.id = o.location_id
left join resource q on q.id = o.resource_id
left join oem e on e.id = o.oem_id
"""
FOUND = """
(:show = 'all' or (:show = 'open' and status in ('planned', 'released', 'running')) or (:show = 'late' and late)
 or status = :show)
and (:resource = '' or resource = :resource)
and (:search = '' or number ilike :pattern or code ilike :pattern or name ilike :pattern)
"""
SORTABLE = frozenset(
    {"number", "status", "code", "name", "location", "resource", "quantity", "made_quantity", "starts_on", "due_on",
     "days_left", "oem"}
)  # fmt: skip
COUNT = text(
    f"""
    select count(*) as orders, count(*) filter (where late) as late,
           count(*) filter (where status = 'running') as running,
           count(*) filter (where status in ('planned', 'released', 'running')) as open
    from ({ORDERS}) o where {FOUND}
    """
)
ONE = text(f"{ORDERS} where o.id = :id")

RESOURCES = text("select code as value, name as text from resource where active order by code")

# What an order for a brand owner was made for before, it is made for again.
OEM_OF = text(
    """
    select distinct on (product_id) product_id, oem_id from production_order
    where product_id = any(:products) order by product_id, id desc
    """
)

# Components are taken where the plan takes them: at the place of the resource the product is made on.
MADE_AT = text(
    """
    select coalesce(
        (select min(q.location_id) from routing r join resource q on q.id = r.resource_id
         where r.product_id = :product_id and q.active),
        :location_id) as location_id
    """
)

RECIPE = text(
    f"""
    select l.component_id, c.code, c.name, c.uom, l.quantity::float8 as quantity, l.scrap_share::float8 as scrap_share,
           v.yield_share
    from ({VERSIONS}) v join bom_line l using (bom_id) join product c on c.id = l.component_id
    where v.product_id = :product_id and v.valid_from <= :day and (v.next_from is null or v.next_from > :day)
    order by l.component_id
    """
)

HISTORY = text(
    """
    select at, actor as who, action, reason from audit_entry
    where subject = 'production_order' and subject_id = :id order by id desc
    """
)

USES = text(
    """
    select u.product_id, p.code, p.name, p.uom, u.location_id, u.lot, sum(u.quantity) as quantity
    from production_use u join product p on p.id = u.product_id
    where u.order_id = :order_id group by u.product_id, p.code, p.name, p.uom, u.location_id, u.lot
    order by u.product_id, u.lot
    """
)


def orders(
    session: Session,
    *,
    as_of: date,
    show: str,
    resource: str,
    search: str,
    start: int,
    limit: int,
    sort: Sequence[tuple[str, bool]],
) -> tuple[list[Row[Any]], Row[Any]]:
    """A page of orders, what is due first on top unless sorted; and how many match, are late, run and are open."""
    found = {"as_of": as_of, "show": show, "resource": resource, "search": search, "pattern": _contains(search)}
    wanted = [f"{name} {'desc' if descending else 'asc'} nulls last" for name, descending in sort if name in SORTABLE]
    newest = "due_on desc, id desc" if show in ("all", "done", "cancelled") else "due_on, id"
    page = text(
        f"select * from ({ORDERS}) o where {FOUND} order by {', '.join([*wanted, newest])} limit :limit offset :start"
    )
    rows = list(session.execute(page, {**found, "limit": limit, "start": start}))
    return rows, session.execute(COUNT, found).one()


def order(session: Session, *, order_id: int, as_of: date) -> Row[Any] | None:
    """One order with the same figures as in the list."""
    return session.execute(ONE, {"id": order_id, "as_of": as_of}).one_or_none()


def history(session: Session, *, order_id: int) -> list[Row[Any]]:
    """Who did what with an order, the latest first."""
    return list(session.execute(HISTORY, {"id": str(order_id)}))


def resources(session: Session) -> list[Row[Any]]:
    """Resources in use: value, text."""
    return list(session.execute(RESOURCES))


def brand_owners(session: Session, products: list[int]) -> dict[int, int | None]:
    """The brand owner that each product was last made for."""
    return {row.product_id: row.oem_id for row in session.execute(OEM_OF, {"products": products})}


def lock_numbering(session: Session) -> None:
    """Only one transaction at a time looks for what is to be made or gives out a number."""
    order_numbers.lock_numbering(session, "MO")


def add(session: Session, *, day: date, **values: Any) -> Row[Any]:
    """A new order under the next number of its year: id and number; the caller holds lock_numbering."""
    number = order_numbers.next_number(session, "MO", year=day.year)
    table = ProductionOrder.__table__
    statement = insert(ProductionOrder).values(number=number, **values)
    return session.execute(statement.returning(table.c.id, table.c.number)).one()


def held(session: Session, order_id: int) -> Row[Any] | None:
    """The order as it is stored, held until the transaction ends."""
    table = ProductionOrder.__table__
    return one_or_none(session, select(table).where(table.c.id == order_id).with_for_update())


def change(session: Session, order_id: int, **values: Any) -> None:
    """Change an order, which thereby has another version."""
    found = ProductionOrder
    session.execute(update(found).where(found.id == order_id).values(version=found.version + 1, **values))


def made_at(session: Session, *, product_id: int, location_id: int) -> int:
    """Where the components of a product are taken."""
    found = session.execute(MADE_AT, {"product_id": product_id, "location_id": location_id})
    return int(found.scalar_one())


def shelf_life(session: Session, product_id: int) -> int | None:
    """Days that a product keeps; None for ever."""
    return session.scalar(select(Product.shelf_life_days).where(Product.id == product_id))


def recipe(session: Session, *, product_id: int, day: date) -> list[Row[Any]]:
    """The lines of the recipe that holds on a day; none when there is no recipe."""
    return list(session.execute(RECIPE, {"product_id": product_id, "day": day}))


def usable_lots(session: Session, *, product_id: int, location_id: int, day: date, hold: bool) -> list[Row[Any]]:
    """Lots that can be taken on a day, first expired first; ``hold`` keeps others from them."""
    lot = StockLot.__table__
    statement = (
        select(lot.c.id, lot.c.lot, lot.c.quantity)
        .where(
            lot.c.product_id == product_id,
            lot.c.location_id == location_id,
            lot.c.quantity > 0,
            func.coalesce(lot.c.expires_on, date.max) > day,
        )
        .order_by(lot.c.expires_on.asc().nulls_last(), lot.c.received_on, lot.c.id)
    )
    return list(session.execute(statement.with_for_update() if hold else statement))


def put(session: Session, *, quantity: Decimal, **lot: Any) -> None:
    """Add to a lot (product_id, location_id, lot), made when there is none (received_on, expires_on)."""
    statement = insert_or_add(StockLot).values(quantity=quantity, **lot)
    more = {"quantity": StockLot.quantity + statement.excluded.quantity}
    session.execute(statement.on_conflict_do_update(index_elements=["product_id", "location_id", "lot"], set_=more))


def note_use(session: Session, **values: Any) -> None:
    """Remember which lot went into an order."""
    session.execute(insert(ProductionUse).values(**values))


def uses(session: Session, *, order_id: int) -> list[Row[Any]]:
    """The lots that went into an order."""
    return list(session.execute(USES, {"order_id": order_id}))


def forget_uses(session: Session, *, order_id: int) -> None:
    session.execute(delete(ProductionUse).where(ProductionUse.order_id == order_id))


def _contains(search: str) -> str:
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
