"""The headline measures of forecast accuracy as cards, each beside its rivals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analytics.lived_accuracy import SIGNAL_LIMIT
from core.i18n import EMPTY, _, number, percent, signed
from services.accuracy_filters import LIVED, AccuracyFilters
from services.forecast_accuracy import Overview
from services.forecast_texts import percent_signed

# Of the actuals inside the 80 % band, how far from 80 % is still as it should be.
COVERAGE_AIM, COVERAGE_TOLERANCE = 0.8, 0.02


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """A measure, and under it what it is compared with and worked out from, line by line.

    ``anchor`` names its definition; ``tone`` is good, warn or quiet, as the first line tells.
    """

    name: str
    value: str
    lines: tuple[str, ...]
    anchor: str
    tone: str


@dataclass(frozen=True, slots=True)
class _Error:
    """A measure of error: its column, how it and a change of it are written, the anchor of its definition."""

    key: str
    name: Callable[[], str]
    shown: Callable[[float | None], str]
    change: Callable[[float | None], str]
    anchor: str


def measure_cards(found: Overview, filters: AccuracyFilters) -> list[MeasureCard]:
    """The headline figures.

    Inputs: what was found; filters.
    Returns: a card a measure.
    Raises: nothing.
    Source: screens.md 16; glossary, forecast quality.
    """
    total = found.total
    pairs = _counted(total, filters)
    return [
        *(_card(measure, total, pairs) for measure in _ERRORS),
        _coverage_card(total, pairs),
        _signal_card(total, filters),
    ]


def _card(measure: _Error, total: dict[str, Any], note: str) -> MeasureCard:
    key, change = measure.key, measure.change
    against = total[f"vs_naive_{key}"]
    approved, on_approved = measure.shown(total[f"approved_{key}"]), change(total[f"vs_approved_{key}"])
    return MeasureCard(
        measure.name(),
        measure.shown(total[key]),
        (
            _beside(_("Seasonal naive"), measure.shown(total[f"naive_{key}"]), change(against)),
            _beside(_("Approved"), approved, on_approved, count=total["approved_pairs"]),
            note,
        ),
        measure.anchor,
        "good" if key != "bias" and against is not None and against < 0 else "quiet",
    )


def _coverage_card(total: dict[str, Any], note: str) -> MeasureCard:
    found = total["coverage"]
    close = found is not None and abs(found - COVERAGE_AIM) <= COVERAGE_TOLERANCE
    return MeasureCard(
        _("Coverage of the 80 % band"),
        percent(found),
        (
            _("80 % should be inside it"),
            _beside(
                _("Approved"),
                percent(total["approved_coverage"]),
                _points(total["vs_approved_coverage"]),
                count=total["approved_pairs"],
            ),
            note,
        ),
        "band-coverage",
        "quiet" if found is None else "good" if close else "warn",
    )


def _signal_card(total: dict[str, Any], filters: AccuracyFilters) -> MeasureCard:
    """Signals of single series say nothing added up: of them those beyond the limit are counted."""
    name, limit = _("Tracking signal"), number(SIGNAL_LIMIT)
    if filters.view != LIVED:
        alarms, known = total["alarms"], total["signals"]
        beyond, counted = _("series beyond ±%(limit)s", limit=limit), _("n %(count)s series", count=number(known))
        tone = "warn" if alarms else "quiet"
        return MeasureCard(name, number(alarms) if known else EMPTY, (beyond, counted), "tracking-signal", tone)
    found = total["tracking_signal"]
    drifts = found is not None and abs(found) > SIGNAL_LIMIT
    lines = (
        _("of the total: beyond ±%(limit)s is drift", limit=limit),
        _beside(_("Seasonal naive"), _signed(total["naive_tracking_signal"]), ""),
        _beside(_("Approved"), _signed(total["approved_tracking_signal"]), ""),
    )
    return MeasureCard(name, _signed(found), lines, "tracking-signal", "warn" if drifts else "quiet")


def _counted(total: dict[str, Any], filters: AccuracyFilters) -> str:
    if filters.view == LIVED:
        return _("n %(pairs)s, %(series)s series", pairs=number(total["pairs"]), series=number(total["series"]))
    return _("n %(pairs)s of %(series)s series", pairs=number(total["pairs"]), series=number(total["series"]))


def _beside(name: str, value: str, change: str, *, count: int = 0) -> str:
    """A rival's figure, with the difference to it on the pairs that both have."""
    if value == EMPTY or not change:
        return f"{name} {value}"
    if count:
        return _(
            "%(name)s %(value)s (%(change)s, n %(count)s)", name=name, value=value, change=change, count=number(count)
        )
    return _("%(name)s %(value)s (%(change)s)", name=name, value=value, change=change)


def _signed(value: float | None) -> str:
    return signed(value, decimals=1)


def _points(share: float | None) -> str:
    return "" if share is None else _("%(points)s pp", points=signed(share * 100, decimals=1))


def _ratio(value: float | None) -> str:
    return number(value, decimals=2)


def _ratio_change(value: float | None) -> str:
    return "" if value is None else signed(value, decimals=2)


_ERRORS = (
    _Error("wmape", lambda: _("WMAPE"), percent, _points, "forecast-accuracy"),
    _Error("bias", lambda: _("Bias"), percent_signed, _points, "forecast-bias"),
    _Error("mase", lambda: _("MASE"), _ratio, _ratio_change, "mase"),
    _Error("rmsse", lambda: _("RMSSE"), _ratio, _ratio_change, "rmsse"),
)
