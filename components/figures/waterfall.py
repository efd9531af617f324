"""A waterfall: from one total to another, step by step. Steps say by sign and shape which way they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.figures.chart import ACTUAL, SECOND, Figure, empty_figure, figure
from core.i18n import _, number, signed

HEIGHT = 320
UP = "#1e93a5"
DOWN = SECOND


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: a total that stands on the ground, or a change that begins where the last bar ended. ``key`` is what a
    click on it sends, empty for a bar that opens nothing."""

    name: str
    value: float
    total: bool = False
    key: str = ""


def waterfall(steps: Sequence[Step], *, unit: str = "RM", decimals: int = 0) -> Figure:
    """Bars in their order. Totals are grey, what adds and what takes away differ by colour, pattern and sign."""
    if not steps:
        return empty_figure(_("Nothing to compare yet."), height=HEIGHT)
    bases, tops = _places(steps)
    made = figure(
        [
            {
                "type": "bar",
                "x": [step.name for step in steps],
                "y": [step.value for step in steps],
                "base": bases,
                "customdata": [step.key for step in steps],
                "text": [_text(step, decimals) for step in steps],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {
                    "color": [_color(step) for step in steps],
                    "pattern": {"shape": ["/" if not step.total and step.value < 0 else "" for step in steps]},
                },
                "hovertemplate": "%{x}: %{text} " + unit + "<extra></extra>",
            }
        ],
        height=HEIGHT,
        y_title=unit,
        hovermode="closest",
        showlegend=False,
    )
    made["layout"]["yaxis"] |= {"rangemode": "normal", "range": _range([*bases, *tops])}
    return made


def waterfall_summary(steps: Sequence[Step], *, unit: str = "RM") -> str:
    """The same as a sentence, for those who can't see it."""
    return ", ".join(f"{step.name} {_text(step, 0)} {unit}" for step in steps)


def _places(steps: Sequence[Step]) -> tuple[list[float], list[float]]:
    """Where each bar begins and ends."""
    bases, tops, at = [], [], 0.0
    for step in steps:
        base = 0.0 if step.total else at
        at = base + step.value
        bases.append(base)
        tops.append(at)
    return bases, tops


def _range(ends: Sequence[float]) -> list[float]:
    """Small steps between large totals are seen when the axis begins below the smallest end, not at zero."""
    tops = [end for end in ends if end]
    if not tops:
        return [0.0, 1.0]
    low, high = min(tops), max(tops)
    room = max(high - low, abs(high) * 0.02) * 0.25
    return [low - room if low - room > 0 or low < 0 else 0.0, high + room]


def _text(step: Step, decimals: int) -> str:
    shown = number if step.total else signed
    return shown(step.value, decimals=decimals)


def _color(step: Step) -> str:
    return ACTUAL if step.total else UP if step.value >= 0 else DOWN
