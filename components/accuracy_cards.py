"""The headline measures of forecast accuracy: each value with its rivals under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _


@dataclass(frozen=True, slots=True)
class AccuracyCard:
    """``lines`` stand under the value; the first tells by its ``tone`` (good, warn, quiet) how it compares."""

    name: str
    value: str
    lines: Sequence[str]
    definition_href: str
    tone: str


def accuracy_cards(cards: Sequence[AccuracyCard]) -> Component:
    return html.Div([_card(card) for card in cards], className="cards accuracy-cards")


def _card(card: AccuracyCard) -> Component:
    meaning = dcc.Link(
        "?", href=card.definition_href, className="kpi-help", title=_("What “%(name)s” means", name=card.name)
    )
    tones = [f"kpi-note kpi-{card.tone}", *["kpi-note"] * len(card.lines)]
    return html.Article(
        [
            html.Div([html.Span(card.name), meaning], className="kpi-name"),
            html.Span(card.value, className="kpi-value"),
            *(html.Span(line, className=tone) for line, tone in zip(card.lines, tones, strict=False) if line),
        ],
        className="kpi",
    )
