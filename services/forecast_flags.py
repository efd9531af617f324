"""What stands on the time axis of a series: its planned events and the moving feasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analytics.forecasting.holiday_dates import (
    CHINESE_NEW_YEAR,
    DEEPAVALI,
    HARI_RAYA_HAJI,
    HARI_RAYA_PUASA,
    RAMADAN,
    VESAK,
    holiday_dates,
)
from analytics.forecasting.period_days import span_shares
from core.i18n import _, day, percent
from data.queries import forecast_flags as rows
from services.forecast_periods import period_of, shifted
from services.forecasts import RunView

COUNTRY = "MY"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that happens in a period; ``kind`` is "event" or "feast"."""

    period: date
    kind: str
    text: str


def flags(session: Session, run: RunView, *, product_id: int, location_id: int, since: date) -> list[Flag]:
    """Approved events of the series and the feasts, each at the period it begins in.

    Inputs: an open session; the run; the series; the first period shown.
    Returns: Flag each, events first, up to the last period of the run.
    Raises: nothing.
    Source: screens.md 5; glossary of holiday dates in analytics.forecasting.holiday_dates.
    """
    until = shifted(run.last_period, 1, frequency=run.frequency)
    events = rows.planned_events(session, product_id=product_id, location_id=location_id, since=since, until=until)
    found = [*_events(events), *_feasts(since.year, until.year)]
    placed = [(period_of(begins, frequency=run.frequency), kind, text) for begins, kind, text in found]
    return [Flag(*flag) for flag in placed if since <= flag[0] < until]


def event_periods(
    session: Session, run: RunView, periods: pd.DatetimeIndex, *, product_id: int, location_id: int
) -> NDArray[np.bool_]:
    """In which periods demand was moved by something known: a planned event or, in weeks, a feast and the week before.

    Inputs: an open session; the run, whose periods are meant; periods of the history; the series.
    Returns: one truth value a period.
    Raises: nothing.
    Source: issue 3: promotions and feasts are not outliers.
    """
    first, last = periods[0].date(), shifted(periods[-1].date(), 1, frequency=run.frequency)
    events = rows.planned_events(session, product_id=product_id, location_id=location_id, since=first, until=last)
    spans = [(event.starts_on, event.ends_on) for event in events]
    if run.frequency == "week":
        spans += [(begins - timedelta(weeks=1), begins) for begins, _kind, _text in _feasts(first.year, last.year)]
    if not spans:
        return np.zeros(len(periods), dtype=bool)
    starts, ends = zip(*spans, strict=True)
    return np.asarray(span_shares(starts, ends, periods, frequency=run.frequency) > 0)


def _events(events: list[Any]) -> Iterator[tuple[date, str, str]]:
    """What is planned alike for several channels is one event."""
    for (kind, discount, first, last), alike in groupby(sorted(events, key=_span), key=_span):
        channels = ", ".join(sorted({event.channel for event in alike if event.channel})) or _("all channels")
        words = [_KINDS[kind](), percent(discount, decimals=0) if discount else ""]
        days = _("%(first)s to %(last)s", first=day(first), last=day(last))
        yield first, "event", f"{' '.join(filter(None, words))}, {channels}, {days}"


def _span(event: Any) -> tuple[str, float, date, date]:
    return event.kind, event.discount or 0.0, event.starts_on, event.ends_on


def _feasts(first_year: int, last_year: int) -> Iterator[tuple[date, str, str]]:
    """A year at a time, so that every series meets the same remembered years."""
    for year in range(first_year, last_year + 1):
        for feast, days in holiday_dates(COUNTRY, None, year, year).feasts.items():
            yield from ((begins, "feast", f"{_FEASTS[feast]()}, {day(begins)}") for begins in days.tolist())


_KINDS = {
    "promotion": lambda: _("Promotion"),
    "price": lambda: _("Price change"),
    "school_holiday": lambda: _("School holidays"),
    "closure": lambda: _("Closure"),
    "other": lambda: _("Event"),
}

_FEASTS = {
    RAMADAN: lambda: _("Ramadan begins"),
    HARI_RAYA_PUASA: lambda: _("Hari Raya Puasa"),
    HARI_RAYA_HAJI: lambda: _("Hari Raya Haji"),
    CHINESE_NEW_YEAR: lambda: _("Chinese New Year"),
    DEEPAVALI: lambda: _("Deepavali"),
    VESAK: lambda: _("Vesak"),
}
