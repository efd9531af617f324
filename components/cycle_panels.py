"""The panels of a chosen step: closing it, its texts, its decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms import NOTHING, field, select, status
from core.i18n import _

DECISION_TONES = {"asked": "warn", "open": "warn", "done": "good", "dropped": "quiet", "late": "bad"}
LONGEST_REASON = 500

Choices = Sequence[tuple[str, str]]


class StepIds(Protocol):
    """Ids of the page that has the panels."""

    item: str
    accept_reason: str
    accept: str
    close: str
    reopen_reason: str
    reopen: str
    owner: str
    due_on: str
    agenda: str
    notes: str
    save: str
    kind: str
    title: str
    decider: str
    decide_by: str
    expected: str
    add: str
    chosen: str
    drop_reason: str
    finish: str
    drop: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision or action of a step; ``state`` is one of DECISION_TONES."""

    id: int
    title: str
    state: str
    state_text: str
    about: str
    href: str


@dataclass(frozen=True, slots=True)
class StepTexts:
    """What can be changed of a step, as it is."""

    owner: str
    due_on: str
    agenda: str
    notes: str


def accept_form(ids: type[StepIds], items: Choices) -> Component | None:
    """Going on without an item that is not met; nothing where there is none."""
    if not items:
        return None
    return html.Div(
        [
            field(_("Go on without"), select(ids.item, items, items[0][0])),
            _wide(_("Why it is accepted"), ids.accept_reason, LONGEST_REASON),
            dbc.Button(_("Accept"), id=ids.accept, color="primary", outline=True, size="sm"),
        ],
        className="form-line cycle-gate",
    )


def close_form(ids: type[StepIds], *, publishes: str, ready: bool) -> Component:
    """The button that closes a step, and what it brings about."""
    return html.Div(
        [
            dbc.Button(_("Close this step"), id=ids.close, color="primary", size="sm", disabled=not ready),
            html.Span(publishes, className="note"),
        ],
        className="form-line cycle-gate",
    )


def reopen_form(ids: type[StepIds]) -> Component:
    return html.Div(
        [
            _wide(_("Why it is opened again"), ids.reopen_reason, LONGEST_REASON),
            dbc.Button(_("Open again"), id=ids.reopen, color="primary", outline=True, size="sm"),
        ],
        className="form-line cycle-gate",
    )


def step_form(
    ids: type[StepIds], texts: StepTexts, *, owners: Choices, may_manage: bool, may_write: bool
) -> list[Component]:
    """Owner, due day, agenda and notes."""
    owner = select(ids.owner, [(NOTHING, _("nobody")), *owners], texts.owner or NOTHING)
    owner.disabled = not may_manage
    return [
        html.Div(
            [
                field(_("Owner"), owner),
                field(
                    _("Due on"),
                    dbc.Input(id=ids.due_on, type="date", size="sm", value=texts.due_on, disabled=not may_manage),
                ),
            ],
            className="form-line",
        ),
        field(_("Agenda"), dbc.Textarea(id=ids.agenda, value=texts.agenda, rows=4, readonly=not may_write)),
        field(_("Notes"), dbc.Textarea(id=ids.notes, value=texts.notes, rows=4, readonly=not may_write)),
        *([dbc.Button(_("Save"), id=ids.save, color="primary", size="sm")] if may_write else []),
    ]


def decision_list(lines: Sequence[DecisionLine]) -> Component:
    """Decisions and actions of the step."""
    if not lines:
        return html.P(_("Nothing has been asked or decided in this step."), className="note")
    return html.Ul(
        [
            html.Li(
                [
                    status(line.state_text, DECISION_TONES[line.state]),
                    dcc.Link(line.title, href=line.href),
                    html.Span(line.about, className="note"),
                ]
            )
            for line in lines
        ],
        className="cycle-decisions",
    )


def decision_forms(ids: type[StepIds], *, owners: Choices, open_ones: Choices) -> list[Component]:
    """Adding one, and ending one that is asked or open."""
    kinds = [("decision", _("Decision taken")), ("asked", _("Decision asked")), ("action", _("Action"))]
    adding = html.Div(
        [
            field(_("What"), select(ids.kind, kinds, "decision")),
            _wide(_("Decision or action"), ids.title, 200),
            field(_("Owner"), select(ids.decider, [(NOTHING, _("nobody")), *owners], NOTHING)),
            field(_("Due on"), dbc.Input(id=ids.decide_by, type="date", size="sm")),
            field(_("Expected RM"), dbc.Input(id=ids.expected, type="number", step="any", size="sm")),
            dbc.Button(_("Add"), id=ids.add, color="primary", size="sm"),
        ],
        className="form-line cycle-gate",
    )
    if not open_ones:
        return [adding]
    ending = html.Div(
        [
            field(_("Go on with"), select(ids.chosen, open_ones, open_ones[0][0])),
            dbc.Button(_("Done"), id=ids.finish, color="primary", outline=True, size="sm"),
            _wide(_("Why it is dropped"), ids.drop_reason, LONGEST_REASON),
            dbc.Button(_("Drop"), id=ids.drop, color="primary", outline=True, size="sm"),
        ],
        className="form-line cycle-gate",
    )
    return [adding, ending]


def _wide(label: str, component_id: str, longest: int) -> Component:
    found = field(label, dbc.Input(id=component_id, size="sm", maxLength=longest))
    found.className = "field field-wide"
    return found
