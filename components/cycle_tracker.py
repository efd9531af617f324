"""The steps of a cycle in a row, each with its state, and the days on which they are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import status
from core.i18n import _

TONES = {"closed": "good", "open": "warn", "late": "bad", "waiting": "quiet"}


@dataclass(frozen=True, slots=True)
class TrackerStep:
    """A step: ``state`` is one of TONES; ``lines`` say who, until when and how much there is to do."""

    name: str
    state: str
    state_text: str
    lines: Sequence[str]
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DueDay:
    """A step in the calendar: its day in this cycle and in the next one."""

    name: str
    this: str
    following: str


def cycle_tracker(steps: Sequence[TrackerStep]) -> Component:
    """The header of the board; each step opens its panel."""
    return html.Ol([html.Li(_step(step)) for step in steps], className="cycle-tracker")


def cycle_line(*, name: str, state: str, state_text: str, about: str, href: str) -> Component:
    """The step that is open, for a page that is about something else."""
    return html.P(
        [dcc.Link(name, href=href), status(state_text, TONES[state]), html.Span(about, className="note")],
        className="cycle-line",
    )


def cycle_calendar(days: Sequence[DueDay], *, this: str, following: str) -> Component:
    """When each step is due in the cycle and in the one after it."""
    head = [_("Step"), this, following]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
            html.Tbody([_row(each) for each in days]),
        ],
        className="cycle-table cycle-days",
    )


def _row(each: DueDay) -> Component:
    return html.Tr([html.Th(each.name, scope="row"), html.Td(each.this), html.Td(each.following)])


def _step(step: TrackerStep) -> Component:
    said = {"aria-current": "step"} if step.chosen else {}
    return html.Div(
        dcc.Link(
            [
                html.Strong(step.name),
                status(step.state_text, TONES[step.state]),
                *(html.Span(line, className="note") for line in step.lines),
            ],
            href=step.href,
            className=f"cycle-step cycle-{step.state}" + (" cycle-chosen" if step.chosen else ""),
        ),
        **said,
    )
