"""The panel: many series on one calendar, right aligned, as one array of periods x series."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, require_columns

Frequency = Literal["month", "week"]
IntArray = NDArray[np.int64]

SEASON_PERIODS: dict[Frequency, int] = {"month": 12, "week": 52}
_OFFSET: dict[Frequency, str] = {"month": "MS", "week": "W-MON"}
_EPOCH_MONDAY = np.datetime64("1969-12-29", "D")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Panel:
    """Series in columns, periods in rows, the last row common to all; NaN before a series begins.

    periods is a regular calendar (with a freq); values are quantities per period, NaN after the beginning where a
    quantity is not known. design holds what else is known of history and horizon, ready for a regression: terms x
    (periods + horizon) x series, zero where a term has no effect. behind tells by how many periods the dates of every
    series lie before those of the panel, None where all have the panel's own.
    """

    ids: tuple[str, ...]
    periods: pd.DatetimeIndex
    values: FloatArray
    season_periods: int
    design: FloatArray | None = None
    behind: IntArray | None = None

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.periods), len(self.ids)):
            raise AnalyticsError(
                f"values are {self.values.shape}, expected {len(self.periods)} periods x {len(self.ids)} series"
            )
        if self.periods.freq is None:
            raise AnalyticsError("periods must be a regular calendar")
        if np.isinf(self.values).any():
            raise AnalyticsError("a series has an infinite quantity")

    def begins(self) -> IntArray:
        """Row of the first observation of every series, the number of periods where there is none."""
        known = ~np.isnan(self.values)
        return np.asarray(np.where(known.any(axis=0), known.argmax(axis=0), len(known)))

    def lengths(self) -> IntArray:
        """Periods from the first observation of every series to the end."""
        return len(self.periods) - self.begins()

    def before(self, *, held_out_periods: int) -> "Panel":
        """What was known that many periods ago: the last rows are gone, not hidden. Plans for the time since stay."""
        end = len(self.periods) - held_out_periods
        return replace(self, periods=self.periods[:end], values=self.values[:end].copy())

    def recent(self, *, periods: int) -> "Panel":
        """The last periods only."""
        start = max(0, len(self.periods) - periods)
        design = None if self.design is None else np.ascontiguousarray(self.design[:, start:])
        return replace(self, periods=self.periods[start:], values=self.values[start:], design=design)

    def columns(self, chosen: IntArray) -> "Panel":
        """The series at these positions, in that order."""
        ids = tuple(self.ids[position] for position in chosen)
        # One layout, whatever was cut: sums are rounded alike in every process.
        design = None if self.design is None else np.ascontiguousarray(self.design[:, :, chosen])
        values = np.ascontiguousarray(self.values[:, chosen])
        behind = None if self.behind is None else self.behind[chosen]
        return replace(self, ids=ids, values=values, design=design, behind=behind)

    def filled(self) -> "Panel":
        """The same series with every gap filled by the last known quantity before it."""
        row = np.arange(len(self.values))[:, None]
        last = np.maximum.accumulate(np.where(np.isnan(self.values), -1, row), axis=0)
        values = np.where(last < 0, np.nan, np.take_along_axis(self.values, np.maximum(last, 0), axis=0))
        return replace(self, values=values)

    def future(self, *, horizon_periods: int) -> pd.DatetimeIndex:
        """The periods after the last one."""
        last, offset = self.periods[-1], self.periods.freq
        return pd.date_range(last, periods=horizon_periods + 1, freq=offset)[1:]

    def own_future(self, *, horizon_periods: int) -> tuple[pd.DatetimeIndex, IntArray]:
        """A calendar, and the place in it of every period ahead of every series: horizon x series."""
        behind = np.zeros(len(self.ids), dtype=np.int64) if self.behind is None else self.behind
        earliest, last = int(behind.max(initial=0)), self.future(horizon_periods=horizon_periods)[-1]
        calendar = pd.date_range(end=last, periods=earliest + 1 + horizon_periods, freq=self.periods.freq)
        return calendar, np.asarray(earliest + 1 + np.arange(horizon_periods)[:, None] - behind, dtype=np.int64)


def to_panel(frame: pd.DataFrame, *, frequency: Frequency, end: date) -> Panel:
    """Demand rows as a panel on a regular calendar up to `end`; a period without a row had no demand.

    Inputs: frame: unique_id, ds (any day of the period), y (quantity), one row per series and period, any order;
        frequency: calendar months or ISO weeks (Monday start); end: any day of the last complete period.
        Rows after it are left out: whether the running period is complete only the caller knows.
    Returns: Panel over all series that have a row up to `end`, sorted by id. A series starts with its first
        period that is not zero (with its first row if it never sold): periods before that are NaN.
    Raises: AnalyticsError for missing columns, no row up to `end`, dates that cannot be read, quantities
        that are no finite numbers, more than one row in a period of a series.
    Source: house convention (glossary: week = ISO week, months are calendar months).
    """
    require_columns(frame, "unique_id", "ds", "y")
    period = _period_numbers(_days(frame["ds"]), frequency)
    last = int(_period_numbers(np.array([end], dtype="datetime64[D]"), frequency)[0])
    kept = period <= last
    if not kept.any():
        raise AnalyticsError(f"no demand up to {end}")
    codes, ids = pd.factorize(frame["unique_id"].to_numpy()[kept].astype(str), sort=True)
    first = int(period[kept].min())
    rows = period[kept] - first
    values, observed = _grid(rows, codes, _quantities(frame["y"])[kept], (last - first + 1, len(ids)))
    return Panel(
        ids=tuple(str(name) for name in ids),
        periods=_calendar(first, last, frequency),
        values=_without_lead(values, observed),
        season_periods=SEASON_PERIODS[frequency],
    )


def _days(dates: pd.Series) -> NDArray[np.datetime64]:
    try:
        stamps = pd.to_datetime(dates)
    except (ValueError, TypeError) as error:
        raise AnalyticsError(f"dates cannot be read: {error}") from error
    if stamps.isna().any():
        raise AnalyticsError("a row has no date")
    return stamps.dt.tz_localize(None).to_numpy().astype("datetime64[D]")


def _quantities(column: pd.Series) -> FloatArray:
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise AnalyticsError(f"quantities cannot be read: {error}") from error
    if not np.isfinite(values).all():
        raise AnalyticsError("a row has no finite quantity")
    return values


def _period_numbers(days: NDArray[np.datetime64], frequency: Frequency) -> IntArray:
    if frequency == "month":
        return days.astype("datetime64[M]").astype(np.int64)
    return (days - _EPOCH_MONDAY).astype(np.int64) // 7


def _calendar(first: int, last: int, frequency: Frequency) -> pd.DatetimeIndex:
    start = np.datetime64(first, "M") if frequency == "month" else _EPOCH_MONDAY + np.timedelta64(7 * first, "D")
    return pd.date_range(pd.Timestamp(start), periods=last - first + 1, freq=_OFFSET[frequency], unit="us")


def _grid(
    rows: IntArray, codes: IntArray, quantities: FloatArray, shape: tuple[int, int]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    observed = np.zeros(shape, dtype=bool)
    observed[rows, codes] = True
    if int(observed.sum()) != len(rows):
        raise AnalyticsError("more than one row for a series in a period")
    values = np.zeros(shape)
    values[rows, codes] = quantities
    return values, observed


def _without_lead(values: FloatArray, observed: NDArray[np.bool_]) -> FloatArray:
    sold = values != 0
    begun = np.where(sold.any(axis=0), sold.argmax(axis=0), observed.argmax(axis=0))
    return np.where(np.arange(len(values))[:, None] < begun, np.nan, values)
