"""The forecast that a master schedule of one item stands on."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame

# Of the runs that the plan uses, the newest first, the one that has the item.
FORECAST = text(
    """
    with run as (
        select r.id, r.frequency from forecast_run r join forecast_series s on s.run_id = r.id
        where r.id = any(:runs) and (s.product_id, s.location_id) = (:product_id, :location_id)
        order by array_position(cast(:runs as bigint[]), r.id) limit 1
    )
    select v.period as starts_on, (v.period + ('1 ' || run.frequency)::interval)::date as ends_on, v.q50 as quantity
    from run join forecast_value v on v.run_id = run.id
    where (v.product_id, v.location_id) = (:product_id, :location_id)
    """
)


def forecast(session: Session, *, runs: list[int], product_id: int, location_id: int) -> pd.DataFrame:
    """Median forecast of an item by period: first day, the day after its last, quantity."""
    return frame(session, FORECAST, runs=runs, product_id=product_id, location_id=location_id)
