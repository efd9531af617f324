"""S&OP › Decisions: what is asked, who owes what, and what past decisions have brought."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.executive_views import step_name
from callbacks.planner.decisions import (
    HIDDEN,
    PATH,
    Ids,
    detail_parts,
    kind_name,
    level_name,
    measure_name,
    shown,
)
from components.download import list_download
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import decisions
from services.comments import colleagues
from services.cycle_lock import STEPS
from services.decision_outcome import LEVELS, MEASURES
from services.decisions import KINDS, LONGEST_DETAIL, LONGEST_TITLE

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Decisions",
    area=Area.SOP,
    order=22,
    description="Decisions and actions of the S&OP cycle: owner, day, money expected, and what came of it",
)


def layout(show: str = "", decision: str = "", **_query: str) -> Component:
    wanted = int(decision[:18]) if decision.isascii() and decision.isdigit() else 0
    found = next((row for row in decisions.decisions(viewer()) if row["id"] == wanted), None)
    return page_frame(
        dcc.Store(id=Ids.show, data=shown(show)),
        dcc.Store(id=Ids.changed),
        html.Div(id=Ids.cards, className="todo-cards stock-cards"),
        panel(
            html.P("", id=Ids.told, className="totals", role="status"),
            grid(
                Ids.rows,
                _columns(),
                row_id="id",
                selection="single",
                height=340,
                options=said_when_empty(_("Nothing was decided yet. Write a decision down below.")),
            ),
        ),
        _detail(found),
        *_new(),
        title=_("Decisions"),
        lead=_("A decision keeps owner, day and the money expected; three cycles later it is checked against actuals."),
        actions=[list_download("decisions", {"show": shown(show)}, grid_id=Ids.rows)],
    )


def _columns() -> list[dict[str, object]]:
    return [
        text_column("status", _("Status"), pinned="left", minWidth=125, maxWidth=150),
        text_column("title", _("Decision"), minWidth=200, tooltipField="title"),
        text_column("month", _("Cycle"), minWidth=80, maxWidth=95),
        text_column("step", _("Step"), minWidth=90, maxWidth=110),
        text_column("kind", _("Kind"), minWidth=85, maxWidth=100),
        text_column("owner", _("Owner"), minWidth=110, tooltipField="owner"),
        text_column("due_on", _("Due"), minWidth=98, maxWidth=110),
        figure_column("expected_value", _("Expected RM"), minWidth=115),
        figure_column("actual_value", _("Brought RM"), minWidth=110),
    ]


def _detail(found: dict[str, object] | None) -> Component:
    """Of the decision in the address, else hidden until one is chosen."""
    style, title, about, seen, deciding, finishing, dropping, checking, told, actual = (
        detail_parts(found) if found else (HIDDEN, "", None, None, HIDDEN, HIDDEN, HIDDEN, HIDDEN, "", None)
    )
    reason = field(_("Why it is dropped"), dbc.Input(id=Ids.reason, size="sm", maxLength=LONGEST_DETAIL))
    reason.className = "field field-wide"
    return html.Section(
        [
            dcc.Store(id=Ids.seen, data=seen),
            html.Div(html.H2(title, id=Ids.title), className="panel-head"),
            html.P("", id=Ids.outcome, className="note outcome", role="status"),
            html.Div(about, id=Ids.about),
            html.Div(
                [
                    field(_("Owner"), select(Ids.owner, _owners(), NOTHING)),
                    field(_("Due on"), dbc.Input(id=Ids.due_on, type="date", size="sm")),
                    field(_("Expected RM"), _figure(Ids.expected)),
                    dbc.Button(_("Decide"), id=Ids.decide, color="primary", size="sm"),
                ],
                id=Ids.deciding,
                className="form-line",
                style=deciding,
            ),
            html.Div(
                [
                    html.P(told, id=Ids.proposal, className="note"),
                    html.Div(
                        [
                            field(_("Brought RM"), _figure(Ids.actual, actual)),
                            dbc.Button(_("Keep"), id=Ids.check, color="primary", size="sm"),
                        ],
                        className="form-line",
                    ),
                ],
                id=Ids.checking,
                style=checking,
            ),
            html.Div(
                dbc.Button(_("Done"), id=Ids.finish, color="primary", size="sm", style=finishing), className="form-line"
            ),
            html.Div(
                [reason, dbc.Button(_("Drop"), id=Ids.drop, color="primary", outline=True, size="sm")],
                id=Ids.dropping,
                className="form-line",
                style=dropping,
            ),
        ],
        id=Ids.detail,
        className="panel",
        style=style,
        **{"aria-label": _("The chosen decision")},
    )


def _new() -> list[Component]:
    if not viewer().may(Permission.DECISION_EDIT):
        return []
    cycles = decisions.cycles(viewer())
    if not cycles:
        return [
            empty_state(
                _("A decision belongs to a cycle, and there is none yet."), action=_("Start a cycle"), href="/sop/cycle"
            )
        ]
    months = [(str(cycle_id), f"{month:%Y-%m}") for cycle_id, month in cycles]
    title = field(_("Decision"), dbc.Input(id=Ids.new_title, size="sm", maxLength=LONGEST_TITLE))
    detail = field(_("Detail"), dbc.Textarea(id=Ids.new_detail, maxLength=LONGEST_DETAIL, rows=2))
    for part in (title, detail):
        part.className = "field field-wide"
    every = [(NOTHING, _("Not measured"))]
    return [
        panel(
            html.Div(
                [
                    title,
                    field(_("Cycle"), select(Ids.new_cycle, months, months[0][0])),
                    field(_("Step"), select(Ids.new_step, [(step, step_name(step)) for step in STEPS], "executive")),
                    field(_("Kind"), select(Ids.new_kind, [(kind, kind_name(kind)) for kind in KINDS], "decision")),
                    field(_("Owner"), select(Ids.new_owner, _owners(), NOTHING)),
                    field(_("Due on"), dbc.Input(id=Ids.new_due_on, type="date", size="sm")),
                    field(_("Expected RM"), _figure(Ids.new_expected)),
                    detail,
                    field(
                        _("Measured by"), select(Ids.new_measure, [*every, *_named(MEASURES, measure_name)], NOTHING)
                    ),
                    field(_("Of"), select(Ids.new_level, [*every, *_named(LEVELS, level_name)], NOTHING)),
                    field(
                        _("Which one"), dbc.Input(id=Ids.new_member, size="sm"), hint=_("name, or code of a product")
                    ),
                    dbc.Button(_("Write down"), id=Ids.add, color="primary", size="sm"),
                    dbc.Button(_("Ask for it"), id=Ids.ask, color="primary", outline=True, size="sm"),
                ],
                className="form-line",
            ),
            html.P("", id=Ids.added, className="note outcome", role="status"),
            title=_("New decision"),
            note=_("What is measured is proposed as its result three cycles later."),
        )
    ]


def _named(keys: Sequence[str], name: Callable[[str], str]) -> list[tuple[str, str]]:
    return [(key, name(key)) for key in keys]


def _owners() -> list[tuple[str, str]]:
    return [(NOTHING, _("Nobody yet")), *((str(person), name) for person, name, _at in colleagues(viewer()))]


def _figure(component_id: str, value: object = None) -> Component:
    return dbc.Input(id=component_id, type="number", step="any", size="sm", value=value)
