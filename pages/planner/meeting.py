"""S&OP › Meeting: the agenda of a step on the whole screen, its figures, and a box for what is decided."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.executive_views import step_name
from callbacks.planner.meeting import PATH, Ids
from components.forms import NOTHING, field, select
from components.page import empty_state, page_frame
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import meeting as agenda
from services.comments import colleagues
from services.decisions import LONGEST_TITLE
from services.meeting import Meeting

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Meeting",
    area=Area.SOP,
    order=21,
    description="The agenda of a step of the S&OP cycle on the whole screen, with live figures and a decision box",
    in_navigation=False,
)
BACK = "/sop/executive"


def layout(cycle: str = "", step: str = "", **_query: str) -> Component:
    found = agenda.meeting(viewer(), month=cycle, step=step)
    if found is None:
        nothing = _("A meeting belongs to a cycle, and there is none yet.")
        return page_frame(empty_state(nothing, action=_("Start a cycle"), href="/sop/cycle"), title=_("Meeting"))
    about = {"cycle": found.cycle_id, "step": found.step, "items": {item.key: item.title for item in found.items}}
    return html.Div(
        [
            dcc.Store(id=Ids.about, data=about),
            _head(found),
            html.Nav(_agenda(found), className="meeting-agenda", **{"aria-label": _("Agenda")}),
            html.Section(
                [
                    html.Div(
                        [html.H2("", id=Ids.title), html.Span("", className="meeting-timer")], className="meeting-title"
                    ),
                    html.Div(id=Ids.shown),
                ],
                className="meeting-shown",
                **{"aria-live": "polite"},
            ),
            _decision_box(),
        ],
        className="meeting",
    )


def _head(found: Meeting) -> Component:
    title = _("%(step)s review %(month)s", step=step_name(found.step), month=f"{found.month:%Y-%m}")
    keys = _("← → agenda · d decision · Esc leave")
    return html.Div(
        [
            html.H1(title),
            html.Span(keys, className="note"),
            dcc.Link(_("Leave"), href=BACK, className="btn btn-outline-primary btn-sm meeting-leave"),
        ],
        className="meeting-head",
    )


def _agenda(found: Meeting) -> Component:
    return dbc.RadioItems(
        id=Ids.item,
        options=[{"label": item.title, "value": item.key} for item in found.items],
        value=found.items[0].key,
    )


def _decision_box() -> Component:
    if not viewer().may(Permission.DECISION_EDIT):
        return html.Div(className="meeting-box")
    owners = [(NOTHING, _("Nobody yet")), *((str(person), name) for person, name, _at in colleagues(viewer()))]
    decision = field(_("Decision"), dbc.Input(id=Ids.decision, maxLength=LONGEST_TITLE))
    decision.className = "field field-wide"
    return html.Div(
        [
            decision,
            field(_("Owner"), select(Ids.owner, owners, NOTHING)),
            field(_("Due on"), dbc.Input(id=Ids.due_on, type="date")),
            field(_("Expected RM"), dbc.Input(id=Ids.expected, type="number", step="any")),
            dbc.Button(_("Write down"), id=Ids.write, color="primary"),
            html.P("", id=Ids.written, className="note outcome", role="status"),
        ],
        className="meeting-box form-line",
    )
