"""How far a forecast run is, by demand class, and its log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from core.i18n import _, number


@dataclass(frozen=True, slots=True)
class ClassBar:
    """Series of a class that are there, of how many."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """What happened at a time of day."""

    time: str
    text: str
    warning: bool


def class_bars(classes: Sequence[ClassBar]) -> list[Component]:
    """A bar for each demand class."""
    return [_bar(found) for found in classes]


def log_lines(lines: Sequence[LoggedLine]) -> list[Component]:
    """The log, the newest line first."""
    if not lines:
        return [html.Li(html.Span(_("Nothing was written down.")))]
    return [
        html.Li(
            [html.Time(line.time), html.Span(f"▲ {line.text}" if line.warning else line.text)],
            className="log-warning" if line.warning else "",
        )
        for line in reversed(lines)
    ]


def _bar(found: ClassBar) -> Component:
    share = found.done / found.total if found.total else 0.0
    counted = _("%(done)s of %(total)s", done=number(found.done), total=number(found.total))
    progress = {"aria-label": found.name, "aria-valuenow": found.done, "aria-valuemin": 0, "aria-valuemax": found.total}
    return html.Div(
        [
            html.Span(found.name, className="class-name"),
            html.Div(
                html.Div(className="class-done", style={"width": f"{share:.1%}"}),
                className="class-bar",
                role="progressbar",
                **progress,
            ),
            html.Span(counted, className="class-count"),
        ],
        className="class-line",
    )
