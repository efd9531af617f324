"""What a budget of stock must know of each policy beside its levels."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame

SPREADS = text(
    """
    select product_id, location_id, (inputs ->> 'lead_time_demand_sd')::float8 as lead_time_demand_sd
    from inventory_policy
    """
)


def spreads(session: Session) -> pd.DataFrame:
    """The standard deviation of the demand over the lead time that each policy was worked out from."""
    return frame(session, SPREADS)
