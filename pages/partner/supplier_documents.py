"""The supplier's certificates and documents: what is asked for, how they stand, sending a new one in."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.partner.supplier_documents import PATH, Ids, document_rows
from components.download import list_download
from components.forms import NOTHING, field, select
from components.page import page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.certificate_kinds import KINDS, kind_name
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_documents
from services.supplier_documents import LONGEST_BODY, LONGEST_NUMBER

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_DOCUMENTS,
    name="Documents",
    area=Area.PORTAL_QUALITY,
    order=30,
    description="Your certificates, what is asked for, and sending new ones",
)


def layout(sent: str = "", **_query: str) -> Component:
    return page_frame(
        html.P(_("Sent. It counts once somebody has looked at it; you find the answer here."), role="status")
        if sent
        else None,
        _list(),
        _new(),
        title=_("Documents"),
        lead=_("Certificates and reports that we hold of you. Send a new one before the old one ends."),
        actions=[list_download("supplier-documents", grid_id=Ids.rows)],
    )


def _list() -> Component:
    columns = [
        two_line_column("what", _("Document"), minWidth=118, flex=2, sortable=False),
        state_column("state", _("State"), minWidth=124, flex=1, sortable=False),
        two_line_column("more", _("Issued by, note"), minWidth=92, flex=2, sortable=False),
    ]
    return panel(
        two_line_grid(
            Ids.rows,
            columns,
            document_rows(supplier_documents.documents(viewer())),
            empty=_("No document yet. Send your first certificate below."),
            selection="single",
        ),
        dbc.Button(_("Take it back"), id=Ids.back, color="secondary", outline=True, disabled=True),
        title=_("Certificates and documents"),
    )


def _new() -> Component:
    person = viewer()
    kinds = [(each, kind_name(each)) for each in KINDS]
    items = [(NOTHING, _("All items")), *((str(each), name) for each, name in supplier_documents.items(person))]
    return panel(
        html.Div(
            [
                field(_("Type"), select(Ids.kind, kinds, KINDS[0])),
                field(_("Number"), dbc.Input(id=Ids.number, maxLength=LONGEST_NUMBER)),
                field(_("Issued by"), dbc.Input(id=Ids.body, maxLength=LONGEST_BODY)),
                field(_("Item"), select(Ids.item, items, NOTHING)),
                field(_("Valid from"), dbc.Input(id=Ids.valid_from, type="date")),
                field(_("Valid until"), dbc.Input(id=Ids.valid_until, type="date")),
                dbc.Button(
                    _("Choose the file"),
                    id=Ids.choose,
                    color="primary",
                    disabled=not person.may(Permission.PORTAL_ANSWER),
                ),
            ],
            className="field-grid",
        ),
        html.Div(id=Ids.file),
        title=_("Send a document"),
        note=_("Renewing one? Send it with its new number, or with the same number and the new days."),
    )
