"""Scores from 0 to 100: a bar with its figure, told by its length, a mark and a colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import status
from core.i18n import EMPTY, _, number

GOOD_FROM, WARN_FROM = 95.0, 80.0


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A kind of rows: ``facts`` are further cells, ``findings`` what was found, in words and with its tone."""

    name: str
    href: str
    score: float | None
    facts: Sequence[str]
    findings: str
    tone: str


def score_text(score: float | None) -> str:
    """Rounded down, so that 100.0 means that nothing was found."""
    return EMPTY if score is None else number(math.floor(score * 10) / 10, decimals=1)


def score_tone(score: float | None) -> str:
    if score is None:
        return "quiet"
    return "good" if score >= GOOD_FROM else "warn" if score >= WARN_FROM else "bad"


def total_score(score: float | None, sentence: str) -> Component:
    """The one figure, and what it comes from."""
    return html.Div(
        [
            html.Span(score_text(score), className="health-total"),
            html.Div([_bar(score), html.P(sentence, className="note")], className="health-total-note"),
        ],
        className="health-head",
    )


def score_table(fact_names: Sequence[str], rows: Sequence[ScoreRow]) -> Component:
    """One line a kind of rows."""
    names = (_("Rows of"), _("Score"), *fact_names, _("Findings"))
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(name, scope="col") for name in names])),
                html.Tbody([_row(row) for row in rows]),
            ],
            className="health-table",
        ),
        className="health-scroll",
    )


def _row(row: ScoreRow) -> Component:
    return html.Tr(
        [
            html.Th(dcc.Link(row.name, href=row.href), scope="row"),
            html.Td([_bar(row.score), score_text(row.score)], className="health-score"),
            *(html.Td(fact, className="number") for fact in row.facts),
            html.Td(status(row.findings, row.tone) if row.tone != "quiet" else row.findings),
        ]
    )


def _bar(score: float | None) -> Component:
    """Its figure stands beside it."""
    return html.Progress(
        value=str(score or 0), max="100", className=f"health-bar health-{score_tone(score)}", **{"aria-hidden": "true"}
    )
