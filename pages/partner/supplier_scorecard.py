"""The supplier's scorecard: the figures the company sees, the lines behind them, and a way to dispute a line."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_scorecard import PATH, Ids, figures, months, nothing_chosen
from components.download import list_download
from components.forms import field
from components.page import page_frame, panel
from components.supplier_scorecard import line_list, line_rows
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_scorecard
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_SCORECARD,
    name="Scorecard",
    area=Area.PORTAL_QUALITY,
    order=30,
    description="Your deliveries, answers and quality as the company measures them",
)


def layout(**_query: str) -> Component:
    person = viewer()
    found = supplier_scorecard.scorecard(person)
    return page_frame(
        figures(found),
        html.Div(
            [
                panel(line_list(Ids.lines, line_rows(found.lines)), title=_("Lines behind the figures")),
                html.Div([_dispute() if person.may(Permission.PORTAL_ANSWER) else None, months(found)]),
            ],
            className="two-columns",
        ),
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.disputed),
        title=_("Scorecard"),
        lead=_("The same figures as the company sees. Deliveries are judged by the date that you first confirmed."),
        actions=[list_download("supplier-scorecard", grid_id=Ids.lines)],
    )


def _dispute() -> Component:
    return panel(
        html.P(nothing_chosen(), id=Ids.line, role="status"),
        field(_("Reason"), dbc.Textarea(id=Ids.reason, maxLength=NOTE_LENGTH, rows=3)),
        dbc.Button(_("Dispute this line"), id=Ids.dispute, color="primary", disabled=True),
        title=_("Dispute a line"),
        note=_("Accepted, it is left out and both sides read the reason."),
    )
