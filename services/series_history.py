"""The history of one series: as it was sold, as planners have corrected it, and as a run knew it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.cleaning import LEVEL_SHIFT, OUTLIER, corrected
from analytics.forecasting.panel import Panel, to_panel
from core.clock import today
from data.queries import demand, sales
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


def cleaned(panel: Panel, noticed: Sequence[Any]) -> Panel:
    """The history as planners have corrected it.

    Inputs: a panel of one series; rows of data.queries.demand_annotations about it, in the same periods.
    Returns: a panel; the same one where nothing that was accepted corrects it.
    Raises: nothing.
    Source: analytics.forecasting.cleaning.
    """
    rows = {period: row for row, period in enumerate(panel.periods.date) if not np.isnan(panel.values[row, 0])}
    accepted = [
        (0, rows[row.period], LEVEL_SHIFT if row.kind == LEVEL_SHIFT else OUTLIER, row.observed, row.corrected)
        for row in noticed
        if row.status == "accepted" and row.period in rows and _corrects(row)
    ]
    if not accepted:
        return panel
    frame = pd.DataFrame(accepted, columns=["series", "row", "kind", "observed", "corrected"])
    return replace(panel, values=corrected(panel.values, accepted=frame))


def _corrects(row: Any) -> bool:
    """An event need not; a shift is the ratio of two levels."""
    if row.kind == LEVEL_SHIFT:
        return row.corrected is not None and min(row.observed, row.corrected) > 0
    return row.corrected is not None


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
