"""A supplier's scorecard: its figures, how they went by month, and the lines behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.page import panel
from components.two_line_grid import marked, state_column, two_line_column, two_line_grid
from core.i18n import EMPTY, _, day, number, percent

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, what it is made of, and good, warn, bad or quiet."""

    name: str
    value: str
    note: str
    tone: str = "quiet"


def figure_cards(figures: Sequence[Figure]) -> Component:
    """The figures side by side."""
    return html.Div([_card(figure) for figure in figures], className="todo-cards")


def month_table(months: Sequence[tuple[date, float | None, int]]) -> Component:
    """On time and in full by month, with how many lines were due."""
    head = html.Tr([html.Th(_("Month")), html.Th(_("OTIF")), html.Th(_("Lines due"))])
    body = [
        html.Tr(
            [
                html.Th(f"{first:%Y-%m}", scope="row"),
                html.Td(percent(rate), className="number"),
                html.Td(number(lines), className="number"),
            ]
        )
        for first, rate, lines in months
    ]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="comparison")
    return panel(table, title=_("By month of the first confirmed date"))


def line_list(component_id: str, rows: Sequence[dict[str, Any]]) -> Component:
    """The lines behind the figures."""
    columns = [
        two_line_column("about", _("Order and item"), minWidth=130, flex=2, sortable=False),
        state_column("state", _("Judged"), minWidth=125, flex=1, sortable=False),
    ]
    empty = _("No line was due in these months.")
    return two_line_grid(component_id, columns, rows, empty=empty, selection="single")


def line_rows(lines: Sequence[Row]) -> list[dict[str, Any]]:
    """Lines as rows of the list."""
    return [_row(line) for line in lines]


def line_text(line: Row) -> str:
    """What was confirmed and what came."""
    return _(
        "First confirmed %(first)s, delivered %(came)s; %(got)s of %(ordered)s",
        first=day(line["first_confirmed_date"]) if line["first_confirmed_date"] else EMPTY,
        came=day(line["delivered_date"]) if line["delivered_date"] else EMPTY,
        got=number(line["delivered_quantity"]),
        ordered=number(line["ordered_quantity"]),
    )


def _card(figure: Figure) -> Component:
    return html.Div(
        [
            html.Span(figure.name, className="todo-name"),
            html.Span(figure.value, className="todo-value"),
            html.Span(figure.note, className="todo-note"),
        ],
        className=f"todo todo-{figure.tone}",
    )


def _row(line: Row) -> dict[str, Any]:
    text, tone = _judged(line)
    reason = line["excluded"] or ""
    return {
        "id": line["id"],
        "about": f"{line['order']} / {line['line_no']} · {line['code']}\n{reason or line_text(line)}",
        "state": marked(text, tone),
        "tone": tone,
        "line": f"{line['order']} / {line['line_no']}",
    }


def _judged(line: Row) -> tuple[str, str]:
    if line["excluded"]:
        return _("Left out"), "quiet"
    if not line["due"]:
        return _("Not due"), "quiet"
    if line["on_time"] and line["in_full"]:
        return _("On time, in full"), "good"
    return (_("Not in full"), "bad") if line["on_time"] else (_("Late"), "bad")
