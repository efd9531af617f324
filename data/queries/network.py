"""What the network of an item must know of each policy beside its levels."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame

SPREADS = text(
    """
    select product_id, location_id, service_target, (inputs ->> 'daily_demand_sd')::float8 as daily_demand_sd
    from inventory_policy where product_id = any(:products)
    """
)


def spreads(session: Session, *, products: list[int]) -> pd.DataFrame:
    """Service target and standard deviation of a day's demand, of the policies of some products."""
    return frame(session, SPREADS, products=products)
