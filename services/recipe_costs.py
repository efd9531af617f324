"""All recipes of a day with what their products cost, shared by the list, the tree and where-used."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from analytics.bom_explosion import effective_quantity
from analytics.cost_rollup import cost_rollup
from analytics.errors import AnalyticsError
from core.errors import InvalidInput
from core.i18n import _
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import recipes as queries

SUBJECTS = ("master", "products")


def shared_costs(session: Session, viewer: Viewer, *, on: date) -> pd.DataFrame:
    """Every product with its rolled-up cost, kept in memory until the data change. Not to be changed.

    Inputs: an open session, the viewer, the day.
    Returns: frame by product code: the columns of data.queries.recipes.products and analytics.cost_rollup. The cost
        of what is bought is its standard cost, or else its supplier's price; deviation compares with the standard cost.
    Raises: InvalidInput naming the cycle when a product is made of itself.
    Source: analytics.cost_rollup.
    """
    return shared_frame(
        session,
        viewer,
        "recipe_costs",
        subjects=SUBJECTS,
        args=(on,),
        compute=lambda: _costs(queries.products(session), shared_lines(session, viewer, on=on), on=on),
    )


def lines_under(lines: pd.DataFrame, product: str) -> pd.DataFrame:
    """The lines of one product's recipe.

    Inputs: lines: of shared_lines; product: its code.
    Returns: its lines, by component.
    Raises: nothing.
    Source: none; ours.
    """
    first, end = (int(lines["product"].searchsorted(product, side=side)) for side in ("left", "right"))
    return lines.iloc[first:end]


def shared_lines(session: Session, viewer: Viewer, *, on: date) -> pd.DataFrame:
    """The lines of the recipes that hold on a day, kept in memory until the data change. Not to be changed.

    Inputs: an open session, the viewer, the day.
    Returns: frame of data.queries.recipes.lines in order of product, with effective, what a good unit takes.
    Raises: nothing of its own.
    Source: analytics.bom_explosion.effective_quantity.
    """
    return shared_frame(
        session, viewer, "recipe_lines", subjects=SUBJECTS, args=(on,), compute=lambda: _lines(session, on=on)
    )


def _costs(products: pd.DataFrame, lines: pd.DataFrame, *, on: date) -> pd.DataFrame:
    made = products.index.isin(lines["product"])
    inputs = pd.DataFrame({"unit_cost": products["standard_cost"].where(made, products["purchase_cost"])})
    try:
        return products.join(cost_rollup(inputs, lines=lines))
    except AnalyticsError as error:
        raise InvalidInput(
            _(
                "The recipes of %(day)s can't be reckoned: %(reason)s. Take one of these components out.",
                day=on,
                reason=error,
            )
        ) from error


def _lines(session: Session, *, on: date) -> pd.DataFrame:
    lines = queries.lines(session, on=on).sort_values(["product", "component"], ignore_index=True)
    taken = effective_quantity(lines["quantity"], scrap_share=lines["scrap_share"], yield_share=lines["yield_share"])
    return lines.assign(effective=taken)
