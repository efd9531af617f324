"""A promise beside what was asked for, and the rounds it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms import status


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One round: its state (text and tone good, warn, bad or quiet), what was said, by whom, and the reply."""

    state: str
    tone: str
    terms: str
    said: str
    reason: str
    reply: str


def answer_cards(cards: Sequence[AnswerCard]) -> Component:
    """The rounds of a line, the newest first."""
    return html.Ol([_card(card) for card in cards], className="rounds", reversed=True)


def comparison(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Component:
    """A few named figures side by side: asked, promised, confirmed."""
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(""), *(html.Th(name, scope="col") for name in columns)])),
            html.Tbody(
                [
                    html.Tr([html.Th(name, scope="row"), *(html.Td(value, className="number") for value in values)])
                    for name, values in rows
                ]
            ),
        ],
        className="comparison",
    )


def _card(card: AnswerCard) -> Component:
    return html.Li(
        [
            html.Div([status(card.state, card.tone), html.Strong(card.terms)], className="round-head"),
            html.P(card.reason, className="round-text") if card.reason else None,
            html.P(card.said, className="note"),
            html.P(card.reply, className="round-reply") if card.reply else None,
        ],
        className="round",
    )
