"""The history of one series: as it was sold, as planners have corrected it, and as a run knew it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.panel import Panel, to_panel
from core.clock import today
from data.queries import demand, demand_annotations, sales
from services.forecast_periods import first_open_period, history_start
from services.forecasts import RunView

Path = list[tuple[date, float]]


def history(session: Session, run: RunView, *, product_id: int, location_id: int) -> Panel | None:
    """Whole periods, gaps as zero, from the first that the run could use to the last there is today.

    Inputs: an open session; the run, whose periods are meant; the series.
    Returns: a panel of the one series; None when it has no demand in them.
    Raises: nothing.
    Source: ours.
    """
    first, last = sales.first_day(session), sales.last_day(session, until=today())
    if first is None or last is None:
        return None
    before = first_open_period(last, frequency=run.frequency)
    sums = demand.period_sums(
        session,
        products=[product_id],
        location_id=location_id,
        frequency=run.frequency,
        since=history_start(first, first_period=run.first_period, frequency=run.frequency),
        before=before,
    )
    if sums.empty:
        return None
    frame = sums.rename(columns={"period": "ds", "quantity": "y"}).assign(unique_id="series")
    return to_panel(frame, frequency=run.frequency, end=before - timedelta(days=1))


def corrections(session: Session, run: RunView, *, product_id: int, location_id: int) -> dict[date, float]:
    """What planners have accepted to stand in for the demand of a period.

    Inputs: an open session; the run, whose frequency is meant; the series.
    Returns: quantity by period.
    Raises: nothing.
    Source: issue 3, outliers and level shifts corrected only with consent.
    """
    found = demand_annotations.accepted_annotations(session, [product_id], run.frequency)
    here = found[(found["location_id"] == location_id) & found["corrected"].notna()]
    return dict(zip(here["period"], here["corrected"], strict=True))


def cleaned(panel: Panel, corrected: Mapping[date, float]) -> Panel:
    """The history with accepted corrections in place of what was sold.

    Inputs: a panel of one series; quantity by period.
    Returns: a panel; periods before the series began stay unknown.
    Raises: nothing.
    Source: as corrections.
    """
    standing = np.array([[corrected.get(period, np.nan)] for period in panel.periods.date])
    values = np.where(np.isnan(panel.values) | np.isnan(standing), panel.values, standing)
    return replace(panel, values=values)


def known_to(panel: Panel | None, run: RunView) -> Panel | None:
    """What there was when the run was made.

    Inputs: a panel of one series, or None; the run.
    Returns: the panel without later periods; None when nothing is left.
    Raises: nothing.
    Source: ours.
    """
    later = 0 if panel is None else int((panel.periods.date >= run.first_period).sum())
    if panel is None or later >= len(panel.periods):
        return None
    return panel.before(held_out_periods=later)


def path(panel: Panel | None) -> Path:
    """The one series of a panel as a line.

    Inputs: a panel of one series, or None.
    Returns: (period, quantity) of what is known.
    Raises: nothing.
    Source: none; ours.
    """
    if panel is None:
        return []
    known = ~np.isnan(panel.values[:, 0])
    return list(zip(panel.periods.date[known].tolist(), panel.values[known, 0].tolist(), strict=True))


def periods_from(first: date, count: int, run: RunView) -> list[date]:
    """So many periods of a run.

    Inputs: the first day of the first; how many; the run.
    Returns: their first days.
    Raises: nothing.
    Source: the calendar.
    """
    freq = "MS" if run.frequency == "month" else "W-MON"
    return list(pd.date_range(first, periods=count, freq=freq).date)
