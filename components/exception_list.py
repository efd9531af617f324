"""Exceptions as Home shows them: a chip for each kind, then the worst ones with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import status
from core.i18n import _


@dataclass(frozen=True, slots=True)
class Chip:
    """All exceptions of one kind."""

    name: str
    tone: str
    count: str
    money: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One exception."""

    kind: str
    tone: str
    what: str
    where: str
    why: str
    money: str
    href: str


def exception_chips(chips: Sequence[Chip]) -> list[Component]:
    """One link a kind, to the list of its exceptions."""
    return [
        dcc.Link(
            [status(f"{chip.count} {chip.name}", chip.tone), html.Span(chip.money, className="figure")],
            href=chip.href,
            className="chip",
        )
        for chip in chips
    ]


def exception_lines(lines: Sequence[Line]) -> list[Component]:
    """The worst ones, as list items in their order."""
    return [
        html.Li(
            [
                html.Div(
                    [
                        dcc.Link(line.what, href=line.href, className="exception-what"),
                        status(line.kind, line.tone),
                        html.Span(line.where, className="note"),
                    ],
                    className="exception-head",
                ),
                html.P(line.why, className="exception-why"),
                html.Div(line.money, className="exception-money figure", title=_("Money at stake")),
            ]
        )
        for line in lines
    ]
