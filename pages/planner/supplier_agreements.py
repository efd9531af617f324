"""Supply › Supplier agreements: what is shared with suppliers, and sharing it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.supplier_agreements import (
    CLOSED,
    FIELDS,
    PATH,
    Ids,
    bucket_names,
    form_values,
    level_names,
    supplier_rows,
)
from components.forms import field, select
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_agreements
from services.supplier_agreements import MOST_BUCKETS, MOST_SMOOTHING, SHARES, share_names

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Supplier agreements",
    area=Area.SUPPLY,
    order=45,
    description="What is shared with suppliers, how far ahead, and the forecasts that were shared",
)


def layout(**_query: str) -> Component:
    found = supplier_agreements.suppliers(viewer())
    may_edit = viewer().may(Permission.PURCHASE_EDIT)
    title, lead = _("Supplier agreements"), _("What suppliers see of the plan, and when they saw it last.")
    if not found:
        return page_frame(
            empty_state(_("There is no supplier yet."), action=_("Import suppliers"), href="/data/import"),
            title=title,
            lead=lead,
        )
    everybody = dbc.Button(_("Share with all in force"), id=Ids.share_all, color="primary", disabled=not may_edit)
    return page_frame(
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.saved),
        html.Div([panel(_suppliers(supplier_rows(found))), _detail(may_edit=may_edit)], className="two-columns"),
        title=title,
        lead=lead,
        actions=[everybody],
    )


def _suppliers(rows: list[dict[str, object]]) -> Component:
    columns = [
        two_line_column("supplier", _("Supplier"), minWidth=120, width=230),
        state_column("state", _("State"), minWidth=100, width=140),
        two_line_column("terms", _("Shared"), minWidth=90, width=150),
        two_line_column("shared", _("Last forecast"), minWidth=110, width=160),
    ]
    return two_line_grid(Ids.suppliers, columns, rows, empty=_("There is no supplier."), selection="single")


def _detail(*, may_edit: bool) -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Agreement"), id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.P(_("Choose a supplier to see and change what is shared with it."), className="note"),
            html.Div(_form(), className="proposal two-fields"),
            html.Div(
                [
                    dbc.Button(_("Save"), id=Ids.save, color="primary", disabled=not may_edit),
                    dbc.Button(_("Share forecast"), id=Ids.share, color="primary", outline=True, disabled=True),
                ],
                className="form-line",
            ),
            _versions(),
            *_managed(may_edit=may_edit),
        ],
        id=Ids.detail,
        className=CLOSED,
    )


def _form() -> list[Component]:
    values = dict(zip(FIELDS, form_values(None), strict=True))

    def figure(name: str, component_id: str, label: str, most: int, hint: str = "") -> Component:
        return field(label, dbc.Input(id=component_id, type="number", min=0, max=most, value=values[name]), hint=hint)

    def on_day(component_id: str, label: str, value: object) -> Component:
        return field(label, dbc.Input(id=component_id, type="date", value=value))

    return [
        field(_("Buckets"), select(Ids.bucket, list(bucket_names().items()), str(values["bucket"]))),
        figure("horizon", Ids.horizon, _("Horizon, buckets"), MOST_BUCKETS),
        field(_("Level"), select(Ids.level, list(level_names().items()), str(values["level"]))),
        figure("smoothing", Ids.smoothing, _("Smoothing over buckets"), MOST_SMOOTHING, _("1: as planned")),
        figure("firm_fence", Ids.firm_fence, _("Firm fence, buckets"), MOST_BUCKETS),
        *(figure(name, getattr(Ids, name), share_names()[name], 1000) for name in SHARES),
        on_day(Ids.shared_from, _("Shared from"), values["shared_from"]),
        on_day(Ids.shared_to, _("Shared to"), values["shared_to"]),
    ]


def _managed(*, may_edit: bool) -> list[Component]:
    columns = [two_line_column("item", _("Item it manages"), minWidth=120), two_line_column("levels", _("Levels"))]
    form = [
        field(_("Item"), select(Ids.product, [], "")),
        field(_("Location"), select(Ids.place, [], "")),
        field(_("Minimum"), dbc.Input(id=Ids.least, type="number", min=0, step="any")),
        field(
            _("Maximum"),
            dbc.Input(id=Ids.most, type="number", min=0, step="any"),
            hint=_("Leave it empty to take the item back."),
        ),
        dbc.Button(_("Save managed item"), id=Ids.manage, color="primary", outline=True, disabled=not may_edit),
    ]
    return [
        html.H3(_("Stock it manages")),
        two_line_grid(Ids.managed, columns, [], empty=_("It manages no stock at our places.")),
        html.Details([html.Summary(_("Let it manage an item")), html.Div(form, className="proposal")]),
    ]


def _versions() -> Component:
    columns = [
        two_line_column("version", _("Version"), minWidth=120),
        two_line_column("plan", _("Plan"), minWidth=100),
        two_line_column("who", _("By"), minWidth=90),
    ]
    shared = two_line_grid(Ids.versions, columns, [], empty=_("No forecast was shared with it yet."))
    return html.Div([html.H3(_("Shared forecasts")), shared])
