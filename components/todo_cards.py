"""Cards that count what there is to do; each opens its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.sparkline import sparkline
from core.i18n import _


@dataclass(frozen=True, slots=True)
class TodoCard:
    """``tone`` is good, warn, bad or quiet. ``parts`` split the count: (tone, count), drawn as a bar of their sizes.

    ``chosen`` marks the card whose list is on the screen. ``trend`` are the figures of the last weeks, ``course`` says
    how they went and ``change`` how the value stands to its benchmark.
    """

    name: str
    value: str
    note: str
    href: str
    tone: str = "quiet"
    parts: Sequence[tuple[str, int]] = ()
    chosen: bool = False
    trend: Sequence[float | None] = ()
    course: str = ""
    change: str = ""


def todo_cards(cards: Sequence[TodoCard]) -> list[Component]:
    """The cards of a page, for a container of the class ``todo-cards``."""
    return [_card(card) for card in cards]


def _card(card: TodoCard) -> Component:
    return dcc.Link(
        [
            html.Span(card.name, className="todo-name"),
            html.Span(card.value, className="todo-value"),
            _bar(card.parts),
            html.Span(card.note, className="todo-note"),
            html.Span(card.change, className="todo-note") if card.change else None,
            sparkline(card.trend, text=card.course),
            html.Span(_("(shown below)"), className="visually-hidden") if card.chosen else None,
        ],
        href=card.href,
        className=f"todo todo-{card.tone}" + (" todo-chosen" if card.chosen else ""),
    )


def _bar(parts: Sequence[tuple[str, int]]) -> Component | None:
    """Says nothing that the note does not, so it is hidden from screen readers."""
    shown = [(tone, count) for tone, count in parts if count]
    if not shown:
        return None
    return html.Span(
        [html.Span(className=f"todo-part todo-part-{tone}", style={"flexGrow": count}) for tone, count in shown],
        className="todo-bar",
        **{"aria-hidden": "true"},
    )
