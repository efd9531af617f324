"""The supplier's quality issues: what was wrong, and what the supplier did about it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_quality import PATH, Ids, nothing_chosen
from callbacks.quality_views import CLOSED, HIDDEN
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import field
from components.page import page_frame, panel
from components.quality_issue import issue_list, issue_rows
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_quality

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_QUALITY,
    name="Quality issues",
    area=Area.PORTAL_QUALITY,
    order=20,
    description="What was wrong with your deliveries, and what you did about it",
)


def layout(show: str = "open", id: str = "", **_query: str) -> Component:
    show = "closed" if show == "closed" else "open"
    found = supplier_quality.issues(viewer(), closed=show == "closed")
    empty = _("No issue. When something is wrong with a delivery, it appears here with the day your answer is due.")
    choices = [("open", _("Open")), ("closed", _("Closed"))]
    return page_frame(
        filter_form(PATH, choice_filter(Ids.show, "show", _("Issues"), choices, show)),
        html.Div(
            [panel(issue_list(Ids.issues, issue_rows(found, inside=False, today=today()), empty=empty)), _detail()],
            className="two-columns",
        ),
        dcc.Store(id=Ids.filter, data=show),
        dcc.Store(id=Ids.chosen, data={"id": id} if id else None),
        dcc.Store(id=Ids.seen),
        dcc.Store(id=Ids.sent),
        title=_("Quality issues"),
        lead=_("Contain first, then find the root cause, then say what keeps it from happening again."),
        actions=[list_download("supplier-quality", {"show": show}, grid_id=Ids.issues)],
    )


def _detail() -> Component:
    longest = supplier_quality.LONGEST
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Quality issue"), id=Ids.heading),
                    html.Button("✕", id=Ids.close_detail, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.Div(nothing_chosen(), id=Ids.about),
            html.Div(
                [
                    html.P(id=Ids.asked),
                    field(_("Your answer"), dbc.Textarea(id=Ids.answer, maxLength=longest, rows=5)),
                    html.Div(field(_("Done on"), dbc.Input(id=Ids.done_on, type="date")), id=Ids.day, style=HIDDEN),
                    dbc.Button(_("Send answer"), id=Ids.send, color="primary", disabled=True),
                ],
                id=Ids.answering,
                className="answering",
                style=HIDDEN,
            ),
            html.Div(id=Ids.steps),
        ],
        id=Ids.detail,
        className=CLOSED,
    )
