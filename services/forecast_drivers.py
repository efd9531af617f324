"""What is known of series besides their demand: planned events, the calendar, days without stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.drivers import Drivers
from analytics.forecasting.event_drivers import AFTER_DAYS, event_drivers, stock_out_shares
from analytics.forecasting.feasts import calendar_drivers
from analytics.forecasting.panel import SEASON_PERIODS, Frequency
from analytics.inputs import FloatArray
from data.queries import drivers as rows
from services.forecast_periods import shifted


@dataclass(frozen=True, slots=True, eq=False)
class SeriesDrivers:
    """``drivers`` for history and horizon; ``stocked_out``: periods x series of the history, shares of days, or None
    where stock was never out or is not kept."""

    drivers: Drivers
    stocked_out: FloatArray | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """``history`` periods before ``first_period``, which is the first of ``horizon`` periods to forecast.

    ``held_out`` periods of the history are forecast too, to see how good forecasts are (0: none).
    """

    frequency: Frequency
    first_period: date
    history: int
    horizon: int
    held_out: int = 0

    @property
    def since(self) -> date:
        return self.shifted(-self.history)

    def shifted(self, count: int) -> date:
        """The period so many after the first one."""
        return shifted(self.first_period, count, frequency=self.frequency)

    def periods(self, *, horizon: int) -> pd.DatetimeIndex:
        """The history and so many periods after it."""
        return pd.DatetimeIndex([self.shifted(count) for count in range(-self.history, horizon)])


def series_drivers(
    session: Session, names: Sequence[str], timeline: Timeline, *, state: str | None = None
) -> SeriesDrivers:
    """The drivers of some series, and the days on which they had nothing to sell.

    An event counts with the share of the series' demand in its channels over the year before ``held_out`` periods
    began, so that no held-out demand says how much an event reaches. Where a series sold nothing in that year, it is
    its share since then; without any sales all channels count alike.

    Inputs: an open session; names: "product:location" as of services.forecast_results; timeline; state: whose public
        holidays count besides those of the whole country, such as "SGR".
    Returns: SeriesDrivers, series in the order of ``names``: those of analytics.forecasting.event_drivers (approved
        events only, known for the horizon as far as they are planned) and those of analytics.forecasting.feasts.
    Raises: AnalyticsError for a state that is not known.
    Source: ours.
    """
    series = _series(names)
    periods = timeline.periods(horizon=timeline.horizon)
    events = _event_drivers(session, series, timeline, periods)
    calendar = calendar_drivers(periods, frequency=timeline.frequency, state=state)
    common = np.broadcast_to(calendar.values[:, :, None], (*calendar.values.shape, len(series)))
    drivers = Drivers(events.names + calendar.names, np.concatenate([events.values, common]))
    return SeriesDrivers(drivers, _stocked_out(session, series, timeline))


def _series(names: Sequence[str]) -> pd.DataFrame:
    """Columns product_id, location_id, series (the position)."""
    ids = [name.split(":") for name in names]
    pairs = np.array(ids, dtype=np.int64).reshape(len(ids), 2)
    return pd.DataFrame({"product_id": pairs[:, 0], "location_id": pairs[:, 1], "series": np.arange(len(ids))})


def _products(series: pd.DataFrame) -> list[int]:
    products: list[int] = series["product_id"].unique().tolist()
    return products


def _event_drivers(session: Session, series: pd.DataFrame, timeline: Timeline, periods: pd.DatetimeIndex) -> Drivers:
    events = rows.events(
        session,
        products=_products(series),
        since=timeline.since - timedelta(days=AFTER_DAYS),
        before=timeline.shifted(timeline.horizon),
    )
    if events.empty:
        return Drivers((), np.zeros((0, len(periods), len(series))))
    ids = rows.channels(session)
    channels = pd.DataFrame({"channel_id": ids, "channel": np.arange(len(ids))})
    return event_drivers(
        _placed(events, series, channels),
        channel_shares=_channel_shares(session, series, channels, timeline),
        periods=periods,
        frequency=timeline.frequency,
    )


def _placed(events: pd.DataFrame, series: pd.DataFrame, channels: pd.DataFrame) -> pd.DataFrame:
    """A row for every event, series and channel that it is about."""
    found = _for_each(events.rename(columns={"location_id": "only_at"}), series, key="product_id")
    found = found[found["only_at"].isna() | (found["only_at"] == found["location_id"])]
    return _for_each(found, channels, key="channel_id")


def _for_each(events: pd.DataFrame, targets: pd.DataFrame, *, key: str) -> pd.DataFrame:
    """Events with the targets they name, and those that name none with all targets."""
    named = events[key].notna()
    each = events[named].astype({key: np.int64}).merge(targets, on=key)
    all_of_them = events[~named].drop(columns=key).merge(targets, how="cross")
    return pd.concat([each, all_of_them], ignore_index=True)


def _channel_shares(session: Session, series: pd.DataFrame, channels: pd.DataFrame, timeline: Timeline) -> FloatArray:
    """Shares of each series' demand: series x channels."""
    sums = rows.channel_sums(
        session,
        products=_products(series),
        since=timeline.shifted(-timeline.held_out - SEASON_PERIODS[timeline.frequency]),
        known_before=timeline.shifted(-timeline.held_out),
        before=timeline.first_period,
    )
    sums = sums.merge(series, on=["product_id", "location_id"]).merge(channels, on="channel_id")
    shape = (len(series), len(channels))
    known, since = np.zeros(shape), np.zeros(shape)
    known[sums["series"], sums["channel"]] = sums["known"]
    since[sums["series"], sums["channel"]] = sums["quantity"]
    demand = np.where(known.any(axis=1, keepdims=True), known, since)
    demand[~demand.any(axis=1)] = 1
    return np.asarray(demand / demand.sum(axis=1, keepdims=True))


def _stocked_out(session: Session, series: pd.DataFrame, timeline: Timeline) -> FloatArray | None:
    gaps = rows.stock_gaps(
        session, products=_products(series), since=timeline.since, before=timeline.first_period
    ).merge(series, on=["product_id", "location_id"])
    if gaps.empty:
        return None
    return stock_out_shares(
        gaps, series_count=len(series), periods=timeline.periods(horizon=0), frequency=timeline.frequency
    )
