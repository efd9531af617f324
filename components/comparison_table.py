"""The plan beside scenarios: what each comes to and how it differs, rows of metrics or months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from core.i18n import EMPTY, _


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row: its name, a figure a column (the plan first), how it is written, and whether more is better."""

    name: str
    figures: Sequence[float | None]
    shown: Callable[[float], str]
    more_is_better: bool | None


def comparison_table(head: str, names: Sequence[str], rows: Sequence[ComparedRow]) -> Component:
    """Figures first, then what differs from the plan; better and worse are told by sign and word, not colour alone."""
    differences = [_("Δ %(name)s", name=name) for name in names[1:]]
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(name, scope="col") for name in (head, *names, *differences)])),
                html.Tbody([_row(row) for row in rows]),
            ],
            className="compare-table",
        ),
        className="compare-scroll",
        tabIndex=0,
    )


def _row(row: ComparedRow) -> Component:
    plan = row.figures[0]
    cells = [
        html.Td(_text(row, figure), className="compare-plan" if not at else "") for at, figure in enumerate(row.figures)
    ]
    return html.Tr(
        [html.Th(row.name, scope="row"), *cells, *(_difference(row, plan, figure) for figure in row.figures[1:])]
    )


def _text(row: ComparedRow, figure: float | None) -> str:
    return EMPTY if figure is None else row.shown(figure)


def _difference(row: ComparedRow, plan: float | None, figure: float | None) -> Component:
    if plan is None or figure is None:
        return html.Td(EMPTY)
    more = figure - plan
    text = row.shown(more)
    if text == row.shown(0.0):
        return html.Td("=")
    if row.more_is_better is None:
        return html.Td(("+" if more > 0 else "") + text)
    better = (more > 0) == row.more_is_better
    mark = "▲" if better else "▼"
    word = _("better") if better else _("worse")
    return html.Td(
        [
            ("+" if more > 0 else "") + text + " ",
            html.Span(mark, title=word, className="compare-better" if better else "compare-worse"),
            html.Span(f" {word}", className="visually-hidden"),
        ]
    )
