"""One series of a forecast run in the words, figures and table rows of a screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from analytics.forecasting.cleaning import LEVEL_SHIFT
from core.i18n import EMPTY, _, day, money, number, percent
from services.demand_annotations import Annotation
from services.forecast_detail import Candidate, ForecastPeriod, OtherRun, SeriesDetail, SeriesReasons, Split
from services.forecast_reasons import short_method_name
from services.forecast_texts import percent_signed
from services.forecast_trial import Trial, TrialErrors
from services.forecasts import RunView

Row = dict[str, Any]
SUMMED = ("q50", "naive", "other")


def period_text(period: date, run: RunView) -> str:
    """A period of a run.

    Inputs: its first day; the run.
    Returns: "2026-03" for a month, the Monday for a week.
    Raises: nothing.
    Source: ISO 8601.
    """
    return f"{period:%Y-%m}" if run.frequency == "month" else day(period)


def subtitle(found: SeriesDetail) -> str:
    """Where, how much, what kind of demand, and up to when it was known.

    Inputs: the series.
    Returns: one line.
    Raises: nothing.
    Source: product.md, promise 1.
    """
    year = _("12 months") if found.run.frequency == "month" else _("52 weeks")
    parts = [
        found.location_name,
        _("%(volume)s %(unit)s in the last %(year)s", volume=number(found.volume), unit=found.uom, year=year),
        money(found.value) if found.value else "",
        _("%(kind)s demand", kind=found.demand_class) if found.demand_class != "no demand" else _("no demand"),
        short_method_name(found.method),
        _("demand known up to %(day)s", day=day(found.run.data_until)),
    ]
    return " · ".join(part for part in parts if part)


def other_run_name(other: OtherRun | None) -> str:
    """What the run shown beside is called.

    Inputs: the run, if any.
    Returns: its name; empty without one.
    Raises: nothing.
    Source: screens.md 5.
    """
    if other is None:
        return ""
    return (
        _("Approved, run %(run)s", run=other.run_id) if other.approved else _("Before, run %(run)s", run=other.run_id)
    )


def value_rows(found: SeriesDetail) -> list[Row]:
    """The periods ahead, and their sum; bands of single periods don't add up, so the sum has none.

    Inputs: the series.
    Returns: rows of period, q10, q50, q90, naive, other.
    Raises: nothing.
    Source: none; ours.
    """
    rows = [_value_row(found.run, ahead) for ahead in found.forecast]
    return [*rows, _sum_row(rows, SUMMED)]


def _value_row(run: RunView, ahead: ForecastPeriod) -> Row:
    names = ("q10", "q50", "q90", "naive", "other")
    return {"period": period_text(ahead.period, run), **{name: getattr(ahead, name) for name in names}}


def error_facts(found: SeriesReasons) -> list[tuple[str, str]]:
    """The errors of the forecast at earlier dates, each beside seasonal naive.

    Inputs: the reasons of a series.
    Returns: (name, text).
    Raises: nothing.
    Source: glossary.
    """

    def pair(own: str, naive: str) -> str:
        return _("%(own)s (seasonal naive %(naive)s)", own=own, naive=naive)

    own, naive = found.errors, found.naive_errors
    return [
        (_("WMAPE"), pair(percent(own.wmape), percent(naive.wmape))),
        (_("Bias"), pair(percent_signed(own.bias), percent_signed(naive.bias))),
        (_("MASE"), pair(number(own.mase, decimals=2), number(naive.mase, decimals=2))),
        (_("RMSSE"), pair(number(own.rmsse, decimals=2), number(naive.rmsse, decimals=2))),
        (_("Tracking signal"), number(found.tracking_signal, decimals=1)),
        (_("In the 80 % band"), percent(found.coverage, decimals=0)),
    ]


def candidate_rows(found: SeriesReasons) -> list[Row]:
    """The methods that were tried, those that make the forecast marked.

    Inputs: the reasons of a series.
    Returns: rows of method, weight, score, errors, and the error at each origin.
    Raises: nothing.
    Source: screens.md 11.
    """
    return [_candidate_row(candidate) for candidate in found.candidates]


def _candidate_row(found: Candidate) -> Row:
    names = ("weight", "score", "wmape", "bias", "mase")
    note = _("%(method)s (benchmark)", method=found.name) if found.benchmark else found.name
    return {
        "method": f"{'●' if found.chosen else '○'} {note}",
        **{name: getattr(found, name) for name in names},
        **{f"held_out_{count}": error for count, error in found.origins.items()},
    }


def split_rows(split: Split) -> list[Row]:
    """Parts of the forecast by period with their sum beside the forecast, and the sum of the periods.

    Inputs: the split.
    Returns: rows of period, part_0, part_1, …, total, forecast.
    Raises: nothing.
    Source: issue 3: components add up to the forecast.
    """
    fields = [f"part_{count}" for count in range(len(split.values))]
    rows = [
        {"period": period_text(period, split.run), **dict(zip((*fields, "total", "forecast"), figures, strict=True))}
        for period, *figures in zip(split.periods, *split.values.values(), split.total, split.forecast, strict=True)
    ]
    return [*rows, _sum_row(rows, (*fields, "total", "forecast"))]


def component_name(key: str) -> str:
    """What a part of a forecast is called.

    Inputs: one of forecast_detail.COMPONENTS.
    Returns: its name.
    Raises: KeyError for another one.
    Source: none; ours.
    """
    return _COMPONENTS[key]()


def trial_rows(found: Trial) -> list[Row]:
    """Errors of what was tried, of the stored forecast's methods and of seasonal naive, in all and at each origin.

    Inputs: the trial.
    Returns: rows of measure, stored, tried, naive.
    Raises: nothing.
    Source: Tashman 2000.
    """
    stored = found.stored or TrialErrors(None, None, None)
    in_all = [
        {"measure": _("WMAPE"), "stored": stored.wmape, "tried": found.tried.wmape, "naive": found.naive.wmape},
        {"measure": _("Bias"), "stored": stored.bias, "tried": found.tried.bias, "naive": found.naive.bias},
    ]
    by_origin = [
        {
            "measure": _("WMAPE, %(count)s held out", count=origin.held_out),
            "stored": origin.stored,
            "tried": origin.tried,
            "naive": origin.naive,
        }
        for origin in found.origins
    ]
    return [*in_all, *by_origin]


def annotation_row(found: Annotation, run: RunView) -> Row:
    """A finding as a row.

    Inputs: the annotation; the run whose periods are meant.
    Returns: id, version, period, kind, status, observed, corrected, note, by.
    Raises: nothing.
    Source: none; ours.
    """
    judged = _("%(who)s, %(day)s", who=found.judge or _("Operator"), day=day(found.decided_at))
    return {
        "id": found.id,
        "version": found.version,
        "period": period_text(found.period, run),
        "kind": kind_name(found.kind),
        "status": _STATES[found.status](),
        "observed": found.observed,
        "corrected": found.corrected,
        "note": found.note
        or (_("Before it, history is scaled to the new level.") if found.kind == LEVEL_SHIFT else ""),
        "by": judged if found.decided_at else EMPTY,
    }


def kind_name(kind: str) -> str:
    """What a kind of finding is called.

    Inputs: kind: as it is stored.
    Returns: its name.
    Raises: KeyError for another one.
    Source: none; ours.
    """
    return _KINDS[kind]()


def _sum_row(rows: list[Row], names: tuple[str, ...]) -> Row:
    """None where one of the periods has no figure."""
    columns: Mapping[str, list[Any]] = {name: [row[name] for row in rows] for name in names}
    sums = {name: None if None in column else sum(column) for name, column in columns.items()}
    return {"period": _("Sum"), **sums}


_COMPONENTS = {
    "level": lambda: _("Level"),
    "trend": lambda: _("Trend"),
    "season": lambda: _("Season"),
    "event": lambda: _("Events"),
    "price": lambda: _("Price"),
}

_KINDS = {
    "outlier": lambda: _("Outlier"),
    "level_shift": lambda: _("Level shift"),
    "stock_out": lambda: _("Sold out"),
    "event": lambda: _("Event"),
}

_STATES = {
    "proposed": lambda: _("△ Proposed"),
    "accepted": lambda: _("● Accepted"),
    "rejected": lambda: _("○ Rejected"),
}
