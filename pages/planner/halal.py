"""Inventory › Halal: certificates and their documents, what is not covered and why, whom nothing may be bought of."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.halal import CLOSED, OPEN, PATH, Ids, alert_cards, certificate_body, wanted_certificates
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, said_when_empty, text_column
from components.halal_detail import STATE_TONES, holder_name, state_name
from components.page import page_frame, panel
from components.two_line_grid import state_column
from core.certificate_kinds import KINDS, kind_name
from core.errors import NotFound
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import halal
from services.halal import LONGEST_REASON, CertificateDetail, HalalFilters

HOLDERS = ("product", "supplier", "location")

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Halal",
    area=Area.INVENTORY,
    order=34,
    description="Halal and other certificates, products that are not covered, blocked sources",
)


def layout(
    state: str = "", kind: str = "", holder: str = "", search: str = "", uploaded: str = "", **_query: str
) -> Component:
    wanted = wanted_certificates({"state": state, "kind": kind, "holder": holder, "search": search})
    opened = _opened(uploaded)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.blocked_renewed),
        dcc.Store(id=Ids.products_renewed),
        dcc.Store(id=Ids.source),
        html.Div(alert_cards(wanted.state), id=Ids.cards, className="todo-cards stock-cards halal-cards"),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _filters(wanted),
        html.Div(
            [html.Div([_certificates(), _products(), _blocked()]), _detail(opened)],
            id=Ids.split,
            className=(OPEN if opened else CLOSED)[0],
        ),
        title=_("Halal"),
        lead=_(
            "A product is covered when it, all it is made of, those who sell that and the plants that make it have "
            "valid certificates."
        ),
        actions=[list_download("certificates", asdict(wanted), grid_id=Ids.rows)],
    )


def _opened(uploaded: str) -> CertificateDetail | None:
    """The certificate that a document was just added to."""
    try:
        return halal.certificate(viewer(), uploaded) if uploaded else None
    except NotFound:
        return None


def _filters(wanted: HalalFilters) -> Component:
    every = [(NOTHING, _("All"))]
    states = [*every, *((name, state_name(name)) for name in STATE_TONES)]
    kinds = [*every, *((name, kind_name(name)) for name in KINDS)]
    holders = [*every, *((name, holder_name(name)) for name in HOLDERS)]
    return filter_form(
        PATH,
        choice_filter(Ids.state, "state", _("State"), states, wanted.state or NOTHING),
        choice_filter(Ids.kind, "kind", _("Standard"), kinds, wanted.kind or NOTHING),
        choice_filter(Ids.holder, "holder", _("Holder"), holders, wanted.holder or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("holder, number or body")),
    )


def _certificates() -> Component:
    columns = [
        state_column("state", _("State"), pinned="left", minWidth=120, maxWidth=132),
        text_column("code", _("Holder"), minWidth=100),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("holder", _("What it is"), minWidth=110),
        text_column("kind", _("Standard"), minWidth=95),
        text_column("number", _("Number"), minWidth=150, tooltipField="number"),
        text_column("body", _("Issued by"), minWidth=110, tooltipField="body"),
        text_column("valid_until", _("Valid until"), minWidth=102),
        figure_column("days_left", _("Days left"), minWidth=88),
        figure_column(
            "breaks", _("Breaks"), minWidth=78, headerTooltip=_("Finished products that it leaves uncovered")
        ),
        figure_column("documents", _("Documents"), minWidth=98),
    ]
    empty = said_when_empty(_("No certificate matches. Certificates are entered or imported under Master data."))
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=330,
            rowModelType="infinite",
            options=empty,
        ),
        title=_("Certificates"),
    )


def _products() -> Component:
    columns = [
        state_column("covered", _("Cover"), pinned="left", minWidth=134, maxWidth=140),
        text_column("code", _("Item"), minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=160, tooltipField="name"),
        text_column("why", _("What breaks it first"), minWidth=300, tooltipField="why", sortable=False),
    ]
    empty = said_when_empty(_("No product has to be halal: set Halal of products under Master data."))
    return panel(
        html.P("", id=Ids.product_totals, className="totals", role="status"),
        grid(
            Ids.products,
            columns,
            row_id="id",
            selection="single",
            height=300,
            rowModelType="infinite",
            options=empty,
        ),
        title=_("Products"),
        actions=[list_download("halal-products", grid_id=Ids.products, name=_("Products"))],
    )


def _blocked() -> Component:
    columns = [
        state_column("state", _("State"), pinned="left", minWidth=140, maxWidth=175, sortable=False),
        text_column("supplier", _("Supplier"), minWidth=140, tooltipField="supplier"),
        text_column("code", _("Item"), minWidth=95),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("why", _("Why"), minWidth=260, tooltipField="why"),
        text_column("reason", _("Allowed because"), minWidth=150, tooltipField="reason"),
        text_column("by", _("Allowed by"), minWidth=110),
    ]
    empty = said_when_empty(_("Everything can be bought: every source of a halal ingredient is certified."))
    may_edit = viewer().may(Permission.MASTER_EDIT)
    return panel(
        grid(
            Ids.blocked,
            columns,
            row_id="id",
            selection="single" if may_edit else None,
            height=230,
            rowModelType="infinite",
            options=empty,
        ),
        html.Div(_allowing(), className="form-line expiry-step", style={} if may_edit else {"display": "none"}),
        title=_("Blocked sources"),
        actions=[list_download("halal-blocked", grid_id=Ids.blocked, name=_("Sources"))],
        note=_("Ingredients of halal products whose supplier has no valid halal certificate; they can't be ordered."),
    )


def _allowing() -> list[Component]:
    reason = field(_("Why it is allowed"), dbc.Input(id=Ids.reason, size="sm", maxLength=LONGEST_REASON))
    reason.className = "field field-wide"
    return [
        html.Span("", id=Ids.chosen_source, className="note", role="status"),
        field(_("Until"), dbc.Input(id=Ids.until, type="date", size="sm")),
        reason,
        dbc.Button(_("Allow for a time"), id=Ids.allow, color="primary", size="sm", disabled=True),
        dbc.Button(_("Block again"), id=Ids.block, color="primary", outline=True, size="sm", disabled=True),
    ]


def _detail(opened: CertificateDetail | None) -> Component:
    close = {"aria-label": _("Close the detail")}
    shown = opened.certificate if opened else {"name": "", "state": ""}
    may_edit = viewer().may(Permission.MASTER_EDIT)
    return html.Section(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H2(shown["name"], id=Ids.title),
                            html.P(state_name(shown["state"]) if opened else "", id=Ids.place, className="note"),
                        ]
                    ),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", **close),
                ],
                className="panel-head",
            ),
            html.Div(certificate_body(opened, may_edit=may_edit) if opened else "", id=Ids.body),
        ],
        id=Ids.detail,
        className=(OPEN if opened else CLOSED)[1],
        **{"aria-label": _("The chosen certificate or product")},
    )
