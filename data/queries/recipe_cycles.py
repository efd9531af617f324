"""Recipes that lead back to the product they make."""

from __future__ import annotations

from sqlalchemy import literal, select, union
from sqlalchemy.orm import Session

from data.queries.staging import Staged
from models.product import Bom, BomLine, Product

MOST_TOLD = 100


def cycles(session: Session, staged: Staged) -> list[tuple[int, str, str, str, str]]:
    """Staged lines whose component is made, over any number of steps and of any date, from the product itself."""
    line = staged.table
    stored = select(Bom.product_id.label("product"), BomLine.component_id.label("component")).join(
        BomLine, BomLine.bom_id == Bom.id
    )
    edges = union(stored, select(line.c.product, line.c.component)).subquery("edge")
    made_of = select(line.c.line, line.c.product.label("start"), line.c.component.label("reached")).cte(
        "made_of", recursive=True
    )
    made_of = made_of.union(
        select(made_of.c.line, made_of.c.start, edges.c.component).join(edges, edges.c.product == made_of.c.reached)
    )
    named = (
        select(made_of.c.line, Product.code, literal(1))
        .join(Product, Product.id == made_of.c.start)
        .where(made_of.c.reached == made_of.c.start)
        .distinct()
        .order_by(made_of.c.line)
        .limit(MOST_TOLD)
    )
    return [
        (
            row.line,
            "component",
            row.code,
            f"leads back to {row.code}: a product can't be made of itself.",
            "Take the component out, or correct the recipe that leads back.",
        )
        for row in session.execute(named)
    ]
