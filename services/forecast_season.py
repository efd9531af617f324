"""The season of one series: its years on top of each other, and trend, season and remainder apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.decomposition import CYCLES_NEEDED, classical_decomposition
from analytics.forecasting.panel import SEASON_PERIODS, Frequency
from analytics.inputs import FloatArray
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_annotations
from services import series_history
from services.forecast_detail import found_series
from services.forecasts import found_run
from services.form_values import row_id

PartPath = list[tuple[date, float | None]]


@dataclass(frozen=True, slots=True)
class DecomposedHistory:
    """Parts of the history period by period; None where there is no centred mean."""

    trend: PartPath
    season: PartPath
    remainder: PartPath


@dataclass(frozen=True, slots=True)
class SeriesSeason:
    """``phases`` are the names of months or weeks; ``years`` holds (phase from 1, quantity) of each year.

    ``parts`` is None for a history of less than two years.
    """

    uom: str
    phases: list[str]
    years: dict[int, list[tuple[int, float]]]
    parts: DecomposedHistory | None


def series_season(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> SeriesSeason:
    """The seasonal profile of a series and its decomposition, from the history with accepted corrections.

    Inputs: a viewer with forecast.read; run, whose periods are meant, product and location as a browser sent them.
    Returns: SeriesSeason, without years for a series without demand.
    Raises: NotAllowed; NotFound when the run has no such series or no results.
    Source: Hyndman & Athanasopoulos, FPP3, sections 2.4 (seasonal plots) and 3.4 (classical decomposition).
    """
    require(viewer, Permission.FORECAST_READ)
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    with session_scope(viewer) as session:
        run = found_run(session, run_id)
        stored = found_series(session, run, **item)
        panel = series_history.history(session, run, **item)
        noticed = demand_annotations.annotations_of_series(session, **item, frequency=run.frequency)
    path = series_history.path(series_history.cleaned(panel, noticed)) if panel else []
    return SeriesSeason(
        uom=stored.uom,
        phases=_PHASES[run.frequency](),
        years=_years(path, run.frequency),
        parts=_parts(path, SEASON_PERIODS[run.frequency]),
    )


def _years(path: series_history.Path, frequency: Frequency) -> dict[int, list[tuple[int, float]]]:
    years: dict[int, list[tuple[int, float]]] = {}
    for period, quantity in path:
        week = period.isocalendar()
        year, phase = (period.year, period.month) if frequency == "month" else (week.year, week.week)
        years.setdefault(year, []).append((phase, quantity))
    return years


def _parts(path: series_history.Path, season_periods: int) -> DecomposedHistory | None:
    if len(path) < CYCLES_NEEDED * season_periods:
        return None
    periods, quantities = zip(*path, strict=True)
    found = classical_decomposition(quantities, season_periods=season_periods)
    return DecomposedHistory(*(_path(periods, part) for part in (found.trend, found.season, found.remainder)))


def _path(periods: tuple[date, ...], part: FloatArray) -> PartPath:
    return [(period, None if np.isnan(value) else float(value)) for period, value in zip(periods, part, strict=True)]


def _months() -> list[str]:
    return [
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    ]


def _weeks() -> list[str]:
    return [_("W%(week)s", week=week) for week in range(1, 54)]


_PHASES: dict[Frequency, Callable[[], list[str]]] = {"month": _months, "week": _weeks}
