"""What the demand plan is made of: demand by month, the statistical forecast, and the figures that people gave."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.figures import figures
from data.frames import frame
from data.rows import one_or_none

# The baseline if it still reaches into the future, else the newest finished run of months that does.
BASIS = text(
    """
    select id, first_period, horizon, mode, created_at
    from forecast_run
    where state = 'done' and frequency = 'month' and scope = '{}'::jsonb
      and first_period + horizon * interval '1 month' > :as_of
    order by first_period desc, approved_at desc nulls last, id desc
    limit 1
    """
)

LEAF = ["product_id", "location_id", "channel_id"]

MONTHS = text(
    """
    select product_id, location_id, channel_id, month, quantity::float8 as quantity, revenue::float8 as revenue
    from demand_month where month >= :since and month <= :until and lines > 0
    """
)

FORECAST = text(
    """
    select product_id, location_id, period, q50 as quantity
    from forecast_value where run_id = :run_id and period >= :since
    """
)

CHANNELS = text(
    """
    select product_id, location_id, channel_id, period, q50 as quantity
    from forecast_channel_value where run_id = :run_id and period >= :since
    """
)

# What a person said holds until it expires.
STREAMS = text(
    """
    select product_id, location_id, channel_id, stream, period, quantity::float8 as quantity
    from forecast_override
    where frequency = 'month' and period >= :since and (expires_on is null or expires_on >= :as_of)
    """
)

STREAM_KEYS = text(
    "select distinct product_id, location_id, channel_id from forecast_override "
    "where frequency = 'month' and channel_id is not null and period >= :since"
)

PRODUCTS = text(
    """
    select id as product_id, code as product, name as product_name, category, family, brand, uom, life_cycle,
           unit_price::float8 as unit_price, unit_cost::float8 as unit_cost
    from product
    """
)

LOCATIONS = text("select id as location_id, code as location, name as location_name, region from location")

ALL_CHANNELS = text("select id as channel_id, code as channel, name as channel_name from channel order by id")


def basis(session: Session, *, as_of: date) -> Row[Any] | None:
    """The run of all products whose forecast is planned with: id, first_period, horizon, mode, created_at."""
    return one_or_none(session, BASIS.bindparams(as_of=as_of))


def months(session: Session, *, since: date, until: date) -> pd.DataFrame:
    """Quantity and revenue by product, location, channel and month, both months included."""
    return figures(session, MONTHS, keys=LEAF, day="month", values=["quantity", "revenue"], since=since, until=until)


def forecast(session: Session, *, run_id: int, since: date) -> pd.DataFrame:
    """The median forecast by product, location and month."""
    return figures(session, FORECAST, keys=LEAF[:2], day="period", values=["quantity"], run_id=run_id, since=since)


def channel_forecast(session: Session, *, run_id: int, since: date) -> pd.DataFrame:
    """The same by channel, empty where the run did not split it."""
    return figures(session, CHANNELS, keys=LEAF, day="period", values=["quantity"], run_id=run_id, since=since)


def streams(session: Session, *, since: date, as_of: date) -> pd.DataFrame:
    """Figures of people by month that hold on a day; channel_id is missing where all channels are meant."""
    return frame(session, STREAMS, since=since, as_of=as_of)


def stream_keys(session: Session, *, since: date) -> pd.DataFrame:
    """Products, locations and channels of which somebody gave a figure."""
    return frame(session, STREAM_KEYS, since=since)


def products(session: Session) -> pd.DataFrame:
    """Names, hierarchy, unit and list price of every product."""
    return frame(session, PRODUCTS)


def locations(session: Session) -> pd.DataFrame:
    """Code, name and region of every location."""
    return frame(session, LOCATIONS)


def channels(session: Session) -> pd.DataFrame:
    """Code and name of every channel."""
    return frame(session, ALL_CHANNELS)
