"""Supply › Document requests: certificates and reports that suppliers were asked for."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.document_requests import PATH, Ids, request_rows
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forms import field, select
from components.page import page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.certificate_kinds import KINDS, kind_name
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import document_requests, supplier_quality
from services.document_requests import LONGEST_NOTE

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="Document requests",
    area=Area.SUPPLY,
    order=39,
    description="Certificates and reports that suppliers were asked for",
)


def layout(show: str = "open", **_query: str) -> Component:
    show = "closed" if show == "closed" else "open"
    return page_frame(
        filter_form(
            PATH,
            choice_filter(Ids.show, "show", _("Requests"), [("open", _("Open")), ("closed", _("Settled"))], show),
        ),
        _list(closed=show == "closed"),
        _new() if viewer().may(Permission.PURCHASE_EDIT) else None,
        dcc.Store(id=Ids.filter, data=show),
        dcc.Store(id=Ids.asked),
        dcc.Store(id=Ids.withdrawn),
        title=_("Document requests"),
        lead=_("What suppliers send waits under Partner requests; accepting it settles the request."),
        actions=[list_download("document-requests", {"show": show}, grid_id=Ids.rows)],
    )


def _list(*, closed: bool) -> Component:
    columns = [
        two_line_column("what", _("Document"), minWidth=150, flex=2, sortable=False),
        state_column("state", _("State"), minWidth=120, flex=1, sortable=False),
        two_line_column("note", _("Note"), minWidth=130, flex=2, sortable=False),
    ]
    empty = _("Nothing was settled yet.") if closed else _("No open request. Ask a supplier for a document below.")
    found = document_requests.requests(viewer(), closed=closed)
    return panel(
        two_line_grid(Ids.rows, columns, request_rows(found, on=today()), empty=empty, selection="single"),
        html.Div(
            dbc.Button(_("Withdraw"), id=Ids.withdraw, color="secondary", outline=True, disabled=True),
            className="button-row",
        ),
    )


def _new() -> Component:
    suppliers = [(str(each), name) for each, name in supplier_quality.suppliers(viewer())]
    return panel(
        html.Div(
            [
                field(_("Supplier"), select(Ids.supplier, suppliers, "")),
                field(_("Type"), select(Ids.kind, [(each, kind_name(each)) for each in KINDS], KINDS[0])),
                field(_("Item code"), dbc.Input(id=Ids.item, maxLength=40, placeholder=_("Empty: all items"))),
                field(_("Due"), dbc.Input(id=Ids.due_on, type="date")),
            ],
            className="filters",
        ),
        field(
            _("Note"),
            dbc.Textarea(id=Ids.note, maxLength=LONGEST_NOTE, rows=2),
            hint=_("The supplier reads it."),
        ),
        dbc.Button(_("Ask for it"), id=Ids.ask, color="primary"),
        title=_("Ask for a document"),
    )
