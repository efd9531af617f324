"""One series of a forecast as properties of charts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import no_update

from components.figures.chart import Figure, empty_figure
from components.figures.forecast_fan import forecast_fan
from components.figures.season_view import HEIGHT as SEASON_HEIGHT
from components.figures.season_view import season_panels, season_years
from components.figures.stacked_parts import HEIGHT as PARTS_HEIGHT
from components.figures.stacked_parts import stacked_parts
from components.forecast_columns import parts_columns
from core.i18n import _, percent
from services.forecast_detail import SeriesDetail, Split
from services.forecast_rows import other_run_name, split_rows, subtitle, value_rows
from services.forecast_season import SeriesSeason
from services.forecast_trial import Trial


def forecast_parts(found: SeriesDetail) -> tuple[Any, ...]:
    """Title, subtitle, chart and table of one series."""
    return f"{found.code} · {found.name}", subtitle(found), forecast_figure(found), value_rows(found)


def forecast_figure(found: SeriesDetail, *, tried: Trial | None = None) -> Figure:
    """The chart of one series, with what was tried on it."""
    ahead = found.forecast
    flags = {
        kind: [(flag.period, flag.text) for flag in found.flags if flag.kind == kind] for kind in ("event", "feast")
    }
    marks = {
        status: [(mark.period, mark.sold) for mark in found.marks if mark.status == status]
        for status in ("proposed", "accepted")
    }
    return forecast_fan(
        history=found.history,
        cleaned=found.cleaned,
        fitted=found.fitted,
        median=[(period.period, period.q50) for period in ahead],
        lower=[(period.period, period.q10) for period in ahead],
        upper=[(period.period, period.q90) for period in ahead],
        naive=[(period.period, period.naive) for period in ahead if period.naive is not None],
        other=(
            other_run_name(found.other_run),
            [(period.period, period.other) for period in ahead if period.other is not None],
        ),
        tried=(_("Tried: %(method)s", method=tried.name), tried.forecast) if tried else ("", []),
        flags=[(_("Events"), "triangle-up", flags["event"]), (_("Feasts"), "diamond", flags["feast"])],
        marks=[
            (_("Proposed"), "triangle-up-open", marks["proposed"]),
            (_("Accepted"), "circle-open", marks["accepted"]),
        ],
        unit=found.uom,
    )


def split_view(split: Split, names: Sequence[str]) -> tuple[Any, ...]:
    """Chart, rows and columns of a forecast in parts of these names."""
    parts = list(zip(names, split.values.values(), strict=True))
    shown = stacked_parts(split.periods, parts, total=(_("Sum"), split.total), unit=split.uom)
    return shown, split_rows(split), parts_columns(names)


def missing_view(message: str) -> tuple[Any, ...]:
    """Chart, rows and columns where there are no parts: the chart says why."""
    return empty_figure(message, height=PARTS_HEIGHT), [], no_update


def season_view(found: SeriesSeason) -> tuple[Figure, Figure, str]:
    """Years on top of each other, the panels of the decomposition, and how to read them."""
    years = season_years(found.years, names=found.phases, unit=found.uom)
    if found.parts is None:
        too_short = _("Two full years of history are needed to tell a season from a trend.")
        return years, empty_figure(too_short, height=SEASON_HEIGHT), ""
    panels = season_panels(found.parts.trend, found.parts.season, found.parts.remainder)
    return years, panels, _("Demand is the sum of the three panels; half a year at both ends has no centred trend.")


def trial_text(found: Trial) -> str:
    """What a trial came to, and that it changes nothing."""
    return _(
        "%(method)s: WMAPE %(own)s at earlier dates, the methods of this forecast %(stored)s, "
        "seasonal naive %(naive)s. Nothing is stored: the next run decides by itself.",
        method=found.name,
        own=percent(found.tried.wmape),
        stored=percent(found.stored.wmape if found.stored else None),
        naive=percent(found.naive.wmape),
    )
