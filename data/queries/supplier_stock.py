"""Stock that suppliers manage at our places, under their own eyes and those of colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.network import Location, SupplierItem
from models.product import Product
from models.supplier_planning import SupplierManagedItem as Managed
from models.supplier_planning import SupplierManagedWeek as Week

# Row-level security shows suppliers no lots; the function adds up those of what they manage themselves.
OWN_STOCK = text("select product_id, location_id, quantity from tandem_managed_stock(:as_of)")
ON_HAND = """
(select coalesce(sum(l.quantity), 0) from stock_lot l
 where l.product_id = supplier_managed_item.product_id and l.location_id = supplier_managed_item.location_id)
"""


def own_items(session: Session) -> list[Row[Any]]:
    """What the viewer's company manages."""
    return list(session.execute(_items().order_by(Product.code, Location.name)))


def own_stock(session: Session, *, as_of: date) -> list[Row[Any]]:
    return list(session.execute(OWN_STOCK, {"as_of": as_of}))


def own_weeks(session: Session) -> list[Row[Any]]:
    """Weeks of the newest forecast that has any, for a supplier its own."""
    newest = select(func.max(Week.forecast_id)).scalar_subquery()
    statement: Any = select(Week.product_id, Week.location_id, Week.starts_on, Week.demand, Week.incoming)
    return list(session.execute(statement.where(Week.forecast_id == newest).order_by(Week.starts_on)))


def managed(session: Session, supplier_id: int) -> list[Row[Any]]:
    """What a supplier manages."""
    return list(session.execute(_items().where(Managed.supplier_id == supplier_id).order_by(Product.code)))


def item(session: Session, supplier_id: int, *, product_id: int, location_id: int) -> Row[Any] | None:
    """One managed item with its stock and price; for those inside only."""
    statement = (
        _items()
        .add_columns(SupplierItem.price, literal_column(ON_HAND).label("on_hand"))
        .outerjoin(
            SupplierItem,
            (SupplierItem.supplier_id == Managed.supplier_id) & (SupplierItem.product_id == Managed.product_id),
        )
        .where(Managed.supplier_id == supplier_id, Managed.product_id == product_id, Managed.location_id == location_id)
    )
    return one_or_none(session, statement)


def save_levels(
    session: Session, supplier_id: int, *, product_id: int, location_id: int, seen: int, values: dict[str, Any]
) -> bool:
    """Whether they were as seen."""
    statement = update(Managed).where(
        Managed.supplier_id == supplier_id,
        Managed.product_id == product_id,
        Managed.location_id == location_id,
        Managed.version == seen,
    )
    changed = session.execute(statement.values(**values, version=Managed.version + 1))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def choices(session: Session, supplier_id: int) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """What a supplier sells, and all places."""
    sold: Any = (
        select(Product.id, Product.code, Product.name)
        .join(SupplierItem, SupplierItem.product_id == Product.id)
        .where(SupplierItem.supplier_id == supplier_id)
        .order_by(Product.code)
    )
    places: Any = select(Location.id, Location.code, Location.name).order_by(Location.code)
    return list(session.execute(sold)), list(session.execute(places))


def manage(session: Session, values: dict[str, Any]) -> None:
    statement = upsert(Managed).values(**values)
    taken = {name: statement.excluded[name] for name in ("min_quantity", "max_quantity")}
    keys = ["supplier_id", "product_id", "location_id"]
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_={**taken, "version": Managed.version + 1})
    )


def release(session: Session, supplier_id: int, *, product_id: int, location_id: int) -> None:
    statement = delete(Managed).where(
        Managed.supplier_id == supplier_id, Managed.product_id == product_id, Managed.location_id == location_id
    )
    session.execute(statement)


def add_weeks(session: Session, forecast_id: int, weeks: Sequence[dict[str, Any]]) -> None:
    if weeks:
        session.execute(insert(Week), [{"forecast_id": forecast_id, **week} for week in weeks])


def _items() -> Any:
    return (
        select(
            Managed.product_id,
            Managed.location_id,
            Product.code,
            Product.name,
            Product.uom,
            Location.name.label("location"),
            Managed.min_quantity,
            Managed.max_quantity,
            Managed.version,
        )
        .join(Product, Product.id == Managed.product_id)
        .join(Location, Location.id == Managed.location_id)
    )
