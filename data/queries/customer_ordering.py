"""What a customer may buy, what is held for the orders it puts together, and its templates.

A partner's session reads the catalogue through a function that knows one customer only, and the reservations that
belong to its own orders. What begins with ``inside`` needs a colleague's session.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.order_promising import LIVE
from data.rows import one_or_none
from models.customer_portal import OrderTemplate
from models.network import Customer, Location
from models.people import User
from models.product import Product
from models.promising import StockReservation

CATALOGUE = text("select * from tandem_customer_catalogue(:day)")
INSIDE_HOLDS = text(
    f"""
    select r.id, r.status, r.product_id, r.location_id, r.quantity::float8 as quantity, r.wanted_on, r.promised_on,
           r.expires_at, r.order_key
    from stock_reservation r
    where r.order_key = any(cast(:keys as uuid[])) and r.customer_id = :customer and {LIVE}
    order by r.id
    """
)
INSIDE_PRICES = text(
    """
    select w.product_id, w.day, tandem_customer_price(:customer, w.product_id, w.day) as price
    from unnest(cast(:products as bigint[]), cast(:days as date[])) as w (product_id, day)
    """
)
INSIDE_RELATED = text(
    """
    select predecessor_id as product_id, successor_id as related_id from product_succession
    where predecessor_id = any(:products)
    union select successor_id, predecessor_id from product_succession where successor_id = any(:products)
    """
)


def catalogue(session: Session, *, day: date) -> list[Row[Any]]:
    """What the session's customer may buy, with its own prices of a day."""
    return list(session.execute(CATALOGUE, {"day": day}))


def own_customer(session: Session) -> int | None:
    """The customer whose session this is: row-level security shows no other."""
    return session.scalar(select(Customer.id))


def lock_order(session: Session, key: UUID) -> None:
    """Until the transaction ends, nobody else works on this order."""
    session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"tandem.order:{key}"})


def own_holds(session: Session, *, at: datetime, key: UUID | None = None) -> list[Row[Any]]:
    """What is held for orders of the session's customer and not over yet, of one order or of all."""
    held = StockReservation
    statement = (
        select(
            *(held.id, held.order_key, held.product_id, held.location_id, held.quantity, held.wanted_on),
            *(held.promised_on, held.expires_at, Product.code, Product.name, Product.uom),
            Location.name.label("location"),
        )
        .join(Product, Product.id == held.product_id)
        .join(Location, Location.id == held.location_id)
        .where(held.status == "held", held.expires_at > at)
        .order_by(held.id)
    )
    return list(session.execute(statement if key is None else statement.where(held.order_key == key)))


def templates(session: Session) -> list[Row[Any]]:
    """Templates of the session's company, by name."""
    made = OrderTemplate
    statement = select(made.id, made.name, made.lines, made.created_at, User.name.label("made_by"))
    return list(
        session.execute(statement.join(User, User.id == made.created_by).where(~made.removed).order_by(made.name))
    )


def lock_templates(session: Session, company_id: int) -> None:
    """Two people who save a template of one name make one."""
    session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"tandem.template:{company_id}"}
    )


def template_of_name(session: Session, name: str) -> int | None:
    return session.scalar(select(OrderTemplate.id).where(OrderTemplate.name == name, ~OrderTemplate.removed))


def add_template(session: Session, **values: Any) -> int:
    return int(session.execute(insert(OrderTemplate).values(**values).returning(OrderTemplate.id)).scalar_one())


def change_template(session: Session, template_id: int, **values: Any) -> bool:
    """Whether there was such a template of the session's company."""
    found = OrderTemplate
    changed = session.execute(update(found).where(found.id == template_id, ~found.removed).values(**values))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def inside_channel(session: Session, *, customer: int) -> int | None:
    return session.scalar(select(Customer.channel_id).where(Customer.id == customer))


def inside_customer(session: Session, *, company: int) -> Row[Any] | None:
    """The customer of a company with a portal, while it is one."""
    found = select(Customer.id, Customer.name, Customer.channel_id, Customer.active)
    return one_or_none(session, found.where(Customer.company_id == company))


def inside_holds(session: Session, *, customer: int, keys: Sequence[str], at: datetime) -> list[Row[Any]]:
    """What is kept for orders of a customer at a moment."""
    return list(session.execute(INSIDE_HOLDS, {"customer": customer, "keys": list(keys), "at": at}))


def inside_prices(
    session: Session, *, customer: int, wanted: Sequence[tuple[int, date]]
) -> dict[tuple[int, date], Any]:
    """What a customer pays for products on days; None where nothing is agreed."""
    products, days = [product for product, _day in wanted], [day for _product, day in wanted]
    found = session.execute(INSIDE_PRICES, {"customer": customer, "products": products, "days": days})
    return {(row.product_id, row.day): row.price for row in found}


def inside_related(session: Session, *, products: Sequence[int]) -> dict[int, list[int]]:
    """Successors and predecessors of products."""
    found: dict[int, list[int]] = {}
    for row in session.execute(INSIDE_RELATED, {"products": list(products)}):
        found.setdefault(row.product_id, []).append(row.related_id)
    return found


def inside_products(session: Session, *, products: Sequence[int]) -> dict[int, Row[Any]]:
    statement = select(Product.id, Product.code, Product.name, Product.uom, Product.life_cycle)
    found: list[Row[Any]] = list(session.execute(statement.where(Product.id.in_(products))))
    return {row.id: row for row in found}


def inside_locations(session: Session, *, locations: Sequence[int]) -> dict[int, str]:
    statement = select(Location.id, Location.name).where(Location.id.in_(locations))
    return {int(row.id): str(row.name) for row in session.execute(statement)}


def inside_keep_longer(session: Session, *, customer: int, key: UUID, until: datetime) -> None:
    """Let what is held for an order wait for its decision."""
    held = StockReservation
    own = (held.order_key == key, held.customer_id == customer, held.status == "held")
    session.execute(update(held).where(*own).values(expires_at=until, version=held.version + 1))
