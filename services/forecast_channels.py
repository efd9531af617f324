"""The forecast of every series and of its channels, made to add up; done by workers only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.coherence import Coherent, coherent_parts, with_means
from analytics.forecasting.panel import SEASON_PERIODS, Frequency, Panel, to_panel
from analytics.forecasting.request import Request
from analytics.forecasting.result import ForecastResult
from analytics.inputs import FloatArray
from data.queries.channel_demand import channel_period_sums
from services.forecast_results import series_key, series_name


@dataclass(frozen=True, slots=True)
class Place:
    """Whose demand counts, and when: from ``since`` to before ``first_period``."""

    products: list[int]
    location_id: int | None
    frequency: Frequency
    since: date
    first_period: date


@dataclass(frozen=True, slots=True, eq=False)
class ChannelForecast:
    """result: its means are the sums of the channels; method: of reconciliation; parts: of the channels by name."""

    result: ForecastResult
    method: str
    _names: tuple[str, ...]
    _paths: FloatArray
    _periods: list[date]

    def rows(self, run_id: int, names: set[str]) -> Iterator[tuple[object, ...]]:
        """One row of data.queries.forecasts.CHANNEL_COLUMNS for each channel and period of these series."""
        for name, path in zip(self._names, self._paths.T.tolist(), strict=True):
            series, channel = name.rsplit(":", 1)
            if series in names:
                for period, quantity in zip(self._periods, path, strict=True):
                    yield (run_id, *series_key(series), int(channel), period, quantity)


def channel_forecast(
    session: Session, place: Place, panel: Panel, result: ForecastResult, *, seed: int
) -> ChannelForecast | None:
    """Forecast the channels too, and reconcile them with their series by what did best at earlier dates.

    Inputs: an open session; place: whose demand; panel: what the result was forecast from; result; seed: of the run.
    Returns: ChannelForecast; None where a series has no channel.
    Raises: nothing.
    Source: analytics.forecasting.coherence.
    """
    parts = _parts(session, place, panel)
    owner = [name.rsplit(":", 1)[0] for name in parts.ids] if parts is not None else []
    if parts is None or set(owner) != set(panel.ids):
        return None
    periods = result.values["ds"].dt.date.drop_duplicates().tolist()
    mean = result.values["mean"].to_numpy().reshape(len(panel.ids), -1).T
    found: Coherent = coherent_parts(
        mean,
        panel=panel,
        parts=parts,
        owner=owner,
        proportions=_proportions(parts, owner, place.frequency),
        request=Request(len(mean), seed=seed),
    )
    return ChannelForecast(with_means(result, found.whole), found.method, parts.ids, found.parts, periods)


def _parts(session: Session, place: Place, panel: Panel) -> Panel | None:
    """The channels of the series of a panel on its calendar, named product:location:channel."""
    sums = channel_period_sums(
        session,
        products=place.products,
        location_id=place.location_id,
        frequency=place.frequency,
        since=place.since,
        before=place.first_period,
    )
    series = series_name(sums["product_id"], sums["location_id"])
    kept = series.isin(panel.ids)
    if not kept.any():
        return None
    named = series + ":" + sums["channel_id"].astype(str)
    frame = pd.DataFrame({"unique_id": named, "ds": sums["period"], "y": sums["quantity"]})[kept]
    found = to_panel(frame, frequency=place.frequency, end=place.first_period - timedelta(days=1))
    return Panel(found.ids, panel.periods, _on_rows(found.values, len(panel.periods)), panel.season_periods)


def _on_rows(values: FloatArray, rows: int) -> FloatArray:
    """The last rows, with unknown ones before where there are too few."""
    missing = np.full((max(rows - len(values), 0), values.shape[1]), np.nan)
    return np.concatenate([missing, values[max(len(values) - rows, 0) :]])


def _proportions(parts: Panel, owner: list[str], frequency: Frequency) -> FloatArray:
    """Demand of the last year; of all years where a series had none in it."""
    year = np.nansum(parts.values[-SEASON_PERIODS[frequency] :], axis=0).clip(min=0)
    ever = np.nansum(parts.values, axis=0).clip(min=0)
    sold = pd.Series(year).groupby(owner).transform("sum").to_numpy() > 0
    return np.asarray(np.where(sold, year, ever))
