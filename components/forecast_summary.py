"""What a forecast run came to, as cards and one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _


@dataclass(frozen=True, slots=True)
class FigureCard:
    """A figure with what it is compared with; ``tone`` is good, warn, bad or quiet."""

    name: str
    value: str
    comparison: str
    definition_href: str = ""
    tone: str = "quiet"


def figure_cards(cards: Sequence[FigureCard]) -> Component:
    return html.Div([_card(card) for card in cards], className="cards forecast-cards")


def _card(card: FigureCard) -> Component:
    meaning = dcc.Link(
        "?", href=card.definition_href, className="kpi-help", title=_("What “%(name)s” means", name=card.name)
    )
    return html.Article(
        [
            html.Div([html.Span(card.name), meaning if card.definition_href else None], className="kpi-name"),
            html.Span(card.value, className="kpi-value"),
            html.Span(card.comparison, className=f"kpi-note kpi-{card.tone}"),
        ],
        className="kpi",
    )
