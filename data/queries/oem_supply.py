"""What an OEM is told of production and stock: its orders' yield, the materials it owns, recipes of its products.

Functions that begin with ``inside_`` need a colleague's session (services.oem_desk); the others read as the partner.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from models.network import Oem
from models.oem_portal import OemMaterial, RecipeAcknowledgement
from models.product import Product

YIELDS = text(
    """
    select o.number, p.code, p.name, p.uom, o.made_quantity::float8 as made, o.scrap_quantity::float8 as scrap,
           coalesce(o.finished_on, least(o.due_on, cast(:today as date))) as day
    from production_order o join product p on p.id = o.product_id
    where o.made_quantity + o.scrap_quantity > 0 and coalesce(o.finished_on, o.due_on) >= :since
    order by day desc, o.id desc
    """
)
STOCK = text(
    """
    select s.product_id, l.name as location, sum(s.quantity)::float8 as quantity
    from stock_lot s join location l on l.id = s.location_id
    where s.product_id = any(:products) and s.quantity > 0 group by s.product_id, l.name order by l.name
    """
)
FLOWS = text(
    """
    select product_id, cast(date_trunc('month', day) as date) as month,
           coalesce(sum(quantity) filter (where kind = 'receipt'), 0)::float8 as received,
           coalesce(-sum(quantity) filter (where kind = 'issue'), 0)::float8 as used
    from stock_movement where product_id = any(:products) and day >= :since group by 1, 2 order by 2
    """
)
OPEN_ORDERS = text(
    """
    select o.id, o.number, o.product_id, o.location_id, p.code, p.name, o.quantity::float8 as quantity,
           o.starts_on, o.due_on
    from production_order o join product p on p.id = o.product_id
    where o.oem_id = :oem and o.status in ('planned', 'released') order by o.due_on, o.id
    """
)
RECIPES = text(
    """
    select r.bom_id, r.product_id, r.valid_from, p.code, p.name,
           lag(r.bom_id) over (partition by r.product_id order by r.valid_from) as before_id,
           lead(r.valid_from) over (partition by r.product_id order by r.valid_from) as next_from
    from tandem_oem_recipes() r join product p on p.id = r.product_id order by r.valid_from desc, p.code
    """
)
COMPONENTS = text(
    """
    select l.bom_id, l.component_id, c.name, l.quantity::float8 as quantity
    from bom_line l join product c on c.id = l.component_id where l.bom_id = any(:boms) order by c.name
    """
)


def yields(session: Session, *, since: date, today: date) -> pd.DataFrame:
    """Own orders of which something was produced: number, code, name, uom, made, scrap, day; the newest first.

    What is not finished counts on the day it is due, at the latest today.
    """
    return frame(session, YIELDS, since=since, today=today)


def materials(session: Session) -> list[Row[Any]]:
    """The materials that the partner owns: id, code, name, uom."""
    found = select(Product.id, Product.code, Product.name, Product.uom).join(
        OemMaterial, OemMaterial.product_id == Product.id
    )
    return list(session.execute(found.order_by(Product.code)))


def inside_stock(session: Session, products: Sequence[int]) -> list[Row[Any]]:
    """Where some products lie: product_id, location, quantity."""
    return list(session.execute(STOCK, {"products": list(products)}))


def inside_flows(session: Session, products: Sequence[int], *, since: date) -> list[Row[Any]]:
    """What came in and was used of some products: product_id, month, received, used."""
    return list(session.execute(FLOWS, {"products": list(products), "since": since}))


def inside_open_orders(session: Session, oem: int) -> pd.DataFrame:
    """Orders of an OEM that have not begun: id, number, product and place, quantity, starts_on, due_on."""
    return frame(session, OPEN_ORDERS, oem=oem)


def recipes(session: Session) -> list[Row[Any]]:
    """Versions of recipes of the partner's products, the newest first, with the one before and when the next begins."""
    return list(session.execute(RECIPES))


def inside_components(session: Session, boms: Sequence[int]) -> pd.DataFrame:
    """Components of recipes: bom_id, component_id, name, quantity."""
    return frame(session, COMPONENTS, boms=list(boms))


def acknowledgements(session: Session) -> list[Row[Any]]:
    """What was said to recipes, the newest first: bom_id, answer, note, actor, created_at."""
    said = RecipeAcknowledgement.__table__
    columns = (said.c.bom_id, said.c.answer, said.c.note, said.c.actor, said.c.created_at)
    return list(session.execute(select(*columns).order_by(said.c.id.desc())))


def acknowledge(session: Session, **values: Any) -> None:
    """Write down what an OEM says to a version of a recipe."""
    session.execute(insert(RecipeAcknowledgement).values(**values))


def declared(session: Session) -> list[Row[Any]]:
    """For a colleague: all materials that belong to OEMs: oem_id, product_id, oem, code, name."""
    found = select(
        OemMaterial.oem_id, OemMaterial.product_id, Oem.name.label("oem"), Product.code, Product.name
    ).select_from(OemMaterial)
    found = found.join(Oem, Oem.id == OemMaterial.oem_id).join(Product, Product.id == OemMaterial.product_id)
    return list(session.execute(found.order_by(Oem.name, Product.code)))


def oems(session: Session) -> list[Row[Any]]:
    """For a colleague: id and name of OEMs."""
    return list(session.execute(select(Oem.id, Oem.name).order_by(Oem.name)))


def product_by_code(session: Session, code: str) -> Any:
    """For a colleague: id, code and kind of a product."""
    found = select(Product.id, Product.code, Product.kind).where(func.lower(Product.code) == code.lower())
    return session.execute(found).first()


def declare(session: Session, *, oem_id: int, product_id: int) -> bool:
    """Have a material belong to an OEM; False when it does already."""
    statement = insert_or_skip(OemMaterial).values(oem_id=oem_id, product_id=product_id).on_conflict_do_nothing()
    return bool(session.execute(statement.returning(OemMaterial.product_id)).first())


def take_back(session: Session, *, oem_id: int, product_id: int) -> bool:
    """Have a material not belong to an OEM any more; False when it did not."""
    table = OemMaterial.__table__
    gone = delete(OemMaterial).where(table.c.oem_id == oem_id, table.c.product_id == product_id)
    return bool(session.execute(gone.returning(table.c.product_id)).first())
