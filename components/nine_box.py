"""Nine boxes of two classifications, A to C down and X to Z across; each opens its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _


@dataclass(frozen=True, slots=True)
class BoxCard:
    """``lines`` hold (name, figure); ``weight`` from 0 to 1 tints the box; ``chosen`` marks that of the list shown."""

    head: str
    lines: Sequence[tuple[str, str]]
    href: str
    weight: float = 0.0
    chosen: bool = False


def nine_box(
    cards: Mapping[str, BoxCard],
    *,
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    caption: str,
) -> Component:
    """The table; ``cards`` are named by row and column, which are (class, what it means)."""
    head = html.Tr([html.Td(), *(_axis(name, note, scope="col") for name, note in columns)])
    body = [
        html.Tr([_axis(row, note, scope="row"), *(html.Td(box_card(row + column, cards)) for column, _note in columns)])
        for row, note in rows
    ]
    return html.Table(
        [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(body)], className="nine-box"
    )


def box_card(key: str, cards: Mapping[str, BoxCard]) -> Component:
    """One box as a link."""
    card = cards[key]
    return dcc.Link(
        [
            html.Strong(card.head),
            *(html.Span([html.Span(name), html.Span(value)], className="box-line") for name, value in card.lines),
            html.Span(_("(shown below)"), className="visually-hidden") if card.chosen else None,
        ],
        href=card.href,
        className="box-card" + (" box-chosen" if card.chosen else ""),
        style={"--weight": f"{round(card.weight * 100)}%"},
    )


def _axis(name: str, note: str, *, scope: str) -> Component:
    return html.Th([html.Span(name, className="box-class"), html.Span(note, className="note")], scope=scope)
