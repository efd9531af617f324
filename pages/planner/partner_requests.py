"""Supply › Partner requests: what suppliers, customers and OEMs ask for, waiting for a decision."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.partner_requests import (
    PATH,
    Ids,
    kind_choices,
    nothing_chosen,
    request_cards,
    request_rows,
)
from callbacks.queue_views import CLOSED, HIDDEN
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import field
from components.grid import figure_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import partner_requests
from services.partner_requests import Request
from services.submission_kinds import KINDS
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="Partner requests",
    area=Area.SUPPLY,
    order=35,
    description="What suppliers, customers and OEMs ask for, to accept or reject",
)


def layout(kind: str = "", show: str = "waiting", **_query: str) -> Component:
    kind, decided = (kind if kind in KINDS else ""), show == "decided"
    person = viewer()
    found = partner_requests.requests(person, kind=kind, decided=decided)
    waiting = partner_requests.pending_by_kind(person)
    return page_frame(
        html.Div(request_cards(waiting, kind, decided=decided), id=Ids.cards, className="todo-cards todo-cards-four"),
        filter_form(
            PATH,
            choice_filter(Ids.kind, "kind", _("Kind"), kind_choices(person), kind or "all"),
            choice_filter(
                Ids.show,
                "show",
                _("Requests"),
                [("waiting", _("Waiting")), ("decided", _("Decided"))],
                "decided" if decided else "waiting",
            ),
        ),
        _work(found, decided=decided) if found else _nothing(kind, decided=decided),
        dcc.Store(id=Ids.filter, data={"kind": kind, "show": show}),
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.accepted),
        dcc.Store(id=Ids.rejected),
        dcc.Store(id=Ids.bulk),
        title=_("Partner requests"),
        lead=_("What partners ask for. Nothing of it is in the plan before somebody accepts it here."),
        actions=[list_download("partner-requests", {"kind": kind, "show": show}, grid_id=Ids.rows)],
    )


def _nothing(kind: str, *, decided: bool) -> Component:
    if decided:
        return empty_state(_("Nothing was decided yet."), action=_("Show what waits"), href=PATH)
    if kind:
        return empty_state(_("No request of this kind waits for a decision."), action=_("Show all"), href=PATH)
    return empty_state(_("Nothing waits for a decision. What partners send from their portal appears here."))


def _work(found: list[Request], *, decided: bool) -> Component:
    return html.Div(
        [
            panel(
                _requests(found),
                html.P(id=Ids.outcome, className="note", role="status"),
                title=_("Requests"),
                note=_("The newest decision first.") if decided else _("The most money affected first."),
                actions=[
                    dbc.Button(
                        _("Accept chosen that need no judgement"),
                        id=Ids.accept_chosen,
                        disabled=True,
                        outline=True,
                        color="primary",
                        size="sm",
                        style=HIDDEN if decided else {},
                    )
                ],
            ),
            _detail(),
        ]
    )


def _requests(found: list[Request]) -> Component:
    columns = [
        two_line_column("partner", _("Partner, asked by"), filter=True, minWidth=140, width=220),
        two_line_column("what", _("Request"), filter=True, minWidth=180, width=400),
        figure_column("impact", _("Affected (RM)"), minWidth=115, width=120, cellClass="two-lines figure"),
        state_column("state", _("State"), minWidth=130, width=130),
        two_line_column("note", _("Note"), minWidth=120, width=150),
    ]
    nothing = _("Nothing waits for a decision.")
    return two_line_grid(Ids.rows, columns, request_rows(found), empty=nothing, selection="multiple")


def _detail() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Request"), id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.Div(
                [html.Div(nothing_chosen(), id=Ids.about), html.Div(_decision(), id=Ids.deciding, style=HIDDEN)],
                className="two-columns",
            ),
        ],
        id=Ids.detail,
        className=CLOSED,
    )


def _decision() -> Component:
    return html.Div(
        [
            field(
                _("Note to the partner"),
                dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2),
                hint=_("Needed to reject; the partner reads it."),
            ),
            dbc.Button(_("Accept"), id=Ids.accept, color="primary", disabled=True),
            dbc.Button(_("Reject with this note"), id=Ids.reject, outline=True, color="primary"),
        ],
        className="proposal",
    )
