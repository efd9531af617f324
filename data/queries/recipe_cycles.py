"""Recipes that lead back to the product they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import Session

from analytics.bom_explosion import path
from data.queries.staging import Staged
from models.product import Bom, BomLine, Product

MOST_TOLD = 100


def cycles(session: Session, staged: Staged) -> list[tuple[int, str, str, str, str]]:
    """Staged lines whose component is made, over any number of steps and of any date, from the product itself."""
    line = staged.table
    edges = _edges(staged).subquery("edge")
    made_of = select(line.c.line, line.c.product.label("start"), line.c.component.label("reached")).cte(
        "made_of", recursive=True
    )
    made_of = made_of.union(
        select(made_of.c.line, made_of.c.start, edges.c.component).join(edges, edges.c.product == made_of.c.reached)
    )
    named = (
        select(made_of.c.line, made_of.c.start, line.c.component)
        .join(line, line.c.line == made_of.c.line)
        .where(made_of.c.reached == made_of.c.start)
        .distinct()
        .order_by(made_of.c.line)
        .limit(MOST_TOLD)
    )
    found = session.execute(named).all()
    return _told(session, _edges(staged), found) if found else []


def _edges(staged: Staged) -> CompoundSelect[Any]:
    """What is made of what, of any date, the staged lines included."""
    stored = select(Bom.product_id.label("product"), BomLine.component_id.label("component"))
    stored = stored.join(BomLine, BomLine.bom_id == Bom.id)
    return union(stored, select(staged.table.c.product, staged.table.c.component))


def _told(session: Session, edges: CompoundSelect[Any], found: Sequence[Any]) -> list[tuple[int, str, str, str, str]]:
    pairs = pd.DataFrame(session.execute(edges).all(), columns=["product", "component"])
    ids = pd.Index(pd.unique(pairs.to_numpy().ravel()))
    above, below = (ids.get_indexer(pd.Index(pairs[name])) for name in pairs)
    named = session.execute(select(Product.id, Product.code).where(Product.id.in_(ids.tolist())))
    codes = {row.id: row.code for row in named}
    told = []
    for row in found:
        start, component = (int(ids.get_indexer(pd.Index([item]))[0]) for item in (row.start, row.component))
        way = [start, *path(above, component=below, items=len(ids), start=component, end=start)]
        steps = " → ".join(codes[ids[item]] for item in (way if start != component else way[:1] * 2))
        told.append(
            (
                row.line,
                "component",
                codes[row.component],
                f"leads back to {codes[row.start]}: {steps}. A product can't be made of itself.",
                "Take the component out, or correct the recipe that leads back.",
            )
        )
    return told
