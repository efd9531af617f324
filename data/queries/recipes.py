"""Recipes: which holds on a day, what it is made of, and what its components cost.

A recipe holds from its first day until the next one of the product begins: of the recipes of a product, exactly one
holds on any day from the first on, because no two can begin on the same day (unique product_id, valid_from).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import TERMS

# What is bought costs its standard cost; without one, what its supplier asks (as for the value of stock).
PRODUCTS = text(
    f"""
    select p.code, p.name, p.kind, p.category, p.uom, p.unit_cost::float8 as standard_cost,
           p.unit_price::float8 as unit_price, coalesce(p.unit_cost::float8, t.price) as purchase_cost,
           p.unit_cost is null and t.price is not null as at_supplier_price
    from product p left join ({TERMS}) t on t.product_id = p.id
    order by p.code
    """
)

VERSIONS = """
select b.id as bom_id, b.product_id, p.code as product, b.valid_from, b.yield_share::float8 as yield_share,
       lead(b.valid_from) over (partition by b.product_id order by b.valid_from) as next_from,
       (select count(*) from bom_line l where l.bom_id = b.id) as components
from bom b join product p on p.id = b.product_id
"""
LISTED = text(
    f"""
    select product, valid_from, next_from, yield_share, components from ({VERSIONS}) v
    where cast(:product as text) is null or product = :product order by product, valid_from
    """
)
IN_FORCE = text(
    f"""
    select v.product, c.code as component, l.quantity::float8 as quantity, l.scrap_share::float8 as scrap_share,
           v.yield_share, v.valid_from, v.next_from
    from ({VERSIONS}) v join bom_line l using (bom_id) join product c on c.id = l.component_id
    where v.valid_from <= :on and (v.next_from is null or v.next_from > :on)
    order by v.product, c.code
    """
)
OF_PRODUCTS = text(
    f"""
    select v.product, c.code as component, l.quantity::float8 as quantity, l.scrap_share::float8 as scrap_share,
           v.yield_share, v.valid_from, v.next_from
    from ({VERSIONS}) v join bom_line l using (bom_id) join product c on c.id = l.component_id
    where v.product = any(cast(:products as text[])) order by v.product, v.valid_from, c.code
    """
)
SUBSTITUTES = text(
    f"""
    select v.product, c.code as component, s.code as substitute, s.name as substitute_name, b.factor::float8 as factor,
           b.rank
    from ({VERSIONS}) v join bom_substitute b using (bom_id)
    join product c on c.id = b.component_id join product s on s.id = b.substitute_id
    where v.valid_from <= :on and (v.next_from is null or v.next_from > :on)
    order by v.product, c.code, b.rank, s.code
    """
)


def products(session: Session) -> pd.DataFrame:
    """Every product by code: name, kind, category, uom, standard_cost, unit_price, purchase_cost, at_supplier_price."""
    return frame(session, PRODUCTS).set_index("code").astype({"standard_cost": float, "purchase_cost": float})


def versions(session: Session, *, product: str | None = None) -> pd.DataFrame:
    """The recipes of one product, or of all, the oldest first: valid_from, next_from, yield_share, components."""
    return frame(session, LISTED, product=product)


def lines(session: Session, *, on: date) -> pd.DataFrame:
    """The lines of all recipes that hold on a day, by codes, as analytics.cost_rollup wants them, and their days."""
    return frame(session, IN_FORCE, on=on)


def lines_of(session: Session, products_: Collection[str]) -> pd.DataFrame:
    """The lines of all recipes of some products, of any day."""
    return frame(session, OF_PRODUCTS, products=list(products_))


def substitutes(session: Session, *, on: date) -> pd.DataFrame:
    """What may be taken instead of components of the recipes that hold on a day."""
    return frame(session, SUBSTITUTES, on=on)
