"""Months side by side, a lane a brand or channel, a bar an event. assets/71-calendar.js moves the bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from dash import html
from dash.development.base_component import Component

from components.event_texts import bar_text, status_name
from core.i18n import _, day


class Bar(Protocol):
    """An event, the row it stands in, and what speaks against it."""

    @property
    def event(self) -> dict[str, Any]: ...
    @property
    def row(self) -> int: ...
    @property
    def warnings(self) -> list[str]: ...


class Lane(Protocol):
    """A brand or channel."""

    @property
    def name(self) -> str: ...
    @property
    def bars(self) -> Sequence[Bar]: ...


def calendar_lanes(lanes: Sequence[Lane], *, first: date, last: date, now: date, movable: bool) -> list[Component]:
    """The board from the first day to the last; ``movable`` bars can be dragged and moved by arrow keys."""
    days = (last - first).days + 1
    return [_head(first, last, now), *(_lane(lane, first, days, movable=movable) for lane in lanes)]


def _columns(days: int) -> dict[str, str]:
    return {"gridTemplateColumns": f"repeat({days}, minmax(0, 1fr))"}


def _head(first: date, last: date, now: date) -> Component:
    months = []
    month = first
    while month <= last:
        following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        start, length = (month - first).days + 1, (following - month).days
        style = {"gridColumn": f"{start} / span {length}", "gridRow": "1"}
        months.append(html.Span(f"{month:%Y-%m}", className="lane-month", style=style))
        month = following
    if first <= now <= last:
        style = {"gridColumn": f"{(now - first).days + 1}", "gridRow": "1"}
        months.append(html.Span("▾", className="lane-today", style=style, title=_("Today, %(day)s", day=day(now))))
    days = (last - first).days + 1
    track = html.Div(months, className="lane-track lane-months", style=_columns(days))
    return html.Div([html.Span("", className="lane-name"), track], className="lane lane-head")


def _lane(lane: Lane, first: date, days: int, *, movable: bool) -> Component:
    about = {"data-days": days, "data-first": day(first), "data-lane": lane.name}
    bars = [_bar(bar, first, days, movable=movable) for bar in lane.bars]
    track = html.Div(bars, className="lane-track", style=_columns(days), **about)
    return html.Div([html.Span(lane.name, className="lane-name"), track], className="lane")


def _bar(bar: Bar, first: date, days: int, *, movable: bool) -> Component:
    event = bar.event
    start = max((event["starts_on"] - first).days, 0)
    end = min((event["ends_on"] - first).days, days - 1)
    text = bar_text(event, bar.warnings)
    about: dict[str, Any] = {"data-event": event["id"]}
    if movable and event["status"] != "cancelled":
        about["data-movable"] = "yes"
    state = status_name(event["status"])
    return html.Button(
        text,
        type="button",
        className=f"event-bar event-{event['status']}" + (" event-warned" if bar.warnings else ""),
        style={"gridColumn": f"{start + 1} / span {end - start + 1}", "gridRow": f"{bar.row + 1}"},
        title="\n".join([f"{state}: {text}", *bar.warnings]),
        **about,
        **{"aria-label": f"{state}: {text}"},
    )
