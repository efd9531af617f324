"""The checklist of a step: what is, what it should be, and what was accepted all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import status
from core.i18n import _

MET, UNMET, UNKNOWN, ACCEPTED = "met", "unmet", "unknown", "accepted"
TONES = {MET: "good", UNMET: "bad", UNKNOWN: "warn", ACCEPTED: "quiet"}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item: ``state`` is one of TONES; ``accepted`` says who went on without it and why."""

    text: str
    state: str
    now: str
    target: str
    href: str
    accepted: str = ""


def cycle_checklist(items: Sequence[ChecklistItem]) -> Component:
    """One row an item; its name opens the place where it is done."""
    head = [_("Item"), _("Status"), _("Now"), _("Target")]
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
                html.Tbody([_row(item) for item in items]),
            ],
            className="cycle-table",
        ),
        className="cycle-scroll",
    )


def _row(item: ChecklistItem) -> Component:
    said = [dcc.Link(item.text, href=item.href)]
    if item.accepted:
        said.append(html.Div(item.accepted, className="note"))
    return html.Tr(
        [
            html.Th(said, scope="row"),
            html.Td(status(_states()[item.state], TONES[item.state])),
            html.Td(item.now),
            html.Td(item.target),
        ]
    )


def _states() -> dict[str, str]:
    return {MET: _("met"), UNMET: _("not met"), UNKNOWN: _("can't tell"), ACCEPTED: _("accepted")}
