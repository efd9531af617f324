"""Administration › Partners: companies with a portal, those that ask for one, and what each portal holds."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.admin.partners import CLOSED, HIDDEN, PATH, Ids, company_rows, kind_name, level_choices, request_rows
from components.forms import field, select
from components.grid import figure_column, grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission
from services.companies import KINDS

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_MANAGE,
    name="Partners",
    area=Area.ADMINISTRATION,
    order=15,
    description="Companies with a portal, their people and features, and those that ask for one",
)


def layout(**_query: str) -> Component:
    return page_frame(
        html.Div(id=Ids.invited, role="status"),
        _requests(),
        _companies(),
        _detail(),
        _new(),
        dcc.Store(id=Ids.decided),
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.changed),
        title=_("Partners"),
        lead=_(
            "Companies ask at /join; you approve, and their first person is invited. Whatever a partner sends waits "
            "under Supply › Partner requests."
        ),
    )


def _requests() -> Component:
    columns = [
        text_column("company", _("Company"), filter=True, minWidth=170),
        text_column("kind", _("Kind"), minWidth=100),
        text_column("name", _("Person"), minWidth=140),
        text_column("email", _("E-mail"), minWidth=200),
        text_column("state", _("State"), filter=True, minWidth=110),
        text_column("since", _("Since"), minWidth=110),
    ]
    rows = request_rows()
    nothing = {"localeText": {"noRowsToShow": _("Nobody has asked yet.")}}
    height = min(60 + 36 * max(len(rows), 2), 300)
    return panel(
        grid(Ids.requests, columns, rows, row_id="id", selection="single", height=height, options=nothing),
        html.Div(
            [
                html.Div(id=Ids.about),
                html.Div(
                    [
                        field(
                            _("Is in the plan as"),
                            dbc.Select(id=Ids.party, options=[]),
                            hint=_("It sees the orders of this partner, and nothing else."),
                        ),
                        dbc.Button(_("Approve and invite"), id=Ids.approve, color="primary"),
                        field(_("Reason"), dbc.Input(id=Ids.note, maxLength=1000), hint=_("Needed to turn it down.")),
                        dbc.Button(_("Turn down"), id=Ids.reject, outline=True, color="primary"),
                    ],
                    className="proposal",
                ),
            ],
            id=Ids.request,
            className="two-columns",
            style=HIDDEN,
        ),
        title=_("Requests"),
        note=_("Choose one to decide on it."),
    )


def _companies() -> Component:
    columns = [
        text_column("name", _("Company"), filter=True, minWidth=240),
        text_column("kind", _("Kind"), filter=True, minWidth=100),
        text_column("code", _("In the plan as"), filter=True, minWidth=120),
        text_column("state", _("State"), filter=True, minWidth=110),
        figure_column("people", _("People"), minWidth=90),
        figure_column("withheld", _("Features withheld"), minWidth=130),
        text_column("last", _("Last activity (UTC)"), minWidth=160),
    ]
    return panel(
        grid(Ids.companies, columns, company_rows(), row_id="id", selection="single", height=320),
        title=_("Companies"),
        note=_("Choose one for its people, features and log."),
    )


def _detail() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Company"), id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.Div([_people(), _features(), _log()], className="partner-detail"),
        ],
        id=Ids.detail,
        className=CLOSED,
        style=HIDDEN,
    )


def _people() -> Component:
    return html.Div(
        [
            html.H3(_("People")),
            html.Div(id=Ids.people),
            html.Details(
                [
                    html.Summary(_("Invite somebody")),
                    field(_("Name"), dbc.Input(id=Ids.person, maxLength=120)),
                    field(_("E-mail"), dbc.Input(id=Ids.email, type="email", maxLength=200)),
                    field(_("Level"), select(Ids.level, level_choices(), "")),
                    dbc.Button(_("Invite"), id=Ids.invite, color="primary", size="sm"),
                    html.Div(id=Ids.link, role="status"),
                ]
            ),
        ]
    )


def _features() -> Component:
    return html.Div(
        [
            html.H3(_("Portal")),
            dbc.Checklist(id=Ids.features, options=[], value=[]),
            dbc.Button(_("Save features"), id=Ids.save_features, outline=True, color="primary", size="sm"),
            field(_("Reason"), dbc.Input(id=Ids.reason, maxLength=120), hint=_("Needed to suspend.")),
            dbc.Button(_("Suspend"), id=Ids.suspend, outline=True, color="danger", size="sm"),
        ]
    )


def _log() -> Component:
    return html.Div([html.H3(_("Activity")), html.Div(id=Ids.log)])


def _new() -> Component:
    kinds = [(kind, kind_name(kind)) for kind in KINDS]
    return panel(
        html.Div(
            [
                field(_("Company"), dbc.Input(id=Ids.new_name, maxLength=120)),
                field(_("Kind"), select(Ids.new_kind, kinds, "")),
                field(_("Is in the plan as"), dbc.Select(id=Ids.new_party, options=[])),
                field(_("First person"), dbc.Input(id=Ids.new_person, maxLength=120)),
                field(_("E-mail"), dbc.Input(id=Ids.new_email, type="email", maxLength=200)),
                dbc.Button(_("Add and invite"), id=Ids.add, color="primary"),
            ],
            className="filters",
        ),
        title=_("Add a company"),
        note=_("Its first person becomes its administrator and invites the others."),
    )
