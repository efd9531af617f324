"""Supply › Supplier quality: issues with goods of suppliers, from raising to verified closure."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_quality import CLOSED, HIDDEN
from callbacks.planner.supplier_quality import PATH, Ids, nothing_chosen
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import field, select
from components.page import page_frame, panel
from components.quality_issue import issue_list, issue_rows, severity_text
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_quality
from services.supplier_quality import LONGEST, LONGEST_TITLE, SEVERITIES

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="Supplier quality",
    area=Area.SUPPLY,
    order=37,
    description="Issues with goods of suppliers, from raising to verified closure",
)


def layout(show: str = "open", id: str = "", **_query: str) -> Component:
    person, show = viewer(), "closed" if show == "closed" else "open"
    found = supplier_quality.issues(person, closed=show == "closed")
    choices = [("open", _("Open")), ("closed", _("Closed"))]
    empty = _("No issue. Raise one below when a delivery is wrong.")
    listed = issue_list(Ids.issues, issue_rows(found, inside=True, today=today()), empty=empty)
    return page_frame(
        filter_form(PATH, choice_filter(Ids.show, "show", _("Issues"), choices, show)),
        html.Div(
            [
                panel(listed),
                _detail(),
            ],
            className="two-columns",
        ),
        _new(supplier_quality.suppliers(person), shown=supplier_quality.may_raise(person)),
        dcc.Store(id=Ids.filter, data=show),
        dcc.Store(id=Ids.chosen, data={"id": id} if id else None),
        *(dcc.Store(id=each) for each in (Ids.seen, Ids.added, Ids.closed, Ids.sent_back)),
        title=_("Supplier quality"),
        lead=_("The supplier contains, finds the root cause and corrects; somebody inside verifies and closes."),
        actions=[list_download("quality-issues", {"show": show}, grid_id=Ids.issues)],
    )


def _new(suppliers: list[tuple[int, str]], *, shown: bool) -> Component:
    severities = [(each, severity_text(each)) for each in SEVERITIES]
    form = panel(
        html.Div(
            [
                field(_("Supplier"), select(Ids.supplier, [(str(each), name) for each, name in suppliers], "")),
                field(_("Item code"), dbc.Input(id=Ids.item, maxLength=40)),
                field(_("Lot"), dbc.Input(id=Ids.lot, maxLength=80)),
                field(_("Quantity affected"), dbc.Input(id=Ids.quantity, type="number", min=0, step="any")),
                field(_("Severity"), select(Ids.severity, severities, "major")),
                field(_("Answer due"), dbc.Input(id=Ids.due_on, type="date")),
            ],
            className="filters",
        ),
        field(_("Title"), dbc.Input(id=Ids.title, maxLength=LONGEST_TITLE)),
        field(
            _("Description"),
            dbc.Textarea(id=Ids.description, maxLength=LONGEST, rows=3),
            hint=_("The supplier reads all of this."),
        ),
        dbc.Button(_("Raise the issue"), id=Ids.add, color="primary"),
        title=_("Raise an issue"),
    )
    return html.Div(form, style={} if shown else HIDDEN)


def _detail() -> Component:
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
                    field(
                        _("Note"),
                        dbc.Textarea(id=Ids.note, maxLength=LONGEST, rows=2),
                        hint=_("The supplier reads it; needed to send back."),
                    ),
                    html.Div(
                        [
                            dbc.Button(_("Verified: close"), id=Ids.close, color="primary"),
                            dbc.Button(_("Send back"), id=Ids.send_back, color="secondary", outline=True),
                        ],
                        className="page-actions",
                    ),
                ],
                id=Ids.deciding,
                className="answering",
                style=HIDDEN,
            ),
            html.Div(id=Ids.steps),
        ],
        id=Ids.detail,
        className=CLOSED,
    )
