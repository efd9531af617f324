"""Forecast runs in the words of their list and of their page: state, badges, duration, settings, estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.forecasting.panel import Frequency
from core.errors import InvalidInput
from core.i18n import EMPTY, _, day, moment, number
from core.viewer import Viewer
from services.forecast_estimate import Estimate, estimate
from services.forecast_progress import NOT_KNOWN, RunProgress
from services.forecast_reasons import method_name
from services.forecast_request import Level, Mode
from services.forecast_texts import periods_text, scope_text
from services.forecasts import RunView

Badge = tuple[str, str]
MARKS = {"good": "●", "warn": "▲", "bad": "◆", "quiet": "○"}


def run_row(run: RunView) -> dict[str, Any]:
    """A run as a row of the list.

    Inputs: the run.
    Returns: texts and figures by column.
    Raises: nothing.
    Source: issue 3.
    """
    return {
        "id": run.id,
        "created": moment(run.created_at),
        "author": run.author,
        "scope": scope_text(run),
        "mode": mode_name(run.mode),
        "horizon": periods_text(run.horizon, run),
        "periods": f"{day(run.first_period)} – {day(run.last_period)}",
        "series": run.series_count or run.progress.get("series"),
        "wmape": run.summary.get("wmape"),
        "naive_wmape": run.summary.get("naive_wmape"),
        "time": duration_text(run.seconds),
        "state": " · ".join(f"{MARKS[tone]} {text}" for text, tone in badges(run)),
    }


def run_label(run: RunView) -> str:
    """A run among others.

    Inputs: the run.
    Returns: its number, mode, horizon, scope and when it was calculated.
    Raises: nothing.
    Source: none; ours.
    """
    parts = [
        f"#{run.id} {mode_name(run.mode)}",
        periods_text(run.horizon, run),
        scope_text(run),
        moment(run.finished_at or run.created_at),
    ]
    return " · ".join([*parts, _("baseline")] if run.baseline else parts)


def period_name(period: str, frequency: Frequency) -> str:
    """A period by its first day.

    Inputs: ISO date; frequency.
    Returns: "2026-03" for a month, the Monday for a week.
    Raises: nothing.
    Source: ISO 8601.
    """
    return period[:7] if frequency == "month" else period


def badges(run: RunView) -> list[Badge]:
    """The state of a run and what else to know of it at a glance.

    Inputs: the run.
    Returns: texts with their tones good, warn, bad or quiet, the state first.
    Raises: nothing.
    Source: screens.md 23: never by colour alone.
    """
    states: Mapping[str, Badge] = {
        "running": (_("Running"), "quiet"),
        "done": (_("Done"), "good"),
        "cancelled": (_("Cancelled"), "quiet"),
        "failed": (_("Failed"), "bad"),
    }
    found = [states[run.state]]
    if run.baseline:
        found = [(_("Baseline"), "good")]
    elif run.approved_at is not None:
        found = [(_("Earlier baseline"), "quiet")]
    if run.outdated:
        found.append((_("outdated"), "warn"))
    return found


def mode_name(mode: Mode) -> str:
    """The mode of a run.

    Inputs: the mode.
    Returns: its name.
    Raises: nothing.
    Source: none; ours.
    """
    return _("Full") if mode == "full" else _("Fast")


def class_name(demand_class: str) -> str:
    """A demand class in the progress of a run.

    Inputs: the class, or NOT_KNOWN.
    Returns: its name.
    Raises: nothing.
    Source: glossary, demand-class.
    """
    return _("Class not known yet") if demand_class == NOT_KNOWN else demand_class.capitalize()


def level_name(level: Level) -> str:
    """The level of a run.

    Inputs: the level.
    Returns: its name.
    Raises: nothing.
    Source: none; ours.
    """
    return _("Product × location × channel") if level == "channel" else _("Product × location")


def duration_text(seconds: float | None) -> str:
    """A time that a person can compare at a glance.

    Inputs: seconds, None where it is not known.
    Returns: such as "0.8 s", "42 s", "3 min 5 s" or "1 h 12 min".
    Raises: nothing.
    Source: none; ours.
    """
    if seconds is None:
        return EMPTY
    if seconds < 10:
        return _("%(seconds)s s", seconds=number(seconds, decimals=1))
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes_left)
    return _("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=rest) if minutes else f"{rest} s"


def settings_facts(run: RunView) -> list[tuple[str, str]]:
    """All that makes the figures of a run, so that it can be made again.

    Inputs: the run.
    Returns: names and values.
    Raises: nothing.
    Source: issue 3, reproducible runs.
    """
    asked = run.parameters
    methods = ", ".join(method_name(key) for key in asked.get("methods", [])) or _("all")
    facts = [
        (_("Scope"), scope_text(run)),
        (_("Horizon"), f"{periods_text(run.horizon, run)}, {day(run.first_period)} – {day(run.last_period)}"),
        (_("Level"), level_name(asked.get("level", "location"))),
        (_("Mode"), _mode_text(run.mode)),
        (_("Methods"), methods),
        (_("Stock-outs"), _("demand filled in") if asked.get("fill_stock_outs") else _("as sold")),
        (_("Started"), f"{moment(run.created_at)} UTC, {run.author}"),
    ]
    if "origins" in asked:
        facts.append((_("Earlier dates"), number(asked["origins"])))
    return [*facts, *_found_facts(run), *_ended_facts(run)]


def _found_facts(run: RunView) -> list[tuple[str, str]]:
    """What a worker found when it began; nothing before, nor of runs of earlier versions."""
    asked = run.parameters
    if "code" not in asked:
        return []
    events = [_("events %(version)s", version=asked["events"])] if asked.get("events") else []
    return [
        (_("Demand"), f"{asked['since']} – {day(run.data_until)}"),
        (_("Data version"), ", ".join([_("demand %(version)s", version=run.data_version), *events])),
        (_("Code version"), asked["code"]),
        (_("Seed"), str(asked["seed"])),
    ]


def _ended_facts(run: RunView) -> list[tuple[str, str]]:
    time = [(_("Time"), duration_text(run.seconds))] if run.seconds is not None else []
    return [*time, (_("Series"), _series_text(run))] if run.state == "done" else time


def speed_text(found: RunProgress, *, time_left: bool = True) -> str:
    """How far, how fast and how long yet.

    Inputs: the progress of a run; time_left: whether to tell it here.
    Returns: one line.
    Raises: nothing.
    Source: product.md, promise 4.
    """
    parts = [_("%(done)s of %(series)s series", done=number(found.done), series=number(found.series))]
    if not found.series:
        waiting = _("Waiting for a worker, or it is looking for what has changed")
        parts = [waiting if found.run.state == "running" else _("Not known of this forecast")]
    if found.per_second is not None:
        parts.append(
            _("%(speed)s series/s", speed=number(found.per_second, decimals=0 if found.per_second > 10 else 1))
        )
    if time_left and found.remaining_seconds is not None:
        parts.append(_("about %(time)s left", time=duration_text(found.remaining_seconds)))
    return " · ".join(parts)


def estimate_line(viewer: Viewer, *, scope: Mapping[str, Any], **asked: Any) -> str:
    """What a run would have to do and how long it would take, or why it can't be.

    Inputs: as services.forecasts.start.
    Returns: one or two sentences.
    Raises: NotAllowed.
    Source: issue 3.
    """
    try:
        found = estimate(viewer, scope=scope, **asked)
    except InvalidInput as reason:
        return str(reason)
    return _estimate_text(found)


def _estimate_text(found: Estimate) -> str:
    series = _("%(count)s series at most.", count=number(found.series))
    if found.seconds is None or found.per_second is None:
        never = _("No forecast of this kind has been finished yet, so there is nothing to tell the time by.")
        return f"{series} {never}"
    speed = number(found.per_second, decimals=0 if found.per_second > 10 else 1)
    about = {"time": duration_text(max(found.seconds, 1.0)), "speed": speed}
    told = (
        _("About %(time)s, at %(speed)s series/s as in the run of this kind that was nearest in size.", **about)
        if found.runs == 1
        else _(
            "About %(time)s, at %(speed)s series/s as in the %(runs)s of this kind that were nearest in size.",
            **about,
            runs=found.runs,
        )
    )
    return f"{series} {told}"


def _mode_text(mode: Mode) -> str:
    if mode == "full":
        return _("full: statistical methods, events and the global model")
    return _("fast: statistical methods")


def _series_text(run: RunView) -> str:
    copied, source = run.summary.get("copied", 0), run.summary.get("source")
    if not copied:
        return _("%(series)s, all calculated", series=number(run.series_count))
    return _(
        "%(series)s: %(calculated)s calculated, %(copied)s unchanged since forecast #%(source)s and taken over",
        series=number(run.series_count),
        calculated=number(run.summary.get("calculated", 0)),
        copied=number(copied),
        source=source,
    )
