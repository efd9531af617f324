"""How generated figures become columns of tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.calendar import Calendar


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Named tuples of a frame, their fields as the columns."""
    return iter(frame.itertuples())


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """With ids from 1, the first column."""
    frame = frame.reset_index(drop=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame


def days_or_none(index: pd.Series[int], known: pd.Series[bool], calendar: Calendar) -> NDArray[np.datetime64]:
    """Days of calendar indexes, NaT where not known."""
    days = calendar.days[np.where(known, index, 0)]
    return np.where(known, days, np.datetime64("NaT", "D"))


def order_numbers(prefix: str, order: pd.Series[int], day: pd.Series[int], calendar: Calendar) -> NDArray[np.object_]:
    """Numbers with the year an order was placed in."""
    years = calendar.days[day].astype("datetime64[Y]").astype(np.int64) + 1970
    return np.array([f"{prefix}-{year}-{number:06d}" for year, number in zip(years, order, strict=True)], dtype=object)


def lots_of(
    product: pd.Series[int], day: pd.Series[int], products: pd.DataFrame, calendar: Calendar
) -> NDArray[np.object_]:
    """A lot is what came of a product on a day."""
    codes = products.set_index("id")["code"].reindex(product).to_numpy(dtype=object)
    stamps = np.char.replace(np.datetime_as_string(calendar.days), "-", "")[day]
    return np.array([f"{code}-{stamp[2:]}" for code, stamp in zip(codes, stamps, strict=True)], dtype=object)
