"""Demand by channel, period by period, and the groups in which products are alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import ARRAY, BigInteger, DateTime, Double, any_, cast, func, literal, select
from sqlalchemy.orm import Session

from models.demand import DemandHistory
from models.product import Product

COLUMNS = ["product_id", "location_id", "channel_id", "period", "quantity"]


def channel_period_sums(
    session: Session,
    *,
    products: Sequence[int],
    location_id: int | None,
    frequency: str,
    since: date,
    before: date,
) -> pd.DataFrame:
    """Net quantity per product, location, channel and period (its first day; weeks are ISO weeks from Monday)."""
    # Without a time zone, so that no setting of a connection can move a day into another period.
    period = func.date_trunc(frequency, cast(DemandHistory.day, DateTime(timezone=False)))
    keys = (DemandHistory.product_id, DemandHistory.location_id, DemandHistory.channel_id, period.label("period"))
    statement = (
        select(*keys, cast(func.sum(DemandHistory.quantity), Double).label("quantity"))
        .where(DemandHistory.day >= since, DemandHistory.day < before)
        .where(DemandHistory.product_id == any_(literal(list(products), ARRAY(BigInteger))))
        .group_by(*keys)
    )
    if location_id is not None:
        statement = statement.where(DemandHistory.location_id == location_id)
    return pd.DataFrame(session.execute(statement).all(), columns=COLUMNS)


def product_categories(session: Session, products: Sequence[int]) -> dict[int, str]:
    """The category of every one of these products."""
    statement = select(Product.id, Product.category).where(
        Product.id == any_(literal(list(products), ARRAY(BigInteger)))
    )
    return {row.id: row.category for row in session.execute(statement)}
